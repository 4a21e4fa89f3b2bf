//! What is to be expected of the quotas whose usage may grow: from the points that CloudWatch has of it, else from what a store
//! remembers.

use jiff::{SignedDuration, Timestamp};

use super::reading::collected;
use super::{OPEN_EXECUTION_COUNT_BLIND_BELOW, Quota, QuotaStatus, Quotas, Reading, Usage};
use crate::forecast::{self, Outlook, Point};
use crate::model::Snapshot;
use crate::types::{Gap, GapReason};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// What is to be expected of a usage.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Forecast {
    /// Of a rate, or of what a single execution uses, nothing is forecast.
    #[default]
    NotMade,
    Unknown(Gap),
    /// The limit is reached.
    Full,
    /// It does not grow, or not to its limit as far as can be seen.
    Steady,
    Exhausts(QuotaExhaustion),
}

/// When a quota will be used up, if its usage grows on as it does.
#[derive(Debug, Clone, PartialEq)]
pub struct QuotaExhaustion {
    /// Where usage is a lower bound this is when it is full at the latest.
    pub at: Timestamp,
    pub earliest: Timestamp,
    pub latest: Timestamp,
    /// How much usage grows by in a day.
    pub per_day: f64,
    /// How much history the growth was taken from.
    pub window: SignedDuration,
    /// `cloudwatch` or `store`.
    pub source: &'static str,
}

impl Forecast {
    /// When it will be full, where that is foreseen.
    pub fn exhaustion(&self) -> Option<&QuotaExhaustion> {
        match self {
            Self::Exhausts(exhaustion) => Some(exhaustion),
            _ => None,
        }
    }

    pub(super) fn of(status: &QuotaStatus, snapshot: &Snapshot) -> Self {
        if !status.quota.is_forecast() {
            return Self::NotMade;
        }
        if let Usage::Unknown(gap) = &status.usage {
            return Self::Unknown(gap.clone());
        }
        let (Ok(quotas), Some(now)) = (snapshot.quotas().whole().copied(), collected(snapshot)) else {
            let gap = snapshot.quotas().gap().cloned();
            return Self::Unknown(gap.unwrap_or_else(|| Gap::not_collected("quotas")));
        };
        let measured = measured(status.quota, quotas, now);
        let remembered = quotas.remembered.get(&status.quota).cloned().unwrap_or_default();
        for (source, readings) in [("cloudwatch", measured), ("store", remembered)] {
            match outlook(status, readings, now) {
                Outlook::Unknown => {}
                Outlook::Full => return Self::Full,
                Outlook::Steady => return Self::Steady,
                Outlook::Exhausts(found) => return exhausts(found, source),
            }
        }
        let gap = status.quota.metric().and_then(|_| quotas.hours.gap());
        Self::Unknown(gap.cloned().unwrap_or_else(|| too_little(status.quota)))
    }
}

impl Quota {
    /// Whether it counts what stays until it is taken away, in an account or a state machine.
    pub fn is_forecast(self) -> bool {
        self.metric().is_some() || matches!(self, Self::LogResourcePolicies | Self::Versions)
    }

    /// CloudWatch's metric of its usage.
    fn metric(self) -> Option<&'static str> {
        match self {
            Self::StateMachines => Some("StateMachineCount"),
            Self::Activities => Some("ActivityCount"),
            Self::OpenExecutions => Some("OpenExecutionCount"),
            Self::OpenMapRuns => Some("ApproximateOpenMapRunCount"),
            _ => None,
        }
    }
}

/// The points by the hour, and by the minute from where those begin. The highest value of an hour is dated to its end, where
/// it is if usage grows.
fn measured(quota: Quota, quotas: &Quotas, now: Timestamp) -> Vec<Reading> {
    let Some(metric) = quota.metric() else { return Vec::new() };
    let minutes = quotas.minutes.get(metric).map(Vec::as_slice).unwrap_or_default();
    let since = minutes.first().map_or(now, |reading| reading.at);
    let hours = quotas.hours.seen().0.and_then(|hours| hours.get(metric)).map(Vec::as_slice).unwrap_or_default();
    let ended = hours.iter().map(|reading| Reading { at: reading.at.saturating_add(HOUR).unwrap_or(now), ..*reading });
    ended.filter(|reading| reading.at <= since).chain(minutes.iter().copied()).collect()
}

fn outlook(status: &QuotaStatus, mut readings: Vec<Reading>, now: Timestamp) -> Outlook {
    if let Usage::Exact { value, at, .. } | Usage::AtLeast { value, at, .. } = &status.usage {
        readings.push(Reading { at: at.unwrap_or(now), value: *value });
    }
    let point = |reading: &Reading| Point { at: reading.at.as_second(), value: reading.value };
    let points: Vec<_> = readings.iter().map(point).collect();
    let blind_below = if status.quota == Quota::OpenExecutions { OPEN_EXECUTION_COUNT_BLIND_BELOW } else { 0.0 };
    forecast::outlook(&points, blind_below, status.limit.value, now.as_second())
}

fn exhausts(found: forecast::Exhaustion, source: &'static str) -> Forecast {
    let time = |second| Timestamp::from_second(second).unwrap_or(Timestamp::MAX);
    Forecast::Exhausts(QuotaExhaustion {
        at: time(found.at),
        earliest: time(found.earliest),
        latest: time(found.latest),
        per_day: found.per_day,
        window: SignedDuration::from_secs(found.window),
        source,
    })
}

fn too_little(quota: Quota) -> Gap {
    let known = match quota.metric() {
        Some(metric) => format!("CloudWatch has too few points of {metric}"),
        None => "no metric tells".to_owned(),
    };
    let detail = format!(
        "{known}, and no store remembers {:.0} days of the number of {}: too little to say whether it grows",
        forecast::DAYS_OF_A_CYCLE,
        quota.title()
    );
    Gap::new(GapReason::NotSampled, detail)
}
