use serde_json::json;

use crate::asl::{Limit, Pattern, State};
use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, listed,
};
use crate::model::{MachineKind, PartName};
use crate::types::{Gap, GapReason};

pub const CHECK: Check = Check {
    id: "no-execution-timeout",
    family: Family::Lifecycle,
    title: "Executions of the state machine may run for a year",
    severity: Severity::Info,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
    ],
    page: include_str!("no-execution-timeout.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Option<Outcome>, Gap> {
    machine.details()?;
    match machine.machine.kind {
        // Express executions end after five minutes whatever the definition says.
        MachineKind::Express => return Ok(Some(Outcome::Compliant)),
        MachineKind::Unknown => {
            let gap =
                Gap::new(GapReason::Unsupported, "the state machine's type is one that this version does not know");
            return Err(gap.about(machine.machine.arn.as_str()));
        }
        MachineKind::Standard => {}
    }
    let definition = machine.definition()?;
    if definition.timeout != Limit::None {
        return Ok(Some(Outcome::Compliant));
    }
    let waiting: Vec<_> = definition.states.iter().filter(|state| waits_without_limit(state)).collect();
    Ok(Some(match waiting.first() {
        Some(first) => waits(machine, first, &waiting).into(),
        None => unbounded(machine).into(),
    }))
}

fn waits_without_limit(state: &State) -> bool {
    let waits = state.pattern().is_some_and(Pattern::waits_for_a_caller);
    waits && state.timeout == Limit::None && state.heartbeat == Limit::None
}

fn waits(machine: &MachineView<'_>, first: &State, waiting: &[&State]) -> Defect {
    let names = listed(waiting.iter().map(|state| &state.name));
    let message = format!(
        "{} has no timeout, and {} of its states ({}) wait for an answer from outside with neither TimeoutSeconds nor \
         HeartbeatSeconds: where none comes, the execution stays open for a year.",
        machine.name(),
        waiting.len(),
        names,
    );
    let remediation = "Give each such state a TimeoutSeconds or HeartbeatSeconds longer than the slowest real answer, and \
                       the machine a TimeoutSeconds; one day is an example.";
    Defect::new(message, remediation)
        .severity(Severity::Medium)
        .at_state(&first.name, &first.pointer)
        .evidence("states", names)
        .evidence("resource", first.resource.as_deref().unwrap_or_default())
        .change(Change::Definition(json!({ &first.name: { "TimeoutSeconds": 86_400 } })))
}

fn unbounded(machine: &MachineView<'_>) -> Defect {
    let message = format!(
        "{} has no TimeoutSeconds: an execution that does not end by itself stays open for a year. None of its tasks waits \
         for an answer from outside without a limit.",
        machine.name(),
    );
    let remediation = "Set TimeoutSeconds at the top of the definition, above the longest run you expect; one day is an \
                       example.";
    Defect::new(message, remediation)
        .evidence("timeout", "none")
        .change(Change::Definition(json!({ "TimeoutSeconds": 86_400 })))
}
