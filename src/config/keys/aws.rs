//! Where and how AWS is asked.

use super::super::key::{Key, Kind, Written};
use super::super::shapes::ENDPOINT;
use super::super::{setters, tables};

const SWITCH: &str = "true or false";
const RATES: &str = r#"[budget.rates]
"states:DescribeStateMachine" = { bucket = 200, refill_per_second = 20 }"#;

pub(super) const KEYS: &[Key] = &[
    Key {
        path: "regions",
        value: Written::Default(r#""all-enabled""#),
        kind: Kind::Words,
        expected: r#""all-enabled" or a list of Regions like "eu-west-1""#,
        why: r#"The Regions to audit, such as ["eu-west-1"]; "all-enabled" are those that are enabled for the account."#,
        set: |config, value| setters::put(&mut config.collect.regions, setters::regions(value)),
    },
    Key {
        path: "aws.profile",
        value: Written::Unset(r#""audit""#),
        kind: Kind::Text,
        expected: "the name of a profile",
        why: "A profile of the AWS configuration files; without one, the SDK's default chain finds the credentials.",
        set: |config, value| setters::put(&mut config.aws.profile, value.text().map(Some)),
    },
    Key {
        path: "aws.endpoint_url",
        value: Written::Unset(r#""http://localhost:4566""#),
        kind: Kind::Private,
        expected: ENDPOINT,
        why: "Where calls go instead of AWS's own endpoints: an emulator or a proxy.",
        set: |config, value| setters::put(&mut config.aws.endpoint_url, setters::url(value).map(Some)),
    },
    Key {
        path: "aws.max_attempts",
        value: Written::Default("5"),
        kind: Kind::Number,
        expected: "a whole number from 1 to 20",
        why: "Attempts per call, the first included.",
        set: |config, value| setters::put(&mut config.aws.max_attempts, value.whole(1..=20)),
    },
    Key {
        path: "aws.connect_timeout_seconds",
        value: Written::Default("5"),
        kind: Kind::Number,
        expected: "a whole number from 1 to 300",
        why: "How long a connection may take to be made.",
        set: |config, value| setters::put(&mut config.aws.connect_timeout_seconds, value.whole(1..=300)),
    },
    Key {
        path: "aws.attempt_timeout_seconds",
        value: Written::Default("30"),
        kind: Kind::Number,
        expected: "a whole number from 1 to 300",
        why: "How long one attempt of a call may take, its whole answer included.",
        set: |config, value| setters::put(&mut config.aws.attempt_timeout_seconds, value.whole(1..=300)),
    },
    Key {
        path: "budget.share",
        value: Written::Default("0.25"),
        kind: Kind::Number,
        expected: "a number from 0.001 to 1",
        why: "The part of AWS's documented rate of each API that may be spent; the rest stays with others.",
        set: |config, value| setters::put(&mut config.aws.budget.share, value.budget_share()),
    },
    Key {
        path: "budget.unlimited",
        value: Written::Default("false"),
        kind: Kind::Switch,
        expected: SWITCH,
        why: "No limit at all: for emulators.",
        set: |config, value| setters::put(&mut config.aws.budget.unlimited, value.switch()),
    },
    Key {
        path: "budget.rates",
        value: Written::Unset(RATES),
        kind: Kind::Table,
        expected: "a table of APIs like states:DescribeStateMachine",
        why: "The account's limits where they differ from AWS's documented ones: calls at once, calls a second.",
        set: |config, value| setters::put(&mut config.aws.budget.rates, tables::rates(value)),
    },
];
