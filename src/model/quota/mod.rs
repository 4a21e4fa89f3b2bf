//! Quotas of an account and Region: what AWS says of them, and what follows.

mod account;
mod counting;
mod forecast;
mod holders;
mod published;
mod rates;
mod reading;
mod starts;
mod status;
mod words;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::types::{Arn, Gap, Observed};

pub use account::map_run_backlog;
pub use counting::uncounted;
pub use forecast::{Forecast, QuotaExhaustion};
pub use holders::{Holders, QuotaHolders};
pub use rates::{Rate, THROTTLED_EXECUTIONS, Throttling};
pub use reading::{FRESH, up_to_date};
pub use starts::{Counts, StartRates, Starts};
pub use words::{Quota, StatesApi};

/// What Service Quotas, CloudWatch and a handful of lists say about one account and Region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Quotas {
    /// Values set for this account, by quota name; a quota without one is not listed.
    pub applied: Observed<BTreeMap<String, f64>>,
    /// AWS's defaults, by quota name.
    pub defaults: Observed<BTreeMap<String, f64>>,
    /// The newest point of each metric, by metric name; a metric without points is absent, which is not zero. A metric of one
    /// API or of state transitions has what it is about after a colon: `ConsumedCapacity:StartExecution`,
    /// `ThrottledEvents:StateTransition`. `ConsumedCapacity`, `ThrottledEvents` and
    /// `ExecutionThrottled` are sums of the point's minute; all others the highest value in it, in `hours` of its hour.
    pub metrics: Observed<BTreeMap<String, Reading>>,
    /// Points by the minute of the last 3 hours, oldest first, by the names of `metrics`, of those that move. An empty list
    /// is CloudWatch's whole answer that there are none; what is not there was not answered, or not whole.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub minutes: BTreeMap<String, Vec<Reading>>,
    /// Points by the hour of the last 14 days, oldest first, by the names of `metrics`, of what is forecast.
    #[serde(default = "not_collected")]
    pub hours: Observed<BTreeMap<String, Vec<Reading>>>,
    /// What was counted by lists, where no metric tells: a list that was not followed to its end is partial.
    #[serde(default)]
    pub counted: BTreeMap<Quota, Observed<u64>>,
    /// The state machines with the highest numbers of versions or aliases, by CloudWatch, highest first.
    #[serde(default)]
    pub highest: BTreeMap<Quota, Observed<Vec<Holder>>>,
    /// Usage that earlier collections saw, oldest first: what a store remembers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub remembered: BTreeMap<Quota, Vec<Reading>>,
    /// When `hours` and `highest` were asked for, where that was an earlier collection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slow_at: Option<Timestamp>,
}

/// What earlier collections saw of the quotas of an account and Region, as a store keeps it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct RememberedQuotas {
    /// Oldest first.
    pub usage: BTreeMap<Quota, Vec<Reading>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slow: Option<SlowQuotas>,
}

/// What changes slowly and costs most to ask for: [`Quotas::hours`] and [`Quotas::highest`], as they were read whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SlowQuotas {
    pub asked_at: Timestamp,
    pub hours: BTreeMap<String, Vec<Reading>>,
    pub highest: BTreeMap<Quota, Vec<Holder>>,
}

fn not_collected<T>() -> Observed<T> {
    Observed::missing(Gap::not_collected("quotas"))
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    pub at: Timestamp,
    pub value: f64,
}

/// One state machine's part of a quota.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Holder {
    pub machine: Arn,
    pub value: f64,
    /// The true number is this or more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_least: bool,
    /// How much more it holds each hour, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub growth_per_hour: Option<f64>,
}

/// One quota: limit, usage, and what is known of both.
#[derive(Debug, Clone, PartialEq)]
pub struct QuotaStatus {
    pub quota: Quota,
    pub limit: QuotaLimit,
    pub usage: Usage,
    /// Of open Map Runs: how many more wait to be started, where that is known.
    pub backlog: Option<f64>,
    /// Of a token bucket: how many it holds when it is full, where CloudWatch tells; a burst may take them at once.
    pub burst: Option<f64>,
    /// Of a quota that each state machine has of its own: the one that is nearest its limit, which `usage` speaks of.
    pub machine: Option<Arn>,
    /// What is to be expected of `usage`.
    pub forecast: Forecast,
    /// Who holds most of it, where it is nearly used up and that was read.
    pub holders: Option<Holders>,
    /// Why who holds it could not be read, or not wholly.
    pub holders_gap: Option<Gap>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct QuotaLimit {
    pub value: f64,
    /// `applied`, `default` (both Service Quotas), `metric` or `documented`.
    pub source: &'static str,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Usage {
    Exact {
        value: f64,
        source: &'static str,
        at: Option<Timestamp>,
    },
    /// The true number is this or more.
    AtLeast {
        value: f64,
        source: &'static str,
        at: Option<Timestamp>,
    },
    Unknown(Gap),
}

impl Usage {
    /// The number, exact or a lower bound.
    pub fn value(&self) -> Option<f64> {
        match self {
            Self::Exact { value, .. } | Self::AtLeast { value, .. } => Some(*value),
            Self::Unknown(_) => None,
        }
    }

    /// When it was so, where its source tells.
    pub fn at(&self) -> Option<Timestamp> {
        match self {
            Self::Exact { at, .. } | Self::AtLeast { at, .. } => *at,
            Self::Unknown(_) => None,
        }
    }
}

/// Below about this many open executions CloudWatch's OpenExecutionCount may read 0.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html>.
pub const OPEN_EXECUTION_COUNT_BLIND_BELOW: f64 = 10_000.0;
