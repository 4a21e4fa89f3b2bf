use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Runs, Severity, View, moment,
    seconds_between, span,
};
use crate::model::{Durations, Older, PartName};
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "long-running-execution",
    family: Family::Lifecycle,
    title: "An execution has run for much longer than others do",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Running],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html",
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html",
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html",
    ],
    page: include_str!("long-running-execution.md"),
    run,
};

/// So many must have succeeded before they say what is usual.
const ENOUGH: u64 = 20;
/// An execution is a long one from so many times what 95 of 100 took.
const TIMES: u64 = 3;

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, |machine| judge(view, machine));
}

fn judge(view: &View<'_>, machine: &MachineView<'_>) -> Result<Option<Outcome>, Gap> {
    let settings = view.settings.long_running;
    let Some(runs) = machine.runs()? else { return Ok(None) };
    let age = runs.seen.oldest.map_or(0, |oldest| seconds_between(oldest, runs.seen.asked_at));
    let (days, least) = (86_400 * u64::from(settings.days), 3_600 * u64::from(settings.least_hours));
    let usual = runs.seen.durations.seen().0.copied().flatten().filter(|durations| durations.count >= ENOUGH);
    let unusual = usual.filter(|usual| age > least.max(TIMES.saturating_mul(usual.p95)));
    if unusual.is_some() || age >= days {
        return Ok(Some(defect(machine, &runs, age, unusual).into()));
    }
    // Older ones may be among those that were not listed.
    let unread = runs.seen.durations.gap().filter(|_| age > least);
    match runs.unseen.as_ref().or(unread) {
        Some(gap) => Err(gap.clone()),
        None => Ok(Some(Outcome::Compliant)),
    }
}

fn defect(machine: &MachineView<'_>, runs: &Runs<'_>, age: u64, unusual: Option<Durations>) -> Defect {
    let name = machine.name();
    let started = runs.seen.oldest.map(moment).unwrap_or_default();
    let by_what = unusual.map_or_else(
        || "longer than the configured limit".to_owned(),
        |usual| {
            format!("where 95 of 100 of the {} that succeeded lately took {} or less", usual.count, span(usual.p95))
        },
    );
    // Whom an answer may take weeks is no fault of the execution.
    let waits = machine.waits_for_a_caller().unwrap_or(true);
    let (why, severity) = match (waits, unusual) {
        (true, Some(_)) => ("It may wait for an answer that nobody will give any more", Severity::Low),
        (true, None) => ("It may wait for an answer that nobody will give any more", Severity::Info),
        (false, _) => ("Nothing in the definition waits for a person: it may hang or go round", Severity::Medium),
    };
    let message = format!(
        "An execution of {name} has run for {}, since {started}, {by_what}. {why}, and it counts against the Region's open \
         executions until it ends, after a year at the latest.",
        span(age),
    );
    let remediation = "Look at its last events with the second command, stop it where it hangs, and give the state machine or \
                       the task that waits a TimeoutSeconds.";
    let command = format!(
        "{}\naws stepfunctions get-execution-history --region {} --execution-arn '<EXECUTION_ARN>' --reverse-order \
         --max-items 5 --no-include-execution-data",
        machine.oldest_command(),
        machine.region.name(),
    );
    let at_least = if runs.unseen.is_some() { "at least " } else { "" };
    let mut defect = Defect::new(message, remediation)
        .severity(severity)
        .evidence("started", started)
        .evidence("age", span(age))
        .evidence("running", format!("{at_least}{}", runs.seen.count));
    for Older { days, count } in &runs.seen.older {
        let name = match days {
            1 => "older_than_1_day",
            7 => "older_than_7_days",
            30 => "older_than_30_days",
            _ => "older_than_90_days",
        };
        defect = defect.evidence(name, format!("{at_least}{count}"));
    }
    if let Some(usual) = unusual {
        defect = defect.evidence("usual_median", span(usual.median)).evidence("usual_p95", span(usual.p95));
        // What took another branch may be meant to take longer.
        let pauses =
            machine.definition().is_ok_and(|definition| definition.states.iter().any(|state| state.kind == "Wait"));
        defect = defect.confidence(if pauses { Confidence::Low } else { Confidence::Medium });
    }
    defect.evidence("listed_by", "states:ListExecutions").change(Change::Command(command))
}
