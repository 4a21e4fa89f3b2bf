use serde_json::json;

use crate::asl::{Definition, DistributedMap, Integration, Limit, Task};
use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, digits, listed,
};
use crate::model::PartName;
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "map-without-concurrency-limit",
    family: Family::Lifecycle,
    title: "A Distributed Map may run 10,000 children at once",
    severity: Severity::Low,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
    ],
    page: include_str!("map-without-concurrency-limit.md"),
    run,
};

/// An example that leaves most of Lambda's default of 1,000 to others.
const EXAMPLE: u64 = 100;
/// Children of one Map Run at once.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>.
const MOST: u64 = 10_000;

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Vec<Outcome>, Gap> {
    // An Express state machine cannot have a Distributed Map.
    if !machine.is_standard()? {
        return Ok(Vec::new());
    }
    let definition = machine.definition()?;
    let found = definition.distributed_maps.iter().filter_map(|map| Some((map, at_once(map)?)));
    let mut outcomes: Vec<Outcome> = found.map(|(map, most)| defect(machine, definition, map, most).into()).collect();
    if outcomes.is_empty() && definition.states.iter().any(|state| state.kind == "Map") {
        outcomes.push(Outcome::Compliant);
    }
    Ok(outcomes)
}

/// Children that may run at once, where nothing keeps them few.
fn at_once(map: &DistributedMap) -> Option<u64> {
    match (map.max_concurrency, map.max_items) {
        (Limit::AtRunTime, _) | (_, Some(Limit::AtRunTime)) => None,
        (Limit::Seconds(most), _) if most > 0 => None,
        (_, Some(Limit::Seconds(most))) if most > 0 => Some(most.min(MOST)).filter(|most| *most > EXAMPLE),
        _ => Some(MOST),
    }
}

fn calls_a_function(integration: &Integration) -> bool {
    match integration {
        Integration::LambdaFunction { .. } => true,
        Integration::Optimised { service, .. } => service == "lambda",
        other => other.is_sdk_call("lambda", "invoke"),
    }
}

fn defect(machine: &MachineView<'_>, definition: &Definition, map: &DistributedMap, most: u64) -> Defect {
    let most = digits(u32::try_from(most).map_or(f64::INFINITY, f64::from));
    let inside = || definition.tasks.iter().filter(|task| map.runs(&task.pointer));
    let functions: Vec<_> =
        inside().filter(|task| calls_a_function(&task.integration)).map(|task| task.state.as_str()).collect();
    let mut spends = Vec::new();
    if !functions.is_empty() {
        let all = listed(functions.iter().copied());
        spends.push(format!("Lambda's concurrency, 1,000 by default for all functions of the Region (state {all})"));
    }
    let express = map.execution_type.as_deref() == Some("EXPRESS");
    if !express {
        spends.push("the Region's open executions and its StartExecution bucket".to_owned());
    }
    if inside().any(Task::starts_a_machine) {
        spends.push("the StartExecution bucket once more, for the executions that the children start".to_owned());
    }
    if spends.is_empty() {
        spends.push("the rates of the APIs that they call".to_owned());
    }
    let message = format!(
        "Distributed Map {} of {} has no MaxConcurrency: up to {most} {} children run at once and share {}.",
        map.state,
        machine.name(),
        if express { "Express" } else { "Standard" },
        spends.join(", and "),
    );
    let remediation = "Set MaxConcurrency to what the slowest service behind the children bears for this state machine \
                       alone; 100 is an example.";
    Defect::new(message, remediation)
        .severity(if functions.is_empty() { Severity::Low } else { Severity::Medium })
        .at_state(&map.state, &map.pointer)
        .evidence("children at once", most)
        .evidence("children", map.execution_type.as_deref().unwrap_or("STANDARD"))
        .change(Change::Definition(json!({ &map.state: { "MaxConcurrency": EXAMPLE } })))
}
