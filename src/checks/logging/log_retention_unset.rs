use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, LogGroupView, Outcome, Severity, View, about_retention,
    shell_quote,
};
use crate::model::PartName;
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "log-retention-unset",
    family: Family::Logging,
    title: "The log group never deletes its events",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::LogGroups],
    yields_to: &["log-retention-excessive"],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
    ],
    page: include_str!("log-retention-unset.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_log_group(out, judge);
}

fn judge(view: &LogGroupView<'_>) -> Result<Option<Outcome>, Gap> {
    let Some(group) = view.group.clone()? else { return Ok(None) };
    // A group of class DELIVERY has a short retention that nobody can set.
    if group.retention_days.is_some() || group.class.as_deref() == Some("DELIVERY") {
        return Ok(Some(Outcome::Compliant));
    }
    let data = view
        .machines
        .iter()
        .any(|machine| machine.details().is_ok_and(|details| details.logging.include_execution_data));
    let what = if data { ", execution input and output included," } else { "" };
    let message = format!(
        "{} has no retention: the events of {}{what} stay for ever, while Step Functions itself drops an execution's \
         history 90 days after its end.",
        view.name(),
        users(view),
    );
    let remediation = "Set a retention that follows the policy for the data it holds; 30 days is an example.";
    let (region, name) = (view.arn.region(), shell_quote(view.name()));
    let command =
        format!("aws logs put-retention-policy --region {region} --log-group-name {name} --retention-in-days 30");
    let mut defect =
        Defect::new(message, remediation).about([about_retention(view.arn)]).evidence("retention", "never expires");
    if let Some(bytes) = group.stored_bytes {
        defect = defect.evidence("stored_bytes", bytes.to_string());
    }
    Ok(Some(defect.change(Change::Command(command)).into()))
}

fn users(view: &LogGroupView<'_>) -> String {
    match view.machines.as_slice() {
        [one] => format!("state machine {}", one.name()),
        many => format!("{} state machines", many.len()),
    }
}
