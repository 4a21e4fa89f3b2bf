use std::collections::BTreeSet;

use serde_json::json;

use crate::asl::{Decision, Definition, Otherwise, state_at};
use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, listed,
};
use crate::model::PartName;
use crate::types::{Gap, JsonPointer};

pub const CHECK: Check = Check {
    id: "choice-without-default",
    family: Family::Lifecycle,
    title: "A Choice fails where none of its rules holds",
    severity: Severity::Low,
    confidence: Confidence::Medium,
    reads: &[PartName::StateMachines],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html",
    ],
    page: include_str!("choice-without-default.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Vec<Outcome>, Gap> {
    let definition = machine.definition()?;
    if !definition.states.iter().any(|state| state.kind == "Choice") {
        return Ok(Vec::new());
    }
    let open = |one: &&Decision| matches!(one.otherwise, Otherwise::Fails | Otherwise::Unfollowed);
    let open = definition.decisions.iter().filter(open);
    let mut outcomes: Vec<Outcome> = open.map(|one| defect(machine, definition, one).into()).collect();
    if outcomes.is_empty() {
        outcomes.push(Outcome::Compliant);
    }
    Ok(outcomes)
}

fn defect(machine: &MachineView<'_>, definition: &Definition, one: &Decision) -> Defect {
    let name = machine.name();
    let (then, severity) = match caught(definition, &one.pointer) {
        Some(state) => (
            format!("the whole of {state} around it fails, and its catcher sees nothing but the error's name"),
            Severity::Info,
        ),
        None => ("the execution fails there, and what was done before stays as it is".to_owned(), Severity::Low),
    };
    let message = format!(
        "Choice {} of {name} has no Default, and its rules do not cover every value: with one that fits none \
         (States.NoChoiceMatched) {then}.",
        one.state,
    );
    let remediation = "Give it a Default that leads where the unexpected is handled: a Fail state with an Error and a Cause of \
                       its own, or the step that tells somebody.";
    let confidence = if one.otherwise == Otherwise::Unfollowed { Confidence::Low } else { Confidence::Medium };
    Defect::new(message, remediation)
        .severity(severity)
        .confidence(confidence)
        .at_state(&one.state, &one.pointer)
        .evidence("leads to", listed(ways(definition, one)))
        .change(Change::Definition(json!({
            &one.state: { "Default": "Unexpected" },
            "Unexpected": { "Type": "Fail", "Error": "UnexpectedValue", "Cause": format!("No rule of {} fits", one.state) },
        })))
}

/// The states that its rules name.
fn ways<'a>(definition: &'a Definition, one: &Decision) -> BTreeSet<&'a str> {
    let state = definition.states.iter().find(|state| state.pointer == one.pointer);
    state.into_iter().flat_map(|state| &state.edges).map(|edge| edge.to.as_str()).collect()
}

/// The innermost Map or Parallel around it that catches the error.
fn caught<'a>(definition: &'a Definition, pointer: &JsonPointer) -> Option<&'a str> {
    let mut at = pointer.clone();
    while let Some((parent, _)) = at.as_str().rsplit_once("/States/") {
        let (_, outer) = state_at(&JsonPointer::written(parent))?;
        let state = definition.states.iter().find(|state| state.pointer == outer)?;
        let all = |error: &String| matches!(error.as_str(), "States.ALL" | "States.NoChoiceMatched");
        if state.catch.iter().any(|catcher| catcher.errors.iter().any(all)) {
            return Some(&state.name);
        }
        at = outer;
    }
    None
}
