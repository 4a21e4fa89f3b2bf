use crate::exposure::{Carried, Harm, PLAUSIBLE, by_kind, told};
use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, shell_quote,
};
use crate::model::{DataField, MachineKind, PartName, Sighting};
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "pii-in-execution-name",
    family: Family::Data,
    title: "Names of executions hold personal data",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Executions],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html",
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cloud-trail.html",
    ],
    page: include_str!("pii-in-execution-name.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Option<Outcome>, Gap> {
    let Some(seen) = machine.sightings(|seen: &Sighting| seen.place.field == DataField::Name)? else {
        return Ok(None);
    };
    let plausible = by_kind(seen.iter().copied().filter(|seen| seen.seen.confidence >= PLAUSIBLE));
    let carried = if plausible.is_empty() { by_kind(seen) } else { plausible };
    Ok(Some(if carried.is_empty() { Outcome::Compliant } else { defect(machine, &carried).into() }))
}

fn defect(machine: &MachineView<'_>, carried: &[Carried]) -> Defect {
    let sample = machine.sample();
    let share = sample.as_ref().map(|sample| told::share(carried, sample)).unwrap_or_default();
    let surest = carried.iter().map(|one| one.confidence).max().unwrap_or_default();
    let verb = if surest < PLAUSIBLE { "may hold" } else { "hold" };
    let (worst, last) = (carried[0].harm, carried.iter().map(|one| one.last).max().unwrap_or_default());
    let (seen_by, call) = match machine.machine.kind {
        MachineKind::Express => ("every event in the log repeats it in the execution's ARN", None),
        _ => (
            "everybody who may list executions reads it, and CloudTrail, status events and log events repeat it in the \
             execution's ARN",
            Some("states:ListExecutions"),
        ),
    };
    let name = machine.name();
    let message = format!(
        "Names of executions of {name} {verb} {} ({}), {share}, the last one started {}. A name is neither encrypted under \
         a key of yours nor masked: {seen_by}.",
        worst.what(),
        told::kinds(carried),
        last.strftime("%Y-%m-%dT%H:%M:%SZ"),
    );
    let remediation = "Start executions under a name that says nothing, such as a UUID or a keyed hash of the order, and keep \
                       the person's data out of it; names that were given cannot be changed.";
    let severity = match worst {
        _ if surest < PLAUSIBLE => Severity::Info,
        Harm::Indirect => Severity::Low,
        worst => Severity::of_harm(worst),
    };
    let mut defect = Defect::new(message, remediation)
        .severity(severity)
        .confidence(Confidence::of(surest))
        .evidence("started", last.to_string())
        .of_data(carried, sample.as_ref(), None);
    if let Some(call) = call {
        // It shows the name to whoever runs it; the finding itself does not.
        let query = format!("executions[?contains(to_string(startDate), '{}')]", last.strftime("%Y-%m-%dT%H:%M:%S"));
        let command = format!(
            "TZ=UTC aws stepfunctions list-executions --region {} --state-machine-arn {} --query {}",
            machine.region.name(),
            shell_quote(machine.machine.arn.as_str()),
            shell_quote(&query),
        );
        defect = defect.evidence("listed_by", call).change(Change::Command(command));
    }
    defect
}
