use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::abs::Abs;
use super::evaluate::{Own, Sight};
use super::flow::Flow;
use super::machine::{EdgeKind, Machine, Node};
use super::problem::Problems;
use super::{
    Decision, DistributedMap, Gathers, Loop, Pattern, Problem, QueryLanguage, SecretFetch, Sort, Start, Task, choice,
    facts, gather, jsonata, lint, loops, start,
};
use crate::types::JsonPointer;

/// A parsed Amazon States Language document: facts, not its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// The language of states that do not name their own.
    #[serde(default)]
    pub query_language: QueryLanguage,
    /// The machine's own limit in seconds; there is no default.
    pub timeout: Limit,
    /// Every state, those inside Map and Parallel included; a state comes before those inside it.
    pub states: Vec<State>,
    #[serde(default)]
    pub tasks: Vec<Task>,
    /// State machines that its tasks start.
    #[serde(default)]
    pub starts: Vec<Start>,
    #[serde(default)]
    pub distributed_maps: Vec<DistributedMap>,
    #[serde(default)]
    pub secrets_fetched: Vec<SecretFetch>,
    /// States that an execution can go round in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub loops: Vec<Loop>,
    /// Tasks and gathering states whose results may be larger than a payload may be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gathers: Vec<Gathers>,
    /// Choice states of which there is more to say than that each has a default that may be taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decisions: Vec<Decision>,
    /// What is wrong in it, or not known to this version.
    #[serde(default)]
    pub problems: Vec<Problem>,
}

/// One state, wherever it is nested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    pub name: String,
    pub pointer: JsonPointer,
    /// `Type` as written; unknown types are kept.
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub query_language: QueryLanguage,
    /// A task's `Resource`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    pub timeout: Limit,
    pub heartbeat: Limit,
    /// Where its machine, branch or Map processor starts.
    #[serde(default)]
    pub is_start: bool,
    /// It ends its machine, branch or Map processor.
    #[serde(default)]
    pub is_end: bool,
    /// The states of the same machine, branch or processor that may come next.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edges: Vec<Edge>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub retry: Vec<Retrier>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub catch: Vec<Catcher>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    pub kind: EdgeKind,
    /// Name of the state.
    pub to: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retrier {
    pub errors: Vec<String>,
    /// As written; the default is 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_attempts: Option<u64>,
    #[serde(default)]
    pub pace: Pace,
}

/// How long a retrier waits before each attempt.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Pace {
    /// As written; the default is 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval_seconds: Option<u64>,
    /// In hundredths; the default is 200.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backoff_hundredths: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_delay_seconds: Option<u64>,
    /// `JitterStrategy` is `FULL`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub jitter: bool,
    /// An expression chooses some of its numbers.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_run_time: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catcher {
    pub errors: Vec<String>,
    pub next: String,
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
#[error("{message}{}", pointer.place())]
pub struct DefinitionError {
    pub pointer: JsonPointer,
    pub message: String,
}

impl Definition {
    /// Unknown fields and state types are problems and never fatal; what is not a state machine at all is refused.
    pub fn parse(document: &Value) -> Result<Self, DefinitionError> {
        let machine = Machine::read(document)?;
        let flow = Flow::of(&machine, Own::Named);
        let mut problems = Problems::default();
        lint::machine(&machine, &mut problems);
        if flow.given_up {
            let message = "too large to be followed: no value is resolved";
            problems.add_of(Sort::Unfollowed, &JsonPointer::root(), message);
        }
        let (mut tasks, mut distributed_maps, mut secrets_fetched) = (Vec::new(), Vec::new(), Vec::new());
        for (index, node) in machine.nodes.iter().enumerate() {
            if let Some(task) = facts::task(&machine, &flow, index) {
                secrets_fetched.extend(facts::secret(node, &task));
                tasks.push((index, task));
            }
            distributed_maps.extend(facts::distributed_map(&machine, &flow, index));
        }
        let starts = start::starts(&machine, &tasks);
        let tasks = tasks.into_iter().map(|(_, task)| task).collect();
        let states = (0..machine.nodes.len()).map(|index| state(&machine, &flow, index)).collect();
        let query_language = machine.language;
        let timeout = static_limit(machine.scopes[0].json, "TimeoutSeconds");
        let decisions = choice::decisions(&machine);
        let (loops, problems) = (loops::loops(&machine, &flow), lint::sift(document, problems.into_list()));
        Ok(Self {
            query_language,
            timeout,
            states,
            tasks,
            starts,
            distributed_maps,
            secrets_fetched,
            loops,
            gathers: gather::gathers(&machine),
            decisions,
            problems,
        })
    }

