use std::collections::BTreeSet;

use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, KeyUser, LogGroupView, MachineView, Outcome, RegionView,
    Severity, Usable, View, shell_quote,
};
use crate::model::{Encryption, KmsKey, MachineKind, PartName, StoreAccess, store_uses};
use crate::types::{Arn, Gap, GapReason};

pub const CHECK: Check = Check {
    id: "kms-key-unusable",
    family: Family::Data,
    title: "A KMS key that executions or their logs need cannot be used",
    severity: Severity::High,
    confidence: Confidence::High,
    reads: &[
        PartName::StateMachines,
        PartName::Iam,
        PartName::LogGroups,
        PartName::ResultBuckets,
        PartName::Tables,
        PartName::KmsKeys,
    ],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
    ],
    page: include_str!("kms-key-unusable.md"),
    run,
};

/// Who writes what Step Functions logs.
const DELIVERY: &str = "delivery.logs.amazonaws.com";

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, of_machine);
    for region in view.regions() {
        for group in region.log_groups() {
            match of_log_group(&group) {
                Ok(outcomes) => outcomes.into_iter().for_each(|outcome| out.push(group.subject(), outcome)),
                Err(gap) => out.push(group.subject(), Outcome::InsufficientData(gap)),
            }
        }
    }
}

/// What is found of the keys of one machine or log group.
#[derive(Default)]
struct Found {
    outcomes: Vec<Outcome>,
    judged: bool,
}

impl Found {
    fn add(&mut self, verdict: Result<Option<Defect>, Gap>) {
        self.judged = true;
        match verdict {
            Ok(None) => {}
            Ok(Some(defect)) => self.outcomes.push(defect.into()),
            Err(gap) => {
                let gap = Outcome::InsufficientData(gap);
                if !self.outcomes.contains(&gap) {
                    self.outcomes.push(gap);
                }
            }
        }
    }

    fn into_outcomes(self) -> Vec<Outcome> {
        if self.outcomes.is_empty() && self.judged { vec![Outcome::Compliant] } else { self.outcomes }
    }
}

fn of_machine(machine: &MachineView<'_>) -> Result<Vec<Outcome>, Gap> {
    let mut found = Found::default();
    if let Encryption::Customer { kms_key_id } = &machine.details()?.encryption {
        let lost = "executions cannot start and running ones fail, and their histories cannot be read";
        let name = machine.name();
        match state(machine.region, kms_key_id, &format!("state machine {name}"), lost) {
            Ok((Some((arn, key)), None)) => {
                found.add(by_role(machine, arn, key));
                found.add(by_delivery(machine, arn, key));
            }
            Ok((_, defect)) => found.add(Ok(defect.map(|defect| defect.told_apart_by("machine")))),
            Err(gap) => found.add(Err(gap)),
        }
    }
    of_stores(machine, &mut found);
    Ok(found.into_outcomes())
}

type Key<'a> = (&'a Arn, &'a KmsKey);

/// The key, and what is wrong with its state.
fn state<'a>(
    region: &RegionView<'a>,
    named: &str,
    what: &str,
    lost: &str,
) -> Result<(Option<Key<'a>>, Option<Defect>), Gap> {
    let Some((arn, key)) = region.key(named)? else {
        let message = format!("The KMS key of {what}, {named}, does not exist: {lost}.");
        let remediation = "Choose a key that exists. What was encrypted under a deleted key is lost.";
        return Ok((None, Some(Defect::new(message, remediation).evidence("key", named).evidence("state", "missing"))));
    };
    let usable = region.usable(arn, key)?;
    let (how, remediation, commands) = match usable {
        Usable::Yes => return Ok((Some((arn, key)), None)),
        Usable::Disabled => ("is disabled", "Enable the key again, or choose another one.", &["enable-key"][..]),
        Usable::Leaving => (
            "is pending deletion",
            "Cancel the deletion and enable the key; once it is deleted, what it encrypted is lost.",
            &["cancel-key-deletion", "enable-key"][..],
        ),
        Usable::WithoutMaterial => {
            ("has no key material", "Import the key material again, or choose another key.", &[][..])
        }
        Usable::OutOfReach => (
            "is unavailable, as its key store is not connected",
            "Connect the key store that holds the key, or choose another key.",
            &[][..],
        ),
    };
    let until = match key.deletion_at.filter(|_| usable == Usable::Leaving) {
        Some(at) => format!(", which comes on {}", at.strftime("%Y-%m-%d")),
        None => String::new(),
    };
    let message = format!("The KMS key of {what}, {}, {how}{until}: {lost}.", arn.name());
    let mut defect = Defect::new(message, remediation)
        .evidence("key", arn.as_str())
        .evidence("state", key.state.as_deref().unwrap_or_default());
    if !commands.is_empty() {
        let (region, id) = (arn.region(), shell_quote(arn.as_str()));
        let commands: Vec<_> =
            commands.iter().map(|command| format!("aws kms {command} --region {region} --key-id {id}")).collect();
        defect = defect.change(Change::Command(commands.join("\n")));
    }
    Ok((Some((arn, key)), Some(defect)))
}

