use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::gap_within::GapWithin;
use super::{
    Activities, Alarms, DataProtections, EventRules, Executions, FunctionPolicies, Functions, Iam, KmsKeys,
    LastAccessed, LastStarts, LogGroups, QuotaHolders, Quotas, ResultBuckets, Running, StartRates, StateMachines,
    Subscriptions, Tables, Tags, Versions, Xray,
};
use crate::types::{AccountId, Arn, Gap, Observed, Region};

/// Who audits, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: String,
    /// The principal's ARN without a session name, which can hold a person's.
    pub caller: Arn,
    /// The Regions to audit: the named ones, or all that are enabled.
    pub regions: Observed<Vec<Region>>,
}

/// One part of a snapshot: what one collector answered, and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part<T> {
    pub observed_at: Timestamp,
    pub value: Observed<T>,
}

/// Facts of one account and Region; an account's IAM is filed under the Region [`Region::GLOBAL`].
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    pub account_id: AccountId,
    pub region: Region,
    parts: Parts,
}

/// One line of a snapshot file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SnapshotLine {
    /// [`SnapshotLine::VERSION`] of the writer.
    pub stepwarden_snapshot: u32,
    pub account_id: AccountId,
    pub region: Region,
    pub observed_at: Timestamp,
    pub data: PartValue,
}

impl SnapshotLine {
    pub const VERSION: u32 = 1;
}

macro_rules! parts {
    ($($field:ident: $variant:ident($content:ty),)+) => {
        #[derive(Debug, Clone, PartialEq, Default)]
        struct Parts {
            $($field: Option<Part<$content>>,)+
        }

        /// What a collector answers.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "part", content = "content", rename_all = "snake_case")]
        #[allow(clippy::large_enum_variant, reason = "one stands for a moment, between a collector and its snapshot")]
        pub enum PartValue {
            $($variant(Observed<$content>),)+
        }

        /// The parts of a snapshot; also the names of their collectors.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum PartName {
            $($variant,)+
        }

        impl PartName {
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($field),)+
                }
            }

            /// The answer of a collector that could not work at all.
            pub fn missing(self, gap: Gap) -> PartValue {
                match self {
                    $(Self::$variant => PartValue::$variant(Observed::missing(gap)),)+
                }
            }
        }

        impl PartValue {
            pub fn name(&self) -> PartName {
                match self {
                    $(Self::$variant(_) => PartName::$variant,)+
                }
            }

            /// The gap in the part, or the first one within it.
            pub fn gap(&self) -> Option<&Gap> {
                match self {
                    $(Self::$variant(value) => value.gap().or_else(|| value.last_known()?.gap_within()),)+
                }
            }
        }

        impl Snapshot {
            /// A new part replaces the old one whole; a failed one keeps the last known value beside its gap.
            pub fn put(&mut self, observed_at: Timestamp, value: PartValue) {
                match value {
                    $(PartValue::$variant(next) => {
                        let (observed_at, value) = match (self.parts.$field.take(), next) {
                            (Some(old), next @ Observed::Missing { .. }) if old.value.last_known().is_some() => {
                                (old.observed_at, old.value.replaced_by(next))
                            }
                            (_, next) => (observed_at, next),
                        };
                        self.parts.$field = Some(Part { observed_at, value });
                    })+
                }
            }

            /// Takes a part from another snapshot of the same place, with its age.
            pub fn copy(&mut self, from: &Self, part: PartName) {
                match part {
                    $(PartName::$variant => self.parts.$field.clone_from(&from.parts.$field),)+
                }
            }

            $(pub fn $field(&self) -> Observed<&$content> {
                match &self.parts.$field {
                    Some(part) => part.value.as_ref(),
                    None => Observed::missing(Gap::not_collected(stringify!($field))),
                }
            })+

            /// The snapshot as the lines of its file.
            pub fn into_lines(self) -> Vec<SnapshotLine> {
                let (account_id, region) = (self.account_id, self.region);
                let line = |observed_at, data| SnapshotLine {
                    stepwarden_snapshot: SnapshotLine::VERSION,
                    account_id: account_id.clone(),
                    region: region.clone(),
                    observed_at,
                    data,
                };
                let lines = vec![
                    $(self.parts.$field.map(|part| line(part.observed_at, PartValue::$variant(part.value))),)+
                ];
                lines.into_iter().flatten().collect()
            }

            /// When each part was observed, and the gap in it.
            pub fn ages(&self) -> Vec<(PartName, Timestamp, Option<&Gap>)> {
                let ages = [
                    $(self.parts.$field.as_ref().map(|part| {
                        let gap = part.value.gap().or_else(|| part.value.last_known()?.gap_within());
                        (PartName::$variant, part.observed_at, gap)
                    }),)+
                ];
                ages.into_iter().flatten().collect()
            }
        }
    };
}

