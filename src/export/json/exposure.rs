//! Version 1 of what is said about a machine's sensitive data. It holds no value.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::v1::{DateTime, ReasonV1};
use crate::exposure::{Carried, CopyPlace, DataCopy, Exposure, Lock, Masking, Until};
use crate::model::{Sighting, Source};
use crate::types::Data;

/// The sensitive data that a state machine's executions carry, and the copies in which it stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExposureV1 {
    /// Types, what does most harm first.
    pub types: Vec<CarriedV1>,
    /// What was looked at.
    pub sample: SampleV1,
    /// Where the data stays.
    pub copies: Vec<CopyV1>,
    /// Why there may be more types or copies than these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<ReasonV1>,
}

/// One type of data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CarriedV1 {
    /// The detector's id, such as `EMAIL`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `pii`, `health`, `financial` or `secret`.
    pub data: String,
    /// `secret`, `health`, `financial`, `identity`, `personal` or `indirect`.
    pub harm: String,
    /// Of the surest place, 0 to 1.
    pub confidence: f64,
    /// Executions of the sample that hold it; at least so many where there are several places.
    pub executions: u64,
    /// Start of the last execution that held it.
    #[schemars(with = "DateTime")]
    pub last_seen: Timestamp,
    /// Where it stood.
    pub places: Vec<PlaceV1>,
}

/// One place of one type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PlaceV1 {
    /// The state's name; absent for the execution as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// `input`, `output`, `variables`, `parameters`, `error`, `cause`, `name` and the like.
    pub field: String,
    /// An RFC 6901 JSON pointer into the field, its sensitive keys redacted; `-` stands for any element of a list.
    pub json_pointer: String,
    /// Executions of the sample that hold it there.
    pub executions: u64,
    /// Of the newest value, in bytes.
    pub length: u32,
    /// Of the newest value, under the installation's key.
    pub keyed_hash: String,
}

/// What was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SampleV1 {
    /// `history`, `execution`, `log` or `none`.
    pub source: String,
    /// Executions that were read.
    pub executions: u64,
    /// Executions that are known of.
    pub listed: u64,
    /// False where there are more than are known of.
    pub listed_whole: bool,
    /// Bytes of payload and text that were read.
    pub bytes: u64,
    /// Start of the oldest execution that was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<DateTime>")]
    pub oldest: Option<Timestamp>,
    /// Start of the newest execution that was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<DateTime>")]
    pub newest: Option<Timestamp>,
}

/// One copy of the data. A fact that is absent is not known, or does not apply to such a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CopyV1 {
    /// `history`, `log_group`, `event_rule`, `result_bucket` or `service`.
    pub kind: String,
    /// What it is, with its name.
    pub name: String,
    /// The data was seen there; else that it is there follows from how things are configured.
    pub proven: bool,
    /// Types of which it holds some.
    pub types: Vec<String>,
    /// `aws_owned_key` or `customer_managed_key`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encryption: Option<String>,
    /// Whether a data protection policy applies to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub masked: Option<bool>,
    /// When what was last seen is gone; absent where that is never or not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<DateTime>")]
    pub until: Option<Timestamp>,
    /// It is kept for ever.
    pub never_expires: bool,
    /// Principals of the account who read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readers: Option<usize>,
    /// False where there may be more readers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readers_known: Option<bool>,
    /// Why its encryption or its end is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<ReasonV1>,
}

impl From<&Exposure> for ExposureV1 {
    fn from(exposure: &Exposure) -> Self {
        let sample = &exposure.sample;
        Self {
            types: exposure.carried.iter().map(Into::into).collect(),
            sample: SampleV1 {
                source: source(sample.source).to_owned(),
                executions: sample.executions,
                listed: sample.listed,
                listed_whole: sample.listed_whole,
                bytes: sample.bytes,
                oldest: sample.oldest,
                newest: sample.newest,
            },
            copies: exposure.copies.iter().map(Into::into).collect(),
            unread: exposure.unread.iter().map(Into::into).collect(),
        }
    }
}

fn source(source: Source) -> &'static str {
    match source {
        Source::History => "history",
        Source::Execution => "execution",
        Source::Log => "log",
        Source::None => "none",
    }
}

impl From<&Carried> for CarriedV1 {
    fn from(carried: &Carried) -> Self {
        let data = match carried.data {
            Data::Pii => "pii",
            Data::Health => "health",
            Data::Financial => "financial",
            Data::Secret => "secret",
        };
        Self {
            kind: carried.kind.clone(),
            data: data.to_owned(),
            harm: carried.harm.as_str().to_owned(),
            confidence: f64::from(carried.confidence) / 100.0,
            executions: carried.executions,
            last_seen: carried.last,
            places: carried.places.iter().map(Into::into).collect(),
        }
    }
}

impl From<&Sighting> for PlaceV1 {
    fn from(seen: &Sighting) -> Self {
        Self {
            state: seen.place.state.clone(),
            field: seen.place.field.as_str().to_owned(),
            json_pointer: seen.seen.pointer.to_string(),
            executions: seen.executions,
            length: seen.seen.length,
            keyed_hash: seen.seen.keyed_hash.clone(),
        }
    }
}

impl From<&DataCopy> for CopyV1 {
    fn from(copy: &DataCopy) -> Self {
        let lock = copy.lock.as_ref().and_then(|lock| lock.as_ref().ok()).map(|lock| match lock {
            Lock::AwsOwned => "aws_owned_key".to_owned(),
            Lock::Customer(_) => "customer_managed_key".to_owned(),
        });
        let group_unread = matches!((&copy.place, &copy.lock), (CopyPlace::LogGroup { .. }, Some(Err(_))));
        let until = copy.until.as_ref().and_then(|until| until.as_ref().ok());
        let mut unread: Vec<ReasonV1> = Vec::new();
        for gap in [
            copy.lock.as_ref().and_then(|lock| lock.as_ref().err()),
            copy.until.as_ref().and_then(|until| until.as_ref().err()),
        ]
        .into_iter()
        .flatten()
        {
            let reason = ReasonV1::from(gap);
            if !unread.contains(&reason) {
                unread.push(reason);
            }
        }
        Self {
            kind: copy.place.as_str().to_owned(),
            name: copy.place.told(),
            proven: copy.proven,
            types: copy.kinds.clone(),
            encryption: lock,
            masked: match copy.masking {
                Masking::NotOffered => None,
                _ if group_unread => None,
                Masking::Off => Some(false),
                Masking::On => Some(true),
            },
            until: until.and_then(|until| match until {
                Until::Never => None,
                Until::At { at, .. } => Some(*at),
            }),
            never_expires: until == Some(&Until::Never),
            readers: copy.readers.as_ref().map(|readers| readers.count),
            readers_known: copy.readers.as_ref().map(|readers| readers.gap.is_none()),
            unread,
        }
    }
}
