//! Token buckets: what is consumed a second, and what was throttled.
//!
//! CloudWatch's `ConsumedCapacity` is a count of requests. AWS's page names no statistic for it; that of Amazon SWF, which
//! reports the same four metrics of its buckets, names `Sum` for it and for `ThrottledEvents`, and `Minimum` for what is
//! provisioned: <https://docs.aws.amazon.com/amazonswf/latest/developerguide/cw-metrics.html>. So the rate is a sum over
//! seconds.

use jiff::{SignedDuration, Timestamp};

use super::reading::{collected, late, quotas, reading, unmeasured, up_to_date};
use super::status::limit;
use super::{FRESH, Quota, QuotaStatus, Quotas, Reading, StatesApi, Usage};
use crate::model::Snapshot;
use crate::types::Gap;

/// CloudWatch's count of states and retries that had to wait, of a whole account.
pub const THROTTLED_EXECUTIONS: &str = "ExecutionThrottled";

/// Minutes that a rate is a mean of: a burst that the bucket covers is gone in them.
const SUSTAINED_MINUTES: i64 = 5;
const MINUTE: SignedDuration = SignedDuration::from_secs(60);
/// A minute's sum still grows until it is over and its points have arrived.
const UNSETTLED: SignedDuration = SignedDuration::from_secs(120);
/// A mean over five minutes cannot be this many times the refill rate (a full bucket adds a third at most), unless another
/// limit counts: Express starts have a bucket of their own.
const IMPLAUSIBLE: f64 = 1.5;

/// What a token bucket went through in the window that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Throttling {
    /// Requests that were throttled in the last 3 hours.
    pub throttled: f64,
    /// The highest mean over five minutes of that window; absent where no point was published.
    pub peak: Option<Rate>,
    /// Why the last of what happened may be missing: this can warn, and cannot calm.
    pub late: Option<Gap>,
}

/// Requests a second, a mean over the five minutes that end `until`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    pub per_second: f64,
    pub until: Timestamp,
}

pub(super) fn statuses(snapshot: &Snapshot) -> Vec<QuotaStatus> {
    let apis = StatesApi::ALL.into_iter().map(Quota::Api);
    let status = |quota: Quota| {
        let size = format!("ProvisionedBucketSize:{}", quota.bucket().unwrap_or_default());
        let burst = reading(snapshot, &size).map(|reading| reading.value).ok();
        QuotaStatus { burst, ..QuotaStatus::new(quota, snapshot, usage(quota, snapshot)) }
    };
    std::iter::once(Quota::StateTransitions).chain(apis).map(status).collect()
}

/// The mean rate of the newest five minutes: a minute without a point makes it a lower bound.
fn usage(quota: Quota, snapshot: &Snapshot) -> Usage {
    match current(quota, snapshot) {
        Ok((rate, points)) => {
            let (value, at) = (rate.per_second, Some(rate.until));
            if points == SUSTAINED_MINUTES {
                Usage::Exact { value, source: "ConsumedCapacity", at }
            } else {
                Usage::AtLeast { value, source: "ConsumedCapacity", at }
            }
        }
        Err(gap) => Usage::Unknown(gap),
    }
}

fn current(quota: Quota, snapshot: &Snapshot) -> Result<(Rate, i64), Gap> {
    let metric = format!("ConsumedCapacity:{}", quota.bucket().unwrap_or_default());
    let settled = settled(snapshot, answered(quotas(snapshot)?, &metric)?);
    let Some(newest) = settled.last() else {
        return Err(unmeasured(&format!("CloudWatch has no recent point of {metric}, which is not the same as 0")));
    };
    if collected(snapshot).is_some_and(|collected| collected.duration_since(newest.at) > FRESH) {
        return Err(late(&metric, newest.at));
    }
    let (rate, points) = mean_until(settled, newest.at + MINUTE);
    plausible(rate, quota, snapshot)?;
    Ok((rate, points))
}

/// What limit counts is not known where more is consumed than it allows.
fn plausible(rate: Rate, quota: Quota, snapshot: &Snapshot) -> Result<(), Gap> {
    let limit = limit(quota, snapshot);
    if rate.per_second <= limit.value * IMPLAUSIBLE {
        return Ok(());
    }
    let detail = format!(
        "CloudWatch counts more {} than a refill rate of {} allows: another limit counts here, such as that of Express \
         executions",
        quota.title(),
        limit.value
    );
    Err(unmeasured(&detail))
}

/// The points whose minutes are over, oldest first.
fn settled<'a>(snapshot: &Snapshot, points: &'a [Reading]) -> &'a [Reading] {
    let Some(collected) = collected(snapshot) else { return points };
    let over = points.iter().take_while(|point| collected.duration_since(point.at) >= UNSETTLED).count();
    &points[..over]
}

/// The mean of the five minutes before `until`, and how many of them have a point.
fn mean_until(points: &[Reading], until: Timestamp) -> (Rate, i64) {
    let window = MINUTE * i32::try_from(SUSTAINED_MINUTES).unwrap_or(1);
    let inside: Vec<_> = points.iter().filter(|point| point.at < until && point.at >= until - window).collect();
    let sum = total(inside.iter().copied());
    let count = i64::try_from(inside.len()).unwrap_or(i64::MAX).min(SUSTAINED_MINUTES);
    (Rate { per_second: sum / window.as_secs_f64(), until }, count)
}

/// What CloudWatch wholly answered about a metric in the last 3 hours.
fn answered<'a>(quotas: &'a Quotas, metric: &str) -> Result<&'a [Reading], Gap> {
    let unanswered = || unmeasured(&format!("CloudWatch did not answer whether there are points of {metric}"));
    let points = quotas.minutes.get(metric);
    points.map(Vec::as_slice).ok_or_else(|| quotas.metrics.gap().cloned().unwrap_or_else(unanswered))
}

impl Throttling {
    /// Of one token bucket. CloudWatch publishes `ThrottledEvents` only where there were some, so a whole answer without
    /// points says that there were none.
    pub fn of(quota: Quota, snapshot: &Snapshot) -> Result<Self, Gap> {
        let bucket = quota.bucket().unwrap_or_default();
        let quotas = quotas(snapshot)?;
        let throttled = total(answered(quotas, &format!("ThrottledEvents:{bucket}"))?);
        let metric = format!("ConsumedCapacity:{bucket}");
        let points = settled(snapshot, answered(quotas, &metric)?);
        let rates = points.iter().map(|point| mean_until(points, point.at + MINUTE).0);
        let peak = rates.max_by(|a, b| a.per_second.total_cmp(&b.per_second));
        if let Some(peak) = peak.filter(|_| throttled <= 0.0) {
            plausible(peak, quota, snapshot)?;
        }
        Ok(Self { throttled, peak, late: up_to_date(snapshot).err() })
    }

    /// States and retries of all Standard executions that had to wait in the last 3 hours; 0 only where CloudWatch is up
    /// to date.
    pub fn of_executions(snapshot: &Snapshot) -> Result<f64, Gap> {
        let throttled = total(answered(quotas(snapshot)?, THROTTLED_EXECUTIONS)?);
        if throttled <= 0.0 {
            up_to_date(snapshot)?;
        }
        Ok(throttled)
    }
}

/// Of no points it is 0, where Rust's own sum is -0.
fn total<'a>(points: impl IntoIterator<Item = &'a Reading>) -> f64 {
    points.into_iter().fold(0.0, |sum, point| sum + point.value)
}
