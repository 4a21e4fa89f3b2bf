//! Retriers, catchers and the rules of a Choice.

use serde_json::{Map, Value};

use crate::asl::QueryLanguage;
use crate::asl::machine::Node;
use crate::asl::path::Path;
use crate::asl::problem::{Problems, Sort};
use crate::types::JsonPointer;

/// The objects of a list; what is no list of objects is a problem.
fn objects<'a>(node: &Node<'a>, field: &str, problems: &mut Problems) -> Vec<(JsonPointer, &'a Map<String, Value>)> {
    let at = node.pointer.join(field);
    let Some(list) = node.json.get(field) else { return Vec::new() };
    let Value::Array(items) = list else {
        problems.add(&at, format!("{field} is a list"));
        return Vec::new();
    };
    let mut objects = Vec::new();
    for (index, item) in items.iter().enumerate() {
        match item {
            Value::Object(object) => objects.push((at.index(index), object)),
            _ => problems.add(&at.index(index), format!("an entry of {field} is an object")),
        }
    }
    objects
}

fn unknown(object: &Map<String, Value>, known: &[&str], at: &JsonPointer, problems: &mut Problems) {
    for field in object.keys().filter(|field| !known.contains(&field.as_str())) {
        problems.add_of(Sort::Unknown, &at.join(field), "no field of this name is known here");
    }
}

fn errors(object: &Map<String, Value>, at: &JsonPointer, problems: &mut Problems) {
    let at = at.join("ErrorEquals");
    match object.get("ErrorEquals").and_then(Value::as_array) {
        Some(names) if names.is_empty() => problems.add(&at, "ErrorEquals names at least one error"),
        Some(names) if names.iter().all(Value::is_string) => {}
        _ => problems.add(&at, "ErrorEquals is a list of names of errors"),
    }
}

/// `States.ALL` stands alone, and in the last entry.
fn all_is_last(entries: &[(JsonPointer, &Map<String, Value>)], problems: &mut Problems) {
    for (index, (at, object)) in entries.iter().enumerate() {
        let names = object.get("ErrorEquals").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        if !names.iter().any(|name| name == "States.ALL") {
            continue;
        }
        let at = at.join("ErrorEquals");
        if names.len() > 1 {
            problems.add(&at, "States.ALL stands alone");
        } else if index + 1 < entries.len() {
            problems.add(&at, "what takes States.ALL comes last");
        }
    }
}

pub(super) fn retry(node: &Node<'_>, problems: &mut Problems) {
    const KNOWN: [&str; 7] = [
        "ErrorEquals",
        "IntervalSeconds",
        "MaxAttempts",
        "BackoffRate",
        "MaxDelaySeconds",
        "JitterStrategy",
        "Comment",
    ];
    let retriers = objects(node, "Retry", problems);
    all_is_last(&retriers, problems);
    for (at, retrier) in retriers {
        unknown(retrier, &KNOWN, &at, problems);
        errors(retrier, &at, problems);
        for (field, least) in
            [("IntervalSeconds", 1.0), ("MaxAttempts", 0.0), ("BackoffRate", 1.0), ("MaxDelaySeconds", 1.0)]
        {
            let wrong = match retrier.get(field) {
                None => false,
                Some(Value::String(text)) => node.language == QueryLanguage::JsonPath || !text.starts_with("{%"),
                Some(value) => value.as_f64().is_none_or(|number| number < least),
            };
            if wrong {
                problems.add(&at.join(field), format!("{field} is a number from {least}"));
            }
        }
        if retrier.get("JitterStrategy").is_some_and(|jitter| jitter != "FULL" && jitter != "NONE") {
            problems.add(&at.join("JitterStrategy"), "JitterStrategy is FULL or NONE");
        }
    }
}

pub(super) fn catch(node: &Node<'_>, problems: &mut Problems) {
    let catchers = objects(node, "Catch", problems);
    all_is_last(&catchers, problems);
    for (at, catcher) in catchers {
        let known: &[&str] = match node.language {
            QueryLanguage::JsonPath => &["ErrorEquals", "Next", "ResultPath", "Assign", "Comment"],
            QueryLanguage::Jsonata => &["ErrorEquals", "Next", "Output", "Assign", "Comment"],
        };
        unknown(catcher, known, &at, problems);
        errors(catcher, &at, problems);
        if !catcher.get("Next").is_some_and(Value::is_string) {
            problems.add(&at.join("Next"), "a catcher names the next state");
        }
    }
}

