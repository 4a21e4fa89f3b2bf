//! Where an operation's actions are needed: by hand for what `operations.tsv` names, else by ARN pattern.

use super::super::Choice;
use super::super::call::{Call, Text, at};
use super::super::tables::{compute, learning, messaging};
use super::super::target::{self, Target, bucket, named, object};
use super::catalog::{Facts, ResourceType};
use super::dynamodb;
use crate::access::overlap::covers;
use crate::asl::Resolved;

/// The words after `@` in `operations.tsv`.
pub(super) fn by_word(call: &Call<'_>, word: &str) -> Target {
    let place = call.place;
    match word {
        "bucket" => bucket(place, call.text(&["Bucket"]).as_ref()),
        "object" => object(place, call.text(&["Bucket"]).as_ref(), call.text(&["Key"]).as_ref()),
        "copy_source" => copy_source(call),
        "deleted_objects" => deleted_objects(call),
        "function" => target::function(call),
        "topic" => target::topic(call),
        "queue" => target::queue(call),
        "buses" => messaging::buses(call),
        "model" => learning::invoked_model(call),
        "kms_source" => key(call, "SourceKeyId"),
        "kms_destination" => key(call, "DestinationKeyId"),
        "transaction" => dynamodb::transaction_tables(call),
        "batch_tables" => dynamodb::batch_tables(call),
        path => api_path(call, path),
    }
}

/// `bucket/key`, maybe with a leading slash or a version.
fn copy_source(call: &Call<'_>) -> Target {
    let Some(text) = call.text(&["CopySource"]) else { return bucket(call.place, None).map(|all| format!("{all}/*")) };
    let path = text.pattern.trim_start_matches('/').split('?').next().unwrap_or_default();
    let (of, key) = path.split_once('/').unwrap_or((path, "*"));
    let part = |pattern: &str| Text { pattern: pattern.to_owned(), from: text.from.clone() };
    object(call.place, Some(&part(of)), Some(&part(key)))
}

fn deleted_objects(call: &Call<'_>) -> Target {
    let of = call.text(&["Bucket"]);
    let keys = call.list(&["Delete", "Objects"]).unwrap_or_default();
    let one = |item: &Resolved| {
        let key = at(item, &["Key"]).and_then(|key| call.text_of(&key));
        object(call.place, of.as_ref(), key.as_ref())
    };
    Target::join(keys.iter().map(one).collect()).unwrap_or_else(|| object(call.place, of.as_ref(), None))
}

/// IAM asks about the key itself, whichever alias names it.
fn key(call: &Call<'_>, field: &str) -> Target {
    match call.text(&[field]) {
        Some(text) if !text.pattern.contains("alias/") => named(call.place, "kms", "key/", Some(&text)),
        _ => Target::unseen(call.place.arn("kms", "key/*")),
    }
}

/// A path of API Gateway's own API: `/restapis/{RestApiId}`.
fn api_path(call: &Call<'_>, path: &str) -> Target {
    let place = call.place;
    let mut target = Target::fixed(String::new());
    let part = |part: &str| match part.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
        None => (part.to_owned(), None),
        Some(name) => call.text(&[name]).map_or_else(|| ("*".to_owned(), None), |text| (text.pattern, text.from)),
    };
    let parts: Vec<_> = path.split('/').map(part).collect();
    let filled: Vec<_> = parts.iter().map(|(text, _)| text.as_str()).collect();
    target.resources = vec![format!("arn:{}:apigateway:{}::{}", place.partition, place.region, filled.join("/"))];
    if let Some(from) = parts.into_iter().find_map(|(_, from)| from) {
        target.choice = Choice::Runtime { from };
    }
    target
}