/// The role's own policies let it use the key, and the key's policy does not. What the role's lack is `missing-grant`'s.
fn by_role(machine: &MachineView<'_>, arn: &Arn, key: &KmsKey) -> Result<Option<Defect>, Gap> {
    let Some((role, grants)) = machine.grants()? else { return Ok(None) };
    // An Express execution that is waited for needs no data key.
    let actions: &[&str] = match machine.machine.kind {
        MachineKind::Standard => &["kms:Decrypt", "kms:GenerateDataKey"],
        _ => &["kms:Decrypt"],
    };
    let role = &role.principal.arn;
    let user = KeyUser::Role { arn: role, grants };
    let refused = refused(machine.region, &user, arn, key, actions)?;
    if refused.is_empty() {
        return Ok(None);
    }
    let message = format!(
        "The key policy of {} does not let role {} call {} for {}, though the role's own policies do: executions do not \
         start, or fail.",
        arn.name(),
        role.name(),
        refused.join(" and "),
        machine.name(),
    );
    let remediation = format!("Add the statement to the key policy of {}, or take away what denies it.", arn.name());
    let principal = serde_json::json!({ "AWS": role.as_str() });
    Ok(Some(open(Defect::new(message, remediation), arn, &principal, &refused, None).told_apart_by("role")))
}

/// Who delivers the log of an encrypted machine has to decrypt what it delivers.
fn by_delivery(machine: &MachineView<'_>, arn: &Arn, key: &KmsKey) -> Result<Option<Defect>, Gap> {
    let Some(group) = machine.log_destination() else { return Ok(None) };
    let refused = refused(machine.region, &KeyUser::Service(DELIVERY), arn, key, &["kms:Decrypt"])?;
    if refused.is_empty() {
        return Ok(None);
    }
    let message = format!(
        "The key policy of {} does not let {DELIVERY} call kms:Decrypt: what {} logs does not arrive in {}.",
        arn.name(),
        machine.name(),
        group.resource(),
    );
    let remediation = format!("Add the statement to the key policy of {}.", arn.name());
    let principal = serde_json::json!({ "Service": DELIVERY });
    let (partition, region, account) = (group.partition(), group.region(), group.account());
    let logs = format!("arn:{partition}:logs:{region}:{account}:*");
    let condition =
        serde_json::json!({ "StringEquals": { "aws:SourceAccount": account }, "ArnLike": { "aws:SourceArn": logs } });
    let defect = Defect::new(message, remediation).severity(Severity::Medium).confidence(Confidence::Medium);
    Ok(Some(open(defect, arn, &principal, &refused, Some(condition)).told_apart_by("delivery")))
}

fn of_log_group(view: &LogGroupView<'_>) -> Result<Vec<Outcome>, Gap> {
    let Some(group) = view.group.clone()? else { return Ok(Vec::new()) };
    let Some(named) = &group.kms_key_id else { return Ok(Vec::new()) };
    let mut found = Found::default();
    let lost = "new events are not written to it, and those that are there cannot be read";
    match state(view.region, named, &format!("log group {}", view.name()), lost) {
        Ok((Some((arn, key)), None)) => found.add(by_logs(view, arn, key)),
        Ok((_, defect)) => {
            let defect = defect.map(|defect| defect.severity(Severity::Medium).told_apart_by("log group"));
            found.add(Ok(defect));
        }
        Err(gap) => found.add(Err(gap)),
    }
    Ok(found.into_outcomes())
}

