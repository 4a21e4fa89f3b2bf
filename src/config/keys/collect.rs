//! What is collected, and through which roles.

use super::super::key::{Key, Kind, Written};
use super::super::{setters, tables};
use crate::model::PartName;

const SWITCH: &str = "true or false";
const ACCOUNTS: &str = r#"[[accounts]]
name = "payments"
role_arn = "arn:aws:iam::123456789012:role/stepwarden"
external_id = "stepwarden-payments""#;

pub(super) const KEYS: &[Key] = &[
    Key {
        path: "collectors.iam",
        value: Written::Default("true"),
        kind: Kind::Switch,
        expected: SWITCH,
        why: "Roles, users and their policies: the checks of access need them.",
        set: |config, value| setters::collect(config, PartName::Iam, value),
    },
    Key {
        path: "collectors.last_accessed",
        value: Written::Default("false"),
        kind: Kind::Switch,
        expected: SWITCH,
        why: "When roles of Step Functions last used each service: IAM makes a report a role, which takes time.",
        set: |config, value| setters::collect(config, PartName::LastAccessed, value),
    },
    Key {
        path: "collectors.state_machines",
        value: Written::Default("true"),
        kind: Kind::Switch,
        expected: SWITCH,
        why: "State machines, their definitions, logging and encryption: nearly every check needs them.",
        set: |config, value| setters::collect(config, PartName::StateMachines, value),
    },
    Key {
        path: "collectors.tags",
        value: Written::Default("true"),
        kind: Kind::Switch,
        expected: SWITCH,
        why: "Tags, by which findings name their owner and stack.",
        set: |config, value| setters::collect(config, PartName::Tags, value),
    },
    Key {
        path: "collectors.versions",
        value: Written::Default("true"),
        kind: Kind::Switch,
        expected: SWITCH,
        why: "Published versions and aliases: secrets that old versions hold still. One call for each state machine.",
        set: |config, value| setters::collect(config, PartName::Versions, value),
    },
    Key {
        path: "collectors.versions_machines",
        value: Written::Default("50"),
        kind: Kind::Number,
        expected: "a whole number from 1 to 150000",
        why: "State machines of a Region whose versions are listed; AWS refills these calls at one a second.",
        set: |config, value| setters::put(&mut config.collect.versions.machines, value.whole(1..=150_000)),
    },
    Key {
        path: "collectors.versions_per_machine",
        value: Written::Default("5"),
        kind: Kind::Number,
        expected: "a whole number from 0 to 1000",
        why: "Versions of one state machine that are read: the newest, and all that aliases lead to.",
        set: |config, value| setters::put(&mut config.collect.versions.per_machine, value.whole(0..=1_000)),
    },
    Key {
        path: "collectors.log_groups",
        value: Written::Default("true"),
        kind: Kind::Switch,
        expected: SWITCH,
        why: "Log groups that state machines write to: their retention and keys.",
        set: |config, value| setters::collect(config, PartName::LogGroups, value),
    },
    Key {
        path: "collectors.data_protection",
        value: Written::Default("true"),
        kind: Kind::Switch,
        expected: SWITCH,
        why: "What CloudWatch Logs masks in the log groups that state machines write to.",
        set: |config, value| setters::collect(config, PartName::DataProtection, value),
    },
    Key {
        path: "collectors.result_buckets",
        value: Written::Default("true"),
        kind: Kind::Switch,
        expected: SWITCH,
        why: "S3 buckets that Distributed Maps write results to: encryption, public access, expiry.",
        set: |config, value| setters::collect(config, PartName::ResultBuckets, value),
    },
    Key {
        path: "collectors.tables",
        value: Written::Default("true"),
        kind: Kind::Switch,
        expected: SWITCH,
        why: "DynamoDB tables that definitions put items into or get items from: key, recovery, expiry.",
        set: |config, value| setters::collect(config, PartName::Tables, value),
    },
    Key {
        path: "collectors.kms_keys",
        value: Written::Default("true"),
        kind: Kind::Switch,
        expected: SWITCH,
        why: "KMS keys that state machines, their log groups and stores name: their state, policies and grants.",
        set: |config, value| setters::collect(config, PartName::KmsKeys, value),
    },
    Key {
        path: "collectors.event_rules",
        value: Written::Default("true"),
        kind: Kind::Switch,
        expected: SWITCH,
        why: "EventBridge rules that match Step Functions events or start state machines, and their targets.",
        set: |config, value| setters::collect(config, PartName::EventRules, value),
    },
    Key {
        path: "collectors.function_policies",
        value: Written::Default("true"),
        kind: Kind::Switch,
        expected: SWITCH,
        why: "Resource-based policies of the Lambda functions that definitions name.",
        set: |config, value| setters::collect(config, PartName::FunctionPolicies, value),
    },
    Key {
        path: "collectors.executions",
        value: Written::Default("true"),
        kind: Kind::Switch,
        expected: SWITCH,
        why: "What stands in the data of executions: read, inspected and dropped. False: execution data is never asked for.",
        set: |config, value| setters::collect(config, PartName::Executions, value),
    },
    Key {
        path: "collectors.running",
        value: Written::Default("true"),
        kind: Kind::Switch,
        expected: SWITCH,
        why: "What runs: counts and ages of running executions, sizes of their histories, open Map Runs.",
        set: |config, value| setters::collect(config, PartName::Running, value),
    },
    Key {
        path: "collectors.xray",
        value: Written::Default("true"),
        kind: Kind::Switch,
        expected: SWITCH,
        why: "X-Ray's encryption and where its traces go.",
        set: |config, value| setters::collect(config, PartName::Xray, value),
    },
    Key {
        path: "collectors.quotas",
        value: Written::Default("true"),
        kind: Kind::Switch,
        expected: SWITCH,
        why: "Limits and usage of Step Functions: the checks of quotas need them.",
        set: |config, value| setters::collect(config, PartName::Quotas, value),
    },
    Key {
        path: "collectors.concurrency",
        value: Written::Default("16"),
        kind: Kind::Number,
        expected: "a whole number from 1 to 256",
        why: "Calls in flight per Region; the budget limits their rate.",
        set: |config, value| setters::put(&mut config.collect.concurrency, value.whole(1..=256)),
    },
    Key {
        path: "accounts",
        value: Written::Unset(ACCOUNTS),
        kind: Kind::Table,
        expected: "[[accounts]] tables with name, role_arn and external_id",
        why: "The accounts to audit, each through a role of its own; without any, the caller's account.",
        set: |config, value| setters::put(&mut config.collect.accounts, tables::accounts(value)),
    },
];
