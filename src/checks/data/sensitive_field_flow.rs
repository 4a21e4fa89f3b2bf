use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::asl::{Definition, Integration, QueryLanguage, Resolved, Task};
use crate::detect::{Kind, Named, field_kind};
use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, about_data, listed,
};
use crate::model::{LogLevel, MachineKind, PartName};
use crate::types::{Data, Gap};

pub const CHECK: Check = Check {
    id: "sensitive-field-flow",
    family: Family::Data,
    title: "A field that is sensitive by its name is handed on in clear",
    severity: Severity::Low,
    confidence: Confidence::Medium,
    reads: &[PartName::StateMachines],
    yields_to: &["pii-in-execution-data", "secret-in-execution-data"],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-input-output-filtering.html",
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html",
    ],
    page: include_str!("sensitive-field-flow.md"),
    run,
};

/// Names that only may mean it are left out.
const PLAIN: u8 = 60;

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

/// One argument of a task that takes a field.
struct Step<'a> {
    task: &'a Task,
    argument: Vec<String>,
    from: &'a str,
}

fn judge(machine: &MachineView<'_>) -> Result<Vec<Outcome>, Gap> {
    let definition = machine.definition()?;
    let states = definition.in_order();
    let tasks = states.iter().filter_map(|state| definition.tasks.iter().find(|task| task.pointer == state.pointer));
    let mut flows: BTreeMap<&'static str, (&'static Kind, Vec<Step<'_>>)> = BTreeMap::new();
    let mut shielded = false;
    for task in tasks {
        if encrypts(task) {
            shielded = true;
            continue;
        }
        let mut leaves = Vec::new();
        collect(&mut Vec::new(), &task.arguments, &mut leaves);
        for (argument, from) in leaves {
            match named(&argument, from) {
                Some(Named::Sensitive(kind, sure)) if sure >= PLAIN => {
                    let (_, steps) = flows.entry(kind.id).or_insert((kind, Vec::new()));
                    steps.push(Step { task, argument, from });
                }
                Some(Named::Shielded(_)) => shielded = true,
                _ => {}
            }
        }
    }
    if flows.is_empty() {
        return Ok(vec![Outcome::Compliant]);
    }
    Ok(flows.values().map(|(kind, steps)| defect(machine, definition, kind, steps, shielded).into()).collect())
}

/// It turns what it is given into ciphertext.
fn encrypts(task: &Task) -> bool {
    ["encrypt", "reEncrypt", "generateMac"].iter().any(|call| task.integration.is_sdk_call("kms", call))
}

/// What is chosen at run time, by the keys of the argument and the path or expression that chooses it.
fn collect<'a>(at: &mut Vec<String>, value: &'a Resolved, leaves: &mut Vec<(Vec<String>, &'a str)>) {
    match value {
        Resolved::Object(map) => {
            for (key, value) in map {
                at.push(key.clone());
                collect(at, value, leaves);
                at.pop();
            }
        }
        Resolved::Array(items) => items.iter().for_each(|item| collect(at, item, leaves)),
        Resolved::Runtime { from, .. } => leaves.push((at.clone(), from)),
        Resolved::Static(_) | Resolved::Constant { .. } | Resolved::Context { .. } => {}
    }
}

/// What the field is, by the name that it is taken by, or else by the one that it is given.
fn named(argument: &[String], from: &str) -> Option<Named> {
    if from.contains("States.Hash(") || from.contains("$hash(") {
        return None;
    }
    let mut sources = paths(from).into_iter().map(|path| field_kind(&path)).collect::<Vec<_>>();
    sources.sort_by_key(|named| match named {
        Some(Named::Sensitive(_, sure)) => 100 - *sure,
        Some(Named::Shielded(_)) => 101,
        None => 102,
    });
    // DynamoDB's types say nothing.
    let keys: Vec<&str> =
        argument.iter().map(String::as_str).filter(|key| !matches!(*key, "S" | "N" | "B" | "Value")).collect();
    let plain = paths(from).len() == 1;
    sources.into_iter().next().flatten().or_else(|| field_kind(&keys).filter(|_| plain))
}