parts! {
    identity: Identity(Identity),
    iam: Iam(Iam),
    last_accessed: LastAccessed(LastAccessed),
    state_machines: StateMachines(StateMachines),
    activities: Activities(Activities),
    tags: Tags(Tags),
    versions: Versions(Versions),
    xray: Xray(Xray),
    log_groups: LogGroups(LogGroups),
    data_protection: DataProtection(DataProtections),
    log_subscriptions: LogSubscriptions(Subscriptions),
    result_buckets: ResultBuckets(ResultBuckets),
    tables: Tables(Tables),
    kms_keys: KmsKeys(KmsKeys),
    event_rules: EventRules(EventRules),
    alarms: Alarms(Alarms),
    function_policies: FunctionPolicies(FunctionPolicies),
    functions: Functions(Functions),
    executions: Executions(Executions),
    running: Running(Running),
    quotas: Quotas(Quotas),
    quota_holders: QuotaHolders(QuotaHolders),
    start_rates: StartRates(StartRates),
    last_starts: LastStarts(LastStarts),
}

impl Snapshot {
    pub fn new(account_id: AccountId, region: Region) -> Self {
        Self { account_id, region, parts: Parts::default() }
    }

    /// Lines of any number of files and runs to snapshots, later lines replacing earlier ones, sorted.
    pub fn assemble(lines: impl IntoIterator<Item = SnapshotLine>) -> Vec<Self> {
        let mut snapshots: BTreeMap<(AccountId, Region), Self> = BTreeMap::new();
        for line in lines {
            let key = (line.account_id.clone(), line.region.clone());
            let snapshot = snapshots.entry(key).or_insert_with(|| Self::new(line.account_id, line.region));
            snapshot.put(line.observed_at, line.data);
        }
        snapshots.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{PartName, PartValue, Snapshot};
    use crate::model::StateMachines;
    use crate::types::{AccountId, Gap, GapReason, Observed, Region};

    fn snapshot() -> Snapshot {
        Snapshot::new(AccountId::parse("123456789012").unwrap(), Region::parse("eu-west-1").unwrap())
    }

    #[test]
    fn a_failed_part_keeps_its_last_value_and_its_age() {
        let mut snapshot = snapshot();
        let (first, second) = (Timestamp::from_second(1).unwrap(), Timestamp::from_second(2).unwrap());
        snapshot.put(first, PartValue::StateMachines(Observed::known(StateMachines::default())));
        snapshot.put(second, PartName::StateMachines.missing(Gap::new(GapReason::Throttled, "slow down")));
        assert!(matches!(snapshot.state_machines(), Observed::Stale { .. }));
        assert_eq!(snapshot.ages()[0].1, first);
    }

    #[test]
    fn what_was_never_collected_is_missing_and_lines_round_trip() {
        let mut snapshot = snapshot();
        assert!(matches!(snapshot.iam(), Observed::Missing { .. }));
        snapshot.put(Timestamp::UNIX_EPOCH, PartValue::StateMachines(Observed::known(StateMachines::default())));
        let text: Vec<_> =
            snapshot.clone().into_lines().iter().map(|line| serde_json::to_string(line).unwrap()).collect();
        let lines = text.iter().map(|line| serde_json::from_str(line).unwrap());
        assert_eq!(Snapshot::assemble(lines), [snapshot]);
    }
}
