//! What the checks ask of a definition, beside its states and tasks.

use serde::{Deserialize, Serialize};

use super::definition::limit;
use super::evaluate::Sight;
use super::flow::Flow;
use super::machine::{Machine, Node};
use super::target::is_target;
use super::{Integration, Limit, Pattern, QueryLanguage, Resolved, Task, kept, secrets};
use crate::types::JsonPointer;

/// A state that calls what answers with a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretFetch {
    pub state: String,
    pub pointer: JsonPointer,
    pub integration: Integration,
    /// The state's output or variables may hold the secret. The answer itself is in the execution's history either way.
    pub kept_in_state: bool,
    /// Members of the answer that hold it.
    #[serde(default)]
    pub members: Vec<String>,
    /// By `output`, by `variables`, or by both.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept_by: Vec<String>,
    /// The answer holds a secret in clear for certain, and what keeps it is no function that may leave it out.
    #[serde(default)]
    pub certain: bool,
    /// The call asks for ciphertext, or for what is no secret.
    #[serde(default)]
    pub harmless: bool,
}

/// A Map state whose items run in executions of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DistributedMap {
    pub state: String,
    pub pointer: JsonPointer,
    /// `STANDARD` or `EXPRESS`, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution_type: Option<String>,
    /// No more items at once than this; none means 10,000.
    pub max_concurrency: Limit,
    /// No more items at all than this, as `MaxItems` of the reader says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_items: Option<Limit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_reader: Option<MapIo>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_writer: Option<MapIo>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Some of its items may fail without the state failing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tolerates_failures: bool,
}

/// Where a Distributed Map reads its items or writes its results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapIo {
    /// `arn:P:states:::s3:getObject` and the like; none where results are only configured, not written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// `Parameters` (JSONPath) or `Arguments` (JSONata).
    pub arguments: Resolved,
    /// `CSV`, `JSON`, `MANIFEST` and the like, as written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_type: Option<String>,
}

pub(super) fn task(machine: &Machine<'_>, flow: &Flow, index: usize) -> Option<Task> {
    let node = &machine.nodes[index];
    if node.kind != "Task" {
        return None;
    }
    let resource = node.text("Resource").unwrap_or_default();
    let sight = flow.before(machine, index);
    let arguments = match arguments(node) {
        Some((language, value)) => Resolved::of(value, language, &sight, is_target),
        None => Resolved::known(&sight.input, whole_input(node)),
    };
    Some(Task {
        state: node.name.to_owned(),
        pointer: node.pointer.clone(),
        resource: resource.to_owned(),
        integration: Integration::of(resource),
        pattern: Pattern::of(resource),
        arguments,
        credentials: credentials(node, &sight),
    })
}

/// The arguments, in the language that their field belongs to.
pub(super) fn arguments<'a>(node: &Node<'a>) -> Option<(QueryLanguage, &'a serde_json::Value)> {
    let own = match node.language {
        QueryLanguage::JsonPath => "Parameters",
        QueryLanguage::Jsonata => "Arguments",
    };
    let of = |field| {
        Some((
            if field == "Parameters" { QueryLanguage::JsonPath } else { QueryLanguage::Jsonata },
            node.json.get(field)?,
        ))
    };
    of(own).or_else(|| of("Parameters")).or_else(|| of("Arguments"))
}

/// What a state without arguments sends.
fn whole_input<'a>(node: &Node<'a>) -> &'a str {
    match node.language {
        QueryLanguage::JsonPath => node.text("InputPath").unwrap_or("$"),
        QueryLanguage::Jsonata => "$states.input",
    }
}

/// Whether these see the input or the effective input is left open: with an `InputPath` neither is claimed.
fn credentials(node: &Node<'_>, sight: &Sight<'_>) -> Option<Resolved> {
    let written = node.json.get("Credentials")?;
    Resolved::of(written, node.language, &beside(node, sight), is_target).member("RoleArn")
}

fn beside<'a>(node: &Node<'_>, sight: &Sight<'a>) -> Sight<'a> {
    let input = if node.json.contains_key("InputPath") { super::abs::Abs::Unknown } else { sight.input.clone() };
    Sight { input, result: sight.result.clone(), item: sight.item.clone(), ..*sight }
}

pub(super) fn secret(node: &Node<'_>, task: &Task) -> Option<SecretFetch> {
    let members = secrets::fetched(&task.integration)?;
    let kept = kept::kept(node, members);
    let in_clear = secrets::is_in_clear(task);
    let by = [("output", kept.output), ("variables", kept.variables)];
    Some(SecretFetch {
        state: task.state.clone(),
        pointer: task.pointer.clone(),
        integration: task.integration.clone(),
        kept_in_state: kept.output || kept.variables,
        members: members.iter().map(|member| (*member).to_owned()).collect(),
        kept_by: by.into_iter().filter(|(_, keeps)| *keeps).map(|(by, _)| by.to_owned()).collect(),
        certain: in_clear == Some(true) && kept.sure,
        harmless: in_clear == Some(false),
    })
}

/// A number that is not written there is chosen at run time.
fn most_items(config: &serde_json::Value) -> Option<Limit> {
    let chosen = config.get("MaxItemsPath").map(|_| Limit::AtRunTime);
    let written = config.get("MaxItems").map(|number| number.as_u64().map_or(Limit::AtRunTime, Limit::Seconds));
    written.or(chosen)
}

pub(super) fn distributed_map(machine: &Machine<'_>, flow: &Flow, index: usize) -> Option<DistributedMap> {
    let node = &machine.nodes[index];
    let scope = node.inner.iter().map(|scope| &machine.scopes[*scope]).find(|scope| scope.distributed)?;
    let sight = flow.before(machine, index);
    let sight = beside(node, &sight);
    let config = scope.json.get("ProcessorConfig");
    let io = |field: &str| {
        let io = node.json.get(field)?;
        let arguments = match (io.get("Parameters"), io.get("Arguments")) {
            (Some(value), _) => Resolved::of(value, QueryLanguage::JsonPath, &sight, is_target),
            (None, Some(value)) => Resolved::of(value, QueryLanguage::Jsonata, &sight, is_target),
            (None, None) => Resolved::Object(std::collections::BTreeMap::new()),
        };
        let text = |value: Option<&serde_json::Value>| value.and_then(serde_json::Value::as_str).map(str::to_owned);
        let input_type = text(io.get("ReaderConfig").and_then(|config| config.get("InputType")));
        Some(MapIo { resource: text(io.get("Resource")), arguments, input_type })
    };
    Some(DistributedMap {
        state: node.name.to_owned(),
        pointer: node.pointer.clone(),
        execution_type: config.and_then(|config| config.get("ExecutionType")?.as_str()).map(str::to_owned),
        max_concurrency: limit(node, "MaxConcurrency", &sight),
        max_items: node.json.get("ItemReader").and_then(|reader| reader.get("ReaderConfig")).and_then(most_items),
        item_reader: io("ItemReader"),
        result_writer: io("ResultWriter"),
        label: node.text("Label").map(str::to_owned),
        tolerates_failures: node
            .json
            .iter()
            .any(|(field, value)| field.starts_with("ToleratedFailure") && value.as_u64() != Some(0)),
    })
}
