//! What configuration may change about checks.

use std::collections::BTreeMap;

use super::RoutingSettings;
use crate::iam::glob_matches;
use crate::model::Quota;
use crate::types::{AccountId, Arn};

/// Thresholds of a quota check, as shares of the limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// From here on it is `medium`.
    pub warning: f64,
    /// From here on it is `critical`.
    pub critical: f64,
}

/// How near the time at which a quota is used up has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExhaustionTimes {
    /// So many days before, it is `medium`.
    pub warning_days: u32,
    /// So many hours before, it is `critical`.
    pub critical_hours: u32,
}

impl Default for Thresholds {
    /// AWS advises an alarm at 900 of 1,000 open Map Runs, so the warning of each quota comes before that.
    /// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html>.
    fn default() -> Self {
        Self { warning: 0.8, critical: 0.95 }
    }
}

/// When a running execution is a long one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LongRunning {
    /// From this age on, whatever others took.
    pub days: u32,
    /// Below this age never.
    pub least_hours: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub struct CheckSettings {
    /// By check, where they are not the default.
    pub thresholds: BTreeMap<&'static str, Thresholds>,
    pub long_running: LongRunning,
    /// Hours after which an open Map Run counts as stuck whatever it does.
    pub map_run_hours: u32,
    pub quota_exhaustion_forecast: ExhaustionTimes,
    pub routing: RoutingSettings,
    /// Accounts that count as one's own.
    pub trusted_accounts: Vec<AccountId>,
    /// Principals that are meant to read execution data: ARNs with IAM's wildcards.
    pub expected_readers: Vec<String>,
    /// Principals that are meant to change definitions, written alike.
    pub expected_writers: Vec<String>,
    /// Days that a log group may keep sensitive data.
    pub sensitive_log_days: u32,
    /// Tag keys that every state machine is to have; with none, any tag of its owner's will do.
    pub required_tags: Vec<String>,
    /// Days within which an alias is to follow the newest version, and to end a split of its executions.
    pub alias_days: u32,
    /// Days without a start after which a state machine is unused.
    pub unused_days: u32,
}

impl CheckSettings {
    /// Of a check of a quota.
    pub fn thresholds(&self, check: &str) -> Thresholds {
        self.thresholds.get(check).copied().unwrap_or_default()
    }

    /// Of the check that judges a quota.
    pub fn thresholds_of(&self, quota: Quota) -> Thresholds {
        self.thresholds(match quota {
            Quota::StateMachines => "state-machine-quota",
            Quota::Activities => "activity-quota",
            Quota::OpenExecutions => "open-execution-quota",
            Quota::OpenMapRuns => "open-map-run-quota",
            Quota::Versions => "version-quota",
            Quota::Aliases => "alias-quota",
            Quota::HistoryEvents => "history-near-limit",
            Quota::PayloadBytes => "payload-near-limit",
            Quota::DefinitionBytes => "definition-near-limit",
            Quota::LogResourcePolicies => "log-resource-policy-quota",
            Quota::StateTransitions => "state-transition-throttling",
            Quota::Api(_) => "api-throttling",
        })
    }

    pub fn set_thresholds(&mut self, check: &'static str, thresholds: Thresholds) {
        self.thresholds.insert(check, thresholds);
        self.thresholds.retain(|_, thresholds| *thresholds != Thresholds::default());
    }

    pub fn trusts(&self, account: &str) -> bool {
        self.trusted_accounts.iter().any(|trusted| trusted.as_str() == account)
    }
}

/// Whether one of the patterns names the principal.
pub fn expected(patterns: &[String], principal: &Arn) -> bool {
    patterns.iter().any(|pattern| glob_matches(pattern, principal.as_str(), false))
}

impl Default for CheckSettings {
    fn default() -> Self {
        Self {
            thresholds: BTreeMap::new(),
            long_running: LongRunning { days: 30, least_hours: 24 },
            map_run_hours: 24,
            routing: RoutingSettings::default(),
            // A raised limit takes AWS days; a runaway is to wake somebody up.
            quota_exhaustion_forecast: ExhaustionTimes { warning_days: 14, critical_hours: 24 },
            trusted_accounts: Vec::new(),
            expected_readers: Vec::new(),
            expected_writers: Vec::new(),
            // As long as Step Functions keeps the history that the log repeats.
            sensitive_log_days: 90,
            required_tags: Vec::new(),
            alias_days: 7,
            // As long as Step Functions remembers an execution.
            unused_days: 90,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::expected;
    use crate::types::Arn;

    #[test]
    fn principals_are_named_by_patterns() {
        let patterns = ["arn:aws:iam::*:role/deploy-*".to_owned(), "arn:aws:iam::123456789012:user/ada".to_owned()];
        for (principal, named) in
            [("role/deploy-eu", true), ("user/ada", true), ("role/deploy", false), ("user/adam", false)]
        {
            let arn = Arn::parse(format!("arn:aws:iam::123456789012:{principal}")).unwrap();
            assert_eq!(expected(&patterns, &arn), named, "{principal}");
        }
    }
}
