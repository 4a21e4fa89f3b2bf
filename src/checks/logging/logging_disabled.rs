use serde_json::json;

use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, shell_quote,
};
use crate::model::{LogLevel, MachineKind, PartName};
use crate::types::{Gap, GapReason};

pub const CHECK: Check = Check {
    id: "logging-disabled",
    family: Family::Logging,
    title: "The state machine does not log",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html",
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_LoggingConfiguration.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/stepfunctions-controls.html",
    ],
    page: include_str!("logging-disabled.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Option<Outcome>, Gap> {
    let logging = &machine.details()?.logging;
    match logging.level {
        LogLevel::Off => Ok(Some(defect(machine).into())),
        LogLevel::Unknown => Err(gap(machine, "the log level is one that this version does not know")),
        LogLevel::All | LogLevel::Error | LogLevel::Fatal if logging.destination.is_none() => {
            Err(gap(machine, "the log level is on, but no log group could be read from the answer"))
        }
        LogLevel::All | LogLevel::Error | LogLevel::Fatal => Ok(Some(Outcome::Compliant)),
    }
}

fn gap(machine: &MachineView<'_>, detail: &str) -> Gap {
    Gap::new(GapReason::Unsupported, detail).about(machine.machine.arn.as_str())
}

fn defect(machine: &MachineView<'_>) -> Defect {
    let name = machine.name();
    // Express machines have no other history; a Standard one keeps its own, so that failures suffice.
    let (severity, level, why) = match machine.machine.kind {
        MachineKind::Express => {
            (Severity::High, "ALL", "an Express machine keeps no history, so nothing tells what its executions did")
        }
        _ => (
            Severity::Medium,
            "ERROR",
            "the history that it keeps itself is gone 90 days after an execution ends, and no alarm can watch it",
        ),
    };
    let message = format!("Logging of {name} is OFF: {why}.");
    let remediation = format!(
        "Log at level {level} with includeExecutionData false, to a log group with a retention, and give the role the \
         log delivery actions."
    );
    Defect::new(message, remediation)
        .severity(severity)
        .evidence("type", machine.machine.kind.as_str())
        .evidence("level", LogLevel::Off.as_str())
        .change(Change::Command(commands(machine, level)))
}

fn commands(machine: &MachineView<'_>, level: &str) -> String {
    let arn = &machine.machine.arn;
    // What a log group's name may not hold becomes a dash. The prefix keeps Logs' resource policy from growing.
    let allowed = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let group: String = machine.name().chars().map(allowed).collect();
    let group = format!("/aws/vendedlogs/states/{group}-Logs");
    let (partition, region, account) = (arn.partition(), arn.region(), arn.account());
    let group_arn = format!("arn:{partition}:logs:{region}:{account}:log-group:{group}:*");
    let configuration = json!({
        "level": level,
        "includeExecutionData": false,
        "destinations": [{ "cloudWatchLogsLogGroup": { "logGroupArn": group_arn } }],
    });
    let (group, arn) = (shell_quote(&group), shell_quote(arn.as_str()));
    let configuration = shell_quote(&configuration.to_string());
    format!(
        "aws logs create-log-group --region {region} --log-group-name {group}\n\
         aws logs put-retention-policy --region {region} --log-group-name {group} --retention-in-days 30\n\
         aws stepfunctions update-state-machine --region {region} --state-machine-arn {arn} \
         --logging-configuration {configuration}"
    )
}
