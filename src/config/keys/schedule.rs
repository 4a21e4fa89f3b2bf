//! How often accounts are audited, and what that costs.

use super::super::key::{Key, Kind, Written};
use super::super::setters;
use super::super::value::Refusal;

const PLAN: &str = "an interval of one second to 31 days as 90s, 15m or 1h, or a cron expression of five fields in UTC";

pub(super) const KEYS: &[Key] = &[
    Key {
        path: "schedule.quotas",
        value: Written::Default("\"1m\""),
        kind: Kind::Text,
        expected: PLAN,
        why: "When `stepwarden serve` collects quotas and who holds them.",
        set: |config, value| setters::put(&mut config.schedule.quotas, value.word()),
    },
    Key {
        path: "schedule.executions",
        value: Written::Default("\"15m\""),
        kind: Kind::Text,
        expected: PLAN,
        why: "When it reads executions: what they carry, what runs, what starts them.",
        set: |config, value| setters::put(&mut config.schedule.executions, value.word()),
    },
    Key {
        path: "schedule.inventory",
        value: Written::Default("\"1h\""),
        kind: Kind::Text,
        expected: PLAN,
        why: "When it collects all else: state machines, roles, log groups, keys.",
        set: |config, value| setters::put(&mut config.schedule.inventory, value.word()),
    },
    Key {
        path: "cost.metric_requests_usd_per_thousand",
        value: Written::Default("0.01"),
        kind: Kind::Number,
        expected: "a number from 0 to 100",
        why: "What CloudWatch bills for 1,000 metrics, requested or analysed by Metrics Insights; us-east-1, November 2026.",
        set: |config, value| {
            let price = value.float().filter(|price| (0.0..=100.0).contains(price)).ok_or(Refusal::Unexpected);
            setters::put(&mut config.schedule.usd_per_thousand_metrics, price)
        },
    },
];
