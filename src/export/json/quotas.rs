//! Version 1 of what is said about quotas.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::v1::{DateTime, ReasonV1};
use crate::audit::QuotaReport;
use crate::model::{Holder, Holders, QuotaExhaustion, Usage};

/// One quota in one account and Region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct QuotaV1 {
    /// The 12 digits of the account.
    pub account_id: String,
    /// The Region.
    pub region: String,
    /// The quota in snake case, such as `open_executions`.
    pub quota: String,
    /// How many there may be.
    pub limit: f64,
    /// `applied` or `default` (both from Service Quotas), `metric` (CloudWatch) or `documented` (AWS's pages).
    pub limit_source: String,
    /// Of a token bucket: how many tokens it holds when it is full, which a burst may take at once; absent where CloudWatch
    /// does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub burst: Option<f64>,
    /// How many there are; absent where it is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<f64>,
    /// How `usage` is meant.
    pub usage_kind: UsageKindV1,
    /// Usage over limit, 0 to 1 and above; absent where usage is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
    /// The API or the CloudWatch metric that told the usage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// When the usage was so, where its source tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<DateTime>")]
    pub observed_at: Option<Timestamp>,
    /// How many seconds before the collection the usage was so, where its source tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_seconds: Option<f64>,
    /// Of a quota that each state machine has of its own: the one that is nearest its limit, which `usage` is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_machine: Option<String>,
    /// Who holds most of it; absent below the warning level and where it was not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holders: Option<HoldersV1>,
    /// Why who holds it could not be read, or not wholly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holders_reason: Option<ReasonV1>,
    /// Why the usage is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReasonV1>,
    /// When it will be used up; absent where its usage does not grow to the limit, or too little is known of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forecast: Option<QuotaForecastV1>,
}

/// When a quota will be used up if its usage grows on as it does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct QuotaForecastV1 {
    /// When it is full; where `usage_kind` is `at_least`, at the latest.
    #[schemars(with = "DateTime")]
    pub at: Timestamp,
    /// The early end of the interval that is to hold the true time 9 times in 10.
    #[schemars(with = "DateTime")]
    pub earliest: Timestamp,
    /// Its late end.
    #[schemars(with = "DateTime")]
    pub latest: Timestamp,
    /// How much the usage grows by in a day.
    pub per_day: f64,
    /// How it was found: `theil_sen`.
    pub method: String,
    /// Seconds of history that the growth was taken from.
    pub window_seconds: i64,
    /// Where the history is from: `cloudwatch` or `store`.
    pub source: String,
}

/// How a quota's usage is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UsageKindV1 {
    /// The true number.
    Exact,
    /// The true number is this or more.
    AtLeast,
    /// There is no number.
    Unknown,
}

/// The state machines that use most of a quota.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HoldersV1 {
    /// Those that hold the most, the likeliest first.
    pub most: Vec<HolderV1>,
    /// Those whose part grows fastest, fastest first.
    pub fastest: Vec<HolderV1>,
    /// The API or the CloudWatch metric that told the values.
    pub source: String,
    /// From when on metrics were added up.
    #[schemars(with = "DateTime")]
    pub since: Timestamp,
    /// Until when.
    #[schemars(with = "DateTime")]
    pub until: Timestamp,
}

/// One state machine's part of a quota.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HolderV1 {
    /// The state machine's ARN.
    pub state_machine: String,
    /// How much it holds; of token buckets, how much it takes a second.
    pub usage: f64,
    /// The true number is this or more.
    pub at_least: bool,
    /// How much more it holds each hour, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub growth_per_hour: Option<f64>,
    /// Executions that CloudWatch saw start since `since`, less those that it saw end; its points can be late or missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net_starts: Option<f64>,
}

impl From<&Holders> for HoldersV1 {
    fn from(held: &Holders) -> Self {
        let holder = |one: &Holder| HolderV1 {
            state_machine: one.machine.to_string(),
            usage: one.value,
            at_least: one.at_least,
            growth_per_hour: one.growth_per_hour,
            net_starts: held.net_starts.get(&one.machine).copied(),
        };
        Self {
            most: held.most.iter().map(holder).collect(),
            fastest: held.fastest.iter().map(holder).collect(),
            source: held.source.clone(),
            since: held.since,
            until: held.until,
        }
    }
}

impl From<&QuotaReport> for QuotaV1 {
    fn from(quota: &QuotaReport) -> Self {
        let status = &quota.status;
        let (usage_kind, usage, source, observed_at, reason) = match &status.usage {
            Usage::Exact { value, source, at } => (UsageKindV1::Exact, Some(*value), Some(*source), *at, None),
            Usage::AtLeast { value, source, at } => (UsageKindV1::AtLeast, Some(*value), Some(*source), *at, None),
            Usage::Unknown(gap) => (UsageKindV1::Unknown, None, None, None, Some(gap.into())),
        };
        Self {
            account_id: quota.account_id.to_string(),
            region: quota.region.to_string(),
            quota: status.quota.as_str().to_owned(),
            limit: status.limit.value,
            limit_source: status.limit.source.to_owned(),
            burst: status.burst,
            usage,
            usage_kind,
            ratio: status.ratio(),
            source: source.map(str::to_owned),
            observed_at,
            age_seconds: quota.age_seconds,
            state_machine: status.machine.as_ref().map(ToString::to_string),
            holders: status.holders.as_ref().map(Into::into),
            holders_reason: status.holders_gap.as_ref().map(Into::into),
            reason,
            forecast: status.forecast.exhaustion().map(Into::into),
        }
    }
}

impl From<&QuotaExhaustion> for QuotaForecastV1 {
    fn from(exhaustion: &QuotaExhaustion) -> Self {
        Self {
            at: exhaustion.at,
            earliest: exhaustion.earliest,
            latest: exhaustion.latest,
            per_day: exhaustion.per_day,
            method: "theil_sen".to_owned(),
            window_seconds: exhaustion.window.as_secs(),
            source: exhaustion.source.to_owned(),
        }
    }
}
