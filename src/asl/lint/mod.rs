//! What is wrong in a definition, each fault with its place. A fault is never fatal: the rest is read all the same.

mod expressions;
mod fields;
mod graph;
mod lists;
mod map;
mod marked;

use serde_json::{Map, Value};

use super::QueryLanguage;
use super::machine::{Machine, Node};
use super::problem::{Problems, Sort};
use fields::Verdict;

pub(super) use marked::sift;

/// Characters of a state's name.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>.
const LONGEST_NAME: usize = 80;

pub(super) fn machine(machine: &Machine<'_>, problems: &mut Problems) {
    graph::scopes(machine, problems);
    for node in &machine.nodes {
        state(machine, node, problems);
    }
}

fn state(machine: &Machine<'_>, node: &Node<'_>, problems: &mut Problems) {
    if node.name.chars().count() > LONGEST_NAME {
        problems.add(&node.pointer, format!("the name of a state has at most {LONGEST_NAME} characters"));
    }
    let downgraded = machine.language == QueryLanguage::Jsonata && node.language == QueryLanguage::JsonPath;
    if downgraded && node.scope == 0 {
        problems.add(&node.pointer.join("QueryLanguage"), "a state of a JSONata machine cannot use JSONPath");
    }
    language(node.json, &node.pointer, problems);
    if !known_fields(node, problems) {
        return;
    }
    required(node, problems);
    exclusive(node, problems);
    numbers(node, problems);
    times(node, problems);
    graph::ways_out(node, problems);
    lists::retry(node, problems);
    lists::catch(node, problems);
    lists::choices(node, problems);
    map::map(machine, node, problems);
    expressions::state(node, problems);
}

fn language(json: &Map<String, Value>, at: &crate::types::JsonPointer, problems: &mut Problems) {
    if json.get("QueryLanguage").is_some_and(|language| language != "JSONPath" && language != "JSONata") {
        problems.add(&at.join("QueryLanguage"), "QueryLanguage is JSONPath or JSONata");
    }
}

/// Whether the state's type is known.
fn known_fields(node: &Node<'_>, problems: &mut Problems) -> bool {
    for field in node.json.keys() {
        let at = node.pointer.join(field);
        match fields::of_state(node.kind, node.language, field) {
            None => {
                let at = node.pointer.join("Type");
                match node.json.get("Type") {
                    None => problems.add(&at, "a state has a Type"),
                    Some(Value::String(kind)) => {
                        let message = format!("no type of state is known by the name {}", shown(kind));
                        problems.add_of(Sort::Unknown, &at, message);
                    }
                    Some(_) => problems.add(&at, "Type is a text"),
                }
                return false;
            }
            Some(Verdict::Known) => {}
            Some(Verdict::Unknown) => {
                let message = format!("a {} state has no field of this name", node.kind);
                problems.add_of(Sort::Unknown, &at, message);
            }
            Some(Verdict::Foreign) => {
                problems.add(&at, format!("a state in {} has no field of this name", node.language.as_str()));
            }
        }
    }
    if node.json.is_empty() {
        problems.add(&node.pointer.join("Type"), "a state has a Type");
    }
    !node.json.is_empty()
}

/// A word of the document, short enough to be quoted.
fn shown(word: &str) -> String {
    match word.char_indices().nth(LONGEST_NAME) {
        None => word.to_owned(),
        Some((end, _)) => format!("{}…", &word[..end]),
    }
}

fn required(node: &Node<'_>, problems: &mut Problems) {
    let has = |fields: &[&str]| fields.iter().any(|field| node.json.contains_key(*field));
    match node.kind {
        "Task" => {
            let at = node.pointer.join("Resource");
            match node.json.get("Resource") {
                None => problems.add(&at, "a Task state has a Resource"),
                Some(Value::String(resource)) => resource_text(node, resource, problems),
                // What CloudFormation fills in.
                Some(Value::Object(map)) if map.keys().all(|key| key == "Ref" || key.starts_with("Fn::")) => {}
                Some(_) => problems.add(&at, "Resource is a text"),
            }
            credentials(node, problems);
        }
        "Wait" if !has(&["Seconds", "SecondsPath", "Timestamp", "TimestampPath"]) => {
            problems.add(&node.pointer, "a Wait state says how long: Seconds, Timestamp, or their paths");
        }
        "Choice" if node.objects("Choices").next().is_none() => {
            problems.add(&node.pointer.join("Choices"), "a Choice state has a list of rules");
        }
        "Parallel" => match node.json.get("Branches") {
            Some(Value::Array(branches)) => {
                for (index, _) in branches.iter().enumerate().filter(|(_, branch)| !branch.is_object()) {
                    problems.add(&node.pointer.join("Branches").index(index), "a branch is an object with States");
                }
            }
            _ => problems.add(&node.pointer.join("Branches"), "a Parallel state has a list of branches"),
        },
        _ => {}
    }
}

fn resource_text(node: &Node<'_>, resource: &str, problems: &mut Problems) {
    let at = node.pointer.join("Resource");
    if resource.is_empty() {
        problems.add(&at, "Resource is empty");
    } else if resource.matches("${").count() > resource.matches('}').count() {
        problems.add(&at, "a ${ is not closed");
    } else if let Some((_, function)) = resource.split_once(":function:").filter(|_| resource.contains(":lambda:"))
        && let Some((_, qualifier)) = function.split_once(':').filter(|_| !function.contains("${"))
    {
        let word = qualifier.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if qualifier != "$LATEST" && (qualifier.is_empty() || !word) {
            problems.add(&at, "a function's ARN ends in its name, a version or an alias");
        }
    }
}

