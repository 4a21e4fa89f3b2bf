//! Result buckets: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html> and what is asked about one.
//! Tables: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html>.

use serde_json::{Value, json};
use stepwarden::model::{BucketEncryption, Expiry, PublicAccessBlock, ResultBucket, Table};
use stepwarden::types::{Arn, Observed};

use super::machines::{described, listing};
use super::{HOME, Scan, brief, kms_keys, scan};
use crate::replay::{Answer, Rule, denied, error, ok, on, xml};

const BUCKET: &str = "acme-lake";
const TABLE: &str = "arn:aws:dynamodb:eu-west-1:123456789012:table/claims";

/// A definition that writes results to a bucket and puts an item into a table.
pub(super) fn storing(bucket: &Value, table: &Value) -> String {
    let each = json!({ "Type": "Map", "Next": "Keep",
        "ItemProcessor": { "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }, "StartAt": "One",
                           "States": { "One": { "Type": "Succeed" } } },
        "ResultWriter": { "Resource": "arn:aws:states:::s3:putObject", "Parameters": bucket } });
    let keep =
        json!({ "Type": "Task", "Resource": "arn:aws:states:::dynamodb:putItem", "End": true, "Parameters": table });
    json!({ "StartAt": "Each", "States": { "Each": each, "Keep": keep } }).to_string()
}

pub(super) fn usual() -> String {
    storing(&json!({ "Bucket": BUCKET, "Prefix": "p" }), &json!({ "TableName": "claims", "Item": {} }))
}

async fn stores(definition: &str, rules: impl IntoIterator<Item = Rule>) -> Scan {
    let machine = [
        on("ListStateMachines", ok(listing(&["orders"]))),
        on("DescribeStateMachine", ok(described("orders", &json!({ "definition": definition })))),
    ];
    scan(rules.into_iter().chain(machine).collect::<Vec<_>>()).await
}

/// What S3 answers with, in its words; and DynamoDB: nothing is refused.
pub(super) fn readable() -> Vec<Rule> {
    vec![
        on("ListBuckets", buckets(&[BUCKET], HOME)).with("prefix=acme-lake"),
        on("GetBucketEncryption", encryption("AES256", "")),
        on("GetPublicAccessBlock", block("true")),
        on("GetBucketPolicyStatus", xml("<PolicyStatus><IsPublic>false</IsPublic></PolicyStatus>")),
        on("GetBucketLifecycleConfiguration", lifecycle("<Filter/><Expiration><Days>7</Days></Expiration>")),
        on("DescribeTable", ok(json!({ "Table": { "TableName": "claims", "TableArn": TABLE } }))),
        on("DescribeContinuousBackups", backups("ENABLED")),
        on("DescribeTimeToLive", ok(json!({ "TimeToLiveDescription": { "TimeToLiveStatus": "DISABLED" } }))),
    ]
}

fn buckets(names: &[&str], region: &str) -> Answer {
    let bucket = |name: &&str| format!("<Bucket><Name>{name}</Name><BucketRegion>{region}</BucketRegion></Bucket>");
    let buckets: String = names.iter().map(bucket).collect();
    xml(format!("<ListAllMyBucketsResult><Buckets>{buckets}</Buckets></ListAllMyBucketsResult>"))
}

fn encryption(algorithm: &str, key: &str) -> Answer {
    let by_default = format!("<SSEAlgorithm>{algorithm}</SSEAlgorithm>{key}");
    xml(format!(
        "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>{by_default}\
         </ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>"
    ))
}

fn block(restrict: &str) -> Answer {
    xml(format!(
        "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true\
         </IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>{restrict}\
         </RestrictPublicBuckets></PublicAccessBlockConfiguration>"
    ))
}

fn lifecycle(rule: &str) -> Answer {
    xml(format!(
        "<LifecycleConfiguration><Rule><ID>1</ID>{rule}<Status>Enabled</Status></Rule></LifecycleConfiguration>"
    ))
}

fn backups(recovery: &str) -> Answer {
    ok(json!({ "ContinuousBackupsDescription": { "ContinuousBackupsStatus": "ENABLED",
        "PointInTimeRecoveryDescription": { "PointInTimeRecoveryStatus": recovery } } }))
}

fn absent(code: &'static str) -> Answer {
    Answer::Error { status: 404, code, message: "no".to_owned() }
}

/// The rules, with these before them.
fn but(rules: impl IntoIterator<Item = Rule>) -> Vec<Rule> {
    rules.into_iter().chain(readable()).collect()
}

fn bucket(scan: &Scan) -> Observed<Option<ResultBucket>> {
    let buckets = scan.home().result_buckets();
    buckets.whole().expect("the machines were read").get(BUCKET).cloned().expect("the bucket was asked for")
}

