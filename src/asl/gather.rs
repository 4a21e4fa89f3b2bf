//! States whose result may be larger than a payload may be: what gathers the results of many, and calls that answer with
//! more.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::machine::{Machine, Node, Scope};
use super::{Integration, Pattern, QueryLanguage};
use crate::types::JsonPointer;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gathers {
    pub state: String,
    pub pointer: JsonPointer,
    pub how: How,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum How {
    /// The result of each item of the input, in one list.
    InlineMap,
    /// The result of each child of a Distributed Map that reads its items from elsewhere, in one list.
    DistributedMap,
    /// The same of one that has its items from its input, which is no larger than a payload.
    DistributedItems,
    /// The results of so many branches.
    Parallel { branches: usize },
    /// A call that answers with as much as there is.
    Answer { call: String, most: String },
    /// The whole of another execution's description, with its output.
    Execution,
}

/// Calls, what they answer with at most, and the arguments that make it less.
/// Sources: the API references of the services.
const CALLS: [(&str, &str, &str, &[&str]); 11] = [
    ("s3", "getObject", "the whole object", &["Range", "PartNumber"]),
    ("s3", "listObjectsV2", "1,000 keys", &["MaxKeys"]),
    ("s3", "listObjectVersions", "1,000 versions", &["MaxKeys"]),
    ("dynamodb", "query", "1 MB of items", &["Limit", "Select"]),
    ("dynamodb", "scan", "1 MB of items", &["Limit", "Select"]),
    ("dynamodb", "batchGetItem", "16 MB of items", &[]),
    ("dynamodb", "executeStatement", "1 MB of items", &["Limit"]),
    ("athena", "getQueryResults", "1,000 rows", &["MaxResults"]),
    ("rdsdata", "executeStatement", "1 MiB of rows", &[]),
    ("cloudwatchlogs", "getLogEvents", "1 MB of events", &["Limit"]),
    ("cloudwatchlogs", "filterLogEvents", "1 MB of events", &["Limit"]),
];

pub(super) fn gathers(machine: &Machine<'_>) -> Vec<Gathers> {
    let of = |node: &Node<'_>| {
        let how = match node.kind {
            "Task" => called(node),
            "Map" | "Parallel" if keeps(node) => gathered(machine, node),
            _ => None,
        }?;
        Some(Gathers { state: node.name.to_owned(), pointer: node.pointer.clone(), how })
    };
    machine.nodes.iter().filter_map(of).collect()
}

/// AWS bounds the answer itself, whatever is taken of it.
fn called(node: &Node<'_>) -> Option<How> {
    let resource = node.text("Resource")?;
    let (Integration::AwsSdk { service, action } | Integration::Optimised { service, action }) =
        Integration::of(resource)
    else {
        return None;
    };
    let waits = matches!(Pattern::of(resource), Pattern::Sync | Pattern::Sync2);
    if service == "states" && waits {
        return keeps(node).then_some(How::Execution);
    }
    let same = |call: &&(&str, &str, &str, &[&str])| service == call.0 && action.eq_ignore_ascii_case(call.1);
    let (_, action, most, bounds) = CALLS.iter().find(same)?;
    let arguments = node.json.get("Parameters").or_else(|| node.json.get("Arguments"));
    let bounded = |arguments: &Map<String, Value>| {
        arguments.keys().any(|key| bounds.contains(&key.strip_suffix(".$").unwrap_or(key)))
    };
    // Arguments that are chosen as a whole may bound it.
    let bounded = arguments.is_none_or(|arguments| arguments.as_object().is_none_or(bounded));
    (!bounded).then(|| How::Answer { call: format!("{service}:{action}"), most: (*most).to_owned() })
}

fn gathered(machine: &Machine<'_>, node: &Node<'_>) -> Option<How> {
    let inner: Vec<_> = node.inner.iter().map(|scope| &machine.scopes[*scope]).collect();
    let large = inner.iter().filter(|scope| !ends_small(machine, scope)).count();
    match node.kind {
        "Parallel" => (large > 1).then_some(How::Parallel { branches: large }),
        _ if inner.iter().any(|scope| scope.distributed) => {
            // A writer that only configures the format, and names no call, writes nothing.
            let written = node.json.get("ResultWriter").is_some_and(|writer| writer.get("Resource").is_some());
            // Items that come with the input are no more than fit into one.
            let how = if node.json.contains_key("ItemReader") { How::DistributedMap } else { How::DistributedItems };
            (large > 0 && !written).then_some(how)
        }
        _ => (large > 0 && node.json.get("Items").is_none_or(Value::is_string)).then_some(How::InlineMap),
    }
}

/// Whether the list, or what it is made of, goes on into the state's output or its variables.
fn keeps(node: &Node<'_>) -> bool {
    match node.language {
        QueryLanguage::JsonPath => {
            let dropped = ["ResultPath", "OutputPath"].iter().any(|field| node.json.get(*field) == Some(&Value::Null));
            !dropped
                && node.json.get("ResultSelector").is_none_or(|selector| takes(selector, &["$", "$[*]", "$.Output"]))
        }
        QueryLanguage::Jsonata => {
            let result = |field: &str| node.json.get(field).is_some_and(holds_result);
            result("Output") || !node.json.contains_key("Output") || result("Assign")
        }
    }
}

/// Some path of a template is one of `wholes`.
fn takes(template: &Value, wholes: &[&str]) -> bool {
    match template {
        Value::String(path) => wholes.contains(&path.as_str()),
        Value::Array(items) => items.iter().any(|item| takes(item, wholes)),
        Value::Object(map) => map.values().any(|value| takes(value, wholes)),
        _ => false,
    }
}

/// An expression of a template hands the result on whole, alone or in an object.
fn holds_result(template: &Value) -> bool {
    match template {
        Value::String(text) => {
            let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            bare == "{%$states.result%}" || bare.contains(":$states.result}") || bare.contains(":$states.result,")
        }
        Value::Array(items) => items.iter().any(holds_result),
        Value::Object(map) => map.values().any(holds_result),
        _ => false,
    }
}

/// Every end of what it runs gives something that is written there.
fn ends_small(machine: &Machine<'_>, scope: &Scope<'_>) -> bool {
    scope.states.values().map(|index| &machine.nodes[*index]).filter(|node| node.ends()).all(gives_little)
}

fn gives_little(node: &Node<'_>) -> bool {
    let is = |field: &str| node.json.get(field);
    match (node.kind, node.language) {
        ("Fail", _) => true,
        (_, QueryLanguage::Jsonata) => is("Output").is_some_and(is_written),
        (_, QueryLanguage::JsonPath) if is("OutputPath") == Some(&Value::Null) => true,
        ("Pass", QueryLanguage::JsonPath) => {
            !node.json.contains_key("ResultPath") && is("Result").or_else(|| is("Parameters")).is_some_and(is_written)
        }
        (_, QueryLanguage::JsonPath) => {
            !node.json.contains_key("ResultPath") && is("ResultSelector").is_some_and(is_written)
        }
    }
}

/// No path and no expression stands in it.
fn is_written(template: &Value) -> bool {
    match template {
        Value::String(text) => !text.starts_with("{%"),
        Value::Array(items) => items.iter().all(is_written),
        Value::Object(map) => map.iter().all(|(key, value)| !key.ends_with(".$") && is_written(value)),
        _ => true,
    }
}
