//! Versions and aliases: quotas that each state machine has of its own.

use std::collections::BTreeMap;

use super::reading::{quotas, unmeasured};
use super::{Quota, QuotaStatus, Usage};
use crate::model::{Published, Snapshot};
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
        list.machines.iter().all(|machine| matches!(listed.get(&&machine.arn), Some(Count { whole: true, .. })))
    });
    let most = listed.iter().max_by(|(_, a), (_, b)| a.value.total_cmp(&b.value));
    let most = most.map(|(machine, count)| (count.value, (*machine).clone()));
    let (source, metric) = sources(quota);
    if all.is_some() {
        let (value, machine) = most.map_or((0.0, None), |(value, machine)| (value, Some(machine)));
        return (Usage::Exact { value, source, at: None }, machine.filter(|_| value > 0.0));
    }
    let (measured, gap) = measured(quota, snapshot);
    let measured = measured.filter(|(_, machine)| !is_gone(machine, snapshot));
    match (measured, most.filter(|(value, _)| *value > 0.0)) {
        (Some((value, machine)), most) if most.as_ref().is_none_or(|(listed, _)| *listed <= value) => {
            (Usage::AtLeast { value, source: metric, at: None }, Some(machine))
        }
        (_, Some((value, machine))) => (Usage::AtLeast { value, source, at: None }, Some(machine)),
        _ => (Usage::Unknown(gap), None),
    }
}

impl QuotaStatus {
    /// Of a quota that each state machine has of its own, this status for every machine that lists or CloudWatch tell of.
    pub fn of_each_machine(&self, snapshot: &Snapshot) -> Vec<Self> {
        let (list, metric) = sources(self.quota);
        let mut counts: BTreeMap<&Arn, (f64, &'static str)> = BTreeMap::new();
        let listed = listed(self.quota, snapshot).into_iter().map(|(machine, count)| (machine, count.value, list));
        let highest = quotas(snapshot).ok().and_then(|quotas| quotas.highest.get(&self.quota)?.seen().0);
        let measured = highest.into_iter().flatten().filter(|holder| !is_gone(&holder.machine, snapshot));
        let measured = measured.map(|holder| (&holder.machine, holder.value, metric));
        for (machine, value, source) in listed.chain(measured) {
            let count = counts.entry(machine).or_insert((value, source));
            *count = if count.0 < value { (value, source) } else { *count };
        }
        let status = |(machine, (value, source)): (&Arn, (f64, &'static str))| Self {
            machine: Some(machine.clone()),
            usage: Usage::AtLeast { value, source, at: None },
            ..self.clone()
        };
        counts.into_iter().map(status).collect()
    }
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

struct Count {
    value: f64,
    whole: bool,
}

/// What the lists of versions and aliases say, by machine.
fn listed(quota: Quota, snapshot: &Snapshot) -> BTreeMap<&Arn, Count> {
    #[allow(clippy::cast_precision_loss, reason = "AWS allows 1,000 versions")]
    let number = |count: usize| count as f64;
    let count = |published: &Published| match quota {
        Quota::Versions => Some(Count { value: number(published.versions.len()), whole: true }),
        _ => {
            let (aliases, gap) = published.aliases.seen();
            aliases.map(|aliases| Count { value: number(aliases.len()), whole: gap.is_none() })
        }
    };
    let (Observed::Known { value: versions } | Observed::Partial { value: versions, .. }) = snapshot.versions() else {
        return BTreeMap::new();
    };
    let counted = |(machine, published): (_, &Observed<Published>)| {
        let (published, gap) = published.seen();
        let count = count(published?)?;
        Some((machine, Count { whole: count.whole && gap.is_none(), ..count }))
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
