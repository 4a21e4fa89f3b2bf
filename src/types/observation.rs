use serde::{Deserialize, Serialize};

use super::JsonPointer;

/// What harm a type of data does where it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Data {
    /// About a person.
    Pii,
    /// About a person's health.
    Health,
    /// About a person's money.
    Financial,
    /// Opens something.
    Secret,
}

/// What a detector saw in one place. Never the value: its kind, where it stands, how long it is, and a keyed hash by
/// which two places that hold the same value can be told to do so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// The detector's id, such as `GITHUB_TOKEN`.
    #[serde(rename = "type")]
    pub kind: String,
    pub data: Data,
    pub pointer: JsonPointer,
    /// How often it stands at this place.
    pub count: u32,
    /// In bytes.
    pub length: u32,
    /// First 16 hex digits of HMAC-SHA-256 under the installation's key.
    pub keyed_hash: String,
    /// Hundredths, 0 to 100, so that equality and ordering are exact.
    pub confidence: u8,
}
