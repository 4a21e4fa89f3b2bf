use std::collections::BTreeMap;

use crate::asl::{Definition, Pattern, Problem, Sort, state_at};
use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, listed, shell_quote,
};
use crate::model::{MachineKind, PartName};
use crate::types::{Gap, GapReason, JsonPointer};

pub const CHECK: Check = Check {
    id: "definition-invalid",
    family: Family::Hygiene,
    title: "The definition breaks a rule of the Amazon States Language",
    severity: Severity::High,
    confidence: Confidence::Medium,
    reads: &[PartName::StateMachines],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html",
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html",
        "https://states-language.net/spec.html",
    ],
    page: include_str!("definition-invalid.md"),
    run,
};

/// Of one state, or of what stands in none, and of one sort.
type Groups = BTreeMap<(Option<JsonPointer>, bool), Vec<Problem>>;

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Vec<Outcome>, Gap> {
    let definition = machine.definition()?;
    let mut groups = Groups::new();
    let told = definition.problems.iter().cloned().chain(of_express(machine, definition));
    for problem in told.filter(|problem| matches!(problem.sort, Sort::Fault | Sort::Unknown)) {
        let state = state_at(&problem.pointer).map(|(_, at)| at);
        groups.entry((state, problem.sort == Sort::Unknown)).or_default().push(problem);
    }
    if !groups.is_empty() {
        let defect = |((_, unknown), problems): (&(_, bool), &Vec<Problem>)| defect(machine, *unknown, problems).into();
        return Ok(groups.iter().map(defect).collect());
    }
    match definition.problems.iter().find(|problem| problem.sort == Sort::Unfollowed) {
        Some(problem) => Err(Gap::new(GapReason::Unsupported, format!("the definition is {}", problem.message))
            .about(machine.machine.arn.as_str())),
        None => Ok(vec![Outcome::Compliant]),
    }
}

/// What an Express state machine cannot do, and Express children of a Distributed Map cannot.
fn of_express(machine: &MachineView<'_>, definition: &Definition) -> Vec<Problem> {
    let express = machine.machine.kind == MachineKind::Express;
    let fault = |pointer: &JsonPointer, message: &str| Problem {
        pointer: pointer.clone(),
        message: message.to_owned(),
        sort: Sort::Fault,
    };
    let waits = |pattern: Pattern| match pattern {
        Pattern::RequestResponse => None,
        Pattern::Sync | Pattern::Sync2 => Some("an Express workflow cannot wait for a job (.sync)"),
        Pattern::WaitForTaskToken => Some("an Express workflow cannot wait for a task token (.waitForTaskToken)"),
        Pattern::Activity => Some("an Express workflow cannot wait for an activity"),
    };
    let states = definition.states.iter().filter(|state| express || definition.is_in_express_child(&state.pointer));
    let waiting = states.filter_map(|state| Some(fault(&state.pointer.join("Resource"), waits(state.pattern()?)?)));
    let maps = definition.distributed_maps.iter().filter(|_| express);
    let told = maps.map(|map| fault(&map.pointer, "an Express workflow cannot run a Distributed Map"));
    waiting.chain(told).collect()
}

fn defect(machine: &MachineView<'_>, unknown: bool, problems: &[Problem]) -> Defect {
    let state = problems.first().and_then(|problem| state_at(&problem.pointer));
    let name = machine.name();
    let whose = match &state {
        Some((state, _)) => format!("State {state} of {name}"),
        None => format!("The definition of {name}"),
    };
    let base = state.as_ref().map_or("", |(_, at)| at.as_str());
    let said = |problem: &Problem| {
        let field = problem.pointer.as_str().strip_prefix(base).unwrap_or_default().trim_start_matches('/');
        match field {
            "" => problem.message.clone(),
            _ => format!("{field}: {}", problem.message),
        }
    };
    let told = problems.iter().map(said).collect::<Vec<_>>().join("; ");
    let told = told.trim_end_matches('.');
    let (message, remediation) = match unknown {
        false => (
            format!(
                "{whose} breaks the language: {told}. An update that AWS validates is refused, or an execution that gets \
                 there fails with States.Runtime, which no Retry or Catch of States.ALL takes."
            ),
            "Mend what is named, and let ValidateStateMachineDefinition say what AWS makes of it before the next update.",
        ),
        true => (
            format!(
                "{whose} holds what this version of the language's rules does not know: {told}. If it is misspelt, it does \
                 nothing, or the next update is refused."
            ),
            "Compare the spelling with AWS's page of the state's type; ValidateStateMachineDefinition says whether AWS \
             knows it.",
        ),
    };
    let mut defect = Defect::new(message, remediation)
        .evidence("places", listed(problems.iter().map(|problem| &problem.pointer)))
        .change(Change::Command(command(machine)))
        .told_apart_by(if unknown { "unknown" } else { "fault" });
    if unknown {
        defect = defect.severity(Severity::Low).confidence(Confidence::Low);
    }
    match &state {
        Some((state, at)) => defect.at_state(state, at),
        None => defect,
    }
}

fn command(machine: &MachineView<'_>) -> String {
    let (region, arn) = (machine.region.name(), shell_quote(machine.machine.arn.as_str()));
    let kind = match machine.machine.kind {
        MachineKind::Express => "EXPRESS",
        MachineKind::Standard | MachineKind::Unknown => "STANDARD",
    };
    format!(
        "aws stepfunctions describe-state-machine --region {region} --state-machine-arn {arn} --query definition --output \
         text > definition.json\naws stepfunctions validate-state-machine-definition --region {region} --type {kind} \
         --definition file://definition.json"
    )
}
