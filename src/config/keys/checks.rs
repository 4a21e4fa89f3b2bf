//! Which checks run, and what they judge by.

use super::super::key::{Key, Kind, Written};
use super::super::setters;

const DAYS: &str = "a whole number from 1 to 3653";
const TAG_KEYS: &str = "a list of tag keys like owner, of at most 128 characters";
const IDS: &str = "a list of check ids";
const PRINCIPALS: &str = "a list of ARNs of roles and users like arn:aws:iam::123456789012:role/deploy-*";

pub(super) const KEYS: &[Key] = &[
    Key {
        path: "checks.only",
        value: Written::Default("[]"),
        kind: Kind::Words,
        expected: IDS,
        why: "Only these checks; without any, all of them. `stepwarden checks` lists their ids.",
        set: |config, value| setters::put(&mut config.selection.only, setters::ids(value)),
    },
    Key {
        path: "checks.skip",
        value: Written::Default("[]"),
        kind: Kind::Words,
        expected: IDS,
        why: "Not these checks.",
        set: |config, value| setters::put(&mut config.selection.skip, setters::ids(value)),
    },
    Key {
        path: "checks.trusted_accounts",
        value: Written::Default("[]"),
        kind: Kind::Words,
        expected: "a list of account ids",
        why: "Accounts that count as yours: what they may reach is not told as reached from outside.",
        set: |config, value| setters::put(&mut config.checks.trusted_accounts, setters::account_ids(value)),
    },
    Key {
        path: "checks.execution-data-readers.expected",
        value: Written::Default("[]"),
        kind: Kind::Words,
        expected: PRINCIPALS,
        why: "Roles and users that are meant to read execution data; * and ? are wildcards.",
        set: |config, value| setters::put(&mut config.checks.expected_readers, setters::principals(value)),
    },
    Key {
        path: "checks.definition-writers.expected",
        value: Written::Default("[]"),
        kind: Kind::Words,
        expected: PRINCIPALS,
        why: "Roles and users that are meant to change definitions, such as those that deploy; * and ? are wildcards.",
        set: |config, value| setters::put(&mut config.checks.expected_writers, setters::principals(value)),
    },
    Key {
        path: "checks.log-retention-excessive.days",
        value: Written::Default("90"),
        kind: Kind::Number,
        expected: DAYS,
        why: "Days that a log group may keep sensitive data; 90 is as long as Step Functions keeps a history.",
        set: |config, value| setters::put(&mut config.checks.sensitive_log_days, value.whole(1..=3653)),
    },
    Key {
        path: "checks.untagged-state-machine.required",
        value: Written::Default("[]"),
        kind: Kind::Words,
        expected: TAG_KEYS,
        why: "Tag keys that state machines and activities are to have; without any, one tag of your own is enough.",
        set: |config, value| setters::put(&mut config.checks.required_tags, setters::tag_keys(value)),
    },
    Key {
        path: "checks.unused-state-machine.days",
        value: Written::Default("90"),
        kind: Kind::Number,
        expected: "a whole number from 1 to 454",
        why: "Days without a start after which a state machine is unused; CloudWatch remembers 454.",
        set: |config, value| setters::put(&mut config.checks.unused_days, value.whole(1..=454)),
    },
    Key {
        path: "checks.alias-to-old-version.days",
        value: Written::Default("7"),
        kind: Kind::Number,
        expected: DAYS,
        why: "Days within which an alias is to follow the newest version, and to end a split of its executions.",
        set: |config, value| setters::put(&mut config.checks.alias_days, value.whole(1..=3653)),
    },
    Key {
        path: "checks.quota-exhaustion-forecast.warning_days",
        value: Written::Default("14"),
        kind: Kind::Number,
        expected: "a whole number from 1 to 50",
        why: "So many days before a quota is forecast to be used up, a finding is medium.",
        set: |config, value| {
            setters::put(&mut config.checks.quota_exhaustion_forecast.warning_days, value.whole(1..=50))
        },
    },
    Key {
        path: "checks.quota-exhaustion-forecast.critical_hours",
        value: Written::Default("24"),
        kind: Kind::Number,
        expected: "a whole number from 1 to 1200",
        why: "So many hours before a quota is forecast to be used up, a finding is critical.",
        set: |config, value| {
            setters::put(&mut config.checks.quota_exhaustion_forecast.critical_hours, value.whole(1..=1200))
        },
    },
];
