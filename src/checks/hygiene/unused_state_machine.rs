use jiff::{SignedDuration, Timestamp};

use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, how_long, listed,
    shell_quote,
};
use crate::model::{EventTarget, LastStart, LastStarts, PartName, RuleState};
use crate::types::{Gap, GapReason};

pub const CHECK: Check = Check {
    id: "unused-state-machine",
    family: Family::Hygiene,
    title: "The state machine has not been started for long",
    severity: Severity::Low,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Running, PartName::EventRules, PartName::LastStarts],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html",
    ],
    page: include_str!("unused-state-machine.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, |machine| judge(machine, view));
}

fn judge(machine: &MachineView<'_>, view: &View<'_>) -> Result<Option<Outcome>, Gap> {
    machine.details()?;
    let about = |gap: Gap| gap.about(machine.machine.arn.as_str());
    let days = SignedDuration::from_hours(24 * i64::from(view.settings.unused_days));
    let recent = |at: Timestamp| view.as_of.duration_since(at) < days;
    let unknown = || about(Gap::new(GapReason::Error, "when the state machine was created is not known"));
    let created = machine.machine.created_at.ok_or_else(unknown)?;
    let running = machine.runs();
    let runs = running.as_ref().is_ok_and(|runs| runs.as_ref().is_some_and(|runs| runs.seen.count > 0));
    if recent(created) || runs {
        return Ok(Some(Outcome::Compliant));
    }
    if !machine.name().is_ascii() {
        let detail = "CloudWatch has no metrics of a state machine whose name holds letters beyond ASCII";
        return Err(about(Gap::new(GapReason::Unsupported, detail)));
    }
    let part = machine.region.snapshot.last_starts();
    let (Some(all), gap) = part.seen() else {
        return Err(part.gap().cloned().unwrap_or_else(|| Gap::not_collected("last_starts")));
    };
    let unasked = || about(gap.cloned().unwrap_or_else(|| Gap::not_collected("the state machine's last start")));
    let start = all.get(&machine.machine.arn).ok_or_else(unasked)?;
    match start.last {
        Some(last) if recent(last) => Ok(Some(Outcome::Compliant)),
        _ if recent(start.since) => {
            let detail =
                "the state machine's starts were not asked for as far back as checks.unused-state-machine.days";
            Err(about(Gap::new(GapReason::Partial, detail)))
        }
        // An execution may run for a year: one of those that were not read may be at work.
        _ => match running?.and_then(|runs| runs.unseen) {
            Some(gap) => Err(about(gap)),
            None => Ok(Some(defect(machine, view, start, created, all).into())),
        },
    }
}

fn defect(
    machine: &MachineView<'_>,
    view: &View<'_>,
    start: &LastStart,
    created: Timestamp,
    all: &LastStarts,
) -> Defect {
    let ago = |at: Timestamp| how_long(view.as_of.duration_since(at));
    let so = match start.last {
        Some(last) => format!("was last started {} ago", ago(last)),
        None if created >= start.since => format!("was never started since it was created {} ago", ago(created)),
        None => format!("was not started within {}, which is as far as CloudWatch remembers", ago(start.since)),
    };
    let rules = rules(machine);
    let yet = match rules.as_slice() {
        [] => String::new(),
        rules => format!(
            " Yet enabled rules have it as their target ({}): they match nothing, or what they start fails.",
            listed(rules)
        ),
    };
    let message = format!(
        "{} {so}: its role, its log group and who may start it stay open to misuse, and nobody looks after them.{yet}",
        machine.name(),
    );
    let remediation = "Delete it with its role and its rules, if nobody needs it; keep its template, for a deletion cannot \
                       be undone.";
    let command = format!(
        "aws stepfunctions delete-state-machine --region {} --state-machine-arn {}",
        machine.region.name(),
        shell_quote(machine.machine.arn.as_str()),
    );
    // Where nothing at all was started, it may be that the metrics do not arrive.
    let others = all.values().any(|start| start.last.is_some());
    let last = start.last.map_or_else(|| "never seen".to_owned(), |last| last.to_string());
    let defect = Defect::new(message, remediation)
        .confidence(if others { Confidence::High } else { Confidence::Low })
        .evidence("last_started", last)
        .evidence("asked_since", start.since.to_string())
        .evidence("created_at", created.to_string())
        .change(Change::Command(command));
    if rules.is_empty() { defect } else { defect.evidence("rules", listed(&rules)) }
}

/// The names of enabled rules that start it, or a version or alias of it, as far as rules were read.
fn rules<'a>(machine: &MachineView<'a>) -> Vec<&'a str> {
    let own = &machine.machine.arn;
    let starts = |target: &EventTarget| {
        let rest = target.arn.as_str().strip_prefix(own.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    };
    let rules = machine.region.event_rules();
    let rules = rules.seen().0.into_iter().flat_map(|rules| rules.values());
    let enabled = rules.filter(|rule| rule.state != RuleState::Disabled);
    let aimed = enabled.filter(|rule| rule.targets.seen().0.is_some_and(|targets| targets.iter().any(starts)));
    aimed.map(|rule| rule.name.as_str()).collect()
}
