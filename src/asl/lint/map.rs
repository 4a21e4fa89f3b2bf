//! Map states.

use serde_json::{Map, Value};

use crate::asl::machine::{Machine, Node};
use crate::asl::problem::Problems;
use crate::types::JsonPointer;

pub(super) fn map(machine: &Machine<'_>, node: &Node<'_>, problems: &mut Problems) {
    if node.kind != "Map" {
        return;
    }
    if node.inner.is_empty() {
        problems.add(&node.pointer.join("ItemProcessor"), "a Map state has an ItemProcessor with States");
    }
    let distributed = node.inner.iter().any(|scope| machine.scopes[*scope].distributed);
    for scope in node.inner.iter().map(|scope| &machine.scopes[*scope]) {
        config(scope.json, &scope.pointer, problems);
    }
    for field in ["ItemReader", "ItemBatcher", "ResultWriter", "Label"] {
        if node.json.contains_key(field) && !distributed && !node.inner.is_empty() {
            problems.add(&node.pointer.join(field), format!("{field} needs a distributed Map"));
        }
    }
    if node.text("Label").is_some_and(|label| label.chars().count() > 40) {
        problems.add(&node.pointer.join("Label"), "a Label has at most 40 characters");
    }
    pairs(node, "ItemBatcher", &["MaxItemsPerBatch", "MaxInputBytesPerBatch"], problems);
    if let Some(reader) = object(node, "ItemReader", problems) {
        let at = node.pointer.join("ItemReader");
        if let Some(Value::Object(config)) = reader.get("ReaderConfig") {
            exclusive(config, "MaxItems", &at.join("ReaderConfig"), problems);
        }
        if !reader.get("Resource").is_some_and(Value::is_string) {
            problems.add(&at.join("Resource"), "an ItemReader has a Resource");
        }
    }
    object(node, "ResultWriter", problems);
    if node.json.get("ItemsPath").is_some_and(|path| !path.is_string()) {
        problems.add(&node.pointer.join("ItemsPath"), "ItemsPath is a path");
    }
}

fn config(processor: &Map<String, Value>, at: &JsonPointer, problems: &mut Problems) {
    let Some(config) = processor.get("ProcessorConfig") else { return };
    let at = at.join("ProcessorConfig");
    match config.get("Mode").map(|mode| mode.as_str().unwrap_or_default()) {
        None | Some("INLINE") => {}
        Some("DISTRIBUTED") => {
            if !matches!(config.get("ExecutionType").and_then(Value::as_str), Some("STANDARD" | "EXPRESS")) {
                problems.add(&at.join("ExecutionType"), "a distributed Map has an ExecutionType: STANDARD or EXPRESS");
            }
        }
        Some(_) => problems.add(&at.join("Mode"), "Mode is INLINE or DISTRIBUTED"),
    }
}

fn object<'a>(node: &Node<'a>, field: &str, problems: &mut Problems) -> Option<&'a Map<String, Value>> {
    let value = node.json.get(field)?;
    if !value.is_object() {
        problems.add(&node.pointer.join(field), format!("{field} is an object"));
    }
    value.as_object()
}

fn pairs(node: &Node<'_>, field: &str, names: &[&str], problems: &mut Problems) {
    if let Some(map) = object(node, field, problems) {
        for name in names {
            exclusive(map, name, &node.pointer.join(field), problems);
        }
    }
}

fn exclusive(map: &Map<String, Value>, name: &str, at: &JsonPointer, problems: &mut Problems) {
    let twin = format!("{name}Path");
    if map.contains_key(name) && map.contains_key(&twin) {
        problems.add(&at.join(&twin), format!("{name} and {twin} exclude each other"));
    }
}
