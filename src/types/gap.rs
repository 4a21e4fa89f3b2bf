use std::fmt;

use serde::{Deserialize, Serialize};

use super::{AccountId, Region};

/// Why something was not read. The words are contract: they label the metric `stepwarden_insufficient_data`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapReason {
    /// AWS refused the call; `Gap::iam_action` would open it.
    Denied,
    /// AWS kept answering that the rate is too high.
    Throttled,
    /// The content is under a key that the caller may not use.
    Encrypted,
    /// The collector is switched off, or the Region or feature is not enabled.
    Disabled,
    /// The service does not offer this here (an Express machine's history, a call that an emulator lacks, a metric that
    /// does not tell).
    Unsupported,
    /// Outside the configured sample.
    NotSampled,
    /// A list broke off before its end.
    Partial,
    /// The last known value is too old to judge by.
    Stale,
    /// The configured share of the API budget did not suffice.
    Budget,
    /// Anything else: a dead connection, an answer without a required field, a document that does not parse.
    Error,
}

impl GapReason {
    pub const ALL: [Self; 10] = [
        Self::Denied,
        Self::Throttled,
        Self::Encrypted,
        Self::Disabled,
        Self::Unsupported,
        Self::NotSampled,
        Self::Partial,
        Self::Stale,
        Self::Budget,
        Self::Error,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Throttled => "throttled",
            Self::Encrypted => "encrypted",
            Self::Disabled => "disabled",
            Self::Unsupported => "unsupported",
            Self::NotSampled => "not_sampled",
            Self::Partial => "partial",
            Self::Stale => "stale",
            Self::Budget => "budget",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for GapReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What could not be collected, and what would make it readable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    pub reason: GapReason,
    /// The AWS call, as `service:Operation`; empty where no call was involved.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub api: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// The ARN or name of what was not read; absent where it is a whole list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// One line for a person. Never holds a payload.
    pub detail: String,
    /// The IAM action that would open it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iam_action: Option<String>,
}

impl Gap {
    pub fn new(reason: GapReason, detail: impl Into<String>) -> Self {
        Self {
            reason,
            api: String::new(),
            account_id: None,
            region: None,
            resource: None,
            detail: detail.into(),
            iam_action: None,
        }
    }

    #[must_use]
    pub fn about(mut self, resource: impl Into<String>) -> Self {
        self.resource = Some(resource.into());
        self
    }

    /// The part was never collected in this run.
    pub fn not_collected(part: &str) -> Self {
        Self::new(GapReason::Disabled, format!("{part} was not collected"))
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reason, self.detail)?;
        if let Some(action) = &self.iam_action {
            write!(f, " (grant {action})")?;
        }
        Ok(())
    }
}
