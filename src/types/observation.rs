use serde::{Deserialize, Serialize};

use super::JsonPointer;

/// What a detector saw in one place. Never the value: its kind, where it stands, how long it is, and a keyed hash by
/// which two places that hold the same value can be told to do so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// The detector's id, such as `github_token`.
    #[serde(rename = "type")]
    pub kind: String,
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
