use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::asl::Definition;
use crate::detect::Clean;
use crate::types::{Arn, Gap, Observation, Observed};

/// The state machines of one account and Region. Definitions stand once each, by the hash of their text.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct StateMachines {
    pub machines: Vec<StateMachine>,
    pub definitions: BTreeMap<String, Clean<Definition>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StateMachine {
    pub arn: Arn,
    pub kind: MachineKind,
    pub created_at: Option<Timestamp>,
    /// What DescribeStateMachine answered.
    pub details: Observed<Details>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MachineKind {
    Standard,
    Express,
    /// A type that this version does not know.
    Unknown,
}

impl MachineKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Express => "express",
            Self::Unknown => "unknown",
        }
    }
}

/// Source: <https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum MachineStatus {
    Active,
    /// It takes no new executions, and is gone once those that run have come to an end.
    Deleting,
    /// A status that this version does not know.
    Unknown,
}

/// Each field that AWS always sends and that a broken answer may lack is `Observed`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Details {
    /// Absent where the answer had none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<MachineStatus>,
    pub role_arn: Observed<Arn>,
    pub logging: Logging,
    pub tracing_enabled: bool,
    pub encryption: Encryption,
    pub definition: Observed<DefinitionRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Clean<String>>,
    /// What the door saw in the description.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub description_observations: Vec<Observation>,
}

/// A definition by the SHA-256 of its text, with what the door saw in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefinitionRef {
    pub sha256: String,
    pub bytes: usize,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observations: Vec<Observation>,
}

/// Absent configuration means `OFF`: that is the service's own default.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/apireference/API_LoggingConfiguration.html>.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logging {
    pub level: LogLevel,
    pub include_execution_data: bool,
    /// The log group's ARN without the `:*` that Step Functions requires at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination: Option<Arn>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum LogLevel {
    All,
    Error,
    Fatal,
    Off,
    Unknown,
}

impl LogLevel {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Error => "ERROR",
            Self::Fatal => "FATAL",
            Self::Off => "OFF",
            Self::Unknown => "an unknown level",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "key")]
pub enum Encryption {
    AwsOwned,
    /// Key id, ARN or alias, as configured.
    Customer {
        kms_key_id: String,
    },
    /// A kind of key that this version does not know, and no key by which to tell whose it is.
    Unknown {
        /// AWS's word for it.
        kind: String,
    },
}

impl StateMachines {
    /// The definition of `details`, or why it is not known.
    pub fn definition(&self, details: &Details) -> Result<&Definition, Gap> {
        let reference = details.definition.whole().map_err(Gap::clone)?;
        let lost = || Gap::new(crate::types::GapReason::Error, "the snapshot lacks the definition that it refers to");
        self.definitions.get(&reference.sha256).map(Clean::get).ok_or_else(lost)
    }
}
