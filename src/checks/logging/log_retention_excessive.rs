use crate::exposure::{Carried, told};
use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, Keeps, LogGroupView, MachineView, Outcome, Severity,
    Spread, View, about_retention, shell_quote,
};
use crate::model::PartName;
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "log-retention-excessive",
    family: Family::Logging,
    title: "The log group keeps sensitive data longer than it should",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Executions, PartName::LogGroups],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html",
    ],
    page: include_str!("log-retention-excessive.md"),
    run,
};

/// The retentions, in days, that CloudWatch Logs takes.
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>.
const OFFERED: [u32; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

fn run(view: &View<'_>, out: &mut Evaluations) {
    let days = view.settings.sensitive_log_days;
    view.each_log_group(out, |group| judge(group, days));
}

fn judge(view: &LogGroupView<'_>, days: u32) -> Result<Option<Outcome>, Gap> {
    let Some(group) = view.group.clone()? else { return Ok(None) };
    let retention = match group.retention_days {
        // A group of class DELIVERY has a short retention that nobody can set.
        None if group.class.as_deref() == Some("DELIVERY") => return Ok(Some(Outcome::Compliant)),
        Some(retention) if retention <= days => return Ok(Some(Outcome::Compliant)),
        longer => longer,
    };
    let held = view.holds()?;
    if held.is_empty() {
        return Ok(Some(Outcome::Compliant));
    }
    Ok(Some(defect(view, retention, days, &held).into()))
}

fn defect(
    view: &LogGroupView<'_>,
    retention: Option<u32>,
    days: u32,
    held: &[(&MachineView<'_>, Vec<Carried>)],
) -> Defect {
    let name = view.name();
    let carried: Vec<_> = held.iter().flat_map(|(_, carried)| carried).collect();
    let worst = carried.iter().map(|one| one.harm).max().expect("a group that holds something holds a type");
    let surest = carried.iter().map(|one| one.confidence).max().unwrap_or_default();
    let mut kinds: Vec<_> = carried.iter().map(|one| one.kind.as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let writers: Vec<_> = held.iter().map(|(machine, _)| machine.name()).collect();
    let (kinds, writers) = (kinds.join(", "), crate::finding::listed(writers));
    let keeps = match retention {
        Some(retention) => format!("for {retention} days"),
        None => "for ever".to_owned(),
    };
    let message = format!(
        "{name} keeps its events {keeps}, and those of {writers} hold {kinds}: {days} days are the most that is meant for \
         {}.",
        worst.what(),
    );
    let offered = OFFERED.iter().rev().find(|offered| **offered <= days).copied().unwrap_or(OFFERED[0]);
    let remediation = format!(
        "Set a retention of {offered} days or less; events that are older go within about 72 hours. Where something must \
         be kept longer, let a log without execution data be what is kept."
    );
    let command = format!(
        "aws logs put-retention-policy --region {} --log-group-name {} --retention-in-days {offered}",
        view.arn.region(),
        shell_quote(name),
    );
    let mut defect = Defect::new(message, remediation)
        .severity(Severity::of_harm(worst))
        .confidence(Confidence::of(surest))
        .about([about_retention(view.arn)])
        .evidence("retention", retention.map_or_else(|| "never expires".to_owned(), |days| format!("{days} days")))
        .evidence("allowed_days", days.to_string())
        .change(Change::Command(command));
    defect.spread = Spread { readers: 0, keeps: retention.map_or(Keeps::Forever, Keeps::Days) };
    for (machine, carried) in held.iter().take(1) {
        defect = defect.evidence("machine", machine.name()).of_data(carried, machine.sample().as_ref(), None);
    }
    defect.evidence("machines", told_machines(held))
}

/// Each machine with the types that its events hold.
fn told_machines(held: &[(&MachineView<'_>, Vec<Carried>)]) -> String {
    crate::finding::listed(
        held.iter().map(|(machine, carried)| format!("{} ({})", machine.name(), told::kinds(carried))),
    )
}