/// Fills the ARN patterns of an action with the call's arguments.
pub(super) fn by_patterns(call: &Call<'_>, action: &str, facts: &Facts) -> Target {
    if facts.types.is_empty() {
        return Target::unscopable();
    }
    if let Some(target) = by_hand(call, action) {
        return target;
    }
    let mut filled: Vec<_> = facts.types.iter().filter_map(|kind| Some((kind, fill(call, action, kind)?))).collect();
    if filled.is_empty() {
        return unfilled(call, &facts.types);
    }
    // `index/*` of a table that is named: no argument speaks of an index.
    if filled.iter().any(|(_, filled)| filled.to_its_name) {
        filled.retain(|(kind, filled)| filled.to_its_name || kind.required);
    }
    // One type that every call needs is certain; among several the reference does not say which a call needs.
    let certain = |kind: &ResourceType| {
        facts.types.len() == 1 || (kind.required && facts.types.iter().filter(|kind| kind.required).count() == 1)
    };
    let all_certain = filled.iter().all(|(kind, _)| certain(kind));
    let unnamed = if takes_all(action) { unnamed(call, &facts.types, &filled) } else { Vec::new() };
    let choices = filled.into_iter().map(|(_, filled)| filled.target).chain(unnamed).collect();
    let mut target = Target::join(choices).unwrap_or_else(Target::unscopable);
    if !all_certain && target.choice == Choice::Fixed {
        target.choice = Choice::Unseen;
    }
    match action.split_once(':').unwrap_or_default().0 {
        "sagemaker" => target::in_lower_case(target),
        "ssm" => of_any_owner(target),
        _ => target,
    }
}

/// AWS's own documents belong to no account, which policies write in several ways.
fn of_any_owner(mut target: Target) -> Target {
    for arn in &mut target.resources {
        let parts: Vec<_> = arn.splitn(6, ':').collect();
        if let ["arn", partition, "ssm", region, _, document] = parts[..]
            && document.starts_with("document/AWS")
        {
            *arn = format!("arn:{partition}:ssm:{region}:*:{document}");
        }
    }
    target
}

/// Whether the types that an action needs are needed together. Where a call makes or copies something, what it is made of
/// is asked about as well; the types of other calls stand for one another.
fn takes_all(action: &str) -> bool {
    const MAKES: [&str; 7] = ["Copy", "Create", "Execute", "Move", "Restore", "Run", "Start"];
    let (prefix, name) = action.split_once(':').unwrap_or_default();
    matches!(prefix, "ec2" | "glue" | "kms") || MAKES.iter().any(|verb| name.starts_with(verb))
}

/// What every call needs beside what its arguments name: the snapshot that is made of a database. Types of the same kind
/// (`rule/`) stand for one another.
fn unnamed(call: &Call<'_>, types: &[ResourceType], filled: &[(&ResourceType, Filled)]) -> Vec<Target> {
    let kind = |arn: &str| {
        let resource = arn.splitn(6, ':').nth(5).unwrap_or_default().to_owned();
        resource.split([':', '/']).next().unwrap_or_default().to_owned()
    };
    let known: Vec<_> =
        filled.iter().flat_map(|(_, filled)| filled.target.resources.iter().map(|arn| kind(arn))).collect();
    let wild = types.iter().filter(|kind| kind.required).map(|kind| complete(first_of(kind), call.place, |_| None));
    wild.filter(|arn| !known.contains(&kind(arn))).map(Target::unseen).collect()
}

fn first_of(kind: &ResourceType) -> &'static str {
    kind.pattern.split(", ").next().unwrap_or(kind.pattern)
}

/// Services whose arguments name their resources in a way of their own.
fn by_hand(call: &Call<'_>, action: &str) -> Option<Target> {
    let (prefix, name) = action.split_once(':')?;
    match prefix {
        "sqs" if call.has("QueueUrl") => Some(target::queue(call)),
        "lambda" if call.has("FunctionName") => Some(target::function(call)),
        "secretsmanager" => call.text(&["SecretId"]).map(|text| target::secret(call.place, Some(&text))),
        "kms" if call.has("KeyId") => Some(key(call, "KeyId")),
        "ssm" if name.contains("Parameter") => parameters(call),
        "s3" if name.contains("Bucket") => call.text(&["Bucket"]).map(|text| bucket(call.place, Some(&text))),
        "logs" => log_group(call),
        "ecs" if name.ends_with("TaskDefinition") || name == "StartTask" => Some(compute::task_definition(call)),
        // The ARN ends in an id that no argument tells.
        "redshift-data" if call.has("WorkgroupName") => {
            Some(Target::unseen(call.place.arn("redshift-serverless", "workgroup/*")))
        }
        _ => None,
    }
}