fn by_logs(view: &LogGroupView<'_>, arn: &Arn, key: &KmsKey) -> Result<Option<Defect>, Gap> {
    let region = view.arn.region();
    let mut service = format!("logs.{region}.amazonaws.com");
    let actions = ["kms:Decrypt", "kms:GenerateDataKey"];
    let mut refused = self::refused(view.region, &KeyUser::Service(&service), arn, key, &actions)?;
    // In China the service goes by both names.
    if region.starts_with("cn-") && !refused.is_empty() {
        service.push_str(".cn");
        refused = self::refused(view.region, &KeyUser::Service(&service), arn, key, &actions)?;
    }
    if refused.is_empty() {
        return Ok(None);
    }
    let message = format!(
        "The key policy of {} does not let {service} call {}: new events are not written to {}, and those that are there \
         cannot be read.",
        arn.name(),
        refused.join(" and "),
        view.name(),
    );
    let remediation = format!("Add the statement to the key policy of {}.", arn.name());
    let principal = serde_json::json!({ "Service": service });
    let condition = serde_json::json!({ "ArnEquals": { "kms:EncryptionContext:aws:logs:arn": view.arn.as_str() } });
    let defect = Defect::new(message, remediation).severity(Severity::Medium).confidence(Confidence::Medium);
    Ok(Some(open(defect, arn, &principal, &refused, Some(condition)).told_apart_by("logs")))
}

/// What a user of the key is refused for certain.
fn refused<'a>(
    region: &RegionView<'_>,
    user: &KeyUser<'_>,
    arn: &Arn,
    key: &KmsKey,
    actions: &[&'a str],
) -> Result<Vec<&'a str>, Gap> {
    let mut refused = Vec::new();
    for action in actions {
        if region.refuses(user, arn, key, action)? {
            refused.push(*action);
        }
    }
    Ok(refused)
}

/// The statement that lets a principal in.
fn open(
    defect: Defect,
    key: &Arn,
    principal: &serde_json::Value,
    actions: &[&str],
    condition: Option<serde_json::Value>,
) -> Defect {
    let mut statement = serde_json::json!({
        "Sid": "UseOfTheKey", "Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "*",
    });
    if let Some(condition) = condition {
        statement["Condition"] = condition;
    }
    defect.evidence("key", key.as_str()).evidence("refused", actions.join(", ")).change(Change::Policy(statement))
}

/// The keys of the buckets and tables that its definition names.
fn of_stores(machine: &MachineView<'_>, found: &mut Found) {
    let definition = match machine.definition() {
        Ok(definition) => definition,
        Err(gap) => return found.add(Err(gap)),
    };
    let mut seen = BTreeSet::new();
    for used in store_uses(definition) {
        let table = used.table(&machine.machine.arn);
        let bucket = used.bucket().filter(|_| used.access == StoreAccess::Results);
        let (what, key) = match (&table, bucket) {
            (Some(arn), _) => {
                let key = machine.region.table(arn).map(|table| table.and_then(|table| table.key.clone()));
                (format!("table {}", arn.name()), key)
            }
            (None, Some(name)) => {
                let encryption = machine.region.result_bucket(name).and_then(|bucket| match bucket {
                    Some(bucket) => bucket.encryption.whole().map_err(Gap::clone),
                    None => Ok(&None),
                });
                let key =
                    encryption.map(|encryption| encryption.as_ref().and_then(|encryption| encryption.key.clone()));
                (format!("bucket {name}"), key)
            }
            (None, None) => continue,
        };
        if !seen.insert(what.clone()) {
            continue;
        }
        let key = match key {
            Ok(Some(key)) => key,
            Ok(None) => continue,
            // What belongs to another account or Region is not read.
            Err(gap) if gap.reason == GapReason::Unsupported => continue,
            Err(gap) => {
                found.add(Err(gap));
                continue;
            }
        };
        let lost = format!("state {} fails", used.state);
        let verdict = state(machine.region, &key, &what, &lost);
        found.add(
            verdict
                .map(|(_, defect)| defect.map(|defect| defect.at_state(used.state, used.pointer).told_apart_by(what))),
        );
    }
}
