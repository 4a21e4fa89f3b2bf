//! Where the sensitive data of machines is: an exposure, made of what the view knows around a machine.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::reach::Reaching;
use super::{AccountView, Change, Defect, Keeps, MachineView, Severity, Spread, listed, shell_quote};
use crate::access::reach::Way;
use crate::exposure::{Carried, CopyPlace, DataCopy, Exposure, Facts, Harm, Lock, Readers, Until, after, told};
use crate::model::{Encryption, Expires, MachineKind, PartName, ResultBucket, Sample, expires};
use crate::types::Gap;

/// The parts of a snapshot that an exposure is made of.
pub const EXPOSURE_PARTS: &[PartName] = &[
    PartName::StateMachines,
    PartName::Executions,
    PartName::LogGroups,
    PartName::ResultBuckets,
    PartName::KmsKeys,
    PartName::EventRules,
    PartName::Iam,
];

impl AccountView<'_> {
    /// `None` where nothing plausible was seen in what was read of the machine's executions, which is no verdict.
    pub fn exposure(&self, machine: &MachineView<'_>) -> Option<Exposure> {
        let data = machine.execution_data();
        let (Some(seen), gap) = data.seen() else { return None };
        let facts = Facts {
            machine: machine.machine,
            details: machine.details(),
            definition: machine.definition(),
            data: seen,
            data_gap: gap.cloned(),
            log_group: machine.log_destination().map(|arn| machine.region.log_group(arn)),
            event_rules: machine.region.event_rules(),
        };
        let own = machine.role_arn().ok();
        let count = |ways: &[Way]| {
            let Reaching { parties, gap } = self.by_ways(machine, ways);
            let holders = parties.iter().flat_map(|party| &party.holders);
            let others = holders.filter(|holder| Some(&holder.arn) != own && !holder.is_service_linked());
            Readers { count: others.count(), gap }
        };
        let mut exposure = Exposure::of(&facts, &count)?;
        let last = exposure.carried.iter().map(|one| one.last).max().unwrap_or_default();
        for copy in &mut exposure.copies {
            if let CopyPlace::ResultBucket { bucket: Some(name), .. } = &copy.place {
                let guarded = machine.region.result_bucket(name);
                copy.lock = guarded.clone().and_then(|bucket| bucket_lock(machine, bucket)).transpose();
                copy.until = guarded.map(|bucket| bucket.and_then(|bucket| bucket_until(bucket, last))).transpose();
            }
        }
        Some(exposure)
    }
}

/// Under whose key results come to rest; nothing of a bucket that the account does not have.
fn bucket_lock(machine: &MachineView<'_>, bucket: Option<&ResultBucket>) -> Result<Option<Lock>, Gap> {
    let Some(bucket) = bucket else { return Ok(None) };
    let key = bucket.encryption.whole().map_err(Gap::clone)?.as_ref().and_then(|encryption| encryption.key.as_deref());
    Ok(Some(match key {
        Some(key) if machine.region.is_customers_key(key)? => Lock::Customer(key.to_owned()),
        _ => Lock::AwsOwned,
    }))
}

/// How long results stay, where rules about the whole bucket or none at all say so.
fn bucket_until(bucket: &ResultBucket, last: Timestamp) -> Option<Until> {
    match expires(bucket.expiry.whole().ok()?, None) {
        Expires::After(Some(days)) => Some(after(last, days)),
        Expires::Never => Some(Until::Never),
        Expires::After(None) | Expires::Unclear => None,
    }
}

impl Severity {
    /// What it weighs that others read data which do such harm.
    pub fn of_harm(harm: Harm) -> Self {
        match harm {
            Harm::Secret | Harm::Health | Harm::Financial | Harm::Identity => Self::High,
            Harm::Personal => Self::Medium,
            Harm::Indirect => Self::Low,
        }
    }
}

impl Defect {
    /// The evidence that every finding about data shows: what, where, of how many, in which copies.
    #[must_use]
    pub fn of_data(mut self, carried: &[Carried], sample: Option<&Sample>, exposure: Option<&Exposure>) -> Self {
        self = self.evidence("types", told::kinds(carried)).evidence("places", told::places(carried));
        if let Some(sample) = sample {
            self = self.evidence("sample", told::sample(sample));
        }
        if let Some(exposure) = exposure {
            let copies: Vec<_> = exposure.copies.iter().map(DataCopy::told).collect();
            self = self.evidence("copies", copies.join("; "));
            self.spread = Spread {
                readers: exposure.most_readers(),
                keeps: match exposure.longest_days() {
                    None => Keeps::Unknown,
                    Some(None) => Keeps::Forever,
                    Some(Some(days)) => Keeps::Days(days),
                },
            };
            if !exposure.unread.is_empty() {
                self = self.evidence("not_read", listed(&exposure.unread));
            }
        }
        if let Some(seen) = carried.first().and_then(|one| one.places.first()).map(|place| &place.seen) {
            self = self
                .evidence("length", seen.length.to_string())
                .evidence("keyed_hash", &*seen.keyed_hash)
                .evidence("confidence", format!("{:.2}", f64::from(seen.confidence) / 100.0));
        }
        self
    }
}

impl MachineView<'_> {
    /// How much of its executions was looked at.
    pub fn sample(&self) -> Option<Sample> {
        self.execution_data().seen().0.map(|data| data.sample.clone())
    }

    /// The calls that narrow who reads the copies which are there: a key of one's own, a log without data. They do not keep
    /// the data out, and what is there already stays.
    pub fn narrowing(&self) -> Option<Change> {
        let details = self.details().ok()?;
        let (region, arn) = (self.region.name(), shell_quote(self.machine.arn.as_str()));
        let update = format!("aws stepfunctions update-state-machine --region {region} --state-machine-arn {arn}");
        let mut commands = Vec::new();
        if details.encryption == Encryption::AwsOwned && self.machine.kind == MachineKind::Standard {
            let configuration = json!({ "type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "<KEY_ARN>" });
            let configuration = shell_quote(&configuration.to_string());
            commands.push(format!("{update} --encryption-configuration {configuration}"));
        }
        if details.logging.include_execution_data
            && let Some(configuration) = self.logging_without_data()
        {
            commands.push(format!("{update} --logging-configuration {}", shell_quote(&configuration.to_string())));
        }
        (!commands.is_empty()).then(|| Change::Command(commands.join("\n")))
    }

    /// Its logging as it is, but without what executions take and give. `None` where it does not log.
    pub fn logging_without_data(&self) -> Option<Value> {
        let group = self.log_destination()?;
        let level = self.details().ok()?.logging.level;
        Some(json!({
            "level": level.as_str(),
            "includeExecutionData": false,
            "destinations": [{ "cloudWatchLogsLogGroup": { "logGroupArn": format!("{group}:*") } }],
        }))
    }
}
