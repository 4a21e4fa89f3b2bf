use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, digits, moment,
};
use crate::model::{LongestHistory, PartName, Quota};
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "history-near-limit",
    family: Family::Quota,
    title: "A running execution is near the longest history that AWS keeps",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Running],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/tutorial-continue-new.html",
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html",
    ],
    page: include_str!("history-near-limit.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, |machine| judge(view, machine));
}

#[allow(clippy::cast_precision_loss, reason = "a history has at most 25,000 events")]
fn judge(view: &View<'_>, machine: &MachineView<'_>) -> Result<Option<Outcome>, Gap> {
    let thresholds = view.settings.thresholds(CHECK.id);
    let limit = Quota::HistoryEvents.documented();
    let Some(runs) = machine.runs()? else { return Ok(None) };
    let (histories, unread) = runs.seen.histories.seen();
    let longest = histories.and_then(|histories| histories.longest);
    if let Some(longest) = longest.filter(|longest| longest.events as f64 / limit >= thresholds.warning) {
        let critical = longest.events as f64 / limit >= thresholds.critical;
        let severity = if critical { Severity::Critical } else { Severity::Medium };
        return Ok(Some(defect(machine, longest, limit).severity(severity).into()));
    }
    let bounded = machine.definition().ok().and_then(crate::asl::Definition::most_events);
    let short = bounded.is_some_and(|most| (most as f64) < thresholds.warning * limit);
    match runs.unseen.as_ref().or(unread) {
        Some(gap) if !short => Err(gap.clone()),
        _ => Ok(Some(Outcome::Compliant)),
    }
}

#[allow(clippy::cast_precision_loss, reason = "a history has at most 25,000 events")]
fn defect(machine: &MachineView<'_>, longest: LongestHistory, limit: f64) -> Defect {
    let LongestHistory { events, started_at } = longest;
    let (events, started) = (events as f64, moment(started_at));
    let message = format!(
        "The history of an execution of {} that began {started} has {} of {} events ({:.0} %). At the limit the execution \
         fails, whatever it was doing.",
        machine.name(),
        digits(events),
        digits(limit),
        100.0 * events / limit,
    );
    let remediation = "Have the state machine go on in a new execution before the limit, with a counter in its input that ends \
                       the chain; or give the items to a Distributed Map and the body of the loop to a state machine of its \
                       own, whose histories are their own. The running execution keeps its definition: end it and start anew \
                       from where it stands.";
    Defect::new(message, remediation)
        .evidence("events", digits(events))
        .evidence("limit", digits(limit))
        .evidence("ratio", format!("{:.3}", events / limit))
        .evidence("started", started)
        .evidence("listed_by", "states:ListExecutions")
        .change(Change::Command(machine.oldest_command()))
}
