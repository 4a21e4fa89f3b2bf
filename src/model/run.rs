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
    /// When an earlier run read all that it was to read, where one that failed still knows.
    pub succeeded_before: Option<Timestamp>,
}

impl CollectorRun {
    /// When the collector last read all that it was to read.
    pub fn last_success(&self) -> Option<Timestamp> {
        if self.gap.is_none() { Some(self.observed_at) } else { self.succeeded_before }
    }
}
