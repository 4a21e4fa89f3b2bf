//! Paths, intrinsic functions and JSONata, wherever they stand.

use serde_json::{Map, Value};

use crate::asl::QueryLanguage;
use crate::asl::intrinsic::{Call, NO_FUNCTION, misuse};
use crate::asl::jsonata;
use crate::asl::machine::Node;
use crate::asl::path::{Path, Root};
use crate::asl::place::Place;
use crate::asl::problem::{Problems, Sort};
use crate::types::JsonPointer;

/// Fields whose every text may be an expression.
const TEMPLATES: [&str; 11] = [
    "Parameters",
    "ResultSelector",
    "Arguments",
    "Output",
    "Assign",
    "ItemSelector",
    "Credentials",
    "ItemReader",
    "ItemBatcher",
    "ResultWriter",
    "Items",
];

/// Fields of JSONata that may be one expression.
const SINGLE: [&str; 8] = [
    "TimeoutSeconds",
    "HeartbeatSeconds",
    "Seconds",
    "Timestamp",
    "MaxConcurrency",
    "ToleratedFailureCount",
    "ToleratedFailurePercentage",
    "Error",
];

pub(super) fn state(node: &Node<'_>, problems: &mut Problems) {
    for field in TEMPLATES {
        if let Some(value) = node.json.get(field) {
            template(value, node.language, &Place::At(&node.pointer.join(field)), problems);
        }
    }
    for list in ["Choices", "Catch"] {
        for (index, object) in node.objects(list) {
            for field in ["Assign", "Output", "Condition"] {
                if let Some(value) = object.get(field) {
                    let at = node.pointer.join(list).index(index).join(field);
                    template(value, node.language, &Place::At(&at), problems);
                }
            }
            result_path(object, &node.pointer.join(list).index(index), problems);
        }
    }
    match node.language {
        QueryLanguage::JsonPath => paths(node, problems),
        QueryLanguage::Jsonata => {
            for field in SINGLE.iter().chain(&["Cause"]) {
                if let Some(value) = node.json.get(*field) {
                    template(value, node.language, &Place::At(&node.pointer.join(field)), problems);
                }
            }
        }
    }
    if node.json.get("Assign").is_some_and(|assign| !assign.is_object()) {
        problems.add(&node.pointer.join("Assign"), "Assign is an object of variables");
    }
}

fn paths(node: &Node<'_>, problems: &mut Problems) {
    for field in ["InputPath", "OutputPath", "ItemsPath"] {
        if let Some(Value::String(text)) = node.json.get(field) {
            path(text, &Place::At(&node.pointer.join(field)), problems);
        }
    }
    result_path(node.json, &node.pointer, problems);
    let twins = node.json.iter().filter(|(field, _)| field.ends_with("Path") && field.len() > "Path".len());
    for (field, value) in twins {
        if matches!(field.as_str(), "InputPath" | "OutputPath" | "ItemsPath" | "ResultPath") {
            continue;
        }
        let at = node.pointer.join(field);
        match value.as_str() {
            // These take an intrinsic function too.
            Some(text) if text.starts_with("States.") => expression(text, &Place::At(&at), problems),
            Some(text) => path(text, &Place::At(&at), problems),
            None => problems.add(&at, format!("{field} is a path")),
        }
    }
}

fn path(text: &str, at: &Place<'_>, problems: &mut Problems) {
    if let Err(why) = Path::parse(text) {
        problems.add_at(at, format!("this is no path: {why}"));
    }
}

fn result_path(object: &Map<String, Value>, at: &JsonPointer, problems: &mut Problems) {
    let at = at.join("ResultPath");
    match object.get("ResultPath") {
        None | Some(Value::Null) => {}
        Some(Value::String(text)) => match Path::parse(text) {
            Ok(path) if path.root == Root::Input && path.is_reference() => {}
            Ok(path) if path.root != Root::Input => problems.add(&at, "ResultPath is a place in the input"),
            Ok(_) => problems.add(&at, "ResultPath names one place"),
            Err(why) => problems.add(&at, format!("this is no path: {why}")),
        },
        Some(_) => problems.add(&at, "ResultPath is a path or null"),
    }
}

fn template(value: &Value, language: QueryLanguage, at: &Place<'_>, problems: &mut Problems) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let at = Place::Key(at, key);
                match key.strip_suffix(".$").filter(|_| language == QueryLanguage::JsonPath) {
                    Some(bare) => {
                        if map.contains_key(bare) {
                            problems.add_at(&at, "the field stands there with and without .$");
                        }
                        match value {
                            Value::String(text) => expression(text, &at, problems),
                            _ => problems.add_at(&at, "what ends in .$ is a path or an intrinsic function"),
                        }
                    }
                    None => template(value, language, &at, problems),
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                template(item, language, &Place::Index(at, index), problems);
            }
        }
        Value::String(text) if language == QueryLanguage::Jsonata => jsonata_text(text, at, problems),
        _ => {}
    }
}

fn expression(text: &str, at: &Place<'_>, problems: &mut Problems) {
    if text.starts_with('$') {
        return path(text, at, problems);
    }
    match Call::parse(text) {
        Ok(call) => {
            if let Some(why) = misuse(&call) {
                problems.add_at(at, why);
            }
        }
        Err(why) => {
            let sort = if why == NO_FUNCTION { Sort::Unknown } else { Sort::Fault };
            problems.add_of(sort, &at.pointer(), format!("this is no path and no intrinsic function: {why}"));
        }
    }
}

fn jsonata_text(text: &str, at: &Place<'_>, problems: &mut Problems) {
    match jsonata::expression(text) {
        Some(inner) => {
            if !inner.starts_with(char::is_whitespace) || !inner.ends_with(char::is_whitespace) {
                // AWS's pages write it so and do not say that it has to be.
                let message = "an expression stands between {% and %} with a space after the one and before the other";
                problems.add_of(Sort::Unknown, &at.pointer(), message);
            }
            if let Err(why) = jsonata::parse(inner)
                && why != jsonata::TOO_LARGE
            {
                problems.add_at(at, format!("this is no JSONata: {why}"));
            }
        }
        None if text.starts_with("{%") || text.ends_with("%}") => {
            problems.add_at(at, "an expression stands whole between {% and %}");
        }
        None => {}
    }
}
