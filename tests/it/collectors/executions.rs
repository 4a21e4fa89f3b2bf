//! Execution data: <https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html>,
//! <https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html>.

mod budgets;
mod children;
mod fields;
mod gaps;
mod logs;
mod memory;

use serde_json::{Value, json};
use stepwarden::collect::settings::ExecutionSettings;
use stepwarden::model::{ExecutionData, Executions, Sighting};
use stepwarden::types::{Arn, Observed};

use super::machines::{arn, described, listing};
use super::{Aws, NOW, Scan};
use crate::replay::{Rule, ok, on};

pub(super) const EMAIL: &str = "jane.doe@shop-customers.com";
pub(super) const PARTS: [&str; 3] = ["state_machines", "log_groups", "executions"];

pub(super) fn execution_arn(name: &str) -> String {
    format!("arn:aws:states:eu-west-1:123456789012:execution:orders:{name}")
}

/// An execution that began `minutes` ago and took one.
pub(super) fn execution(name: &str, status: &str, minutes: i64) -> Value {
    let started = NOW - 60 * minutes;
    let mut item = json!({
        "executionArn": execution_arn(name), "stateMachineArn": arn("orders"), "name": name,
        "status": status, "startDate": started,
    });
    if status != "RUNNING" {
        item["stopDate"] = (started + 60).into();
    }
    item
}

pub(super) fn executions(items: &[Value]) -> Rule {
    on("ListExecutions", ok(json!({ "executions": items })))
}

/// A history whose execution took this input.
pub(super) fn history(input: &Value) -> Value {
    let started = json!({ "input": input.to_string() });
    json!({ "events": [event(1, "ExecutionStarted", "executionStartedEventDetails", &started)] })
}

pub(super) fn event(id: i64, kind: &str, details: &str, content: &Value) -> Value {
    json!({ "timestamp": NOW, "type": kind, "id": id, "previousEventId": id - 1, details: content })
}

/// Standard machines called `orders` and so on.
pub(super) fn machines(names: &[&'static str], fields: &Value) -> Vec<Rule> {
    let mut rules = vec![on("ListStateMachines", ok(listing(names)))];
    rules.extend(names.iter().map(|name| on("DescribeStateMachine", ok(described(name, fields))).with(name)));
    rules
}

pub(super) fn orders(rules: impl IntoIterator<Item = Rule>) -> Aws {
    let rules: Vec<_> = rules.into_iter().chain(machines(&["orders"], &json!({}))).collect();
    Aws::new(rules).only(&PARTS)
}

pub(super) fn with(change: impl FnOnce(&mut ExecutionSettings)) -> ExecutionSettings {
    let mut settings = ExecutionSettings::default();
    change(&mut settings);
    settings
}

pub(super) fn part(scan: &Scan) -> Executions {
    (*scan.home().executions().seen().0.expect("the part was collected")).clone()
}

pub(super) fn of(scan: &Scan, machine: &str) -> Observed<ExecutionData> {
    let machine = Arn::parse(arn(machine)).expect("the tests' ARNs are some");
    part(scan).remove(&machine).expect("the machine is in the part")
}

pub(super) fn seen(scan: &Scan) -> ExecutionData {
    of(scan, "orders").whole().unwrap_or_else(|gap| panic!("{gap}")).clone()
}

/// State, field, pointer and type, on one line.
pub(super) fn line(sighting: &Sighting) -> String {
    let state = sighting.place.state.as_deref().unwrap_or("-");
    let Sighting { place, seen, .. } = sighting;
    format!("{state} {} {} {}", place.field.as_str(), seen.pointer, seen.kind)
}

pub(super) fn lines(data: &ExecutionData) -> Vec<String> {
    data.sightings.iter().map(line).collect()
}

/// Nothing of what was planted, and no execution's name or ARN, is in what leaves the collection.
pub(super) fn keeps_to_itself(scan: &Scan, planted: &[&str]) {
    let text = scan.text();
    for word in planted.iter().copied().chain([":execution:", ":express:"]) {
        assert!(!text.contains(word), "{word} was written");
    }
}
