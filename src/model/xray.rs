use serde::{Deserialize, Serialize};

use crate::types::Observed;

/// The log group in which Transaction Search keeps spans.
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Transaction-Search.html>.
pub const SPANS: &str = "aws/spans";

/// X-Ray's settings of one account and Region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Xray {
    pub encryption: Observed<XrayEncryption>,
    pub destination: Observed<XrayDestination>,
}

/// Source: <https://docs.aws.amazon.com/xray/latest/api/API_GetEncryptionConfig.html>.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct XrayEncryption {
    /// `NONE` (X-Ray's default encryption) or `KMS`.
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
    /// `UPDATING` or `ACTIVE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// Source: <https://docs.aws.amazon.com/xray/latest/api/API_GetTraceSegmentDestination.html>.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct XrayDestination {
    /// `XRay` or `CloudWatchLogs` (then spans land in the log group `aws/spans`).
    pub destination: String,
    /// `PENDING` or `ACTIVE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}
