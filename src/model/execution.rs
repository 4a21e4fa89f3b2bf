use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::types::{Arn, Observation, Observed};

/// What was seen in the data of executions, by state machine; one that is not there was not looked at. Value-free.
pub type Executions = BTreeMap<Arn, Observed<ExecutionData>>;

/// What detectors saw in the data of one machine's executions: of all that were inspected, by this collection or an earlier
/// one, and whose history or log events have not expired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutionData {
    pub sample: Sample,
    /// By place, pointer and type; at most [`ExecutionData::MOST`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sightings: Vec<Sighting>,
    /// There were more places than are kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    /// Where a sensitive value would stand and does not, how often: `masked`, `hashed`, `encrypted`, `tokenised`,
    /// `reference` or `template`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub shields: BTreeMap<String, u64>,
    /// The payloads that are nearest the limit of 256 KiB, each of another place, the largest first; at most
    /// [`ExecutionData::MOST_LARGE`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub largest: Vec<Largest>,
    #[serde(default)]
    pub cursor: Cursor,
}

impl ExecutionData {
    /// Sightings that are kept of one machine.
    pub const MOST: usize = 500;
    /// Large payloads that are kept of one machine: one may expire before the others.
    pub const MOST_LARGE: usize = 5;
}

/// How much was inspected: the denominator of what is said of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    pub source: Source,
    /// Executions that were inspected, without those that have expired.
    pub executions: u64,
    /// Executions that the last collection inspected.
    pub new: u64,
    /// Executions that are known to exist within the age that is looked at; more may where `listed_whole` is false.
    pub listed: u64,
    pub listed_whole: bool,
    /// Bytes of payload and text that were inspected in them.
    pub bytes: u64,
    /// Bytes that the last collection inspected.
    #[serde(default)]
    pub new_bytes: u64,
    /// Start of the oldest and of the newest execution (or log event) that was inspected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest: Option<Timestamp>,
}

/// By what the data of executions was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// GetExecutionHistory: all that its states took and gave.
    History,
    /// DescribeExecution: what went in and came out.
    Execution,
    /// Events of the machine's log group.
    Log,
    /// An Express state machine that logs no data keeps none that could be read.
    None,
}

/// One type in one place, over all executions that hold it there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    pub place: DataPlace,
    /// Its pointer counts for all elements of an array: `/items/-/email`. Length and hash are of the newest value.
    #[serde(flatten)]
    pub seen: Observation,
    /// Executions that hold it there.
    pub executions: u64,
    /// Start of the first execution that held it, and end of the last one, or when it was read while it ran; of log events,
    /// their times.
    pub first: Timestamp,
    pub last: Timestamp,
}

/// The size of a payload that was inspected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Largest {
    pub place: DataPlace,
    /// Of UTF-8.
    pub bytes: u64,
    /// The end of its execution, or when it was read while it ran.
    pub at: Timestamp,
}

/// Where in an execution.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DataPlace {
    /// Absent: the execution as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    pub field: DataField,
}

/// The fields of executions and of their history that can carry a payload or free text.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataField {
    /// The execution's name.
    Name,
    Input,
    Output,
    /// What a state assigned to variables; the pointer begins with the variable's name.
    Variables,
    /// The request that was sent to a service.
    Parameters,
    Error,
    Cause,
    /// Of an evaluation that failed.
    Location,
    WorkerName,
    /// A field or event that this version does not know.
    Other,
}

impl DataField {
    /// Whether AWS limits it as a payload: 262,144 bytes of UTF-8. Names, errors and causes have lower limits of their own.
    pub fn is_payload(self) -> bool {
        matches!(self, Self::Input | Self::Output | Self::Variables | Self::Parameters)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Input => "input",
            Self::Output => "output",
            Self::Variables => "variables",
            Self::Parameters => "parameters",
            Self::Error => "error",
            Self::Cause => "cause",
            Self::Location => "location",
            Self::WorkerName => "worker name",
            Self::Other => "another field",
        }
    }
}

/// Where the next collection goes on. It holds no name and no ARN: executions are known by keyed hashes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cursor {
    /// Everything that started (was logged) until then has been read or passed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// When the machine was last looked at: the one that was longest ago comes first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked_at: Option<Timestamp>,
    /// Executions that were read and may be met again: running ones, those that can be redriven, and those that are newer
    /// than `until`. By the keyed hash of their ARN.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub open: BTreeMap<String, OpenExecution>,
    /// What was inspected, by the day (UTC) on which the executions ended or were read while they ran: it expires with them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub days: BTreeMap<Date, Inspected>,
}

/// How much of a day was inspected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Inspected {
    pub executions: u64,
    pub bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenExecution {
    pub started_at: Timestamp,
    /// How often it had been redriven when it was read.
    pub redrives: u32,
    /// When it was read last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_at: Option<Timestamp>,
    /// It ran when it was read, or was not read whole; else it had ended and can be redriven.
    pub running: bool,
}
