use jiff::Timestamp;

use crate::types::{AccountId, Gap, Region};

/// How one collector fared in one account and Region.
#[derive(Debug, Clone, PartialEq)]
pub struct CollectorRun {
    pub account_id: AccountId,
    pub region: Region,
    pub collector: &'static str,
    /// Seconds; absent where a snapshot file was audited.
    pub duration_seconds: Option<f64>,
    pub observed_at: Timestamp,
    pub gap: Option<Gap>,
}
