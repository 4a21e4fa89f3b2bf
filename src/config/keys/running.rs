//! How much is asked about what runs, and what the checks of it judge by.

use super::super::key::{Key, Kind, Written};
use super::super::setters;

pub(super) const KEYS: &[Key] = &[
    Key {
        path: "running.calls",
        value: Written::Default("200"),
        kind: Kind::Number,
        expected: "a whole number from 0 to 100000",
        why: "Calls per Region and scan for what runs; 0: none. Machines in which something may hang or grow come first.",
        set: |config, value| setters::put(&mut config.collect.running.calls, value.whole(0..=100_000)),
    },
    Key {
        path: "running.pages",
        value: Written::Default("5"),
        kind: Kind::Number,
        expected: "a whole number from 1 to 1000",
        why: "Pages of 1,000 running executions that are counted of one state machine.",
        set: |config, value| setters::put(&mut config.collect.running.pages, value.whole(1..=1_000)),
    },
];

pub(super) const CHECKS: &[Key] = &[
    Key {
        path: "checks.long-running-execution.days",
        value: Written::Default("30"),
        kind: Kind::Number,
        expected: "a whole number from 1 to 365",
        why: "Days after which a running execution is a long one, whatever others took.",
        set: |config, value| setters::put(&mut config.checks.long_running.days, value.whole(1..=365)),
    },
    Key {
        path: "checks.long-running-execution.least_hours",
        value: Written::Default("24"),
        kind: Kind::Number,
        expected: "a whole number from 1 to 8760",
        why: "Hours below which an execution is no long one, however short others were.",
        set: |config, value| setters::put(&mut config.checks.long_running.least_hours, value.whole(1..=8760)),
    },
    Key {
        path: "checks.stuck-map-run.hours",
        value: Written::Default("24"),
        kind: Kind::Number,
        expected: "a whole number from 1 to 8760",
        why: "Hours after which an open Map Run is told of even where it goes on.",
        set: |config, value| setters::put(&mut config.checks.map_run_hours, value.whole(1..=8760)),
    },
];
