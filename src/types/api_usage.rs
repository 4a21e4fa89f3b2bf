use super::{AccountId, Region};

/// Calls of one API in one account and Region.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiUsage {
    /// Absent for calls made before the account was known.
    pub account_id: Option<AccountId>,
    pub region: Region,
    /// `service:Operation`.
    pub api: &'static str,
    pub ok: u64,
    pub throttled: u64,
    pub denied: u64,
    pub errors: u64,
    /// Seconds that calls waited for the request budget.
    pub waited_seconds: f64,
}

impl ApiUsage {
    pub fn calls(&self) -> u64 {
        self.ok + self.throttled + self.denied + self.errors
    }
}