fn known(scan: &Scan) -> ResultBucket {
    bucket(scan).whole().expect("it was read").clone().expect("the account has it")
}

fn table(scan: &Scan) -> Observed<Option<Table>> {
    let tables = scan.home().tables();
    let arn = Arn::parse(TABLE).expect("an ARN");
    tables.whole().expect("the machines were read").get(&arn).cloned().expect("the table was asked for")
}

#[tokio::test]
async fn a_bucket_and_a_table_as_documented() {
    let scan = stores(&usual(), readable()).await;
    for part in ["result_buckets", "tables", "kms_keys"] {
        assert_eq!(scan.run(HOME, part).gap, None, "{part}");
    }
    let whole = PublicAccessBlock {
        block_public_acls: true,
        ignore_public_acls: true,
        block_public_policy: true,
        restrict_public_buckets: true,
    };
    let expected = ResultBucket {
        encryption: Observed::known(Some(BucketEncryption { algorithm: "AES256".to_owned(), key: None })),
        public_access_block: Observed::known(Some(whole)),
        policy_is_public: Observed::known(false),
        expiry: Observed::known(vec![Expiry { prefix: String::new(), narrowed: false, days: Some(7) }]),
    };
    assert_eq!(known(&scan), expected);
    let expected = Table { key: None, point_in_time_recovery: Observed::known(true), expires: Observed::known(false) };
    assert_eq!(table(&scan), Observed::known(Some(expected)));
}

#[tokio::test]
async fn what_is_not_configured_is_known_not_to_be() {
    let nothing = [
        on("GetBucketEncryption", absent("ServerSideEncryptionConfigurationNotFoundError")),
        on("GetPublicAccessBlock", absent("NoSuchPublicAccessBlockConfiguration")),
        on("GetBucketPolicyStatus", absent("NoSuchBucketPolicy")),
        on("GetBucketLifecycleConfiguration", absent("NoSuchLifecycleConfiguration")),
    ];
    let scan = stores(&usual(), but(nothing)).await;
    let expected = ResultBucket {
        encryption: Observed::known(None),
        public_access_block: Observed::known(None),
        policy_is_public: Observed::known(false),
        expiry: Observed::known(Vec::new()),
    };
    assert_eq!(known(&scan), expected);
}

#[tokio::test]
async fn a_bucket_that_is_gone_meanwhile_is_not_one_without_configuration() {
    let gone =
        ["GetBucketEncryption", "GetPublicAccessBlock", "GetBucketPolicyStatus", "GetBucketLifecycleConfiguration"];
    let scan = stores(&usual(), but(gone.map(|name| on(name, absent("NoSuchBucket"))))).await;
    let bucket = known(&scan);
    assert!(bucket.encryption.gap().is_some() && bucket.public_access_block.gap().is_some());
    assert!(bucket.policy_is_public.gap().is_some() && bucket.expiry.gap().is_some());
}

#[tokio::test]
async fn a_bucket_that_the_account_does_not_have_is_known_and_not_asked_about() {
    let scan = stores(&usual(), but([on("ListBuckets", buckets(&["acme-lake-2"], HOME))])).await;
    assert_eq!(bucket(&scan), Observed::known(None));
    assert_eq!(scan.replay.count("GetBucketEncryption"), 0);
    let scan = stores(&usual(), but([on("ListBuckets", buckets(&[BUCKET], "us-east-1"))])).await;
    assert_eq!(bucket(&scan).gap().unwrap().reason.as_str(), "unsupported");
    let scan = stores(&usual(), but([on("ListBuckets", denied())])).await;
    let gap = bucket(&scan).gap().cloned().unwrap();
    assert_eq!(brief(&gap), ("denied", "s3:ListBuckets", Some("s3:ListAllMyBuckets")));
    assert_eq!(gap.resource.as_deref(), Some("s3://acme-lake"));
}

#[tokio::test]
async fn names_that_are_chosen_at_run_time_or_are_no_buckets_are_not_asked_about() {
    let item = json!({ "TableName.$": "$.table", "Item": {} });
    for name in [json!({ "Bucket.$": "$.bucket" }), json!({ "Bucket": "acme-lake-0123-s3alias" }), json!({})] {
        let scan = stores(&storing(&name, &item), readable()).await;
        assert!(scan.home().result_buckets().whole().unwrap().is_empty(), "{name}");
        assert!(scan.home().tables().whole().unwrap().is_empty());
        assert_eq!(scan.replay.count("ListBuckets") + scan.replay.count("DescribeTable"), 0);
    }
}

