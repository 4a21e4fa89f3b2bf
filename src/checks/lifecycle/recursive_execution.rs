use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::asl::{Bound, Given, QueryLanguage, Start};
use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Outlook, RegionView, Severity,
    Subject, View, shell_quote,
};
use crate::graph::{Cycle, Edge, How, Likelihood};
use crate::model::PartName;
use crate::types::Arn;

pub const CHECK: Check = Check {
    id: "recursive-execution",
    family: Family::Lifecycle,
    title: "Executions of a state machine start it again",
    severity: Severity::High,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::EventRules, PartName::Functions, PartName::Iam],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/tutorial-continue-new.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
    ],
    page: include_str!("recursive-execution.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    for region in view.regions() {
        judge(region, out);
    }
}

fn judge(region: &RegionView<'_>, out: &mut Evaluations) {
    let starts = region.starts();
    let list = region.snapshot.state_machines();
    if let Some(gap) = list.gap().or(starts.gap.as_ref()) {
        out.push(region.subject(), Outcome::InsufficientData(gap.clone()));
    }
    let mut circling = BTreeSet::new();
    for cycle in starts.graph.cycles() {
        let machines = cycle.machines();
        let Subject { account_id, region: name, .. } = region.subject();
        let subject = Subject {
            account_id,
            region: name,
            resource: machines[0].clone(),
            machines: machines.iter().map(|arn| (*arn).clone()).collect(),
        };
        circling.extend(machines);
        out.push(subject, defect(region, &cycle));
    }
    let outlooks = starts.outlooks();
    for machine in region.machines().filter(|machine| !circling.contains(&machine.machine.arn)) {
        match starts.graph.index(&machine.machine.arn).map(|index| &outlooks[index]) {
            Some(Outlook::Known) => out.push(machine.subject(), Outcome::Compliant),
            Some(Outlook::Unread(gap)) => out.push(machine.subject(), Outcome::InsufficientData(gap.clone())),
            Some(Outlook::Open) | None => {}
        }
    }
}

fn defect(region: &RegionView<'_>, cycle: &Cycle<'_, '_>) -> Defect {
    let machines = cycle.machines();
    let who = match machines.as_slice() {
        [one] => format!("Executions of {} start it again", one.name()),
        _ => format!("Executions of {} state machines start one another", machines.len()),
    };
    let message = format!("{who}: {}. {}{}", cycle.spelled(), bounded(cycle), doubt(cycle));
    let edge = cycle.edges.iter().find(|edge| matches!(edge.way().how, How::Task { .. })).unwrap_or(&cycle.edges[0]);
    let (remediation, change) = mend(region, edge, cycle);
    let mut defect = Defect::new(message, remediation)
        .severity(severity(cycle))
        .confidence(match cycle.likelihood() {
            Likelihood::Sure => Confidence::High,
            Likelihood::Likely => Confidence::Medium,
            Likelihood::May => Confidence::Low,
        })
        .evidence("cycle", cycle.spelled())
        .evidence("bound", if calls(cycle) { "not known" } else { cycle.bound().as_str() })
        .evidence("waits", if waits(cycle) { "each execution for the next" } else { "no" })
        .told_apart_by(cycle.key());
    match &cycle.edges[0].way().how {
        How::Task { start, .. } => defect = defect.at_state(&start.state, &start.pointer),
        How::Function { task, .. } => defect = defect.at_state(&task.state, &task.pointer),
        How::Rule { .. } => {}
    }
    defect.change = change;
    defect
}

/// What hangs on another's code or input is not told as loudly as what a definition says.
fn severity(cycle: &Cycle<'_, '_>) -> Severity {
    match (cycle.bound(), cycle.likelihood()) {
        (Bound::Counter, _) => Severity::Info,
        (_, Likelihood::May) => Severity::Low,
        (Bound::Choice | Bound::Catch, _) => Severity::Medium,
        (Bound::None, _) if calls(cycle) => Severity::Medium,
        (Bound::None, _) if waits(cycle) || multiplies(cycle) => Severity::Critical,
        (Bound::None, _) => Severity::High,
    }
}

/// A function is part of it, whose code nobody reads.
fn calls(cycle: &Cycle<'_, '_>) -> bool {
    cycle.edges.iter().any(|edge| matches!(edge.way().how, How::Function { .. }))
}

fn waits(cycle: &Cycle<'_, '_>) -> bool {
    cycle.edges.iter().all(|edge| edge.waits())
}

fn multiplies(cycle: &Cycle<'_, '_>) -> bool {
    cycle.edges.iter().any(|edge| edge.multiplies())
}

/// What bounds it, and what comes of that.
fn bounded(cycle: &Cycle<'_, '_>) -> String {
    let edge = cycle.bounded();
    let by = match &edge.way().how {
        How::Task { start, .. } => start.bounded_by.as_deref(),
        _ => None,
    };
    let mut told = match (cycle.bound(), by) {
        (Bound::Counter, Some(by)) => {
            return format!(
                "A number bounds it, which state {by} compares and each start changes or hands on; how far it may count is up \
                 to the input."
            );
        }
        (Bound::Choice, Some(by)) if edge.way().bound == Bound::Counter => {
            format!(
                "State {by} compares a number that its start changes, but not every start of the circle does: where another \
                 one sets it anew,"
            )
        }
        (Bound::Choice, Some(by)) => {
            format!(
                "State {by} decides whether it goes on, and no number of starts limits it: where that never says stop,"
            )
        }
        (Bound::Catch, Some(by)) => {
            format!("The next is started only after an error of state {by}: as long as it lasts,")
        }
        (Bound::Catch, None) => "The next is started only after a failure: as long as its cause lasts,".to_owned(),
        (Bound::None, _) if calls(cycle) => "Where the code does so,".to_owned(),
        (Bound::None, _) => "Nothing bounds it: unless one fails,".to_owned(),
        _ => "No number of starts limits it:".to_owned(),
    };
    told.push_str(match (waits(cycle), multiplies(cycle)) {
        (true, _) => {
            " each execution starts the next and waits for it, so that all stay open and use up the Region's open executions."
        }
        (false, true) => {
            " one execution can start several, so that their number grows with every round and throttles all other state \
             machines."
        }
        (false, false) => " each execution starts the next and ends, for ever.",
    });
    told
}

