//! What is collected, where, and through which roles.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use crate::model::{PartName, Quota};
use crate::types::{Arn, Region};

/// The Regions of each account that are audited.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Regions {
    /// Every Region that is enabled for the account.
    #[default]
    AllEnabled,
    /// These, in this order, without repeats; never [`Region::GLOBAL`].
    Named(Vec<Region>),
}

/// Accounts, Regions, and which collectors run in them.
#[derive(Debug, Clone, PartialEq)]
pub struct CollectSettings {
    pub regions: Regions,
    /// Without any, the caller's own account is audited.
    pub accounts: Vec<AccountSource>,
    /// Collectors that are switched off; never [`PartName::Identity`]. [`PartName::LastAccessed`] is by default: it takes
    /// minutes.
    pub disabled: BTreeSet<PartName>,
    pub tier: Tier,
    /// Calls in flight per Region.
    pub concurrency: usize,
    pub versions: VersionSettings,
    /// Activities of a Region that are described, one call each.
    pub activities: usize,
    /// How much of execution data is read.
    pub executions: ExecutionSettings,
    pub running: RunningSettings,
    /// From which share of a quota its holders are asked for.
    pub warnings: Warnings,
}

impl CollectSettings {
    /// Whether a collector does not run: it is switched off, or sees further than the tier.
    pub fn leaves_out(&self, part: PartName) -> bool {
        self.disabled.contains(&part) || self.tier.leaves_out().contains(&part)
    }

    /// Whether histories of executions may be asked for.
    pub fn reads_histories(&self) -> bool {
        let executions = &self.executions;
        !self.leaves_out(PartName::Executions) && executions.states && executions.calls > 0
    }
}

/// How far into executions a collection may see, as far as the collectors that are on do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tier {
    /// Not at all: state machines, roles, the settings of logs, quotas.
    Inventory,
    /// That they run, since when and how many; not what they hold.
    Executions,
    /// What they hold too.
    #[default]
    Payloads,
}

impl Tier {
    pub const ALL: [Self; 3] = [Self::Inventory, Self::Executions, Self::Payloads];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inventory => "inventory",
            Self::Executions => "executions",
            Self::Payloads => "payloads",
        }
    }

    /// The collectors that see further.
    pub fn leaves_out(self) -> &'static [PartName] {
        match self {
            Self::Inventory => &[PartName::Executions, PartName::Running, PartName::QuotaHolders],
            Self::Executions => &[PartName::Executions],
            Self::Payloads => &[],
        }
    }
}

impl FromStr for Tier {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|tier| tier.as_str() == text);
        known.ok_or_else(|| "expected inventory, executions or payloads".to_owned())
    }
}

/// How much is asked about what runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunningSettings {
    /// Calls per Region and collection; 0: none.
    pub calls: u64,
    /// Pages of 1,000 running executions of one machine.
    pub pages: u32,
}

impl Default for RunningSettings {
    fn default() -> Self {
        Self { calls: 200, pages: 5 }
    }
}

/// The warning levels of quotas, as shares of their limits.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Warnings(pub BTreeMap<Quota, f64>);

impl Warnings {
    /// Of a quota that has no level of its own.
    pub const DEFAULT: f64 = 0.8;

    pub fn of(&self, quota: Quota) -> f64 {
        self.0.get(&quota).copied().unwrap_or(Self::DEFAULT)
    }
}

/// How much of execution data is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutionSettings {
    /// Executions of a machine that one collection reads.
    pub per_machine: usize,
    /// What ended before is not read.
    pub max_age_days: u32,
    /// Bytes of data of a machine that one collection reads.
    pub max_bytes: u64,
    /// Calls for execution data per Region and collection; 0: none.
    pub calls: u64,
    /// What states took and gave is read too, not only what went into an execution and came out.
    pub states: bool,
    /// Children of Distributed Maps that are read, for each execution.
    pub map_children: u32,
    /// How far back the logs of Express machines are read.
    pub log_hours: u32,
    /// Log groups that only Logs Insights reads are read by it, for money.
    pub insights: bool,
}

impl Default for ExecutionSettings {
    fn default() -> Self {
        Self {
            per_machine: 10,
            max_age_days: 90,
            max_bytes: 64 << 20,
            calls: 1_000,
            states: true,
            map_children: 3,
            log_hours: 24,
            insights: false,
        }
    }
}
/// Of how much published versions are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VersionSettings {
    /// State machines of a Region that are asked about, one call each.
    pub machines: usize,
    /// Versions of one machine that are read, the newest, beside those that aliases lead to.
    pub per_machine: usize,
}

/// An account and the role through which it is read.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountSource {
    /// What people call the account.
    pub name: Option<String>,
    /// A role of the account; its ARN also says which account that is.
    pub role_arn: Arn,
    /// What the role's trust policy asks for. It is left out of `Debug`.
    pub external_id: Option<String>,
}

impl Default for CollectSettings {
    fn default() -> Self {
        Self {
            regions: Regions::default(),
            accounts: Vec::new(),
            disabled: BTreeSet::from([PartName::LastAccessed]),
            tier: Tier::default(),
            concurrency: 16,
            executions: ExecutionSettings::default(),
            running: RunningSettings::default(),
            warnings: Warnings::default(),
            // A full bucket of the lists holds 100 calls, of which a quarter may be spent; the rest takes 100 seconds.
            versions: VersionSettings { machines: 50, per_machine: 5 },
            // A full bucket holds 200 calls, of which a quarter may be spent.
            activities: 50,
        }
    }
}

impl fmt::Debug for AccountSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let external_id = self.external_id.as_ref().map(|_| "(redacted)");
        f.debug_struct("AccountSource")
            .field("name", &self.name)
            .field("role_arn", &self.role_arn)
            .field("external_id", &external_id)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::AccountSource;
    use crate::types::Arn;

    #[test]
    fn an_external_id_is_not_printed() {
        let source = AccountSource {
            name: None,
            role_arn: Arn::parse("arn:aws:iam::123456789012:role/stepwarden").unwrap(),
            external_id: Some("hunter2".to_owned()),
        };
        let printed = format!("{source:?}");
        assert!(!printed.contains("hunter2") && printed.contains("redacted"), "{printed}");
    }
}
