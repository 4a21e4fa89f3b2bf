use serde_json::json;

use crate::exposure::{Carried, PLAUSIBLE, by_kind, told};
use crate::finding::{
    AccountView, Change, Check, Confidence, Defect, EXPOSURE_PARTS, Evaluations, Family, LogGroupView, MachineView,
    Outcome, Severity, View, about_key, listed, shell_quote,
};
use crate::model::{Encryption, MachineKind};
use crate::types::{Gap, GapReason};

pub const CHECK: Check = Check {
    id: "sensitive-data-without-customer-key",
    family: Family::Data,
    title: "Sensitive execution data is not encrypted under a key of your own",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: EXPOSURE_PARTS,
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_EncryptionConfiguration.html",
    ],
    page: include_str!("sensitive-data-without-customer-key.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine_of_account(out, of_machine);
    for region in view.regions() {
        for group in region.log_groups() {
            if let Some(verdict) = of_log_group(&group).transpose() {
                out.judge(group.subject(), verdict);
            }
        }
    }
}

/// Its history is under its key; an Express machine has none, and its log is under the log group's.
fn of_machine(account: &AccountView<'_>, machine: &MachineView<'_>) -> Result<Option<Outcome>, Gap> {
    let details = machine.details()?;
    if machine.machine.kind == MachineKind::Express {
        return Ok(None);
    }
    match &details.encryption {
        Encryption::Customer { .. } => return Ok(Some(Outcome::Compliant)),
        Encryption::AwsOwned => {}
        Encryption::Unknown { kind } => {
            let detail = format!("{kind} is an encryption type that this version does not know");
            return Err(Gap::new(GapReason::Unsupported, detail).about(machine.machine.arn.as_str()));
        }
    }
    let Some(seen) = machine.sightings(|seen| seen.seen.confidence >= PLAUSIBLE)? else { return Ok(None) };
    let carried = by_kind(seen);
    if carried.is_empty() {
        return Ok(Some(Outcome::Compliant));
    }
    let exposure = account.exposure(machine);
    let arn = &machine.machine.arn;
    let readers = exposure.as_ref().and_then(|exposure| exposure.copies.first()?.readers.clone());
    let readers = readers.map(|readers| format!(": {}", readers.told())).unwrap_or_default();
    let message = format!(
        "{} carries {} under a key that AWS owns, which nobody needs a permission to use, so that whoever reads execution \
         histories reads it{readers}.",
        machine.name(),
        told::kinds(&carried),
    );
    let remediation = "Choose a customer managed KMS key, give the role kms:Decrypt and kms:GenerateDataKey on it, and keep \
                       kms:Decrypt from those who need not read execution data; histories that are there already stay as \
                       they are.";
    let configuration = json!({ "type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "<KEY_ARN>" });
    let command = format!(
        "aws stepfunctions update-state-machine --region {} --state-machine-arn {} --encryption-configuration {}",
        machine.region.name(),
        shell_quote(arn.as_str()),
        shell_quote(&configuration.to_string()),
    );
    let defect = judged(Defect::new(message, remediation), &carried)
        .about([about_key(arn)])
        .evidence("encryption", "AWS_OWNED_KEY")
        .of_data(&carried, machine.sample().as_ref(), exposure.as_ref())
        .change(Change::Command(command));
    Ok(Some(defect.into()))
}

fn of_log_group(view: &LogGroupView<'_>) -> Result<Option<Outcome>, Gap> {
    let Some(group) = view.group.clone()? else { return Ok(None) };
    if group.kms_key_id.is_some() {
        return Ok(Some(Outcome::Compliant));
    }
    let held = view.holds()?;
    let Some((machine, carried)) = held.first() else { return Ok(Some(Outcome::Compliant)) };
    let all: Vec<_> = held.iter().flat_map(|(_, carried)| carried).cloned().collect();
    let writers = listed(held.iter().map(|(machine, _)| machine.name()));
    let message = format!(
        "{} holds {} of {writers} under CloudWatch Logs' default encryption: no key of yours can cut off those who read it, \
         and the state machine's own key does not reach it.",
        view.name(),
        kinds(&all),
    );
    let region = view.arn.region();
    let remediation = format!(
        "Associate a KMS key whose policy lets logs.{region}.amazonaws.com use it; events ingested before that keep the \
         default encryption until their retention ends."
    );
    let command = format!(
        "aws logs associate-kms-key --region {region} --log-group-name {} --kms-key-id '<KEY_ARN>'",
        shell_quote(view.name()),
    );
    let defect = judged(Defect::new(message, remediation), &all)
        .about([about_key(view.arn)])
        .evidence("kms_key_id", "none")
        .evidence("machine", machine.name())
        .of_data(carried, machine.sample().as_ref(), None)
        .change(Change::Command(command));
    Ok(Some(defect.into()))
}

fn kinds(carried: &[Carried]) -> String {
    let kinds: std::collections::BTreeSet<_> = carried.iter().map(|one| one.kind.as_str()).collect();
    kinds.into_iter().collect::<Vec<_>>().join(", ")
}

/// A key narrows who reads, it does not keep the data out: one step less than what the data itself weighs.
fn judged(defect: Defect, carried: &[Carried]) -> Defect {
    let worst = carried.iter().map(|one| Severity::of_harm(one.harm)).max().unwrap_or(Severity::Low);
    let surest = carried.iter().map(|one| one.confidence).max().unwrap_or_default();
    let severity = if worst >= Severity::High { Severity::Medium } else { Severity::Low };
    defect.severity(severity).confidence(Confidence::of(surest))
}
