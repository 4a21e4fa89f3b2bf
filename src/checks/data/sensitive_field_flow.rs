use serde_json::{Value, json};

use crate::asl::{Definition, QueryLanguage};
use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, FieldFlow, FieldFlows, FieldStep, MachineView, Outcome,
    Severity, View, about_data, listed,
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

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Vec<Outcome>, Gap> {
    let definition = machine.definition()?;
    let FieldFlows { flows, shielded } = FieldFlows::of(definition);
    if flows.is_empty() {
        return Ok(vec![Outcome::Compliant]);
    }
    Ok(flows.iter().map(|flow| defect(machine, definition, flow, shielded).into()).collect())
}

fn defect(machine: &MachineView<'_>, definition: &Definition, flow: &FieldFlow<'_>, shielded: bool) -> Defect {
    let FieldFlow { kind, steps } = flow;
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
    let mut services: Vec<_> = steps.iter().map(FieldStep::reached).collect();
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

fn told(step: &FieldStep<'_>) -> String {
    format!("state {} takes {} to {}", step.task.state, step.from, step.reached())
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
fn change(definition: &Definition, step: &FieldStep<'_>) -> Option<Change> {
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