/// The comparisons of JSONPath, each also with `Path` at its end where it compares.
const COMPARISONS: [&str; 14] = [
    "StringEquals",
    "StringLessThan",
    "StringGreaterThan",
    "StringLessThanEquals",
    "StringGreaterThanEquals",
    "NumericEquals",
    "NumericLessThan",
    "NumericGreaterThan",
    "NumericLessThanEquals",
    "NumericGreaterThanEquals",
    "BooleanEquals",
    "TimestampEquals",
    "TimestampLessThan",
    "TimestampGreaterThan",
];
const MORE_COMPARISONS: [&str; 9] = [
    "TimestampLessThanEquals",
    "TimestampGreaterThanEquals",
    "StringMatches",
    "IsNull",
    "IsPresent",
    "IsNumeric",
    "IsString",
    "IsBoolean",
    "IsTimestamp",
];

fn compares(field: &str) -> bool {
    let bare = field.strip_suffix("Path").unwrap_or(field);
    COMPARISONS.contains(&bare) || MORE_COMPARISONS.contains(&field) || MORE_COMPARISONS[..2].contains(&bare)
}

/// What a comparison takes, by the type in its name.
fn wanted(field: &str) -> Option<&'static str> {
    let kinds = [("String", "a text"), ("Numeric", "a number"), ("Timestamp", "a time as 2016-03-14T01:59:00Z")];
    let kind = kinds.into_iter().find(|(kind, _)| field.starts_with(kind)).map(|(_, wanted)| wanted);
    kind.or_else(|| (field.starts_with("Boolean") || field.starts_with("Is")).then_some("true or false"))
}

fn of_type(field: &str, value: &Value) -> bool {
    match value {
        Value::String(text) => field.starts_with("String") || (field.starts_with("Timestamp") && super::is_time(text)),
        Value::Number(_) => field.starts_with("Numeric"),
        Value::Bool(_) => field.starts_with("Boolean") || field.starts_with("Is"),
        _ => false,
    }
}

pub(super) fn choices(node: &Node<'_>, problems: &mut Problems) {
    if node.kind != "Choice" {
        return;
    }
    for (at, rule) in objects(node, "Choices", problems) {
        match node.language {
            QueryLanguage::JsonPath => path_rule(rule, &at, true, problems),
            QueryLanguage::Jsonata => {
                unknown(rule, &["Condition", "Next", "Assign", "Output", "Comment"], &at, problems);
                if !matches!(rule.get("Condition"), Some(Value::String(_) | Value::Bool(_))) {
                    problems.add(&at.join("Condition"), "a rule has a Condition");
                }
            }
        }
        if !rule.get("Next").is_some_and(Value::is_string) {
            problems.add(&at.join("Next"), "a rule names the next state");
        }
    }
}

/// `serde_json` bounds the depth.
fn path_rule(rule: &Map<String, Value>, at: &JsonPointer, outermost: bool, problems: &mut Problems) {
    let (mut tests, mut others) = (0, 0);
    for (field, value) in rule {
        let at = at.join(field);
        match (field.as_str(), value) {
            ("Next" | "Assign", _) if outermost => {}
            ("Comment", _) => {}
            ("Variable", Value::String(path)) if Path::parse(path).is_ok() => {}
            ("Variable", _) => problems.add(&at, "Variable is a path"),
            ("And" | "Or", Value::Array(rules)) => {
                tests += 1;
                for (index, rule) in rules.iter().enumerate() {
                    inner(rule, &at.index(index), problems);
                }
            }
            ("Not", value) => {
                tests += 1;
                inner(value, &at, problems);
            }
            (field, value) if compares(field) => {
                tests += 1;
                let path = field.ends_with("Path");
                if path && value.as_str().is_none_or(|path| Path::parse(path).is_err()) {
                    problems.add(&at, "what it is compared with is a path");
                } else if let Some(wanted) = wanted(field).filter(|_| !path && !of_type(field, value)) {
                    problems.add(&at, format!("what it is compared with is {wanted}"));
                }
            }
            _ => {
                others += 1;
                problems.add_of(Sort::Unknown, &at, "no field of this name is known here");
            }
        }
    }
    // What is not known may be a comparison.
    if tests > 1 || tests + others == 0 {
        problems.add(at, "a rule has one comparison, or And, Or or Not");
    }
}

fn inner(rule: &Value, at: &JsonPointer, problems: &mut Problems) {
    match rule {
        Value::Object(rule) => path_rule(rule, at, false, problems),
        _ => problems.add(at, "a rule is an object"),
    }
}