    /// Adds the keys that stand twice in the text that the document was read from, by their JSON pointers.
    #[must_use]
    pub fn with_duplicates(mut self, duplicates: Vec<JsonPointer>) -> Self {
        let message = "the key stands twice: the last is taken";
        let problem = |pointer| Problem { pointer, message: message.to_owned(), sort: Sort::Unknown };
        self.problems.extend(duplicates.into_iter().map(problem));
        self
    }
}

fn state(machine: &Machine<'_>, flow: &Flow, index: usize) -> State {
    let node = &machine.nodes[index];
    let sight = flow.before(machine, index);
    State {
        name: node.name.to_owned(),
        pointer: node.pointer.clone(),
        kind: node.kind.to_owned(),
        query_language: node.language,
        resource: node.text("Resource").map(str::to_owned),
        timeout: limit(node, "TimeoutSeconds", &sight),
        heartbeat: limit(node, "HeartbeatSeconds", &sight),
        is_start: machine.start(node.scope) == Some(index),
        is_end: node.ends(),
        edges: node.edges().into_iter().map(|(kind, to)| Edge { kind, to: to.to_owned() }).collect(),
        retry: node.objects("Retry").map(|(_, retrier)| retrier_of(retrier)).collect(),
        catch: node.objects("Catch").filter_map(|(_, catcher)| catcher_of(catcher)).collect(),
    }
}

fn errors(object: &Map<String, Value>) -> Vec<String> {
    let list = object.get("ErrorEquals").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn retrier_of(retrier: &Map<String, Value>) -> Retrier {
    let number = |field: &str| retrier.get(field).and_then(Value::as_u64);
    let text = |field: &&str| retrier.get(*field).is_some_and(Value::is_string);
    let pace = Pace {
        interval_seconds: number("IntervalSeconds"),
        backoff_hundredths: retrier.get("BackoffRate").and_then(Value::as_f64).map(hundredths),
        max_delay_seconds: number("MaxDelaySeconds"),
        jitter: retrier.get("JitterStrategy").is_some_and(|strategy| strategy != "NONE"),
        at_run_time: ["IntervalSeconds", "BackoffRate", "MaxAttempts", "MaxDelaySeconds"].iter().any(text),
    };
    Retrier { errors: errors(retrier), max_attempts: number("MaxAttempts"), pace }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate is a small number")]
fn hundredths(rate: f64) -> u64 {
    (rate * 100.0).round().clamp(0.0, 1e9) as u64
}

fn catcher_of(catcher: &Map<String, Value>) -> Option<Catcher> {
    Some(Catcher { errors: errors(catcher), next: catcher.get("Next")?.as_str()?.to_owned() })
}

fn static_limit(object: &Map<String, Value>, field: &str) -> Limit {
    match object.get(field) {
        Some(Value::Number(number)) => number.as_u64().map_or(Limit::None, Limit::Seconds),
        Some(Value::String(_)) => Limit::AtRunTime,
        _ => Limit::None,
    }
}

/// The field as a number, or what its `…Path` twin or an expression gives, where that is known before.
pub(super) fn limit(node: &Node<'_>, field: &str, sight: &Sight<'_>) -> Limit {
    let expression = match (node.json.get(field), node.text(&format!("{field}Path"))) {
        (Some(Value::String(text)), _) => jsonata::expression(text).map(|_| (text.as_str(), QueryLanguage::Jsonata)),
        (None, Some(path)) if !node.json.contains_key("InputPath") => Some((path, QueryLanguage::JsonPath)),
        (None, Some(_)) => None,
        _ => return static_limit(node.json, field),
    };
    let value = expression.and_then(|(text, language)| sight.expression(text, language));
    let seconds = value.as_ref().and_then(Abs::value).and_then(Value::as_u64);
    seconds.map_or(Limit::AtRunTime, Limit::Seconds)
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

    /// What is stored is read back, however deep the document is.
    #[test]
    fn deep_arguments_are_stored_and_read_back() {
        let deep = |levels| (0..levels).fold(json!("a"), |inner, _| json!({"a.$": "$.x", "b": inner}));
        let definition = Definition::parse(&json!({"StartAt": "A", "States": {
            "A": {"Type": "Pass", "Parameters": deep(100), "Next": "B"},
            "B": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": deep(100), "Next": "C"},
            "C": {"Type": "Pass", "Result": deep(15), "Next": "D"},
            "D": {"Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Parameters": {"a": deep(22), "b.$": "$"}, "End": true},
        }}))
        .unwrap();
        let stored = serde_json::to_string(&definition).unwrap();
        assert_eq!(serde_json::from_str::<Definition>(&stored).unwrap(), definition);
    }
}