#[tokio::test]
async fn one_of_the_questions_denied_leaves_the_others() {
    let scan = stores(&usual(), but([on("GetPublicAccessBlock", denied())])).await;
    let bucket = known(&scan);
    let needed = ("denied", "s3:GetPublicAccessBlock", Some("s3:GetBucketPublicAccessBlock"));
    assert_eq!(brief(bucket.public_access_block.gap().unwrap()), needed);
    assert!(bucket.encryption.gap().is_none());
    assert_eq!(brief(scan.run(HOME, "result_buckets").gap.as_ref().unwrap()), needed);
    let scan = stores(&usual(), but([on("DescribeContinuousBackups", denied())])).await;
    let table = table(&scan).whole().unwrap().clone().unwrap();
    assert_eq!(table.point_in_time_recovery.gap().unwrap().resource.as_deref(), Some(TABLE));
    assert!(table.expires.gap().is_none() && scan.run(HOME, "tables").gap.is_some());
}

#[tokio::test]
async fn rules_delete_below_their_prefix() {
    let days = "<Expiration><Days>7</Days></Expiration>";
    let tag = "<Tag><Key>a</Key><Value>b</Value></Tag>";
    for (rule, expected) in [
        (format!("<Prefix>old</Prefix>{days}"), Some(("old", false))),
        (format!("<Filter><Prefix>p</Prefix></Filter>{days}"), Some(("p", false))),
        (format!("<Filter>{tag}</Filter>{days}"), Some(("", true))),
        (format!("<Filter><And><Prefix>p</Prefix>{tag}</And></Filter>{days}"), Some(("p", true))),
        ("<Filter/><AbortIncompleteMultipartUpload/>".to_owned(), None),
        (
            "<Filter/><Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>".to_owned(),
            None,
        ),
    ] {
        let scan = stores(&usual(), but([on("GetBucketLifecycleConfiguration", lifecycle(&rule))])).await;
        let bucket = known(&scan);
        let rules: Vec<_> =
            bucket.expiry.whole().unwrap().iter().map(|rule| (rule.prefix.as_str(), rule.narrowed)).collect();
        assert_eq!(rules, expected.into_iter().collect::<Vec<_>>(), "{rule}");
    }
}

#[tokio::test]
async fn the_keys_of_buckets_and_tables_are_looked_up() {
    let key = format!("<KMSMasterKeyID>{}</KMSMasterKeyID>", kms_keys::ARN);
    let described = json!({ "Table": { "TableName": "claims",
        "SSEDescription": { "Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/2" } } });
    let rules = [on("GetBucketEncryption", encryption("aws:kms", &key)), on("DescribeTable", ok(described))];
    let scan = stores(&usual(), but(rules)).await;
    let keys = scan.home().kms_keys();
    let named: Vec<_> = keys.whole().unwrap().named.keys().map(String::as_str).collect();
    assert_eq!(named, [kms_keys::ARN, "arn:aws:kms:eu-west-1:123456789012:key/2"]);
}

#[tokio::test]
async fn a_table_that_is_not_there_or_not_ours() {
    let scan = stores(&usual(), but([on("DescribeTable", error("ResourceNotFoundException", "no"))])).await;
    assert_eq!(table(&scan), Observed::known(None));
    let foreign = "arn:aws:dynamodb:eu-west-1:999999999999:table/claims";
    let item = json!({ "TableName": foreign, "Item": {} });
    let scan = stores(&storing(&json!({}), &item), readable()).await;
    let tables = scan.home().tables();
    let gap = tables.whole().unwrap()[&Arn::parse(foreign).unwrap()].gap().cloned().unwrap();
    assert_eq!((gap.reason.as_str(), gap.resource.as_deref()), ("unsupported", Some(foreign)));
    assert_eq!(scan.replay.count("DescribeTable"), 0);
}

#[tokio::test]
async fn answers_about_tables_that_are_none_are_gaps() {
    for (call, answer) in [
        ("DescribeTable", json!({ "Table": { "SSEDescription": {} } })),
        (
            "DescribeTable",
            json!({ "Table": { "TableName": "claims", "SSEDescription": { "Status": "ENABLED", "SSEType": "KMS" } } }),
        ),
        (
            "DescribeContinuousBackups",
            json!({ "ContinuousBackupsDescription": { "ContinuousBackupsStatus": "ENABLED" } }),
        ),
        ("DescribeTimeToLive", json!({ "TimeToLiveDescription": { "TimeToLiveStatus": "PERHAPS" } })),
    ] {
        let scan = stores(&usual(), but([on(call, ok(answer))])).await;
        assert_eq!(scan.run(HOME, "tables").gap.as_ref().unwrap().reason.as_str(), "error", "{call}");
    }
}
