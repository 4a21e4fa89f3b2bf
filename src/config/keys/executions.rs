//! How much of execution data is read.

use super::super::key::{Key, Kind, Written};
use super::super::setters;

const SWITCH: &str = "true or false";

pub(super) const KEYS: &[Key] = &[
    Key {
        path: "executions.per_machine",
        value: Written::Default("10"),
        kind: Kind::Number,
        expected: "a whole number from 1 to 1000",
        why: "Executions of a state machine that one scan reads, the newest of each status first.",
        set: |config, value| setters::put(&mut config.collect.executions.per_machine, value.whole(1..=1000)),
    },
    Key {
        path: "executions.max_age_days",
        value: Written::Default("90"),
        kind: Kind::Number,
        expected: "a whole number from 1 to 365",
        why: "Executions that ended longer ago are not read.",
        set: |config, value| setters::put(&mut config.collect.executions.max_age_days, value.whole(1..=365)),
    },
    Key {
        path: "executions.max_bytes",
        value: Written::Default("67108864"),
        kind: Kind::Number,
        expected: "a whole number from 1 to 1099511627776",
        why: "Bytes of data of a state machine after which one scan reads no more of it.",
        set: |config, value| setters::put(&mut config.collect.executions.max_bytes, value.whole(1..=1 << 40)),
    },
    Key {
        path: "executions.calls",
        value: Written::Default("1000"),
        kind: Kind::Number,
        expected: "a whole number from 0 to 1000000",
        why: "Calls for execution data per Region and scan; 0: none. A later scan goes on with the other state machines.",
        set: |config, value| setters::put(&mut config.collect.executions.calls, value.whole(0..=1_000_000)),
    },
    Key {
        path: "executions.states",
        value: Written::Default("true"),
        kind: Kind::Switch,
        expected: SWITCH,
        why: "Read the data of every state (GetExecutionHistory), not only input and output (DescribeExecution).",
        set: |config, value| setters::put(&mut config.collect.executions.states, value.switch()),
    },
    Key {
        path: "executions.map_children",
        value: Written::Default("3"),
        kind: Kind::Number,
        expected: "a whole number from 0 to 100",
        why: "Children of Distributed Maps that are read for each execution.",
        set: |config, value| setters::put(&mut config.collect.executions.map_children, value.whole(0..=100)),
    },
    Key {
        path: "executions.log_hours",
        value: Written::Default("24"),
        kind: Kind::Number,
        expected: "a whole number from 1 to 720",
        why: "How far back the logs of Express state machines are read.",
        set: |config, value| setters::put(&mut config.collect.executions.log_hours, value.whole(1..=720)),
    },
    Key {
        path: "executions.insights",
        value: Written::Default("false"),
        kind: Kind::Switch,
        expected: SWITCH,
        why: "Read log groups of the class INFREQUENT_ACCESS by Logs Insights, which AWS bills by the data scanned.",
        set: |config, value| setters::put(&mut config.collect.executions.insights, value.switch()),
    },
];
