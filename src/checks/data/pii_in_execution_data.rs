use crate::exposure::{Carried, Exposure, Harm, PLAUSIBLE, by_kind, told};
use crate::finding::{
    AccountView, Check, Confidence, Defect, EXPOSURE_PARTS, Evaluations, Family, MachineView, Outcome, Severity, View,
    about_data,
};
use crate::model::{DataField, Sighting};
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "pii-in-execution-data",
    family: Family::Data,
    title: "Executions carry personal data in plain text",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: EXPOSURE_PARTS,
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/data-protection.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html",
    ],
    page: include_str!("pii-in-execution-data.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine_of_account(out, judge);
}

/// One finding for each harm that the data does: its types are mended together, and a machine that carries name, e-mail,
/// telephone and address has one defect, not four.
fn judge(account: &AccountView<'_>, machine: &MachineView<'_>) -> Result<Vec<Outcome>, Gap> {
    let personal = |seen: &Sighting| seen.place.field != DataField::Name && harm(seen) != Harm::Secret;
    let Some(seen) = machine.sightings(personal)? else { return Ok(Vec::new()) };
    if seen.is_empty() {
        return Ok(vec![Outcome::Compliant]);
    }
    let exposure = account.exposure(machine);
    let mut outcomes = Vec::new();
    for harm_done in Harm::ALL {
        let of_it = || seen.iter().copied().filter(|seen| harm(seen) == harm_done);
        let plausible = by_kind(of_it().filter(|seen| seen.seen.confidence >= PLAUSIBLE));
        let doubtful = by_kind(of_it());
        let carried = if plausible.is_empty() { doubtful } else { plausible };
        if !carried.is_empty() {
            outcomes.push(defect(machine, harm_done, &carried, exposure.as_ref()).into());
        }
    }
    Ok(outcomes)
}

fn harm(seen: &Sighting) -> Harm {
    Harm::of(&seen.seen.kind, seen.seen.data)
}

fn defect(machine: &MachineView<'_>, harm: Harm, carried: &[Carried], exposure: Option<&Exposure>) -> Defect {
    let sample = machine.sample();
    let share = sample.as_ref().map(|sample| told::share(carried, sample)).unwrap_or_default();
    let surest = carried.iter().map(|one| one.confidence).max().unwrap_or_default();
    let name = machine.name();
    let (kinds, spots) = (told::kinds(carried), told::spots(carried));
    let verb = if surest < PLAUSIBLE { "may carry" } else { "carries" };
    let message = format!(
        "{name} {verb} {} ({kinds}) in plain text in {spots}, {share}.{}",
        harm.what(),
        exposure.map(|exposure| exposure.stays(carried)).unwrap_or_default()
    );
    let remediation = "Keep the data in a store of its own and pass a reference that only the task which needs it \
                       resolves; or encrypt it between the steps that need it; until then keep copies few, short-lived \
                       and under a key of your own.";
    // What only may be so is told, and weighs nothing.
    let severity = if surest < PLAUSIBLE { Severity::Info } else { Severity::of_harm(harm) };
    let mut defect = Defect::new(message, remediation)
        .severity(severity)
        .confidence(Confidence::of(surest))
        .told_apart_by(harm.as_str())
        .about(
            carried
                .iter()
                .filter(|one| one.confidence >= PLAUSIBLE)
                .map(|one| about_data(&machine.machine.arn, &one.kind)),
        )
        .of_data(carried, sample.as_ref(), exposure);
    if let Some(first) = carried.first().and_then(|one| one.places.first()) {
        defect.location.state.clone_from(&first.place.state);
        defect.location.pointer = Some(first.seen.pointer.clone());
    }
    match machine.narrowing() {
        Some(change) => defect.change(change),
        None => defect,
    }
}
