//! Versions and aliases: quotas that each state machine has of its own.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::reading::{observed, quotas, unmeasured};
use super::{Quota, QuotaStatus, Usage};
use crate::model::{PartName, Published, Snapshot};
use crate::types::{Arn, Gap, Observed};

pub(super) fn statuses(snapshot: &Snapshot) -> Vec<QuotaStatus> {
    let status = |quota| {
        let (usage, machine) = highest(quota, snapshot);
        QuotaStatus { machine, ..QuotaStatus::new(quota, snapshot, usage) }
    };
    [Quota::Versions, Quota::Aliases].map(status).into()
}

/// The most that any machine has. It is exact where the lists of all machines were read; CloudWatch tells only of machines
/// that had a point of late, so what it says is a lower bound.
fn highest(quota: Quota, snapshot: &Snapshot) -> (Usage, Option<Arn>) {
    let machines = snapshot.state_machines();
    let listed = listed(quota, snapshot);
    let all = machines.whole().ok().filter(|list| {
        list.machines.iter().all(|machine| matches!(listed.get(&&machine.arn), Some(Listed { whole: true, .. })))
    });
    let most = listed.iter().max_by(|(_, a), (_, b)| a.value.total_cmp(&b.value));
    let most = most.map(|(machine, count)| (count.value, (*machine).clone()));
    let (source, metric) = sources(quota);
    let [list_at, metric_at] = ages(snapshot);
    if all.is_some() {
        let (value, machine) = most.map_or((0.0, None), |(value, machine)| (value, Some(machine)));
        return (Usage::Exact { value, source, at: list_at }, machine.filter(|_| value > 0.0));
    }
    let (measured, gap) = measured(quota, snapshot);
    let measured = measured.filter(|(_, machine)| !is_gone(machine, snapshot));
    match (measured, most.filter(|(value, _)| *value > 0.0)) {
        (Some((value, machine)), most) if most.as_ref().is_none_or(|(listed, _)| *listed <= value) => {
            (Usage::AtLeast { value, source: metric, at: metric_at }, Some(machine))
        }
        (_, Some((value, machine))) => (Usage::AtLeast { value, source, at: list_at }, Some(machine)),
        _ => (Usage::Unknown(gap), None),
    }
}

impl QuotaStatus {
    /// Of a quota that each state machine has of its own, this status for every machine that lists or CloudWatch tell of.
    pub fn of_each_machine(&self, snapshot: &Snapshot) -> Vec<Self> {
        let (list, metric) = sources(self.quota);
        let [list_at, metric_at] = ages(snapshot);
        let mut counts: BTreeMap<&Arn, Count> = BTreeMap::new();
        let listed = listed(self.quota, snapshot).into_iter();
        let listed = listed.map(|(machine, count)| (machine, (count.value, list, list_at)));
        let highest = quotas(snapshot).ok().and_then(|quotas| quotas.highest.get(&self.quota)?.seen().0);
        let measured = highest.into_iter().flatten().filter(|holder| !is_gone(&holder.machine, snapshot));
        let measured = measured.map(|holder| (&holder.machine, (holder.value, metric, metric_at)));
        for (machine, count) in listed.chain(measured) {
            let most = counts.entry(machine).or_insert(count);
            *most = if most.0 < count.0 { count } else { *most };
        }
        let status = |(machine, (value, source, at)): (&Arn, Count)| Self {
            machine: Some(machine.clone()),
            usage: Usage::AtLeast { value, source, at },
            ..self.clone()
        };
        counts.into_iter().map(status).collect()
    }
}

/// A number, who told it, and when that was asked.
type Count = (f64, &'static str, Option<Timestamp>);

/// When the lists were read, and when CloudWatch was asked who has most.
fn ages(snapshot: &Snapshot) -> [Option<Timestamp>; 2] {
    let asked =
        quotas(snapshot).ok().and_then(|quotas| quotas.slow_at).or_else(|| observed(snapshot, PartName::Quotas));
    [observed(snapshot, PartName::Versions), asked]
}

/// The list and the metric that tell of it.
fn sources(quota: Quota) -> (&'static str, &'static str) {
    match quota {
        Quota::Versions => ("ListStateMachineVersions", "VersionCount"),
        _ => ("ListStateMachineAliases", "AliasCount"),
    }
}

fn is_gone(machine: &Arn, snapshot: &Snapshot) -> bool {
    snapshot.state_machines().whole().is_ok_and(|list| list.machines.iter().all(|known| known.arn != *machine))
}

struct Listed {
    value: f64,
    whole: bool,
}

/// What the lists of versions and aliases say, by machine.
fn listed(quota: Quota, snapshot: &Snapshot) -> BTreeMap<&Arn, Listed> {
    #[allow(clippy::cast_precision_loss, reason = "AWS allows 1,000 versions")]
    let number = |count: usize| count as f64;
    let count = |published: &Published| match quota {
        Quota::Versions => Some(Listed { value: number(published.versions.len()), whole: true }),
        _ => {
            let (aliases, gap) = published.aliases.seen();
            aliases.map(|aliases| Listed { value: number(aliases.len()), whole: gap.is_none() })
        }
    };
    let (Observed::Known { value: versions } | Observed::Partial { value: versions, .. }) = snapshot.versions() else {
        return BTreeMap::new();
    };
    let counted = |(machine, published): (_, &Observed<Published>)| {
        let (published, gap) = published.seen();
        let count = count(published?)?;
        Some((machine, Listed { whole: count.whole && gap.is_none(), ..count }))
    };
    versions.iter().filter_map(counted).collect()
}

/// The machine that CloudWatch names first; and why there may be others.
fn measured(quota: Quota, snapshot: &Snapshot) -> (Option<(f64, Arn)>, Gap) {
    let none = || unmeasured("CloudWatch tells only of state machines that had a point in the last 3 hours");
    let quotas = match quotas(snapshot) {
        Ok(quotas) => quotas,
        Err(gap) => return (None, gap),
    };
    let Some(holders) = quotas.highest.get(&quota) else { return (None, Gap::not_collected("quotas")) };
    let (holders, gap) = holders.seen();
    let most = holders.into_iter().flatten().max_by(|a, b| a.value.total_cmp(&b.value));
    (most.map(|holder| (holder.value, holder.machine.clone())), gap.cloned().unwrap_or_else(none))
}
