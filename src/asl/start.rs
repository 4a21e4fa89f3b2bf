//! The executions that a definition starts, of which machine, and what bounds a chain of them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::abs::Abs;
use super::bound::{self, Bound};
use super::evaluate::Own;
use super::facts;
use super::flow::Flow;
use super::handed::{Given, Handed};
use super::machine::Machine;
use super::{Pattern, Resolved, Task};
use crate::types::JsonPointer;

/// A state that starts executions of a state machine. The children of a Distributed Map are none of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    pub state: String,
    pub pointer: JsonPointer,
    /// The state machine's ARN.
    pub target: Resolved,
    /// What is known of a target that is no constant: an ARN with `<partition>`, `<region>`, `<account>` and `<name>` for
    /// those of the machine itself, which the context object tells, and `*` for what is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// The execution stays open until the one that it starts has ended, or has answered.
    pub waits: bool,
    /// It is in a Map: one execution may start many.
    pub in_map: bool,
    pub bound: Bound,
    /// The state that bounds it: a Choice, a Map that may have no items, or what fails first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounded_by: Option<String>,
    /// The names of the numbers that are compared before it, and that it hands on changed.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub counts: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "Handed::is_nothing")]
    pub handed: Handed,
    #[serde(default)]
    pub given: Given,
}

/// The starts among `tasks`. Where a target is no constant, the machine is followed once more with the context object
/// spelled out.
pub(super) fn starts(machine: &Machine<'_>, tasks: &[(usize, Task)]) -> Vec<Start> {
    let starting = tasks.iter().filter(|(_, task)| task.starts_a_machine());
    let (mut spelled, mut ways) = (None, None);
    starting
        .map(|(index, task)| {
            let nothing = || Resolved::Runtime { from: "nothing".to_owned(), pattern: None };
            let target = task.arguments.member("StateMachineArn").unwrap_or_else(nothing);
            let form = match target.value() {
                Some(_) => None,
                None => form(spelled.get_or_insert_with(|| Flow::of(machine, Own::Spelled)), machine, *index),
            };
            let bounded = bound::of(machine, ways.get_or_insert_with(|| bound::ways(machine)), *index);
            Start {
                state: task.state.clone(),
                pointer: task.pointer.clone(),
                target,
                form,
                waits: waits(task),
                in_map: bounded.in_map,
                bound: bounded.bound,
                bounded_by: bounded.by.map(str::to_owned),
                counts: bounded.counts,
                handed: Handed::of(machine, *index),
                given: if sdk(task) { Given::Other } else { Given::of(&machine.nodes[*index]) },
            }
        })
        .collect()
}

fn form(flow: &Flow, machine: &Machine<'_>, index: usize) -> Option<String> {
    let (language, arguments) = facts::arguments(&machine.nodes[index])?;
    let sight = flow.before(machine, index);
    let target = Resolved::of(arguments, language, &sight, |_| true).member("StateMachineArn")?;
    match target {
        Resolved::Runtime { pattern, .. } => pattern,
        target => target.text().map(str::to_owned),
    }
}

/// Its input is a text, whatever the text says.
fn sdk(task: &Task) -> bool {
    ["startExecution", "startSyncExecution"].iter().any(|call| task.integration.is_sdk_call("sfn", call))
}

fn waits(task: &Task) -> bool {
    let answers = task.integration.is_sdk_call("sfn", "startSyncExecution");
    answers || matches!(task.pattern, Pattern::Sync | Pattern::Sync2 | Pattern::WaitForTaskToken)
}

/// A member of the context object in the notation of [`Start::form`].
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html>.
pub(super) fn spelled(path: &str) -> Abs {
    let text = match path {
        "StateMachine.Id" => "arn:<partition>:states:<region>:<account>:stateMachine:<name>",
        "StateMachine.Name" => "<name>",
        "Execution.Id" => "arn:<partition>:states:<region>:<account>:execution:<name>:<execution>",
        _ => return Abs::Unknown,
    };
    Abs::Const(std::sync::Arc::new(text.into()))
}
