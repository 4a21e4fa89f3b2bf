use jiff::SignedDuration;

use super::holders::name_holders;
use super::{OPEN_EXECUTION_COUNT_BLIND_BELOW, Quota, QuotaLimit, QuotaStatus, Reading, Usage};
use crate::model::{PartName, Snapshot, StateMachines};
use crate::types::{Gap, GapReason, Observed};

/// An older point of a metric that comes by the minute is not what is so now.
const FRESH: SignedDuration = SignedDuration::from_mins(15);

impl QuotaStatus {
    /// Usage over limit, where a number is known at all (a lower bound counts as itself).
    pub fn ratio(&self) -> Option<f64> {
        match &self.usage {
            Usage::Exact { value, .. } | Usage::AtLeast { value, .. } => Some(value / self.limit.value),
            Usage::Unknown(_) => None,
        }
    }

    /// Every watched quota of a Region's snapshot.
    pub fn of(snapshot: &Snapshot) -> Vec<Self> {
        let status = |quota| Self {
            quota,
            limit: limit(quota, snapshot),
            usage: usage(quota, snapshot),
            backlog: backlog(quota, snapshot),
            machine: None,
            holders: None,
        };
        let mut all: Vec<_> =
            [Quota::StateMachines, Quota::OpenExecutions, Quota::OpenMapRuns].into_iter().map(status).collect();
        name_holders(&mut all, snapshot);
        all
    }
}

fn limit(quota: Quota, snapshot: &Snapshot) -> QuotaLimit {
    let quotas = snapshot.quotas();
    let quotas = quotas.seen().0;
    let metric = || {
        let readings = quotas?.metrics.seen().0?;
        readings.get(quota.limit_metric()?).map(|reading| reading.value).filter(|value| *value > 0.0)
    };
    // An account without an applied value has the default; where the applied ones were not read, the metric knows better.
    let default = || quotas.and_then(|quotas| quota.named(&quotas.defaults)).map(|value| (value, "default"));
    let applied_read = quotas.is_some_and(|quotas| quotas.applied.whole().is_ok());
    let found = quotas
        .and_then(|quotas| quota.named(&quotas.applied))
        .map(|value| (value, "applied"))
        .or_else(|| default().filter(|_| applied_read))
        .or_else(|| metric().map(|value| (value, "metric")))
        .or_else(default);
    let (value, source) = found.unwrap_or((quota.documented(), "documented"));
    QuotaLimit { value, source }
}

fn usage(quota: Quota, snapshot: &Snapshot) -> Usage {
    match quota {
        Quota::StateMachines => state_machines(snapshot),
        Quota::OpenExecutions => match reading(snapshot, "OpenExecutionCount") {
            Ok(reading) if reading.value >= OPEN_EXECUTION_COUNT_BLIND_BELOW => {
                Usage::AtLeast { value: reading.value, source: "OpenExecutionCount", at: Some(reading.at) }
            }
            Ok(_) => Usage::Unknown(unmeasured(
                "CloudWatch's OpenExecutionCount may read 0 below about 10,000 open executions, so a low reading says nothing",
            )),
            Err(gap) => Usage::Unknown(gap),
        },
        Quota::OpenMapRuns => match reading(snapshot, "ApproximateOpenMapRunCount") {
            Ok(reading) => {
                Usage::Exact { value: reading.value, source: "ApproximateOpenMapRunCount", at: Some(reading.at) }
            }
            Err(gap) => Usage::Unknown(gap),
        },
        _ => Usage::Unknown(Gap::not_collected("quotas")),
    }
}

fn backlog(quota: Quota, snapshot: &Snapshot) -> Option<f64> {
    let measured = || reading(snapshot, "ApproximateMapRunBacklogSize").ok();
    (quota == Quota::OpenMapRuns).then(measured)?.map(|reading| reading.value)
}

/// The list is exact where it is whole; CloudWatch's count exists only after a machine was added or deleted.
fn state_machines(snapshot: &Snapshot) -> Usage {
    #[allow(clippy::cast_precision_loss, reason = "an account holds at most 150,000 state machines")]
    let count = |machines: &StateMachines| machines.machines.len() as f64;
    let list = snapshot.state_machines();
    if let Observed::Known { value } = list {
        return Usage::Exact { value: count(value), source: "ListStateMachines", at: None };
    }
    match (reading(snapshot, "StateMachineCount"), list) {
        (Ok(reading), _) => Usage::Exact { value: reading.value, source: "StateMachineCount", at: Some(reading.at) },
        (Err(_), Observed::Partial { value, .. }) => {
            Usage::AtLeast { value: count(value), source: "ListStateMachines", at: None }
        }
        (Err(gap), list) => Usage::Unknown(list.gap().cloned().unwrap_or(gap)),
    }
}

/// The newest point, where it tells of the time of the collection.
fn reading(snapshot: &Snapshot, metric: &str) -> Result<Reading, Gap> {
    let quotas = snapshot.quotas();
    let quotas = *quotas.whole().map_err(Gap::clone)?;
    let (readings, gap) = quotas.metrics.seen();
    let absent = || unmeasured(&format!("CloudWatch has no recent point of {metric}, which is not the same as 0"));
    let reading = readings.and_then(|readings| readings.get(metric).copied());
    let reading = reading.ok_or_else(|| gap.cloned().unwrap_or_else(absent))?;
    let ages = snapshot.ages();
    let collected = ages.iter().find(|(part, ..)| *part == PartName::Quotas).map(|(_, observed_at, _)| *observed_at);
    if collected.is_some_and(|collected| collected.duration_since(reading.at) > FRESH) {
        let detail = format!(
            "CloudWatch's newest point of {metric} is of {}, more than {} minutes before the collection: it says nothing \
             about usage now",
            reading.at,
            FRESH.as_mins(),
        );
        return Err(Gap { reason: GapReason::Stale, ..unmeasured(&detail) });
    }
    Ok(reading)
}

/// CloudWatch was asked, and what it answers does not tell.
fn unmeasured(why: &str) -> Gap {
    Gap { api: "cloudwatch:GetMetricData".to_owned(), ..Gap::new(GapReason::Unsupported, why) }
}
