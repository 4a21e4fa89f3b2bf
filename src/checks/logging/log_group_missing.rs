use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, shell_quote,
};
use crate::model::{MachineKind, PartName};
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "log-group-missing",
    family: Family::Logging,
    title: "The state machine logs to a log group that does not exist",
    severity: Severity::High,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::LogGroups],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html",
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_LoggingConfiguration.html",
    ],
    page: include_str!("log-group-missing.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Option<Outcome>, Gap> {
    let logging = &machine.details()?.logging;
    let Some(arn) = machine.log_destination() else { return Ok(None) };
    if machine.region.log_group(arn)?.is_some() {
        return Ok(Some(Outcome::Compliant));
    }
    let group = arn.resource().strip_prefix("log-group:").unwrap_or(arn.resource());
    let lost = match machine.machine.kind {
        MachineKind::Express => "and an Express machine has no other history",
        _ => "and what the service's own history does not keep is lost",
    };
    let message = format!(
        "{} logs at level {} to {group}, which does not exist. Executions go on without a log, {lost}.",
        machine.name(),
        logging.level.as_str(),
    );
    let remediation = "Create the log group again with a retention, then look whether events arrive; or point the state \
                       machine at a group that exists.";
    let (region, quoted) = (arn.region(), shell_quote(group));
    let commands = format!(
        "aws logs create-log-group --region {region} --log-group-name {quoted}\n\
         aws logs put-retention-policy --region {region} --log-group-name {quoted} --retention-in-days 30"
    );
    let defect = Defect::new(message, remediation)
        .evidence("log_group", arn.as_str())
        .evidence("level", logging.level.as_str())
        .change(Change::Command(commands));
    Ok(Some(defect.into()))
}