/// The paths in an expression, by their keys, without what they start from. What the context object says of the execution is
/// left out.
fn paths(expression: &str) -> Vec<Vec<&str>> {
    let of_path = |c: char| c.is_alphanumeric() || "$._-[]'".contains(c);
    let found = expression.split(|c: char| !of_path(c)).filter(|path| path.starts_with('$'));
    found
        .filter_map(|path| {
            let within = [
                "$$.Execution.Input",
                "$$.Map.Item.Value",
                "$states.context.Execution.Input",
                "$states.context.Map.Item.Value",
                "$states.input",
                "$states.result",
            ];
            let rest = within.iter().find_map(|root| path.strip_prefix(root));
            let rest = match rest {
                Some(rest) => rest,
                None if path.starts_with("$$") || path.starts_with("$states") => return None,
                None => path.trim_start_matches('$'),
            };
            let keys: Vec<_> = rest
                .split(['.', '[', ']', '\''])
                .filter(|key| !key.is_empty() && !key.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-'))
                .collect();
            (!keys.is_empty()).then_some(keys)
        })
        .collect()
}

fn defect(
    machine: &MachineView<'_>,
    definition: &Definition,
    kind: &Kind,
    steps: &[Step<'_>],
    shielded: bool,
) -> Defect {
    let (name, first) = (machine.name(), &steps[0]);
    let way = listed(steps.iter().map(told));
    let protection = if shielded {
        "Other fields of the definition go on as references or ciphertext, these do not."
    } else {
        "Nothing on the way encrypts or tokenises it."
    };
    let message = format!(
        "By its name, {name} hands a field of type {} on in clear: {way}. {protection} {}",
        kind.id,
        copies(machine),
    );
    let remediation = "Keep the data in a store, pass the key by which it is found there, and let each service that needs it \
                       read it itself; or encrypt it where it enters, and let only what needs it decrypt it.";
    let mut services: Vec<_> = steps.iter().map(|step| reached(step.task)).collect();
    services.dedup();
    let severity = if kind.data == Data::Pii { Severity::Low } else { Severity::Medium };
    let mut defect = Defect::new(message, remediation)
        .severity(severity)
        .at_state(&first.task.state, &first.task.pointer)
        .evidence("type", kind.id)
        .evidence("from", first.from)
        .evidence("services", listed(services))
        .about([about_data(&machine.machine.arn, kind.id)])
        .told_apart_by(kind.id);
    defect.change = change(definition, first);
    defect
}

fn told(step: &Step<'_>) -> String {
    format!("state {} takes {} to {}", step.task.state, step.from, reached(step.task))
}

/// The service, with the function, machine or address that it is asked for where that is written there.
fn reached(task: &Task) -> String {
    let target = ["FunctionName", "StateMachineArn", "QueueUrl", "TopicArn", "TableName", "ApiEndpoint"];
    let named = target.iter().find_map(|field| task.arguments.member(field)?.text().map(str::to_owned));
    let last = |text: &str| text.rsplit([':', '/']).next().unwrap_or(text).to_owned();
    match (&task.integration, named) {
        (Integration::LambdaFunction { arn }, _) => format!("lambda {}", last(arn)),
        (Integration::Activity { arn }, _) => format!("activity {}", last(arn)),
        (Integration::Http, Some(endpoint)) => endpoint,
        (Integration::Optimised { service, .. }, Some(name)) if service == "lambda" => format!("lambda {name}"),
        (integration, Some(name)) => format!("{} {}", integration.name(), last(&name)),
        (integration, None) => integration.name(),
    }
}

fn copies(machine: &MachineView<'_>) -> String {
    let logging = machine.details().ok().map(|details| &details.logging);
    let logged = logging.is_some_and(|logging| logging.level == LogLevel::All && logging.include_execution_data);
    match (machine.machine.kind == MachineKind::Standard, logged) {
        (true, false) => "The execution history keeps what each of them is sent.",
        (true, true) => "The execution history and the log keep what each of them is sent.",
        (false, true) => "The log keeps what each of them is sent.",
        (false, false) => "Each of them may keep what it is sent.",
    }
    .to_owned()
}

/// The argument, by a reference instead; none where it is not one path that is handed on.
fn change(definition: &Definition, step: &Step<'_>) -> Option<Change> {
    let state = definition.states.iter().find(|state| state.pointer == step.task.pointer)?;
    let path = |c: char| c.is_alphanumeric() || "$._".contains(c);
    let (last, above) = step.argument.split_last()?;
    if !step.from.chars().all(path) {
        return None;
    }
    let (field, key, value) = match state.query_language {
        QueryLanguage::JsonPath => ("Parameters", format!("{last}Id.$"), format!("{}Id", step.from)),
        QueryLanguage::Jsonata => ("Arguments", format!("{last}Id"), format!("{{% {}Id %}}", step.from)),
    };
    let inner: Value = above.iter().rev().fold(json!({ key: value }), |inner, key| json!({ key: inner }));
    Some(Change::Definition(json!({ &state.name: { field: inner } })))
}
