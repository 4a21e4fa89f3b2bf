use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, about_payloads,
    digits, moment, shell_quote,
};
use crate::model::{DataField, Largest, MachineKind, PartName, Quota};
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "payload-near-limit",
    family: Family::Quota,
    title: "A payload is near the largest that AWS passes on",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Executions],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html",
    ],
    page: include_str!("payload-near-limit.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, |machine| judge(view, machine));
}

fn judge(view: &View<'_>, machine: &MachineView<'_>) -> Result<Vec<Outcome>, Gap> {
    let thresholds = view.settings.thresholds(CHECK.id);
    let Some((largest, unread)) = machine.largest_payloads()? else { return Ok(Vec::new()) };
    let near =
        largest.iter().map(|payload| (ratio(payload), payload)).filter(|(ratio, _)| *ratio >= thresholds.warning);
    let critical = |ratio: f64| if ratio >= thresholds.critical { Severity::Critical } else { Severity::Medium };
    let near: Vec<Outcome> =
        near.map(|(ratio, payload)| defect(machine, payload, ratio).severity(critical(ratio)).into()).collect();
    match unread {
        Some(gap) if near.is_empty() => Err(gap),
        _ if near.is_empty() => Ok(vec![Outcome::Compliant]),
        _ => Ok(near),
    }
}

#[allow(clippy::cast_precision_loss, reason = "a payload has at most some million bytes")]
fn ratio(payload: &Largest) -> f64 {
    payload.bytes as f64 / Quota::PayloadBytes.documented()
}

fn defect(machine: &MachineView<'_>, payload: &Largest, ratio: f64) -> Defect {
    let Largest { place, bytes, at } = payload;
    let what = match (place.field, &place.state) {
        (DataField::Input, None) => "the input of an execution".to_owned(),
        (DataField::Output, None) => "the output of an execution".to_owned(),
        (field, None) => format!("the {} of an execution", field.as_str()),
        (field, Some(state)) => format!("the {} of the state {state}", field.as_str()),
    };
    let limit = digits(Quota::PayloadBytes.documented());
    let message = format!(
        "In {}, {what} had {bytes} of {limit} bytes ({:.0} %). A little more, and the execution fails with \
         States.DataLimitExceeded, which no Retry mends.",
        machine.name(),
        ratio * 100.0,
    );
    let remediation = "Put the data into an object in S3 and pass its key; take what later states need with ResultSelector, \
                       OutputPath or Output; give lists to a Distributed Map with an ItemReader and a ResultWriter.";
    let mut defect = Defect::new(message, remediation)
        .evidence("bytes", bytes.to_string())
        .evidence("limit", limit)
        .evidence("ratio", format!("{ratio:.3}"))
        .evidence("place", what)
        .evidence("seen", moment(*at))
        .told_apart_by(place.field.as_str())
        .about([about_payloads(&machine.machine.arn)]);
    if let Some(name) = &place.state {
        let definition = machine.definition().ok();
        let state = definition.and_then(|definition| definition.states.iter().find(|state| state.name == *name));
        match state {
            Some(state) => defect = defect.at_state(&state.name, &state.pointer),
            None => defect.location.state = Some(name.clone()),
        }
    }
    if machine.machine.kind == MachineKind::Express {
        return defect;
    }
    let command = format!(
        "aws stepfunctions list-executions --region {} --state-machine-arn {} --max-items 10",
        machine.region.name(),
        shell_quote(machine.machine.arn.as_str()),
    );
    defect.change(Change::Command(command))
}
