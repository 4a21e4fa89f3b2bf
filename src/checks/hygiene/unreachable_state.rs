use crate::asl::{Dead, EdgeKind, Unreached};
use crate::finding::{Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, listed};
use crate::model::PartName;
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "unreachable-state",
    family: Family::Hygiene,
    title: "No execution comes to a state",
    severity: Severity::Low,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html",
    ],
    page: include_str!("unreachable-state.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Vec<Outcome>, Gap> {
    let definition = machine.definition()?;
    let unreached = definition.unreached();
    let mut outcomes: Vec<Outcome> = unreached.iter().map(|one| defect(machine, one).into()).collect();
    if outcomes.is_empty() {
        outcomes.push(Outcome::Compliant);
    }
    Ok(outcomes)
}

fn defect(machine: &MachineView<'_>, one: &Unreached<'_>) -> Defect {
    let name = machine.name();
    let (first, rest) = (one.states[0], &one.states[1..]);
    let behind = match rest.is_empty() {
        true => String::new(),
        false => format!(", nor to {} behind it", listed(rest.iter().map(|state| &state.name))),
    };
    let why = match one.dead.as_slice() {
        [] => "no StartAt, Next, Default, rule or catcher leads there".to_owned(),
        dead => listed(dead.iter().map(way)),
    };
    let message = format!(
        "No execution of {name} comes to state {}{behind}: {why}. What it was written for does not happen, and whoever reads \
         the graph believes that it does.",
        first.name,
    );
    let remediation = match one.dead.first() {
        None => format!("Lead to {} from the state that was meant to, or take it out of the definition.", first.name),
        Some(dead) => format!(
            "In {}, put the {} that leads to {} before the one that takes everything, or take both out.",
            dead.from.name,
            if dead.kind == EdgeKind::Catch { "catcher" } else { "rule" },
            first.name,
        ),
    };
    Defect::new(message, remediation)
        .at_state(&first.name, &first.pointer)
        .confidence(if one.dead.is_empty() { Confidence::High } else { Confidence::Medium })
        .evidence("states", listed(one.states.iter().map(|state| &state.name)))
        .evidence("led to by", if one.dead.is_empty() { "nothing".to_owned() } else { why })
}

fn way(dead: &Dead<'_>) -> String {
    let from = &dead.from.name;
    match dead.kind {
        EdgeKind::Catch => format!("earlier catchers of {from} take every error of the one that leads there"),
        EdgeKind::Default => format!("the rules of {from} leave nothing to its default"),
        EdgeKind::Choice | EdgeKind::Next => {
            format!("the rule of {from} that leads there holds never, or never before another")
        }
    }
}
