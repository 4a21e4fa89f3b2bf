use serde_json::{Value, json};

use crate::asl::{Pattern, Resolved, Task};
use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, listed, shell_quote,
};
use crate::model::{LogLevel, PartName};
use crate::types::{Arn, Gap, GapReason};

pub const CHECK: Check = Check {
    id: "task-token-in-logs",
    family: Family::Data,
    title: "The log keeps the tokens that complete a waiting task",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html",
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html",
    ],
    page: include_str!("task-token-in-logs.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Vec<Outcome>, Gap> {
    let definition = machine.definition()?;
    let waiting = definition.tasks.iter().filter(|task| task.pattern == Pattern::WaitForTaskToken);
    let sent: Vec<_> = waiting.map(|task| (task, places(task))).filter(|(_, places)| !places.is_empty()).collect();
    if sent.is_empty() {
        return Ok(Vec::new());
    }
    let logging = &machine.details()?.logging;
    let group = match (logging.level, &logging.destination) {
        // What is sent stands in TaskScheduled, which only the level ALL logs.
        (LogLevel::Off | LogLevel::Error | LogLevel::Fatal, _) => None,
        (LogLevel::All, _) if !logging.include_execution_data => None,
        (LogLevel::All, Some(group)) => Some(group),
        (LogLevel::All, None) => return Err(unknown(machine, "no log group could be read from the answer")),
        (LogLevel::Unknown, _) => return Err(unknown(machine, "the log level is one that this version does not know")),
    };
    let Some(group) = group else { return Ok(vec![Outcome::Compliant]) };
    Ok(sent.iter().map(|(task, places)| defect(machine, task, places, group).into()).collect())
}

fn unknown(machine: &MachineView<'_>, detail: &str) -> Gap {
    Gap::new(GapReason::Unsupported, detail).about(machine.machine.arn.as_str())
}

/// The arguments that hold the token, by their paths.
fn places(task: &Task) -> Vec<String> {
    let mut places = Vec::new();
    collect("", &task.arguments, &mut places);
    places
}

fn collect(path: &str, value: &Resolved, places: &mut Vec<String>) {
    let join = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        Resolved::Object(map) => map.iter().for_each(|(key, value)| collect(&join(key), value, places)),
        Resolved::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| collect(&format!("{path}[{at}]"), item, places));
        }
        Resolved::Runtime { from, .. } if has_token(from) => places.push(path.to_owned()),
        Resolved::Runtime { .. } | Resolved::Static(_) | Resolved::Constant { .. } | Resolved::Context { .. } => {}
    }
}

/// Whether a path or an expression takes the token out of the context object, or the whole of it.
fn has_token(from: &str) -> bool {
    ["$$", "$states.context"].iter().any(|context| {
        from.split(context).skip(1).any(|rest| {
            let member = rest.split(|c: char| !c.is_alphanumeric() && !"._[]'".contains(c)).next().unwrap_or_default();
            let member = member.trim_end_matches(['.', ']', '\'', ')']);
            matches!(member, "" | ".Task" | ".Task.Token" | "['Task']['Token" | ".Task['Token")
        })
    })
}

fn defect(machine: &MachineView<'_>, task: &Task, places: &[String], group: &Arn) -> Defect {
    let (name, state) = (machine.name(), &task.state);
    let log = group.resource().strip_prefix("log-group:").unwrap_or(group.resource());
    let message = format!(
        "State {state} of {name} hands its task token to {}, and the log group {log} keeps what is sent: whoever reads it \
         and may call states:SendTaskSuccess can complete the task while it waits, with an output of their choice, or fail it.",
        task.integration.name(),
    );
    let remediation = "Leave execution data out of the log, or log at level ERROR; and give states:SendTaskSuccess, \
                       SendTaskFailure and SendTaskHeartbeat to none but those who answer.";
    Defect::new(message, remediation)
        .at_state(state, &task.pointer)
        .evidence("argument", listed(places.iter().map(|place| if place.is_empty() { "*" } else { place.as_str() })))
        .evidence("log_group", log)
        .evidence("level", LogLevel::All.as_str())
        .change(Change::Command(command(machine, group)))
}

fn command(machine: &MachineView<'_>, group: &Arn) -> String {
    let destination: Value = json!({ "cloudWatchLogsLogGroup": { "logGroupArn": format!("{group}:*") } });
    let configuration = json!({ "level": "ALL", "includeExecutionData": false, "destinations": [destination] });
    format!(
        "aws stepfunctions update-state-machine --region {} --state-machine-arn {} --logging-configuration {}",
        machine.region.name(),
        shell_quote(machine.machine.arn.as_str()),
        shell_quote(&configuration.to_string()),
    )
}
