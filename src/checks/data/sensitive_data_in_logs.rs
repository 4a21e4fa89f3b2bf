use crate::exposure::{Carried, told};
use crate::finding::{
    AccountView, Change, Check, Confidence, Defect, EXPOSURE_PARTS, Evaluations, Family, MachineView, Outcome,
    Severity, View, shell_quote,
};
use crate::model::{LogLevel, MachineKind, Source};
use crate::types::{Arn, Gap};

pub const CHECK: Check = Check {
    id: "sensitive-data-in-logs",
    family: Family::Data,
    title: "The log group keeps a copy of sensitive execution data",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: EXPOSURE_PARTS,
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html",
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_LoggingConfiguration.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/mask-sensitive-log-data.html",
    ],
    page: include_str!("sensitive-data-in-logs.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine_of_account(out, judge);
}

fn judge(account: &AccountView<'_>, machine: &MachineView<'_>) -> Result<Option<Outcome>, Gap> {
    machine.details()?;
    let Some(arn) = machine.log_destination() else { return Ok(None) };
    if machine.region.log_group(arn)?.is_none() {
        return Ok(None);
    }
    let carried = machine.logged()?;
    if !carried.is_empty() {
        return Ok(Some(defect(account, machine, arn, &carried)?.into()));
    }
    // Of an Express machine that logs no data nothing was read, and nothing is said.
    let nothing_kept = machine.execution_data().seen().0.is_some_and(|data| data.sample.source == Source::None);
    Ok(Some(Outcome::Compliant).filter(|_| !nothing_kept))
}

fn defect(account: &AccountView<'_>, machine: &MachineView<'_>, arn: &Arn, carried: &[Carried]) -> Result<Defect, Gap> {
    let logging = &machine.details()?.logging;
    let sample = machine.sample();
    let proven = sample.as_ref().is_some_and(|sample| sample.source == Source::Log);
    let group = arn.resource().strip_prefix("log-group:").unwrap_or(arn.resource());
    let (name, kinds, spots) = (machine.name(), told::kinds(carried), told::spots(carried));
    let how = if proven { "was seen there" } else { "is in what was read of its executions and so in the log" };
    let data = if logging.include_execution_data { "with" } else { "without" };
    let message = format!(
        "{name} logs at level {} {data} execution data to {group}: {kinds} in {spots} {how}. Whoever reads the log group \
         reads it, whatever key the state machine has.",
        logging.level.as_str(),
    );
    let in_names = carried.iter().any(Carried::is_in_names);
    let remediation = match machine.machine.kind {
        _ if !logging.include_execution_data && in_names => {
            "Keep the data out of the names of executions, which every log event repeats; shorten the group's retention so \
             that what is there goes."
        }
        MachineKind::Express => {
            "Keep the data out of the state machine, or log without execution data, which leaves nothing to look at after a \
             failure; shorten the group's retention so that what is there goes."
        }
        _ => {
            "Log without execution data: the state machine's own history, which a key of yours protects, keeps it for \
             debugging; shorten the group's retention so that what is there goes."
        }
    };
    let exposure = account.exposure(machine);
    let surest = carried.iter().map(|one| one.confidence).max().unwrap_or_default();
    let mut defect = Defect::new(message, remediation)
        .severity(Severity::of_harm(carried[0].harm))
        .confidence(Confidence::of(surest))
        .evidence("log_group", arn.as_str())
        .evidence("level", logging.level.as_str())
        .evidence("include_execution_data", logging.include_execution_data.to_string())
        .evidence("proof", if proven { "log events" } else { "level and history" })
        .evidence("fields", fields(logging.level))
        .of_data(carried, sample.as_ref(), exposure.as_ref());
    if let Some(configuration) = machine.logging_without_data().filter(|_| logging.include_execution_data) {
        defect = defect.change(Change::Command(format!(
            "aws stepfunctions update-state-machine --region {} --state-machine-arn {} --logging-configuration {}",
            machine.region.name(),
            shell_quote(machine.machine.arn.as_str()),
            shell_quote(&configuration.to_string()),
        )));
    }
    Ok(defect)
}

/// What events of a level carry.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html>.
fn fields(level: LogLevel) -> &'static str {
    match level {
        LogLevel::All => "input, output, parameters, variables, error, cause",
        LogLevel::Error => "error and cause of all that fails",
        LogLevel::Fatal => "error and cause of executions that fail",
        LogLevel::Off => "nothing",
        LogLevel::Unknown => "not known",
    }
}
