use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Pattern;
use crate::types::JsonPointer;

/// A parsed Amazon States Language document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// The machine's own limit in seconds; there is no default.
    pub timeout: Limit,
    /// Every state, those inside Map and Parallel included.
    pub states: Vec<State>,
}

/// One state, wherever it is nested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    pub name: String,
    pub pointer: JsonPointer,
    /// `Type` as written; unknown types are kept.
    #[serde(rename = "type")]
    pub kind: String,
    /// A task's `Resource`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    pub timeout: Limit,
    pub heartbeat: Limit,
}

impl State {
    /// How a task waits; `None` for other states.
    pub fn pattern(&self) -> Option<Pattern> {
        self.resource.as_deref().map(Pattern::of)
    }
}

/// A time limit as a definition states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    None,
    Seconds(u64),
    /// A path or an expression decides.
    AtRunTime,
}

/// Where a document stops being a definition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at '{pointer}'")]
pub struct DefinitionError {
    pub pointer: JsonPointer,
    pub message: &'static str,
}

impl Definition {
    /// Unknown fields and state types are kept and never fatal; what is not a state machine at all is refused.
    pub fn parse(document: &Value) -> Result<Self, DefinitionError> {
        let root = JsonPointer::root();
        let Value::Object(machine) = document else {
            return Err(DefinitionError { pointer: root, message: "a definition is a JSON object" });
        };
        let mut states = Vec::new();
        collect_states(machine, &root, &mut states)?;
        Ok(Self { timeout: limit(machine, "TimeoutSeconds"), states })
    }
}

/// `serde_json` refuses documents nested deeper than 128 levels, so this recursion is bounded.
fn collect_states(machine: &Map<String, Value>, at: &JsonPointer, out: &mut Vec<State>) -> Result<(), DefinitionError> {
    let at = at.join("States");
    let Some(Value::Object(states)) = machine.get("States") else {
        return Err(DefinitionError { pointer: at, message: "an object of states is required" });
    };
    for (name, state) in states {
        let pointer = at.join(name);
        let Value::Object(state) = state else {
            return Err(DefinitionError { pointer, message: "a state is an object" });
        };
        out.push(State {
            name: name.clone(),
            pointer: pointer.clone(),
            kind: text(state, "Type").unwrap_or_default(),
            resource: text(state, "Resource"),
            timeout: limit(state, "TimeoutSeconds"),
            heartbeat: limit(state, "HeartbeatSeconds"),
        });
        for nested in ["ItemProcessor", "Iterator"] {
            if let Some(Value::Object(processor)) = state.get(nested) {
                collect_states(processor, &pointer.join(nested), out)?;
            }
        }
        if let Some(Value::Array(branches)) = state.get("Branches") {
            for (index, branch) in branches.iter().enumerate() {
                if let Value::Object(branch) = branch {
                    collect_states(branch, &pointer.join("Branches").index(index), out)?;
                }
            }
        }
    }
    Ok(())
}

fn text(state: &Map<String, Value>, field: &str) -> Option<String> {
    state.get(field).and_then(Value::as_str).map(str::to_owned)
}

/// The field as a number, or its `…Path` twin or an expression, which decide at run time.
fn limit(state: &Map<String, Value>, field: &str) -> Limit {
    match state.get(field) {
        Some(Value::Number(number)) => number.as_u64().map_or(Limit::None, Limit::Seconds),
        Some(Value::String(_)) => Limit::AtRunTime,
        _ if state.contains_key(&format!("{field}Path")) => Limit::AtRunTime,
        _ => Limit::None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Definition, Limit};
    #[test]
    fn nested_states_and_limits_are_found() {
        let definition = Definition::parse(&json!({
            "StartAt": "Each", "TimeoutSeconds": 60,
            "States": {"Each": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "Both", "States": {
                "Both": {"Type": "Parallel", "End": true, "Branches": [{"StartAt": "Ask", "States": {
                    "Ask": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                            "HeartbeatSecondsPath": "$.beat", "End": true}}}]}}}}}
        }))
        .unwrap();
        assert_eq!(definition.timeout, Limit::Seconds(60));
        let ask = definition.states.last().unwrap();
        assert_eq!(ask.pointer.as_str(), "/States/Each/ItemProcessor/States/Both/Branches/0/States/Ask");
        assert_eq!((ask.timeout, ask.heartbeat), (Limit::None, Limit::AtRunTime));
        assert!(ask.pattern().unwrap().waits_for_a_caller());
    }

    #[test]
    fn what_is_no_machine_is_refused_with_its_place() {
        assert_eq!(Definition::parse(&json!([])).unwrap_err().pointer.as_str(), "");
        assert_eq!(Definition::parse(&json!({})).unwrap_err().pointer.as_str(), "/States");
        assert_eq!(Definition::parse(&json!({"States": {"A": 1}})).unwrap_err().pointer.as_str(), "/States/A");
    }
}