fn parameters(call: &Call<'_>) -> Option<Target> {
    if let Some(path) = call.text(&["Path"]) {
        let below = Text { pattern: format!("{}*", path.pattern.trim_end_matches('/')), from: path.from };
        return Some(target::parameter(call.place, Some(&below)));
    }
    let names: Vec<_> = ["Name", "Names"].iter().flat_map(|field| call.texts(&[field])).collect();
    Target::join(names.iter().map(|name| target::parameter(call.place, Some(name))).collect())
}

/// IAM writes a log group with and without the closing `:*` that stands for its streams.
fn log_group(call: &Call<'_>) -> Option<Target> {
    let group = call.any_text(&["LogGroupName", "LogGroupIdentifier"])?;
    let target = named(call.place, "logs", "log-group:", Some(&group));
    let bare = |arn: &str| arn.trim_end_matches(":*").to_owned();
    let arn = target.resources.first().map(|arn| bare(arn))?;
    if let Some(stream) = call.text(&["LogStreamName"]) {
        let mut target = target.map(|arn| format!("{}:log-stream:{}", bare(arn), stream.pattern));
        if let (Choice::Fixed, Some(from)) = (&target.choice, stream.from) {
            target.choice = Choice::Runtime { from };
        }
        return Some(target.also(format!("{arn}:*")));
    }
    Some(target.map(|arn| format!("{}:*", bare(arn))).also(arn))
}

/// No argument names the resource: any of the types that every call needs. Where none is, the call may be about no
/// resource at all, unless an argument that speaks of one of the types is chosen at run time.
fn unfilled(call: &Call<'_>, types: &[ResourceType]) -> Target {
    let place = call.place;
    let from = chosen_at_run_time(call, types);
    let any_required = types.iter().any(|kind| kind.required);
    let wild = |kind: &ResourceType| {
        kind.pattern.split(", ").map(|pattern| complete(pattern, place, |_| None)).collect::<Vec<_>>()
    };
    let mut patterns = Vec::<String>::new();
    for pattern in types.iter().filter(|kind| kind.required || (!any_required && from.is_some())).flat_map(wild) {
        if !patterns.iter().any(|known| covers(known, &pattern)) {
            patterns.retain(|known| !covers(&pattern, known));
            patterns.push(pattern);
        }
    }
    let choice = from.map_or(Choice::Unseen, |from| Choice::Runtime { from });
    match patterns.len() {
        1..=3 => Target { resources: patterns, choice, also: Vec::new() },
        _ => Target { resources: vec!["*".to_owned()], choice, also: Vec::new() },
    }
}

/// The path or expression that chooses an ARN, or an argument with the name of one of the types.
fn chosen_at_run_time(call: &Call<'_>, types: &[ResourceType]) -> Option<String> {
    let speaks = |name: &str| {
        let lower = name.to_ascii_lowercase();
        lower.ends_with("arn") || types.iter().any(|kind| lower.contains(&plain(kind.name)))
    };
    match &call.task.arguments {
        Resolved::Object(fields) => fields.keys().filter(|name| speaks(name)).find_map(|name| call.text(&[name])?.from),
        Resolved::Runtime { from, .. } => Some(from.clone()),
        _ => None,
    }
}

/// A type's ARN as far as arguments name it.
struct Filled {
    target: Target,
    /// Down to the last variable of the pattern.
    to_its_name: bool,
}

