//! Where the sensitive data of machines is: an exposure, made of what the view knows around a machine.

use serde_json::{Value, json};

use super::reach::Reaching;
use super::{AccountView, Change, Defect, Keeps, MachineView, Severity, Spread, listed, shell_quote};
use crate::access::reach::Way;
use crate::exposure::{Carried, DataCopy, Exposure, Facts, Harm, Readers, told};
use crate::model::{Encryption, MachineKind, Sample};

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
        Exposure::of(&facts, &count)
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
