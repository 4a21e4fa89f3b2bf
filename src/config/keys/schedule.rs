//! How often accounts are audited, and what that costs.

use super::super::key::{Key, Kind, Written};
use super::super::setters;
use super::super::value::Refusal;

pub(super) const KEYS: &[Key] = &[
    Key {
        path: "schedule.quotas_minutes",
        value: Written::Default("1"),
        kind: Kind::Number,
        expected: "a whole number from 1 to 1440",
        why: "Minutes between two collections of quotas: `stepwarden permissions --cost` counts by it; nothing runs by it yet.",
        set: |config, value| setters::put(&mut config.schedule.quotas_minutes, value.whole(1..=1440)),
    },
    Key {
        path: "schedule.scan_hours",
        value: Written::Default("1"),
        kind: Kind::Number,
        expected: "a whole number from 1 to 744",
        why: "Hours between two scans: `stepwarden permissions --cost` counts by it; nothing runs by it yet.",
        set: |config, value| setters::put(&mut config.schedule.scan_hours, value.whole(1..=744)),
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