/// Why it may be none.
fn doubt(cycle: &Cycle<'_, '_>) -> String {
    let doubts = cycle.edges.iter().filter(|edge| edge.way().likelihood < Likelihood::Sure).map(|edge| {
        let to = cycle.machines().iter().zip(&cycle.edges).find(|(_, next)| next.from == edge.to).map(|(arn, _)| arn.name());
        let to = to.unwrap_or_default();
        match &edge.way().how {
            How::Task { start, chosen: true, .. } => {
                format!(" What state {} starts is chosen at run time; the role may start {to}.", start.state)
            }
            How::Task { qualifier, .. } => {
                let qualifier = qualifier.as_deref().unwrap_or_default();
                format!(" It is started as {to}:{qualifier}, whose definition may differ from the current one, which was read.")
            }
            How::Rule { name, .. } => {
                format!(" The rule {name} asks for more than a state machine and a status, which not every execution may have.")
            }
            How::Function { function, .. } => {
                format!(" The role of function {} may start {to}; whether its code does is not seen.", function.name())
            }
        }
    });
    doubts.collect()
}

/// What ends the circle at one of its edges.
fn mend(region: &RegionView<'_>, edge: &Edge<'_>, cycle: &Cycle<'_, '_>) -> (String, Option<Change>) {
    let at = cycle.machines()[cycle.edges.iter().position(|one| std::ptr::eq(*one, edge)).unwrap_or(0)];
    match &edge.way().how {
        How::Task { .. } if cycle.bound() == Bound::Counter => {
            let remediation = format!(
                "Nothing, where it is meant so; let the first state of {} refuse an input that counts further than any run \
                 needs.",
                at.name()
            );
            (remediation, None)
        }
        How::Task { start, .. } => (
            format!(
                "In {}, lead what comes to {} to the Choice instead, so that every start hands on one less, and give the \
                 first execution the number of starts that a run needs beside what else it is given. Where it is not meant to go round, take \
                 the state out.",
                at.name(),
                start.state
            ),
            counted(region, at, start).map(Change::Definition),
        ),
        How::Rule { name, target, .. } => {
            let remediation = format!(
                "Take the target off rule {name}, or let its pattern leave out what the target itself causes: with \
                 anything-but on detail.stateMachineArn."
            );
            let command = format!(
                "aws events remove-targets --region {} --rule {} --ids {}",
                region.name(),
                shell_quote(name),
                shell_quote(target.id.get())
            );
            (remediation, Some(Change::Command(command)))
        }
        How::Function { function, role, .. } => {
            let to = cycle.edges.iter().position(|next| next.from == edge.to).map_or(at, |next| cycle.machines()[next]);
            let remediation = format!(
                "Where {} has no business to start {}, deny its role {} that, with a statement like this one.",
                function.name(),
                to.name(),
                role.name()
            );
            let statement = json!({"Effect": "Deny", "Action": ["states:StartExecution", "states:StartSyncExecution"],
                "Resource": to.as_str()});
            (remediation, Some(Change::Policy(statement)))
        }
    }
}

/// A Choice before the start, and what the start is given with one less, to be merged into the definition. Both read what
/// the execution itself was given, which no state before them replaces.
fn counted(region: &RegionView<'_>, machine: &Arn, start: &Start) -> Option<Value> {
    let named = |view: &MachineView<'_>| view.machine.arn == *machine;
    let machine = region.machines().find(named)?;
    let state = machine.definition().ok()?.states.iter().find(|state| state.pointer == start.pointer)?;
    let (rule, given) = match state.query_language {
        QueryLanguage::JsonPath => {
            let less = "States.MathAdd($$.Execution.Input.starts_left, -1)";
            let input = match &start.given {
                Given::Nothing | Given::Fields => json!({"Input": {"starts_left.$": less}}),
                Given::Path(path) => {
                    let field = format!(r#"States.Format('\{{"starts_left":{{}}\}}', {less})"#);
                    json!({"Input.$": format!("States.JsonMerge({path}, States.StringToJson({field}), false)")})
                }
                Given::Other => return None,
            };
            let variable = "$$.Execution.Input.starts_left";
            (json!({"Variable": variable, "NumericGreaterThan": 0, "Next": start.state}), json!({"Parameters": input}))
        }
        QueryLanguage::Jsonata => {
            let left = "$states.context.Execution.Input.starts_left";
            let input = match &start.given {
                Given::Nothing | Given::Fields => json!({"starts_left": format!("{{% {left} - 1 %}}")}),
                Given::Path(path) => json!(format!("{{% $merge([{path}, {{'starts_left': {left} - 1}}]) %}}")),
                Given::Other => return None,
            };
            let condition = format!("{{% {left} > 0 %}}");
            (json!({"Condition": condition, "Next": start.state}), json!({"Arguments": {"Input": input}}))
        }
    };
    Some(json!({
        "Starts left?": {"Type": "Choice", "Choices": [rule], "Default": "No more starts"},
        "No more starts": {"Type": "Succeed"},
        start.state.as_str(): given,
    }))
}
