//! From which shares of a limit the checks of quotas speak.

use super::super::key::{Key, Kind, Written};
use super::super::setters;

const SHARE: &str = "a number above 0 and at most 1";

/// The two settings of a check, and what they are shares of.
macro_rules! thresholds {
    ($($check:literal: $limit:literal, $critical:literal;)+) => {
        pub(super) const KEYS: &[Key] = &[$(
            Key {
                path: concat!("checks.", $check, ".warning"),
                value: Written::Default("0.8"),
                kind: Kind::Number,
                expected: SHARE,
                why: concat!("From this share of ", $limit, ", a finding is medium."),
                set: |config, value| {
                    let mut thresholds = config.checks.thresholds($check);
                    let put = setters::put(&mut thresholds.warning, value.share());
                    config.checks.set_thresholds($check, thresholds);
                    put
                },
            },
            Key {
                path: concat!("checks.", $check, ".critical"),
                value: Written::Default("0.95"),
                kind: Kind::Number,
                expected: SHARE,
                why: concat!("From this share of ", $limit, ", a finding is ", $critical, "."),
                set: |config, value| {
                    let mut thresholds = config.checks.thresholds($check);
                    let put = setters::put(&mut thresholds.critical, value.share());
                    config.checks.set_thresholds($check, thresholds);
                    put
                },
            },
        )+];
    };
}

thresholds! {
    "activity-quota": "the limit on registered activities", "critical";
    "alias-quota": "a state machine's limit on aliases", "critical";
    "api-throttling": "an API's refill rate, as a mean over five minutes", "high";
    "definition-near-limit": "the 1,048,576 bytes of a definition", "critical";
    "history-near-limit": "the 25,000 events of a history", "critical";
    "log-resource-policy-quota": "the 10 resource policies of CloudWatch Logs", "critical";
    "open-execution-quota": "the limit on open executions", "critical";
    "open-map-run-quota": "the limit on open Map Runs", "critical";
    "payload-near-limit": "the 262,144 bytes of a payload", "critical";
    "state-machine-quota": "the limit on registered state machines", "critical";
    "state-transition-throttling": "the refill rate of state transitions, as a mean over five minutes", "critical";
    "version-quota": "a state machine's limit on versions", "critical";
}
