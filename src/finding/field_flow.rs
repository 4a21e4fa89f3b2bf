//! Fields of a definition that are sensitive by their names, and the tasks that hand them on.

use std::collections::BTreeMap;

use crate::asl::{Definition, Integration, Resolved, Task};
use crate::detect::{Kind, Named, field_kind};

/// Names that only may mean it are left out.
const PLAIN: u8 = 60;

/// One argument of a task that takes a field.
#[derive(Debug)]
pub struct FieldStep<'a> {
    pub task: &'a Task,
    /// The keys that lead to the argument.
    pub argument: Vec<String>,
    /// The path or expression that chooses it.
    pub from: &'a str,
}

/// The tasks that hand on fields of one kind.
#[derive(Debug)]
pub struct FieldFlow<'a> {
    pub kind: &'static Kind,
    /// Never empty; as the states come.
    pub steps: Vec<FieldStep<'a>>,
}

/// What a definition hands on in clear, by names alone.
#[derive(Debug, Default)]
pub struct FieldFlows<'a> {
    /// By kind.
    pub flows: Vec<FieldFlow<'a>>,
    /// Other fields go on as references or ciphertext.
    pub shielded: bool,
}

impl<'a> FieldFlows<'a> {
    pub fn of(definition: &'a Definition) -> Self {
        let states = definition.in_order();
        let tasks =
            states.iter().filter_map(|state| definition.tasks.iter().find(|task| task.pointer == state.pointer));
        let mut flows: BTreeMap<&'static str, FieldFlow<'a>> = BTreeMap::new();
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
                        let flow = flows.entry(kind.id).or_insert(FieldFlow { kind, steps: Vec::new() });
                        flow.steps.push(FieldStep { task, argument, from });
                    }
                    Some(Named::Shielded(_)) => shielded = true,
                    _ => {}
                }
            }
        }
        Self { flows: flows.into_values().collect(), shielded }
    }
}

impl FieldStep<'_> {
    /// The service, with the function, machine or address that it is asked for where that is written there.
    pub fn reached(&self) -> String {
        let task = self.task;
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
