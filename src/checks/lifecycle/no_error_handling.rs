use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::asl::{Course, Definition, Effect, State, Task};
use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, listed,
};
use crate::model::PartName;
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "no-error-handling",
    family: Family::Lifecycle,
    title: "Tasks that fail end the execution, neither tried again nor caught",
    severity: Severity::Low,
    confidence: Confidence::Medium,
    reads: &[PartName::StateMachines],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html",
    ],
    page: include_str!("no-error-handling.md"),
    run,
};

/// Tasks whose surroundings are looked at; the rest is only named.
const WEIGHED: usize = 200;

/// A task that nothing handles, and what its failure would leave.
struct Bare<'a> {
    task: &'a Task,
    /// What surely or maybe was changed before, the surest last.
    done: Option<(Effect, &'a Task)>,
    left: Vec<&'a Task>,
}

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Option<Outcome>, Gap> {
    let definition = machine.definition()?;
    if definition.tasks.is_empty() {
        return Ok(None);
    }
    let course = Course::of(definition);
    let unreached = definition.unreached().into_iter().flat_map(|one| one.states);
    let unreached: BTreeSet<_> = unreached.map(|state| &state.pointer).collect();
    let tasks: BTreeMap<_, _> = definition.tasks.iter().map(|task| (&task.pointer, task)).collect();
    let bare = definition.in_order().into_iter().filter_map(|state| {
        let task = *tasks.get(&state.pointer)?;
        let around = course.around(state);
        let dead = std::iter::once(state).chain(around.iter().copied()).any(|state| unreached.contains(&state.pointer));
        (!dead && !handled(definition, state, &around)).then_some((task, state))
    });
    let bare: Vec<_> = bare.collect();
    if bare.is_empty() {
        return Ok(Some(Outcome::Compliant));
    }
    let weighed = bare.iter().take(WEIGHED).map(|(task, state)| weigh(&course, task, state));
    let worst = weighed.max_by_key(|bare| (severity(bare), bare.left.len()));
    let names: Vec<_> = bare.iter().map(|(task, _)| task.state.as_str()).collect();
    Ok(worst.map(|worst| defect(machine, definition, &names, &worst).into()))
}

/// Its own retriers and catchers, or those of a Map or Parallel around it.
fn handled(definition: &Definition, state: &State, around: &[&State]) -> bool {
    let has = |state: &State| {
        let tries = state.retry.iter().any(|retrier| retrier.max_attempts != Some(0));
        tries || !state.catch.is_empty()
    };
    let tolerant = definition.distributed_maps.iter().any(|map| map.tolerates_failures && map.runs(&state.pointer));
    has(state) || tolerant || around.iter().any(|outer| has(outer))
}

fn weigh<'a>(course: &Course<'a>, task: &'a Task, state: &'a State) -> Bare<'a> {
    let done = course.before(state).into_iter().map(|task| (task.effect(), task));
    let done = done.filter(|(effect, _)| *effect != Effect::Reads).max_by_key(|(effect, _)| *effect);
    Bare { task, done, left: course.after(state) }
}

fn severity(bare: &Bare<'_>) -> Severity {
    match (&bare.done, bare.left.is_empty()) {
        (None, _) => Severity::Info,
        (Some((Effect::Writes, _)), false) => Severity::Medium,
        (Some(_), _) => Severity::Low,
    }
}

fn defect(machine: &MachineView<'_>, definition: &Definition, names: &[&str], worst: &Bare<'_>) -> Defect {
    let name = machine.name();
    let (all, state) = (definition.tasks.len(), &worst.task.state);
    let left = listed(worst.left.iter().map(|task| &task.state));
    let then = match (&worst.done, worst.left.is_empty()) {
        (None, _) => format!("where {state} fails, so does the execution, before anything was changed"),
        (Some((effect, before)), ends) => {
            let verb = if *effect == Effect::Writes { "has changed" } else { "may have changed" };
            let what = if before.pointer == worst.task.pointer {
                "what it does for other items stays".to_owned()
            } else {
                format!("what {} {verb} stays", before.state)
            };
            match ends {
                true => format!("where {state} fails, {what}, and the execution ends as failed"),
                false => format!("where {state} fails, {what}, and this is left undone: {left}"),
            }
        }
    };
    let (bare, verb) = (names.len(), if names.len() == 1 { "is" } else { "are" });
    let message =
        format!("{bare} of {all} tasks of {name} {verb} neither tried again nor caught: {}; {then}.", listed(names));
    let remediation = "Give them a Retry for faults that pass and a Catch that undoes or reports what was done; a Parallel state \
                       around several steps catches for all of them. A failed execution can be redriven from the failed \
                       state for 14 days, if somebody is told.";
    let severity = severity(worst);
    Defect::new(message, remediation)
        .severity(severity)
        .confidence(if severity == Severity::Info { Confidence::High } else { Confidence::Medium })
        .evidence("states", listed(names))
        .evidence("changed before", worst.done.map_or("nothing", |(_, task)| task.state.as_str()))
        .evidence("left undone", if worst.left.is_empty() { "nothing" } else { left.as_str() })
        .change(Change::Definition(json!({ state: {
            "Retry": [{
                "ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 2, "MaxAttempts": 4, "BackoffRate": 2,
                "JitterStrategy": "FULL"
            }],
            "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "<a state that undoes or reports>" }]
        } })))
}
