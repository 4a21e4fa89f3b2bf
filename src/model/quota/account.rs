//! Quotas that an account has one of in each Region.

use jiff::Timestamp;

use super::counting::or_counted;
use super::reading::{observed, quotas, reading, unmeasured};
use super::{OPEN_EXECUTION_COUNT_BLIND_BELOW, Quota, QuotaStatus, Usage};
use crate::model::{PartName, Snapshot};
use crate::types::{Gap, GapReason, Observed};

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
        Quota::Activities => activities(snapshot),
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

fn state_machines(snapshot: &Snapshot) -> Usage {
    let list = snapshot.state_machines();
    let list = Listed {
        source: "ListStateMachines",
        length: list.seen().0.map(|list| list.machines.len()),
        gap: list.gap().cloned(),
        at: observed(snapshot, PartName::StateMachines),
    };
    list.or_counted(snapshot, Quota::StateMachines, "StateMachineCount")
}

fn activities(snapshot: &Snapshot) -> Usage {
    let list = snapshot.activities();
    let list = Listed {
        source: "ListActivities",
        length: list.seen().0.map(|list| list.len()),
        gap: list.gap().cloned(),
        at: observed(snapshot, PartName::Activities),
    };
    list.or_counted(snapshot, Quota::Activities, "ActivityCount")
}

/// What a part of the snapshot that lists what a quota counts says of it.
struct Listed {
    source: &'static str,
    length: Option<usize>,
    /// Why the list is not whole.
    gap: Option<Gap>,
    at: Option<Timestamp>,
}

impl Listed {
    /// The list is exact where it is whole; CloudWatch's count exists only after one was added or deleted; what one page
    /// held is a lower bound.
    #[allow(clippy::cast_precision_loss, reason = "an account holds at most 150,000 of each")]
    fn or_counted(self, snapshot: &Snapshot, quota: Quota, metric_name: &'static str) -> Usage {
        let Self { source, length, gap, at } = self;
        if let (Some(length), None) = (length, &gap) {
            return Usage::Exact { value: length as f64, source, at };
        }
        let unmeasured = match metric(snapshot, metric_name) {
            Ok(usage) => return usage,
            Err(gap) => gap,
        };
        match (length, counted(snapshot, quota, source)) {
            (_, Some(usage @ Usage::Exact { .. })) => usage,
            (Some(length), page) => {
                let page = page.and_then(|page| page.value()).unwrap_or_default();
                Usage::AtLeast { value: page.max(length as f64), source, at }
            }
            (None, Some(page)) => page,
            (None, None) => Usage::Unknown(gap.filter(|gap| gap.reason != GapReason::Disabled).unwrap_or(unmeasured)),
        }
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
