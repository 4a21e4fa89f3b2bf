use super::super::call::{Call, Text};
use super::super::target::{Target, bucket, named, object, s3_uri};
use super::super::{Certainty, Need};

const SOURCE: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-athena.html";

/// What a query may read of Glue's catalog, and what only a statement that writes needs.
const CATALOG_READS: [&str; 7] = [
    "glue:GetDatabase",
    "glue:GetDatabases",
    "glue:GetTable",
    "glue:GetTables",
    "glue:GetPartition",
    "glue:GetPartitions",
    "glue:BatchGetPartition",
];
const CATALOG_WRITES: [&str; 12] = [
    "glue:CreateDatabase",
    "glue:UpdateDatabase",
    "glue:DeleteDatabase",
    "glue:CreateTable",
    "glue:UpdateTable",
    "glue:DeleteTable",
    "glue:BatchDeleteTable",
    "glue:BatchCreatePartition",
    "glue:CreatePartition",
    "glue:DeletePartition",
    "glue:BatchDeletePartition",
    "glue:UpdatePartition",
];

pub(in super::super) fn workgroup(call: &Call<'_>) -> Target {
    let primary = Text { pattern: "primary".to_owned(), from: None };
    let workgroup = call.text(&["WorkGroup"]).unwrap_or(primary);
    named(call.place, "athena", "workgroup/", Some(&workgroup))
}

/// A query's id does not tell its workgroup.
pub(in super::super) fn workgroup_of_a_query(call: &Call<'_>) -> Target {
    Target::unseen(call.place.arn("athena", "workgroup/*"))
}

pub(in super::super) fn catalog(call: &Call<'_>) -> Target {
    let default = Text { pattern: "AwsDataCatalog".to_owned(), from: None };
    let catalog = call.text(&["QueryExecutionContext", "Catalog"]).unwrap_or(default);
    named(call.place, "athena", "datacatalog/", Some(&catalog))
}

/// Athena reads the catalog and the tables, and writes its results, with the caller's permissions. Which tables is in
/// the query's text: nothing of that is certain.
pub(in super::super) fn start(call: &Call<'_>) -> Vec<Need> {
    let mut needs = results_location(call);
    let database =
        call.text(&["QueryExecutionContext", "Database"]).map_or_else(|| "*".to_owned(), |text| text.pattern);
    let place = call.place;
    let catalog = ["catalog".to_owned(), format!("database/{database}"), format!("table/{database}/*")];
    let targets = catalog.map(|resource| Target::unseen(place.arn("glue", &resource)));
    let mut target = Target::join(targets.into()).unwrap_or_else(Target::unscopable);
    target.also.push(place.arn("glue", &format!("userDefinedFunction/{database}/*")));
    let why = "Athena resolves the query's tables with the role's permissions";
    for action in CATALOG_READS {
        needs.push(Need::of(call, action, target.clone(), why, SOURCE).certainty(Certainty::Likely));
    }
    if let Some(certainty) = writes(call) {
        let why = "the query's text may change the catalog";
        for action in CATALOG_WRITES {
            needs.push(Need::of(call, action, target.clone(), why, SOURCE).certainty(certainty));
        }
        let target = Target::unseen(format!("arn:{}:s3:::*", place.partition));
        let need = Need::of(call, "s3:PutObject", target, "the query's text may write tables", SOURCE);
        needs.push(need.certainty(Certainty::Optional));
    }
    let why = "Lake Formation hands out access to the tables' data";
    let need = Need::of(call, "lakeformation:GetDataAccess", Target::unscopable(), why, SOURCE);
    needs.push(need.certainty(Certainty::Likely));
    for action in ["s3:GetObject", "s3:ListBucket", "s3:GetBucketLocation"] {
        let target = Target::unseen(format!("arn:{}:s3:::*", place.partition));
        let need = Need::of(call, action, target, "the tables' data is wherever the catalog says", SOURCE);
        needs.push(need.certainty(Certainty::Optional));
    }
    needs
}

/// How likely a query changes the catalog: by its first word, where the definition shows the text.
fn writes(call: &Call<'_>) -> Option<Certainty> {
    let query = call.text(&["QueryString"])?;
    let first = query.pattern.trim_start().split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    match first.to_ascii_uppercase().as_str() {
        "SELECT" | "WITH" | "SHOW" | "DESCRIBE" | "DESC" | "EXPLAIN" | "VALUES" => None,
        "CREATE" | "DROP" | "ALTER" | "INSERT" | "MSCK" | "UNLOAD" | "MERGE" | "DELETE" | "UPDATE" => {
            Some(Certainty::Likely)
        }
        _ => Some(Certainty::Optional),
    }
}

fn results_location(call: &Call<'_>) -> Vec<Need> {
    const BUCKET: [&str; 2] = ["s3:GetBucketLocation", "s3:ListBucket"];
    const OBJECTS: [&str; 4] =
        ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"];
    let why = "Athena writes the query's results with the role's permissions";
    let location = call.text(&["ResultConfiguration", "OutputLocation"]);
    // Without one the workgroup says where, which the definition does not show.
    let certainty = if location.is_some() { Certainty::Likely } else { Certainty::Optional };
    let place = call.place;
    let (of_bucket, of_objects) = match location.as_ref().and_then(s3_uri) {
        Some((name, key)) => {
            let prefix = Text { pattern: format!("{}*", key.pattern), from: key.from };
            (bucket(place, Some(&name)), object(place, Some(&name), Some(&prefix)))
        }
        None => (bucket(place, None), object(place, None, None)),
    };
    let need =
        |action: &&str, target: &Target| Need::of(call, action, target.clone(), why, SOURCE).certainty(certainty);
    let mut needs: Vec<_> = BUCKET.iter().map(|action| need(action, &of_bucket)).collect();
    needs.extend(OBJECTS.iter().map(|action| need(action, &of_objects)));
    // AWS's templates name it, on objects, where it has no effect: queries do without.
    let uploads = Target { also: vec![of_objects.resources.join("")], ..of_bucket };
    needs.push(need(&"s3:ListBucketMultipartUploads", &uploads).certainty(Certainty::Optional));
    needs
}

/// The results are read from where the query wrote them, which only the query knows.
pub(in super::super) fn results(call: &Call<'_>) -> Vec<Need> {
    let target = Target::unseen(format!("arn:{}:s3:::*/*", call.place.partition)).also("*".to_owned());
    let why = "the results are read from S3 with the role's permissions";
    vec![Need::of(call, "s3:GetObject", target, why, SOURCE).certainty(Certainty::Likely)]
}