fn credentials(node: &Node<'_>, problems: &mut Problems) {
    let at = node.pointer.join("Credentials");
    match node.json.get("Credentials") {
        None => {}
        Some(Value::Object(map)) if map.get("RoleArn").is_none_or(Value::is_string) => {}
        Some(Value::Object(_)) => problems.add(&at.join("RoleArn"), "RoleArn is a text"),
        Some(Value::String(text)) if node.language == QueryLanguage::Jsonata && text.starts_with("{%") => {}
        Some(_) => problems.add(&at, "Credentials are an object with a RoleArn"),
    }
}

/// Fields of which a state has one at most.
const EXCLUSIVE: [&[&str]; 12] = [
    &["TimeoutSeconds", "TimeoutSecondsPath"],
    &["HeartbeatSeconds", "HeartbeatSecondsPath"],
    &["Seconds", "SecondsPath", "Timestamp", "TimestampPath"],
    &["Error", "ErrorPath"],
    &["Cause", "CausePath"],
    &["MaxConcurrency", "MaxConcurrencyPath"],
    &["ToleratedFailureCount", "ToleratedFailureCountPath"],
    &["ToleratedFailurePercentage", "ToleratedFailurePercentagePath"],
    &["ItemProcessor", "Iterator"],
    &["ItemSelector", "Parameters"],
    &["Items", "ItemsPath"],
    &["Next", "End"],
];

fn exclusive(node: &Node<'_>, problems: &mut Problems) {
    for fields in EXCLUSIVE {
        let present: Vec<_> = fields.iter().filter(|field| node.json.contains_key(**field)).collect();
        // `"End": false` beside Next says nothing twice.
        let harmless = node.json.get("End") == Some(&Value::Bool(false)) && fields.contains(&"End");
        if let [first, second, ..] = present.as_slice()
            && !harmless
        {
            problems.add(&node.pointer.join(second), format!("{first} and {second} exclude each other"));
        }
    }
}

/// Times that are written there.
fn times(node: &Node<'_>, problems: &mut Problems) {
    let expression = |text: &str| node.language == QueryLanguage::Jsonata && text.starts_with("{%");
    if node.kind == "Wait" && node.text("Timestamp").is_some_and(|text| !expression(text) && !is_time(text)) {
        problems.add(&node.pointer.join("Timestamp"), "Timestamp is a time as 2016-03-14T01:59:00Z");
    }
    let number = |field: &str| node.json.get(field).and_then(Value::as_u64);
    if let (Some(heartbeat), Some(timeout)) = (number("HeartbeatSeconds"), number("TimeoutSeconds"))
        && heartbeat >= timeout
    {
        problems.add(&node.pointer.join("HeartbeatSeconds"), "HeartbeatSeconds is less than TimeoutSeconds");
    }
}

/// A time of ISO 8601 as the language wants it, with `T` and a zone.
fn is_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once('T') else { return false };
    let zone = time.ends_with('Z') || time.get(8..).is_some_and(|rest| rest.contains(['+', '-']));
    let digits = |text: &str, form: &str| {
        text.len() == form.len()
            && text.bytes().zip(form.bytes()).all(|(b, f)| if f == b'0' { b.is_ascii_digit() } else { b == f })
    };
    let of_form = digits(date, "0000-00-00") && time.get(..8).is_some_and(|time| digits(time, "00:00:00")) && zone;
    of_form && text.get(..19).is_some_and(|text| text.parse::<jiff::civil::DateTime>().is_ok())
}

/// Fields that are whole numbers, and the largest that each may be.
const NUMBERS: [(&str, u64, u64); 6] = [
    ("TimeoutSeconds", 1, 99_999_999),
    ("HeartbeatSeconds", 1, 99_999_999),
    ("Seconds", 0, 99_999_999),
    ("MaxConcurrency", 0, u64::MAX),
    ("ToleratedFailureCount", 0, u64::MAX),
    ("ToleratedFailurePercentage", 0, 100),
];

fn numbers(node: &Node<'_>, problems: &mut Problems) {
    for (field, least, most) in NUMBERS {
        let at = node.pointer.join(field);
        match node.json.get(field) {
            None => {}
            Some(Value::Number(number)) => {
                let float = field == "ToleratedFailurePercentage";
                let number = number
                    .as_u64()
                    .or_else(|| number.as_f64().filter(|n| float && *n >= 0.0 && *n <= 100.0).map(|_| 0));
                if !number.is_some_and(|number| (least..=most).contains(&number)) {
                    problems.add(
                        &at,
                        match most {
                            u64::MAX => format!("{field} is a whole number from {least}"),
                            _ => format!("{field} is a number from {least} to {most}"),
                        },
                    );
                }
            }
            Some(Value::String(text)) if node.language == QueryLanguage::Jsonata && text.starts_with("{%") => {}
            Some(_) => problems.add(&at, format!("{field} is a number")),
        }
    }
}
