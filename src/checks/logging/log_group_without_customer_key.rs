use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, LogGroupView, Outcome, Severity, View, about_key,
    shell_quote,
};
use crate::model::PartName;
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "log-group-without-customer-key",
    family: Family::Logging,
    title: "The log group is not encrypted under a key of your own",
    severity: Severity::Low,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::LogGroups],
    yields_to: &["sensitive-data-without-customer-key"],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html",
    ],
    page: include_str!("log-group-without-customer-key.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_log_group(out, judge);
}

fn judge(view: &LogGroupView<'_>) -> Result<Option<Outcome>, Gap> {
    let Some(group) = view.group.clone()? else { return Ok(None) };
    if group.kms_key_id.is_some() {
        return Ok(Some(Outcome::Compliant));
    }
    let message = format!(
        "{} is encrypted by CloudWatch Logs' default only. A KMS key of your own would let its key policy cut all access \
         to the events, and record in CloudTrail when the key is used.",
        view.name(),
    );
    let region = view.arn.region();
    let remediation = format!(
        "Associate a KMS key whose policy lets logs.{region}.amazonaws.com use it; events ingested before that keep the \
         default encryption."
    );
    let command = format!(
        "aws logs associate-kms-key --region {region} --log-group-name {} --kms-key-id '<KEY_ARN>'",
        shell_quote(view.name()),
    );
    let defect = Defect::new(message, remediation)
        .about([about_key(view.arn)])
        .evidence("kms_key_id", "none")
        .change(Change::Command(command));
    Ok(Some(defect.into()))
}
