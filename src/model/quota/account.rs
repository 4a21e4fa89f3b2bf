//! Quotas that an account has one of in each Region.

use super::counting::or_counted;
use super::reading::{observed, quotas, reading, unmeasured};
use super::{OPEN_EXECUTION_COUNT_BLIND_BELOW, Quota, QuotaStatus, Usage};
use crate::model::{PartName, Snapshot, StateMachines};
use crate::types::{Gap, Observed};

pub(super) fn statuses(snapshot: &Snapshot) -> Vec<QuotaStatus> {
    let status = |quota| QuotaStatus {
        backlog: (quota == Quota::OpenMapRuns).then(|| map_run_backlog(snapshot).ok()).flatten(),
        ..QuotaStatus::new(quota, snapshot, or_counted(quota, snapshot, usage(quota, snapshot)))
    };
    [Quota::StateMachines, Quota::Activities, Quota::OpenExecutions, Quota::OpenMapRuns, Quota::LogResourcePolicies]
        .map(status)
        .into()
}

/// How many Map Runs wait to be started.
pub fn map_run_backlog(snapshot: &Snapshot) -> Result<f64, Gap> {
    reading(snapshot, "ApproximateMapRunBacklogSize").map(|reading| reading.value)
}

fn usage(quota: Quota, snapshot: &Snapshot) -> Usage {
    match quota {
        Quota::StateMachines => state_machines(snapshot),
        Quota::Activities => metric(snapshot, "ActivityCount")
            .unwrap_or_else(|gap| counted(snapshot, quota, "ListActivities").unwrap_or(Usage::Unknown(gap))),
        Quota::OpenExecutions => match reading(snapshot, "OpenExecutionCount") {
            Ok(reading) if reading.value >= OPEN_EXECUTION_COUNT_BLIND_BELOW => {
                Usage::AtLeast { value: reading.value, source: "OpenExecutionCount", at: Some(reading.at) }
            }
            Ok(_) => Usage::Unknown(unmeasured(
                "CloudWatch's OpenExecutionCount may read 0 below about 10,000 open executions, so a low reading says nothing",
            )),
            Err(gap) => Usage::Unknown(gap),
        },
        Quota::OpenMapRuns => metric(snapshot, "ApproximateOpenMapRunCount").unwrap_or_else(Usage::Unknown),
        Quota::LogResourcePolicies => counted(snapshot, quota, "DescribeResourcePolicies")
            .unwrap_or_else(|| Usage::Unknown(uncounted(quota, snapshot))),
        _ => Usage::Unknown(Gap::not_collected("quotas")),
    }
}

/// The list is exact where it is whole; CloudWatch's count exists only after a machine was added or deleted; what one
/// page held is a lower bound.
fn state_machines(snapshot: &Snapshot) -> Usage {
    #[allow(clippy::cast_precision_loss, reason = "an account holds at most 150,000 state machines")]
    let count = |machines: &StateMachines| machines.machines.len() as f64;
    let (source, at) = ("ListStateMachines", observed(snapshot, PartName::StateMachines));
    let list = snapshot.state_machines();
    if let Observed::Known { value } = list {
        return Usage::Exact { value: count(value), source, at };
    }
    let gap = match metric(snapshot, "StateMachineCount") {
        Ok(usage) => return usage,
        Err(gap) => gap,
    };
    match (list, counted(snapshot, Quota::StateMachines, source)) {
        (_, Some(usage @ Usage::Exact { .. })) => usage,
        (Observed::Partial { value: list, .. }, page) => {
            let page = page.and_then(|page| page.value()).unwrap_or_default();
            Usage::AtLeast { value: count(list).max(page), source, at }
        }
        (_, Some(page)) => page,
        (list, None) => Usage::Unknown(list.gap().cloned().unwrap_or(gap)),
    }
}

fn metric(snapshot: &Snapshot, name: &'static str) -> Result<Usage, Gap> {
    reading(snapshot, name).map(|reading| Usage::Exact { value: reading.value, source: name, at: Some(reading.at) })
}

/// What a list was counted to; absent where it was not read.
#[allow(clippy::cast_precision_loss, reason = "a page holds at most 1,000")]
fn counted(snapshot: &Snapshot, quota: Quota, source: &'static str) -> Option<Usage> {
    let at = observed(snapshot, PartName::Quotas);
    match quotas(snapshot).ok()?.counted.get(&quota)? {
        Observed::Known { value } => Some(Usage::Exact { value: *value as f64, source, at }),
        Observed::Partial { value, .. } => Some(Usage::AtLeast { value: *value as f64, source, at }),
        Observed::Stale { .. } | Observed::Missing { .. } => None,
    }
}

fn uncounted(quota: Quota, snapshot: &Snapshot) -> Gap {
    match quotas(snapshot) {
        Ok(quotas) => {
            quotas.counted.get(&quota).and_then(Observed::gap).cloned().unwrap_or_else(|| Gap::not_collected("quotas"))
        }
        Err(gap) => gap,
    }
}
