use std::collections::BTreeMap;

use serde_json::json;

use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, capitalised, listed,
    shell_quote,
};
use crate::model::{Expires, PartName, ResultBucket, StoreAccess, StoreUse, expires, store_uses};
use crate::types::{Gap, GapReason};

pub const CHECK: Check = Check {
    id: "result-bucket-unprotected",
    family: Family::Data,
    title: "The bucket for a Distributed Map's results is not guarded like execution data",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::ResultBuckets, PartName::KmsKeys, PartName::Executions],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html",
    ],
    page: include_str!("result-bucket-unprotected.md"),
    run,
};

/// One thing that the bucket lacks.
struct Lack {
    severity: Severity,
    name: &'static str,
    value: String,
    words: String,
    remedy: &'static str,
    command: String,
}

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Vec<Outcome>, Gap> {
    let uses: Vec<_> = store_uses(machine.definition()?).filter(|used| used.access == StoreAccess::Results).collect();
    let mut buckets: BTreeMap<&str, Vec<&StoreUse<'_>>> = BTreeMap::new();
    for used in &uses {
        if let Some(name) = used.bucket() {
            buckets.entry(name).or_default().push(used);
        }
    }
    let outcome = |(name, uses): (&str, Vec<_>)| bucket(machine, name, &uses).unwrap_or_else(Outcome::InsufficientData);
    Ok(buckets.into_iter().map(outcome).collect())
}

fn bucket(machine: &MachineView<'_>, name: &str, uses: &[&StoreUse<'_>]) -> Result<Outcome, Gap> {
    let Some(bucket) = machine.region.result_bucket(name)? else {
        return Ok(not_ours(machine, name, uses).into());
    };
    let questions = [
        encryption(machine, name, bucket),
        public_access(machine, name, bucket),
        policy(machine, name, bucket),
        expiry(machine, name, bucket, uses),
    ];
    let (mut lacks, mut unread) = (Vec::new(), None);
    for answer in questions {
        match answer {
            Ok(lack) => lacks.extend(lack),
            Err(gap) => unread = unread.or(Some(gap)),
        }
    }
    match (lacks.is_empty(), unread) {
        (true, Some(gap)) => Err(gap),
        (true, None) => Ok(Outcome::Compliant),
        (false, unread) => Ok(defect(machine, name, uses, lacks, unread.is_some()).into()),
    }
}

fn defect(machine: &MachineView<'_>, name: &str, uses: &[&StoreUse<'_>], lacks: Vec<Lack>, unread: bool) -> Defect {
    let worst = lacks.iter().map(|lack| lack.severity).max().unwrap_or(CHECK.severity);
    // An account-wide block of public access, which is not read, may hold where the bucket's own does not.
    let confidence = if worst > Severity::Low { Confidence::Medium } else { Confidence::High };
    let carried = listed(machine.sensitive_types());
    let severity = if carried.is_empty() { worst } else { worst.max(Severity::Medium) };
    let mut rest = if unread { " Not all of its configuration could be read." } else { "" }.to_owned();
    if !carried.is_empty() {
        rest = format!(" Executions were seen to hold {carried}.{rest}");
    }
    let message = format!(
        "{} writes the results of {} to s3://{name}, by default with the input of each child execution. The bucket {}.{rest}",
        machine.name(),
        states(uses),
        joined(lacks.iter().map(|lack| lack.words.clone())),
    );
    let remediation = format!("{}.", capitalised(&joined(lacks.iter().map(|lack| lack.remedy.to_owned()))));
    let commands: Vec<_> = lacks.iter().map(|lack| lack.command.as_str()).collect();
    let defect = Defect::new(message, remediation).change(Change::Command(commands.join("\n")));
    let defect = at(defect, uses, name).severity(severity).confidence(confidence).evidence("bucket", name);
    let defect = lacks.into_iter().fold(defect, |defect, lack| defect.evidence(lack.name, lack.value));
    if carried.is_empty() { defect } else { defect.evidence("seen_in_executions", carried) }
}

fn not_ours(machine: &MachineView<'_>, name: &str, uses: &[&StoreUse<'_>]) -> Defect {
    let message = format!(
        "{} names s3://{name} for the results of {}, and the account has no such bucket: who has, or takes, that name \
         decides about it. Step Functions documents that it writes only to the state machine's own account and Region, so \
         the execution fails at its end with States.ResultWriterFailed.",
        machine.name(),
        states(uses),
    );
    let remediation = "Name a bucket of the state machine's own account and Region, or make this one there.";
    let command = format!(
        "aws s3api create-bucket --bucket {} --region {region} --create-bucket-configuration LocationConstraint={region}",
        shell_quote(name),
        region = machine.region.name(),
    );
    let command = match machine.region.name() {
        "us-east-1" => format!("aws s3api create-bucket --bucket {} --region us-east-1", shell_quote(name)),
        _ => command,
    };
    let defect = Defect::new(message, remediation).evidence("bucket", name).evidence("owner", "not this account");
    at(defect, uses, name).confidence(Confidence::Medium).change(Change::Command(command))
}

