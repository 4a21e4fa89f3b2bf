use serde_json::json;

use crate::finding::{
    ActivityView, Change, Check, Confidence, Defect, Evaluations, Family, Outcome, Severity, View, shell_quote,
};
use crate::model::{Encryption, PartName};
use crate::types::{Gap, GapReason};

pub const CHECK: Check = Check {
    id: "activity-without-customer-key",
    family: Family::Data,
    title: "The activity is not encrypted under a key of your own",
    severity: Severity::Low,
    confidence: Confidence::High,
    reads: &[PartName::Activities, PartName::StateMachines],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html",
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateActivity.html",
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetActivityTask.html",
    ],
    page: include_str!("activity-without-customer-key.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_activity(out, judge);
}

fn judge(activity: &ActivityView<'_>) -> Result<Outcome, Gap> {
    match activity.activity.encryption.whole().map_err(Gap::clone)? {
        Encryption::Customer { .. } => Ok(Outcome::Compliant),
        Encryption::AwsOwned => Ok(defect(activity).into()),
        Encryption::Unknown { kind } => {
            let detail = format!("{kind} is an encryption type that this version does not know");
            Err(Gap::new(GapReason::Unsupported, detail).about(activity.arn.as_str()))
        }
    }
}

fn defect(activity: &ActivityView<'_>) -> Defect {
    let message = format!(
        "{} keeps the input of tasks that wait for a worker under a key that AWS owns, which nobody needs permission to \
         use: whoever may call states:GetActivityTask reads it, and takes the task away from its worker.",
        activity.arn.name(),
    );
    let remediation = "An activity's key cannot be changed: create another activity under a customer managed KMS key, give \
                       its workers kms:Decrypt and the role kms:Decrypt and kms:GenerateDataKey on the key, let the state \
                       machines wait for the new one, then delete the old one.";
    let configuration = json!({ "type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "<KEY_ARN>" });
    let command = format!(
        "aws stepfunctions create-activity --region {} --name '<NEW_NAME>' --encryption-configuration {}",
        activity.region.name(),
        shell_quote(&configuration.to_string()),
    );
    Defect::new(message, remediation).evidence("encryption", "AWS_OWNED_KEY").change(Change::Command(command))
}
