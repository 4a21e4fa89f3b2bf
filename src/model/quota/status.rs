use super::{Forecast, Quota, QuotaLimit, QuotaStatus, Usage, account, counting, holders, published, rates};
use crate::model::Snapshot;

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
        let parts = [
            account::statuses(snapshot),
            published::statuses(snapshot),
            counting::of_machines(snapshot),
            rates::statuses(snapshot),
        ];
        let forecast = |status: Self| Self { forecast: Forecast::of(&status, snapshot), ..status };
        let mut all: Vec<_> = parts.into_iter().flatten().map(forecast).collect();
        holders::name_holders(&mut all, snapshot);
        all
    }

    pub(super) fn new(quota: Quota, snapshot: &Snapshot, usage: Usage) -> Self {
        Self {
            quota,
            limit: limit(quota, snapshot),
            usage,
            backlog: None,
            burst: None,
            machine: None,
            holders: None,
            holders_gap: None,
            forecast: Forecast::NotMade,
        }
    }
}

pub(super) fn limit(quota: Quota, snapshot: &Snapshot) -> QuotaLimit {
    let quotas = snapshot.quotas();
    let quotas = quotas.seen().0;
    let metric = || {
        let readings = quotas?.metrics.seen().0?;
        readings.get(&quota.limit_metric()?).map(|reading| reading.value).filter(|value| *value > 0.0)
    };
    // An account without an applied value has the default; where the applied ones were not read, the metric knows better.
    // Of a token bucket it always does: AWS gives new accounts slower ones than its default says.
    let default = || quotas.and_then(|quotas| quota.named(&quotas.defaults)).map(|value| (value, "default"));
    let applied_read = quota.bucket().is_none() && quotas.is_some_and(|quotas| quotas.applied.whole().is_ok());
    let found = quotas
        .and_then(|quotas| quota.named(&quotas.applied))
        .map(|value| (value, "applied"))
        .or_else(|| default().filter(|_| applied_read))
        .or_else(|| metric().map(|value| (value, "metric")))
        .or_else(default);
    let (value, source) = found.unwrap_or((quota.documented_in(&snapshot.region), "documented"));
    QuotaLimit { value, source }
}
