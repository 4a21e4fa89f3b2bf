//! Gaps within parts of a snapshot that are there.

use super::{
    Activities, Alarms, DataProtections, Details, EventRules, Executions, FunctionPolicies, Iam, Identity, KmsKeys,
    LastAccessed, LastStarts, LogGroups, QuotaHolders, Quotas, ResultBuckets, Running, RunningExecutions, StartRates,
    StateMachines, Subscriptions, Tables, Tags, Versions, Xray,
};
use crate::types::{Gap, GapReason, Observed};

/// Contents of a part that can be there while something in them is not.
pub(super) trait GapWithin {
    fn gap_within(&self) -> Option<&Gap> {
        None
    }
}

impl GapWithin for Identity {
    fn gap_within(&self) -> Option<&Gap> {
        self.regions.gap()
    }
}

impl GapWithin for Xray {
    fn gap_within(&self) -> Option<&Gap> {
        self.encryption.gap().or(self.destination.gap())
    }
}

impl GapWithin for Quotas {
    fn gap_within(&self) -> Option<&Gap> {
        // What was not collected at all, a count that was not to be followed further, and Metrics Insights, which is not
        // everywhere, are no failures.
        let failed =
            |gap: &&Gap| !matches!(gap.reason, GapReason::Partial | GapReason::Disabled | GapReason::NotSampled);
        let counted = self.counted.values().find_map(|count| count.gap().filter(failed));
        let listed = self.metrics.gap().or(self.applied.gap()).or(self.defaults.gap());
        listed.or_else(|| self.hours.gap().filter(failed)).or(counted)
    }
}

impl GapWithin for StateMachines {
    fn gap_within(&self) -> Option<&Gap> {
        self.machines.iter().find_map(|machine| machine.details.gap().or_else(|| within(machine.details.seen().0?)))
    }
}

fn within(details: &Details) -> Option<&Gap> {
    details.role_arn.gap().or(details.definition.gap())
}

/// What is outside the sample was not asked for.
impl GapWithin for Activities {
    fn gap_within(&self) -> Option<&Gap> {
        self.values().filter_map(|activity| activity.encryption.gap()).find(|gap| gap.reason != GapReason::NotSampled)
    }
}

impl GapWithin for LogGroups {
    fn gap_within(&self) -> Option<&Gap> {
        self.values().find_map(Observed::gap)
    }
}

impl GapWithin for DataProtections {
    fn gap_within(&self) -> Option<&Gap> {
        self.values().find_map(Observed::gap)
    }
}

impl GapWithin for Subscriptions {
    fn gap_within(&self) -> Option<&Gap> {
        self.groups.values().find_map(Observed::gap).or(self.account.gap())
    }
}

impl GapWithin for ResultBuckets {
    fn gap_within(&self) -> Option<&Gap> {
        self.values().find_map(|bucket| bucket.gap().or_else(|| bucket.seen().0?.as_ref()?.gap()))
    }
}

impl GapWithin for Tables {
    fn gap_within(&self) -> Option<&Gap> {
        self.values().find_map(|table| table.gap().or_else(|| table.seen().0?.as_ref()?.gap()))
    }
}

impl GapWithin for KmsKeys {
    fn gap_within(&self) -> Option<&Gap> {
        let keys = self.keys.values().filter_map(|key| key.policy.gap().or(key.grants.gap()));
        self.named.values().filter_map(Observed::gap).chain(keys).next()
    }
}

impl GapWithin for EventRules {
    fn gap_within(&self) -> Option<&Gap> {
        self.values().find_map(|rule| rule.targets.gap().or(rule.pattern.as_ref().and_then(Observed::gap)))
    }
}

impl GapWithin for Alarms {}

impl GapWithin for FunctionPolicies {
    fn gap_within(&self) -> Option<&Gap> {
        self.values().find_map(Observed::gap)
    }
}

impl GapWithin for Executions {
    fn gap_within(&self) -> Option<&Gap> {
        self.values().find_map(Observed::gap)
    }
}

/// What is outside the sample was not asked for.
impl GapWithin for Running {
    fn gap_within(&self) -> Option<&Gap> {
        fn of(running: &RunningExecutions) -> impl Iterator<Item = Option<&Gap>> {
            let counts = running.map_runs.seen().0.into_iter().flatten().map(|run| run.counts.gap());
            [running.durations.gap(), running.histories.gap(), running.map_runs.gap()].into_iter().chain(counts)
        }
        let lists = self.values().map(Observed::gap);
        let within = self.values().filter_map(|running| running.seen().0).flat_map(of);
        lists.chain(within).flatten().find(|gap| gap.reason != GapReason::NotSampled)
    }
}

impl GapWithin for Iam {
    fn gap_within(&self) -> Option<&Gap> {
        let principals = self.roles.values().map(|role| &role.principal).chain(&self.users).chain(&self.groups);
        let inline = principals.flat_map(|principal| &principal.inline).map(|inline| &inline.policy);
        let trust = self.roles.values().map(|role| &role.trust);
        inline.chain(trust).chain(self.policies.values()).find_map(Observed::gap)
    }
}

impl GapWithin for LastAccessed {
    fn gap_within(&self) -> Option<&Gap> {
        self.values().find_map(Observed::gap)
    }
}

impl GapWithin for QuotaHolders {
    fn gap_within(&self) -> Option<&Gap> {
        self.values().find_map(Observed::gap)
    }
}

impl GapWithin for StartRates {}

impl GapWithin for Tags {}

/// What is outside the sample was not asked for.
impl GapWithin for Versions {
    fn gap_within(&self) -> Option<&Gap> {
        let lists = self.values().filter_map(Observed::gap);
        let published = || self.values().filter_map(|published| published.seen().0);
        let aliases = published().filter_map(|published| published.aliases.gap());
        let versions = published().flat_map(|published| &published.versions);
        let definitions = versions.filter_map(|version| version.definition.gap());
        lists.chain(aliases).chain(definitions).find(|gap| gap.reason != GapReason::NotSampled)
    }
}

impl GapWithin for LastStarts {}
