use serde_json::json;

use crate::asl::{Definition, Integration, Pattern, State, Task};
use crate::finding::{Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View};
use crate::model::PartName;
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "sync-task-without-timeout",
    family: Family::Lifecycle,
    title: "A task waits for a job without a limit",
    severity: Severity::Low,
    confidence: Confidence::Medium,
    reads: &[PartName::StateMachines],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html",
    ],
    page: include_str!("sync-task-without-timeout.md"),
    run,
};

/// Services whose jobs end by a default of their own, with it.
const OWN_LIMITS: [(&str, &str); 5] = [
    ("athena", "30 minutes for a query"),
    ("codebuild", "60 minutes for a build"),
    ("databrew", "48 hours for a job"),
    ("glue", "48 hours for a job run, 8 from Glue 5.0"),
    ("sagemaker", "one day for a training job"),
];

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Vec<Outcome>, Gap> {
    if !machine.is_standard()? {
        return Ok(Vec::new());
    }
    let definition = machine.definition()?;
    let waits = |task: &&Task| matches!(task.pattern, Pattern::Sync | Pattern::Sync2);
    let waiting: Vec<_> = definition.tasks.iter().filter(waits).collect();
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let mut outcomes: Vec<Outcome> = Vec::new();
    if !definition.timeout.is_set() {
        let unlimited = waiting.into_iter().filter_map(|task| Some((task, unlimited(definition, task)?)));
        let unlimited = unlimited.filter(|(task, _)| !starts_a_limited_one(machine, definition, task));
        outcomes.extend(unlimited.map(|(task, state)| Outcome::from(defect(machine, task, state))));
    }
    if outcomes.is_empty() {
        outcomes.push(Outcome::Compliant);
    }
    Ok(outcomes)
}

fn unlimited<'a>(definition: &'a Definition, task: &Task) -> Option<&'a State> {
    let state = definition.states.iter().find(|state| state.pointer == task.pointer)?;
    let limited = state.timeout.is_set() || definition.is_in_express_child(&state.pointer);
    (!limited).then_some(state)
}

/// What it starts is a state machine of the Region with a limit of its own.
fn starts_a_limited_one(machine: &MachineView<'_>, definition: &Definition, task: &Task) -> bool {
    let start = definition.starts.iter().find(|start| start.pointer == task.pointer);
    let target = start.and_then(|start| start.target.text());
    let limited = |child: MachineView<'_>| {
        target == Some(child.machine.arn.as_str())
            && child.definition().is_ok_and(|definition| definition.timeout.is_set())
    };
    target.is_some() && machine.region.machines().any(limited)
}

fn defect(machine: &MachineView<'_>, task: &Task, state: &State) -> Defect {
    let service = match &task.integration {
        Integration::Optimised { service, .. } | Integration::AwsSdk { service, .. } => service.as_str(),
        _ => "",
    };
    let own = OWN_LIMITS.iter().find(|(name, _)| *name == service).map(|(_, limit)| *limit);
    let (ends, severity) = match own {
        Some(limit) => (format!("Unless the job says otherwise the service ends it ({limit})"), Severity::Info),
        None => (
            "The service gives the job no limit by itself: one that hangs keeps the execution open for a year"
                .to_owned(),
            Severity::Low,
        ),
    };
    let poll = match service {
        "states" => "DescribeExecution, from the account's own quota",
        _ => "the service's describe call, from the account's own quota",
    };
    let message = format!(
        "State {} of {} waits for {} without a TimeoutSeconds below a year, and the state machine has none either. {ends}, and meanwhile \
         Step Functions may ask after it with {poll}.",
        state.name,
        machine.name(),
        task.integration.name(),
    );
    let remediation = "Give the state a TimeoutSeconds longer than the slowest job, and catch States.Timeout; one day is an \
                       example. Where Step Functions can, it stops the job then.";
    Defect::new(message, remediation)
        .severity(severity)
        .at_state(&state.name, &state.pointer)
        .evidence("resource", task.resource.as_str())
        .evidence("limit of the service", own.unwrap_or("none"))
        .change(Change::Definition(json!({ &state.name: { "TimeoutSeconds": 86_400 } })))
}
