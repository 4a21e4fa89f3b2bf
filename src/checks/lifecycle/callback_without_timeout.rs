use serde_json::json;

use crate::asl::{Definition, Pattern, State};
use crate::finding::{Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View};
use crate::model::PartName;
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "callback-without-timeout",
    family: Family::Lifecycle,
    title: "A task waits for an answer from outside without a limit",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html",
    ],
    page: include_str!("callback-without-timeout.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Vec<Outcome>, Gap> {
    if !machine.is_standard()? {
        return Ok(Vec::new());
    }
    let definition = machine.definition()?;
    let waits = |state: &&State| state.pattern().is_some_and(Pattern::waits_for_a_caller);
    let waiting: Vec<_> = definition.states.iter().filter(waits).collect();
    let unlimited = waiting.iter().filter(|state| {
        !state.timeout.is_set() && !state.heartbeat.is_set() && !definition.is_in_express_child(&state.pointer)
    });
    let mut outcomes: Vec<Outcome> = unlimited.map(|state| defect(machine, definition, state).into()).collect();
    if outcomes.is_empty() && !waiting.is_empty() {
        outcomes.push(Outcome::Compliant);
    }
    Ok(outcomes)
}

fn defect(machine: &MachineView<'_>, definition: &Definition, state: &State) -> Defect {
    let limited = definition.timeout.is_set();
    let activity = state.pattern() == Some(Pattern::Activity);
    let whom = if activity { "a worker of an activity" } else { "a task token to come back" };
    let then = match limited {
        true => "the whole execution is timed out by the state machine's own limit, which no Catch sees",
        false => "the execution stays open for a year, counts against the Region's open executions, and nobody is told",
    };
    let message = format!(
        "State {} of {} waits for {whom} with neither TimeoutSeconds nor HeartbeatSeconds below a year: where none answers, {then}.",
        state.name,
        machine.name(),
    );
    let mut remediation =
        "Give the state a TimeoutSeconds longer than the slowest real answer, or a HeartbeatSeconds where \
                           the worker sends heartbeats, and catch States.Timeout; one day is an example."
            .to_owned();
    if activity && !limited {
        remediation.push_str(
            " The time of an activity counts from when a worker takes it: only a TimeoutSeconds of the state machine ends \
             one that no worker takes.",
        );
    }
    Defect::new(message, remediation)
        .severity(if limited { Severity::Low } else { Severity::Medium })
        .at_state(&state.name, &state.pointer)
        .evidence("resource", state.resource.as_deref().unwrap_or_default())
        .evidence("machine timeout", if limited { "set" } else { "none" })
        .change(Change::Definition(json!({ &state.name: { "TimeoutSeconds": 86_400 } })))
}
