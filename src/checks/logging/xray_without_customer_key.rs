use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, RegionView, Severity, Subject, View,
    about_key, of_traces, shell_quote, those,
};
use crate::model::{LogGroup, PartName, SPANS};
use crate::types::{Gap, GapReason};

pub const CHECK: Check = Check {
    id: "xray-without-customer-key",
    family: Family::Logging,
    title: "Traces of state machines are not encrypted under a key of your own",
    severity: Severity::Low,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Xray, PartName::LogGroups, PartName::KmsKeys],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/xray/latest/devguide/xray-console-encryption.html",
        "https://docs.aws.amazon.com/xray/latest/api/API_PutEncryptionConfig.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Transaction-Search.html",
    ],
    page: include_str!("xray-without-customer-key.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    for region in view.regions() {
        of_traces(region, out, judge);
    }
}

fn judge(region: &RegionView<'_>, machines: &[MachineView<'_>]) -> Vec<(Subject, Result<Outcome, Gap>)> {
    match region.has_transaction_search() {
        Err(gap) => vec![(region.traces_subject(machines), Err(gap))],
        Ok(false) => vec![(region.traces_subject(machines), of_xray(region, machines))],
        Ok(true) => {
            let spans =
                region.spans().and_then(|group| group.map(|group| of_spans(region, machines, group)).transpose());
            spans.transpose().map(|verdict| (region.spans_subject(machines), verdict)).into_iter().collect()
        }
    }
}

fn of_xray(region: &RegionView<'_>, machines: &[MachineView<'_>]) -> Result<Outcome, Gap> {
    let encryption = region.xray()?.encryption.whole().map_err(Gap::clone)?;
    let (key, told) = match (encryption.kind.as_str(), &encryption.key_id) {
        ("NONE", _) => (None, "NONE (X-Ray's default encryption)"),
        ("KMS", Some(key)) => (Some(key), "KMS, under a key that AWS manages"),
        ("KMS", None) => return Err(Gap::new(GapReason::Error, "X-Ray encrypts under a KMS key that was not named")),
        (kind, _) => {
            let detail = format!("{kind} is an encryption that this version does not know");
            return Err(Gap::new(GapReason::Unsupported, detail));
        }
    };
    if let Some(key) = key
        && region.is_customers_key(key)?
    {
        return Ok(Outcome::Compliant);
    }
    let message = format!(
        "X-Ray of {} encrypts traces, those of {} among them, under AWS's key: whoever may call xray:BatchGetTraces reads \
         them, and no key policy stands before that.",
        region.name(),
        those(machines),
    );
    let remediation = "Choose a customer managed KMS key for X-Ray; traces that are there already stay as they are, for 30 \
                       days at most. Whoever reads traces then needs kms:Decrypt on it.";
    let command = format!("aws xray put-encryption-config --region {} --type KMS --key-id '<KEY_ARN>'", region.name());
    let defect = Defect::new(message, remediation).evidence("encryption", told).change(Change::Command(command));
    Ok(defect.told_apart_by("xray").into())
}

fn of_spans(region: &RegionView<'_>, machines: &[MachineView<'_>], group: &LogGroup) -> Result<Outcome, Gap> {
    if let Some(key) = &group.kms_key_id
        && region.is_customers_key(key)?
    {
        return Ok(Outcome::Compliant);
    }
    let message = format!(
        "Transaction Search of {} puts the spans of {} into the log group {SPANS}, which is encrypted under a key that AWS \
         owns: X-Ray's own encryption setting does not reach them.",
        region.name(),
        those(machines),
    );
    let remediation = format!(
        "Associate a customer managed KMS key with {SPANS}, whose policy lets logs.{}.amazonaws.com use it; what is there \
         already stays as it is.",
        region.name()
    );
    let command = format!(
        "aws logs associate-kms-key --region {} --log-group-name {} --kms-key-id '<KEY_ARN>'",
        region.name(),
        shell_quote(SPANS),
    );
    let defect = Defect::new(message, remediation)
        .about([about_key(&region.spans_arn())])
        .evidence("encryption", "AWS owned key")
        .change(Change::Command(command));
    Ok(defect.into())
}
