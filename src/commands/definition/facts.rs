use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

use super::read::read;
use crate::asl::{
    Catcher, Definition, DistributedMap, Limit, Loop, MapIo, Resolved, Retrier, SecretFetch, Start, State, Task,
};
use crate::commands::outcome::Outcome;

/// Prints what a definition says, as one JSON document.
pub(super) fn run(path: &Path) -> anyhow::Result<Outcome> {
    let definition = read(path)?;
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &facts(definition.get()))?;
    writeln!(out)?;
    Ok(Outcome::Done)
}

/// The shape is contract.
fn facts(definition: &Definition) -> Value {
    let mut by_type: BTreeMap<&str, usize> = BTreeMap::new();
    for state in &definition.states {
        *by_type.entry(&state.kind).or_default() += 1;
    }
    let states: BTreeMap<_, _> = definition.states.iter().map(|state| (&state.pointer, state)).collect();
    let tasks: Vec<_> = definition.tasks.iter().map(|one| task(one, states.get(&one.pointer).copied())).collect();
    json!({
        "query_language": definition.query_language,
        "states": definition.states.len(),
        "states_by_type": by_type,
        "timeout_seconds": limit(definition.timeout),
        "tasks": tasks,
        "starts": definition.starts.iter().map(start).collect::<Vec<_>>(),
        "secrets_fetched": definition.secrets_fetched.iter().map(secret).collect::<Vec<_>>(),
        "distributed_maps": definition.distributed_maps.iter().map(distributed_map).collect::<Vec<_>>(),
        "loops": definition.loops.iter().map(one_loop).collect::<Vec<_>>(),
        "problems": definition.problems,
    })
}

fn task(task: &Task, state: Option<&State>) -> Value {
    let target = |target: crate::asl::Target| {
        let mut fields = known(&target.value);
        fields["field"] = target.field.into();
        fields
    };
    let limit_of = |limit_of: fn(&State) -> Limit| state.map_or(Value::Null, |state| limit(limit_of(state)));
    json!({
        "state": task.state,
        "pointer": task.pointer,
        "resource": task.resource,
        "integration": task.integration.name(),
        "pattern": task.pattern,
        "targets": task.targets().into_iter().map(target).collect::<Vec<_>>(),
        "timeout_seconds": limit_of(|state| state.timeout),
        "heartbeat_seconds": limit_of(|state| state.heartbeat),
        "retry": state.map_or(&[][..], |state| &state.retry).iter().map(retrier).collect::<Vec<_>>(),
        "catch": state.map_or(&[][..], |state| &state.catch).iter().map(catcher).collect::<Vec<_>>(),
    })
}

/// `kind`, `value` and `from`. A value that is chosen at run time is told by its pattern, where one is known.
fn known(value: &Resolved) -> Value {
    let told = match value {
        Resolved::Runtime { pattern, .. } => json!(pattern),
        other => other.value().cloned().unwrap_or_default(),
    };
    json!({"kind": value.kind(), "value": told, "from": value.from()})
}

fn retrier(retrier: &Retrier) -> Value {
    json!({"errors": retrier.errors, "max_attempts": retrier.max_attempts})
}

fn catcher(catcher: &Catcher) -> Value {
    json!({"errors": catcher.errors, "next": catcher.next})
}

fn start(start: &Start) -> Value {
    let target = match &start.target {
        Resolved::Context { from } => json!(from),
        target => known(target)["value"].take(),
    };
    json!({
        "state": start.state,
        "target": target,
        "kind": start.target.kind(),
        "from": start.target.from(),
        "waits": start.waits,
        "bound": start.bound,
        "bounded_by": start.bounded_by,
    })
}

fn secret(fetch: &SecretFetch) -> Value {
    json!({"state": fetch.state, "integration": fetch.integration.name(), "kept_in_state": fetch.kept_in_state})
}

fn distributed_map(map: &DistributedMap) -> Value {
    json!({
        "state": map.state,
        "pointer": map.pointer,
        "execution_type": map.execution_type,
        "max_concurrency": limit(map.max_concurrency),
        "item_reader": map.item_reader.as_ref().map(map_io),
        "result_writer": map.result_writer.as_ref().map(map_io),
        "label": map.label,
    })
}

fn one_loop(one: &Loop) -> Value {
    let mut told = json!(one);
    told["turns_until_full"] = one.turns_until_full().into();
    told["seconds_until_full"] = one.seconds_until_full().into();
    told
}

fn map_io(io: &MapIo) -> Value {
    json!({"resource": io.resource, "input_type": io.input_type, "arguments": arguments(&io.arguments)})
}

fn arguments(value: &Resolved) -> Value {
    match value {
        Resolved::Object(map) => map.iter().map(|(key, value)| (key.clone(), arguments(value))).collect(),
        Resolved::Array(items) => items.iter().map(arguments).collect(),
        other => known(other),
    }
}

/// A number of seconds (or of items), null where there is none, `"runtime"` where it is chosen then.
fn limit(limit: Limit) -> Value {
    match limit {
        Limit::None => Value::Null,
        Limit::Seconds(number) => number.into(),
        Limit::AtRunTime => "runtime".into(),
    }
}
