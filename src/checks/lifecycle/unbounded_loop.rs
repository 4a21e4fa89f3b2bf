use serde_json::{Value, json};

use crate::asl::{Definition, LONGEST_EXECUTION_SECONDS, Loop, LoopBound, LoopKind, MOST_HISTORY_EVENTS, Pause};
use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, digits, listed, span,
};
use crate::model::PartName;
use crate::types::{Gap, GapReason};

pub const CHECK: Check = Check {
    id: "unbounded-loop",
    family: Family::Lifecycle,
    title: "A loop of states has no end of its own",
    severity: Severity::Low,
    confidence: Confidence::Medium,
    reads: &[PartName::StateMachines],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/tutorial-create-iterate-pattern-section.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html",
    ],
    page: include_str!("unbounded-loop.md"),
    run,
};

/// A poll that fills the history within this is a defect by itself: jobs take longer.
const SOON_SECONDS: u64 = 60 * 60;

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Vec<Outcome>, Gap> {
    if !machine.is_standard()? {
        return Ok(vec![Outcome::Compliant]);
    }
    let definition = machine.definition()?;
    if definition.timeout.is_set() {
        return Ok(vec![Outcome::Compliant]);
    }
    let mut outcomes = Vec::new();
    for one in definition.loops.iter().filter(|one| !definition.is_in_express_child(&one.pointer)) {
        match one.bound {
            LoopBound::Counter => {}
            LoopBound::Unknown => {
                let gap = Gap::new(GapReason::Unsupported, "the definition is too large for its loops to be followed");
                outcomes.push(Outcome::InsufficientData(gap.about(machine.machine.arn.as_str())));
            }
            LoopBound::Data | LoopBound::Fault | LoopBound::None => {
                outcomes.push(defect(machine, definition, one).into());
            }
        }
    }
    if outcomes.is_empty() {
        outcomes.push(Outcome::Compliant);
    }
    Ok(outcomes)
}

fn weight(one: &Loop) -> (Severity, Confidence) {
    match (one.kind, one.bound) {
        (LoopKind::Retry, _) => (Severity::Low, Confidence::High),
        (LoopKind::Cycle, LoopBound::None) => (Severity::High, Confidence::High),
        (LoopKind::Cycle, LoopBound::Fault) => (Severity::Medium, Confidence::High),
        // A function of the loop may count for it.
        _ if !one.pages && one.seconds_until_full().is_some_and(|seconds| seconds < SOON_SECONDS) => {
            (Severity::Medium, Confidence::Medium)
        }
        _ => (Severity::Low, Confidence::Medium),
    }
}

fn defect(machine: &MachineView<'_>, definition: &Definition, one: &Loop) -> Defect {
    let names = listed(&one.states);
    let (first, name) = (one.states.first().map_or("", String::as_str), machine.name());
    let ends = match (one.kind, one.bound) {
        (LoopKind::Retry, _) => format!("State {first} of {name} is tried again for as long as it fails"),
        (LoopKind::Cycle, LoopBound::None) if !one.exits.is_empty() => {
            format!(
                "Nothing changes in the loop {names} of {name}: an execution that goes round once does not leave it"
            )
        }
        (LoopKind::Cycle, LoopBound::None) => format!("Nothing leads out of the loop {names} of {name}"),
        (LoopKind::Cycle, LoopBound::Fault) => format!("Nothing but a fault leads out of the loop {names} of {name}"),
        (LoopKind::Cycle, _) => {
            format!("The loop {names} of {name} ends only by what it is told from outside; it does not count its turns")
        }
    };
    let message =
        format!("{ends}, and the state machine has no TimeoutSeconds below a year: {}.", course(definition, one));
    let remediation = match one.kind {
        LoopKind::Retry => {
            "Give the retrier a MaxAttempts and a MaxDelaySeconds that fit the longest fault you expect, or the \
                            state machine a TimeoutSeconds."
        }
        LoopKind::Cycle => {
            "Set TimeoutSeconds at the top of the definition, above the longest run you expect (one day is an \
                            example), or count the turns in a variable and leave by a Choice that compares it."
        }
    };
    let (severity, confidence) = weight(one);
    Defect::new(message, remediation)
        .severity(severity)
        .confidence(confidence)
        .at_state(first, &one.pointer)
        .told_apart_by(if one.kind == LoopKind::Retry { "retry" } else { "cycle" })
        .evidence("states", names)
        .evidence("exits", exits(one))
        .evidence("events a turn", one.events_per_turn.to_string())
        .evidence("pause a turn", pause(one.pause))
        .change(Change::Definition(change(one, first)))
}

fn exits(one: &Loop) -> String {
    let mut exits: Vec<_> = one.exits.iter().map(|exit| format!("{} to {}", exit.state, exit.to)).collect();
    exits.dedup();
    match (exits.is_empty(), one.kind) {
        (true, LoopKind::Retry) => "success".to_owned(),
        (true, LoopKind::Cycle) => "none".to_owned(),
        (false, _) => listed(exits),
    }
}

fn pause(pause: Pause) -> String {
    match pause {
        Pause::None => "none".to_owned(),
        Pause::Seconds(seconds) => span(seconds),
        Pause::AtRunTime => "chosen at run time".to_owned(),
        Pause::Growing => "each longer than the one before".to_owned(),
    }
}

/// What comes of an execution that stays in the loop.
fn course(definition: &Definition, one: &Loop) -> String {
    let full = format!(
        "at {} or more events a turn the history is full ({}) after at most {} turns",
        one.events_per_turn,
        digits_of(MOST_HISTORY_EVENTS),
        digits_of(one.turns_until_full()),
    );
    let shared =
        if shares_its_history(definition, one) { ", sooner where branches or items go round at once" } else { "" };
    match one.seconds_until_full() {
        _ if one.pause == Pause::Growing => {
            "each pause is longer than the one before, and the execution stays open for a year".to_owned()
        }
        Some(seconds) if seconds >= LONGEST_EXECUTION_SECONDS => {
            format!("with {} of pause a turn the execution stays open for a year", pause(one.pause))
        }
        Some(0) => format!("{full}, without a pause between them{shared}; then the execution fails"),
        Some(seconds) => {
            format!("{full}, {} at {} of pause each{shared}; then the execution fails", span(seconds), pause(one.pause))
        }
        None => format!("{full}{shared}; then the execution fails"),
    }
}

fn digits_of(count: u64) -> String {
    digits(u32::try_from(count).map_or(f64::INFINITY, f64::from))
}

/// It stands in a branch or an inline Map: others write into the same history.
fn shares_its_history(definition: &Definition, one: &Loop) -> bool {
    let own = match definition.distributed_around(&one.pointer) {
        Some(map) => one.pointer.as_str().strip_prefix(map.pointer.as_str()).unwrap_or_default(),
        None => one.pointer.as_str(),
    };
    let nested = |inner: &str| own.split(inner).count() > 1;
    nested("/Branches/")
        || match definition.distributed_around(&one.pointer) {
            Some(_) => own.matches("/ItemProcessor/").count() + own.matches("/Iterator/").count() > 1,
            None => nested("/ItemProcessor/") || nested("/Iterator/"),
        }
}

fn change(one: &Loop, first: &str) -> Value {
    match one.kind {
        LoopKind::Retry => json!({ first: { "Retry": [{ "MaxAttempts": 10, "MaxDelaySeconds": 300 }] } }),
        LoopKind::Cycle => json!({ "TimeoutSeconds": 86_400 }),
    }
}
