//! How stepwarden talks to AWS, and how much of the account's API quota it may take.

use std::collections::BTreeMap;

/// Credentials, endpoint, patience and budget of every call.
#[derive(Debug, Clone, PartialEq)]
pub struct AwsSettings {
    /// A profile of the shared AWS configuration; without one, the SDK's default chain finds the credentials.
    pub profile: Option<String>,
    /// Where every call goes instead of AWS's own endpoints: an emulator or a proxy.
    pub endpoint_url: Option<String>,
    /// Attempts per call, the first included.
    pub max_attempts: u32,
    /// For a connection to be made, in seconds.
    pub connect_timeout_seconds: u64,
    /// For one attempt of a call, its whole answer included, in seconds.
    pub attempt_timeout_seconds: u64,
    pub budget: BudgetSettings,
}

/// The part of AWS's documented rates that stepwarden may spend, per account, Region and API.
#[derive(Debug, Clone, PartialEq)]
pub struct BudgetSettings {
    /// Above 0, at most 1.
    pub share: f64,
    /// No limit at all, for emulators.
    pub unlimited: bool,
    /// The account's own limits where they differ from the documented ones, by `service:Operation`.
    pub rates: BTreeMap<String, Rate>,
}

/// AWS's limit of one API: a token bucket.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Calls that may come at once; at least 1.
    pub bucket: f64,
    /// Calls that may follow in each second; above 0.
    pub refill_per_second: f64,
}

impl Default for AwsSettings {
    fn default() -> Self {
        Self {
            profile: None,
            endpoint_url: None,
            max_attempts: 5,
            connect_timeout_seconds: 5,
            attempt_timeout_seconds: 30,
            budget: BudgetSettings::default(),
        }
    }
}

impl Default for BudgetSettings {
    /// A quarter: the customer's own deployments and consoles keep the rest.
    fn default() -> Self {
        Self { share: 0.25, unlimited: false, rates: BTreeMap::new() }
    }
}
