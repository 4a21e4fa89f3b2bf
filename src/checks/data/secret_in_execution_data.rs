use crate::exposure::{Carried, Exposure, PLAUSIBLE, by_kind, told};
use crate::finding::{
    AccountView, Check, Confidence, Defect, EXPOSURE_PARTS, Evaluations, Family, MachineView, Outcome, Severity, View,
    about_data,
};
use crate::model::{DataField, Sighting};
use crate::types::{Data, Gap};

pub const CHECK: Check = Check {
    id: "secret-in-execution-data",
    family: Family::Data,
    title: "Executions carry a secret in plain text",
    severity: Severity::High,
    confidence: Confidence::High,
    reads: EXPOSURE_PARTS,
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/data-protection.html",
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
    ],
    page: include_str!("secret-in-execution-data.md"),
    run,
};

/// Types that open something for as long as nobody revokes them.
const LASTING: [&str; 13] = [
    "AWS_SECRET_KEY",
    "CONNECTION_STRING",
    "GITHUB_TOKEN",
    "GITLAB_TOKEN",
    "GOOGLE_API_KEY",
    "LLM_API_KEY",
    "NPM_TOKEN",
    "PRIVATE_KEY",
    "PYPI_TOKEN",
    "SENDGRID_KEY",
    "SLACK_TOKEN",
    "SLACK_WEBHOOK",
    "STRIPE_KEY",
];

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine_of_account(out, judge);
}

/// One finding for each type: each is revoked elsewhere.
fn judge(account: &AccountView<'_>, machine: &MachineView<'_>) -> Result<Vec<Outcome>, Gap> {
    let secret = |seen: &Sighting| seen.place.field != DataField::Name && seen.seen.data == Data::Secret;
    let Some(seen) = machine.sightings(secret)? else { return Ok(Vec::new()) };
    if seen.is_empty() {
        return Ok(vec![Outcome::Compliant]);
    }
    let exposure = account.exposure(machine);
    let outcome = |one: Carried| defect(machine, &surest(one), exposure.as_ref()).into();
    Ok(by_kind(seen).into_iter().map(outcome).collect())
}

/// Its plausible places; all where none is.
fn surest(one: Carried) -> Carried {
    let plausible = one.places.iter().filter(|seen| seen.seen.confidence >= PLAUSIBLE).collect();
    Carried::of(&one.kind, plausible).unwrap_or(one)
}

fn defect(machine: &MachineView<'_>, carried: &Carried, exposure: Option<&Exposure>) -> Defect {
    let carried = std::slice::from_ref(carried);
    let one = &carried[0];
    let sample = machine.sample();
    let share = sample.as_ref().map(|sample| told::share(carried, sample)).unwrap_or_default();
    let (name, kind, spots) = (machine.name(), &one.kind, told::spots(carried));
    let verb = if one.confidence < PLAUSIBLE { "may carry" } else { "carries" };
    let message = format!(
        "{name} {verb} a secret ({kind}) in plain text in {spots}, {share}.{}",
        exposure.map(|exposure| exposure.stays(carried)).unwrap_or_default()
    );
    let remediation = "Revoke the secret where it was issued: a history cannot be erased, so what was in it is spent. Have \
                       the task that needs the new one read it from Secrets Manager itself, and pass its name only.";
    let severity = match kind.as_str() {
        _ if one.confidence < PLAUSIBLE => Severity::Info,
        // An id alone opens nothing; it says whose key it is.
        "AWS_ACCESS_KEY_ID" => Severity::Medium,
        kind if LASTING.contains(&kind) && Confidence::of(one.confidence) == Confidence::High => Severity::Critical,
        _ => Severity::High,
    };
    let mut defect = Defect::new(message, remediation)
        .severity(severity)
        .confidence(Confidence::of(one.confidence))
        .told_apart_by(kind)
        .about(
            carried
                .iter()
                .filter(|one| one.confidence >= PLAUSIBLE)
                .map(|one| about_data(&machine.machine.arn, &one.kind)),
        )
        .of_data(carried, sample.as_ref(), exposure);
    if let Some(first) = one.places.first() {
        defect.location.state.clone_from(&first.place.state);
        defect.location.pointer = Some(first.seen.pointer.clone());
    }
    match machine.narrowing() {
        Some(change) => defect.change(change),
        None => defect,
    }
}