fn at(defect: Defect, uses: &[&StoreUse<'_>], name: &str) -> Defect {
    let defect = defect.told_apart_by(name);
    match uses.first() {
        Some(first) => defect.at_state(first.state, first.pointer),
        None => defect,
    }
}

fn states(uses: &[&StoreUse<'_>]) -> String {
    listed(uses.iter().map(|used| used.state))
}

fn encryption(machine: &MachineView<'_>, name: &str, bucket: &ResultBucket) -> Result<Option<Lack>, Gap> {
    let encryption = bucket.encryption.whole().map_err(Gap::clone)?.as_ref();
    let (value, whose) = match encryption.map(|one| (one.algorithm.as_str(), one.key.as_deref())) {
        None | Some(("AES256", _)) => ("AES256", "keys of S3"),
        Some((_, Some(key))) if machine.region.is_customers_key(key)? => return Ok(None),
        Some(("aws:kms" | "aws:kms:dsse", _)) => ("AWS managed key", "a key that AWS manages"),
        Some((other, _)) => {
            let detail = format!("{other} is an encryption that this version does not know");
            return Err(Gap::new(GapReason::Unsupported, detail).about(format!("s3://{name}")));
        }
    };
    let by_default = json!({ "SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "<KEY_ARN>" });
    let rules = json!({ "Rules": [{ "ApplyServerSideEncryptionByDefault": by_default, "BucketKeyEnabled": true }] })
        .to_string();
    Ok(Some(Lack {
        severity: Severity::Low,
        name: "encryption",
        value: value.to_owned(),
        words: format!("is encrypted under {whose}, so that reading objects needs no permission on a key of your own"),
        remedy: "encrypt the bucket under a customer managed key on which the state machine's role has kms:Decrypt and \
                 kms:GenerateDataKey",
        command: s3api(machine, name, "put-bucket-encryption", "server-side-encryption-configuration", &rules),
    }))
}

fn public_access(machine: &MachineView<'_>, name: &str, bucket: &ResultBucket) -> Result<Option<Lack>, Gap> {
    let block = bucket.public_access_block.whole().map_err(Gap::clone)?;
    let (value, words) = match block {
        Some(block) if block.is_whole() => return Ok(None),
        Some(_) => ("in part", "blocks public access only in part"),
        None => ("none", "has no block of public access of its own"),
    };
    let block = "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true";
    Ok(Some(Lack {
        severity: Severity::Medium,
        name: "public_access_block",
        value: value.to_owned(),
        words: words.to_owned(),
        remedy: "block all public access on the bucket itself, whatever the account's own block says",
        command: s3api(machine, name, "put-public-access-block", "public-access-block-configuration", block),
    }))
}

/// A public policy is without effect where the bucket restricts it.
fn policy(machine: &MachineView<'_>, name: &str, bucket: &ResultBucket) -> Result<Option<Lack>, Gap> {
    if !*bucket.policy_is_public.whole().map_err(Gap::clone)? {
        return Ok(None);
    }
    let block = bucket.public_access_block.whole().map_err(Gap::clone)?;
    if block.is_some_and(|block| block.restrict_public_buckets) {
        return Ok(None);
    }
    let region = machine.region.name();
    Ok(Some(Lack {
        severity: Severity::High,
        name: "policy",
        value: "public".to_owned(),
        words: "has a policy that S3 calls public".to_owned(),
        remedy: "take the statements out of the bucket's policy that let the public in",
        command: format!("aws s3api get-bucket-policy --region {region} --bucket {}", shell_quote(name)),
    }))
}

fn expiry(
    machine: &MachineView<'_>,
    name: &str,
    bucket: &ResultBucket,
    uses: &[&StoreUse<'_>],
) -> Result<Option<Lack>, Gap> {
    let rules = bucket.expiry.whole().map_err(Gap::clone)?;
    let mut unclear = false;
    for used in uses {
        let prefix = below(used);
        match expires(rules, prefix.as_deref()) {
            Expires::After(_) => {}
            Expires::Unclear => unclear = true,
            Expires::Never => return Ok(Some(no_expiry(machine, name, prefix.as_deref()))),
        }
    }
    if unclear {
        let gap =
            Gap::new(GapReason::Unsupported, "which of the bucket's lifecycle rules reach the results is not known");
        return Err(gap.about(format!("s3://{name}")));
    }
    Ok(None)
}

/// What the names of its objects begin with; `None` is chosen at run time.
fn below(used: &StoreUse<'_>) -> Option<String> {
    match &used.prefix {
        None => Some(String::new()),
        Some(prefix) => match prefix.text()? {
            "" => Some(String::new()),
            text => Some(format!("{}/", text.trim_end_matches('/'))),
        },
    }
}

fn no_expiry(machine: &MachineView<'_>, name: &str, prefix: Option<&str>) -> Lack {
    let prefix = prefix.unwrap_or_default();
    let rule = json!({ "ID": "step-functions-results", "Status": "Enabled", "Filter": { "Prefix": prefix },
        "Expiration": { "Days": 30 }, "NoncurrentVersionExpiration": { "NoncurrentDays": 1 } });
    let rules = json!({ "Rules": [rule] }).to_string();
    let put = s3api(machine, name, "put-bucket-lifecycle-configuration", "lifecycle-configuration", &rules);
    Lack {
        severity: Severity::Low,
        name: "expiry",
        value: "never".to_owned(),
        words: "never deletes results, while Step Functions itself drops a history 90 days after its end".to_owned(),
        remedy: "add a lifecycle rule that deletes results when nobody needs them any more",
        command: format!(
            "# This replaces the bucket's lifecycle rules: add to it those that get-bucket-lifecycle-configuration \
             prints.\n{put}"
        ),
    }
}

fn s3api(machine: &MachineView<'_>, name: &str, command: &str, option: &str, value: &str) -> String {
    let (region, name, value) = (machine.region.name(), shell_quote(name), shell_quote(value));
    format!("aws s3api {command} --region {region} --bucket {name} --{option} {value}")
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    let mut parts: Vec<_> = parts.collect();
    match parts.pop() {
        Some(last) if !parts.is_empty() => format!("{}, and {last}", parts.join(", ")),
        Some(only) => only,
        None => String::new(),
    }
}