/// One type's ARN, as far as arguments name it: an ARN of that type, or the pattern's variables.
fn fill(call: &Call<'_>, action: &str, kind: &ResourceType) -> Option<Filled> {
    let arns = arns_of(call, kind);
    if let Some(target) = Target::join(arns) {
        return Some(Filled { target, to_its_name: true });
    }
    let own = action.split(':').nth(1).unwrap_or_default().to_ascii_lowercase();
    let of_this = own.ends_with(&plain(kind.name)) || own.ends_with(&format!("{}s", plain(kind.name)));
    let pattern = first_of(kind);
    let last = variables(pattern).last().copied();
    let (mut found, mut to_its_name, mut from) = (false, false, None);
    let resource = complete(pattern, call.place, |variable| {
        let is_last = Some(variable) == last;
        let text = argument_of(call, variable, is_last.then_some(kind.name), is_last && of_this)?;
        found = true;
        to_its_name |= is_last;
        from = from.take().or(text.from);
        Some(text.pattern)
    });
    let target = Target {
        resources: vec![resource],
        choice: from.map_or(Choice::Fixed, |from| Choice::Runtime { from }),
        also: Vec::new(),
    };
    found.then_some(Filled { target, to_its_name })
}

/// Arguments that are ARNs of the type.
fn arns_of(call: &Call<'_>, kind: &ResourceType) -> Vec<Target> {
    let names: Vec<&str> = match &call.task.arguments {
        Resolved::Object(fields) => fields.keys().map(String::as_str).collect(),
        Resolved::Static(value) => {
            value.as_object().map(|map| map.keys().map(String::as_str).collect()).unwrap_or_default()
        }
        _ => Vec::new(),
    };
    let fits = |arn: &str| {
        kind.pattern.split(", ").any(|pattern| {
            let glob = complete(pattern, call.place, |_| None);
            let parts: Vec<_> = glob.splitn(6, ':').collect();
            let found: Vec<_> = arn.splitn(6, ':').collect();
            parts.len() == 6
                && found.len() == 6
                && parts[2] == found[2]
                && crate::iam::glob_matches(parts[5], found[5], false)
        })
    };
    let texts = names.iter().flat_map(|name| call.texts(&[name]));
    texts
        .filter(|text| text.pattern.starts_with("arn:") && fits(&text.pattern))
        .map(|text| named(call.place, "", "", Some(&text)))
        .collect()
}

/// The argument that a pattern's variable stands for: of its name, in a list of them, or, for the variable that tells
/// one resource of a type from another, of the type's name.
fn argument_of(call: &Call<'_>, variable: &str, kind: Option<&str>, is_own: bool) -> Option<Text> {
    let stem = variable.trim_end_matches("Name").trim_end_matches("Id");
    let kind = kind.map(plain).unwrap_or_default();
    let mut names = vec![variable.to_owned(), format!("{variable}s")];
    for base in [stem, kind.as_str()].into_iter().filter(|base| !base.is_empty()) {
        for end in ["", "Name", "Id", "Identifier", "Names", "Ids"] {
            names.push(format!("{base}{end}"));
        }
    }
    if is_own {
        names.extend(["Name", "Id", "Identifier"].map(str::to_owned));
    }
    // A name is no id: the ARN of a Redshift workgroup ends in an id that only the service knows.
    if variable.ends_with("Id") {
        names.retain(|name| !name.ends_with("Name") && !name.ends_with("Names"));
    }
    let text = names.iter().find_map(|name| call.texts(&[name]).into_iter().next())?;
    // An ARN or a URL is no name; an ARN of the type has been looked for.
    let is_name = !text.pattern.contains("://") && !text.pattern.starts_with("arn:");
    is_name.then_some(text)
}

fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The variables of a pattern beside partition, Region and account.
fn variables(pattern: &str) -> Vec<&str> {
    let names = pattern.split("${").skip(1).filter_map(|rest| rest.split('}').next());
    names.filter(|name| !matches!(*name, "Partition" | "Region" | "Account")).collect()
}

/// The pattern with its variables filled by `fill`, or `*`.
fn complete(pattern: &str, place: &super::super::Place, mut fill: impl FnMut(&str) -> Option<String>) -> String {
    let (mut out, mut rest) = (String::new(), pattern);
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, next)) = after.split_once('}') else { break };
        out.push_str(before);
        match name {
            "Partition" => out.push_str(&place.partition),
            "Region" => out.push_str(&place.region),
            "Account" => out.push_str(&place.account),
            other => match fill(other) {
                Some(text) => out.push_str(&text),
                None => out.push('*'),
            },
        }
        rest = next;
    }
    out.push_str(rest);
    out
}
