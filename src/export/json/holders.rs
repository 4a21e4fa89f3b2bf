//! Who holds a quota, as the report tells it.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::v1::DateTime;
use crate::model::{Holder, Holders};

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
