use serde_json::json;

use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, shell_quote,
};
use crate::model::{LogLevel, MachineKind, PartName};
use crate::types::{Arn, Gap, GapReason};

pub const CHECK: Check = Check {
    id: "log-level-weak",
    family: Family::Logging,
    title: "An Express state machine logs too little to tell what its executions did",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/stepfunctions-controls.html",
        "https://github.com/cdklabs/cdk-nag/blob/main/RULES.md",
        "https://www.checkov.io/5.Policy%20Index/all.html",
    ],
    page: include_str!("log-level-weak.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Option<Outcome>, Gap> {
    let logging = &machine.details()?.logging;
    let unknown = |what: &str| {
        let detail = format!("the {what} is one that this version does not know");
        Err(Gap::new(GapReason::Unsupported, detail).about(machine.machine.arn.as_str()))
    };
    match (logging.level, machine.machine.kind) {
        (LogLevel::Off, _) => Ok(None),
        (LogLevel::All, _) | (LogLevel::Error | LogLevel::Fatal, MachineKind::Standard) => Ok(Some(Outcome::Compliant)),
        (LogLevel::Unknown, _) => unknown("log level"),
        (LogLevel::Error | LogLevel::Fatal, MachineKind::Unknown) => unknown("state machine's type"),
        (LogLevel::Error | LogLevel::Fatal, MachineKind::Express) => match &logging.destination {
            Some(group) => Ok(Some(defect(machine, logging.level, logging.include_execution_data, group).into())),
            None => Err(Gap::new(GapReason::Unsupported, "the log level is on, but no log group could be read")
                .about(machine.machine.arn.as_str())),
        },
    }
}

fn defect(machine: &MachineView<'_>, level: LogLevel, data: bool, group: &Arn) -> Defect {
    let name = machine.name();
    let told = match level {
        LogLevel::Fatal => "only how executions end that fail",
        _ => "only what fails",
    };
    let message = format!(
        "{name} is an Express state machine and logs at level {}, {told}: the log is the only history that it has, so of \
         executions that succeed nothing tells that they ran or which way they took.",
        level.as_str()
    );
    let now = if data { " (it is true now: at ALL it would copy the input and output of every state)" } else { "" };
    let remediation = format!(
        "Log at level ALL with includeExecutionData false{now}. Checkov (CKV_AWS_285) and service-screener \
         (sfnLoggingLevelWeak) ask for true: that is right only where an investigation needs the payloads and those who \
         read the group may see them."
    );
    let configuration = json!({
        "level": LogLevel::All.as_str(),
        "includeExecutionData": false,
        "destinations": [{ "cloudWatchLogsLogGroup": { "logGroupArn": format!("{group}:*") } }],
    });
    let command = format!(
        "aws stepfunctions update-state-machine --region {} --state-machine-arn {} --logging-configuration {}",
        machine.region.name(),
        shell_quote(machine.machine.arn.as_str()),
        shell_quote(&configuration.to_string()),
    );
    Defect::new(message, remediation)
        .evidence("type", machine.machine.kind.as_str())
        .evidence("level", level.as_str())
        .evidence("include_execution_data", data.to_string())
        .change(Change::Command(command))
}
