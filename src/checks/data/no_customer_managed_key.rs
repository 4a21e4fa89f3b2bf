use serde_json::json;

use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, about_key,
    shell_quote,
};
use crate::model::{Encryption, MachineKind, PartName};
use crate::types::{Gap, GapReason};

pub const CHECK: Check = Check {
    id: "no-customer-managed-key",
    family: Family::Data,
    title: "The state machine is not encrypted under a key of your own",
    severity: Severity::Low,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines],
    yields_to: &["sensitive-data-without-customer-key"],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html",
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_EncryptionConfiguration.html",
    ],
    page: include_str!("no-customer-managed-key.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Option<Outcome>, Gap> {
    match &machine.details()?.encryption {
        Encryption::Customer { .. } => Ok(Some(Outcome::Compliant)),
        Encryption::AwsOwned => Ok(Some(defect(machine).into())),
        Encryption::Unknown { kind } => {
            let detail = format!("{kind} is an encryption type that this version does not know");
            Err(Gap::new(GapReason::Unsupported, detail).about(machine.machine.arn.as_str()))
        }
    }
}

fn defect(machine: &MachineView<'_>) -> Defect {
    let what = match machine.machine.kind {
        MachineKind::Express => "its definition",
        _ => "its definition and execution history",
    };
    let copy = match machine.log_destination() {
        Some(group) => format!(" A key would not protect the copy in {}.", group.resource()),
        None => String::new(),
    };
    let message = format!(
        "{} is encrypted under a key that AWS owns, which nobody needs permission to use: every principal with a policy \
         such as ReadOnlyAccess reads {what}.{copy}",
        machine.name(),
    );
    let remediation = "Choose a customer managed KMS key, give the role kms:Decrypt and kms:GenerateDataKey on it, and \
                       keep kms:Decrypt from those who need not read execution data.";
    let configuration = json!({ "type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "<KEY_ARN>" });
    let command = format!(
        "aws stepfunctions update-state-machine --region {} --state-machine-arn {} --encryption-configuration {}",
        machine.region.name(),
        shell_quote(machine.machine.arn.as_str()),
        shell_quote(&configuration.to_string()),
    );
    Defect::new(message, remediation)
        .about([about_key(&machine.machine.arn)])
        .evidence("encryption", "AWS_OWNED_KEY")
        .change(Change::Command(command))
}
