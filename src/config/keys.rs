//! Every setting, once: this table drives what is read from the file and the environment, what unknown keys are
//! compared with, and the example file.

use std::fmt;

use super::Config;
use super::faults::variable_of;
use super::shapes::ENDPOINT;
use super::value::{Refusal, Value};
use super::{setters, tables};
use crate::model::PartName;

/// One setting.
pub struct Key {
    /// As in the file: section and name.
    pub path: &'static str,
    pub value: Written,
    pub kind: Kind,
    /// What a value has to be, as a message says it after "expected".
    pub expected: &'static str,
    /// What it is for, in one line.
    pub why: &'static str,
    pub(super) set: fn(&mut Config, &Value) -> Result<(), Refusal>,
}

/// A setting in the example file, as TOML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// Its default.
    Default(&'static str),
    /// An example: it has no default. Tables stand with their header.
    Unset(&'static str),
}

/// How an environment variable is read, and what a message repeats of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text, quoted or not.
    Text,
    /// Text that no message repeats.
    Private,
    Number,
    Switch,
    /// A TOML list, or words with commas between them.
    Words,
    /// TOML, which no message repeats.
    Table,
}

impl Key {
    /// The environment variable that sets it.
    pub fn variable(&self) -> String {
        variable_of(self.path)
    }

    /// `budget` for `budget.share`; empty for what stands above all sections.
    pub fn section(&self) -> &'static str {
        self.path.rsplit_once('.').map_or("", |(section, _)| section)
    }

    /// `share` for `budget.share`.
    pub fn name(&self) -> &'static str {
        self.path.rsplit_once('.').map_or(self.path, |(_, name)| name)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.path)
    }
}

const SHARE: &str = "a number above 0 and at most 1";
const SWITCH: &str = "true or false";
const IDS: &str = "a list of check ids";
const DIRECTORY: &str = "a directory";
const RATES: &str = r#"[budget.rates]
"states:DescribeStateMachine" = { bucket = 200, refill_per_second = 20 }"#;
const ACCOUNTS: &str = r#"[[accounts]]
name = "payments"
role_arn = "arn:aws:iam::123456789012:role/stepwarden"
external_id = "stepwarden-payments""#;

/// Every setting, in the order of the example file.
pub static KEYS: &[Key] = &[
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
    Key {
        path: "collectors.iam",
        value: Written::Default("true"),
        kind: Kind::Switch,
        expected: SWITCH,
        why: "Roles, users and their policies: the checks of access need them.",
        set: |config, value| setters::collect(config, PartName::Iam, value),
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
        path: "collectors.log_groups",
        value: Written::Default("true"),
        kind: Kind::Switch,
        expected: SWITCH,
        why: "Log groups that state machines write to: their retention and keys.",
        set: |config, value| setters::collect(config, PartName::LogGroups, value),
    },
    Key {
        path: "collectors.kms_keys",
        value: Written::Default("true"),
        kind: Kind::Switch,
        expected: SWITCH,
        why: "KMS keys that state machines and their log groups name: their state, policies and grants.",
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
        path: "checks.state-machine-quota.warning",
        value: Written::Default("0.8"),
        kind: Kind::Number,
        expected: SHARE,
        why: "From this share of the limit on registered state machines, a finding is medium.",
        set: |config, value| setters::put(&mut config.checks.state_machine_quota.warning, value.share()),
    },
    Key {
        path: "checks.state-machine-quota.critical",
        value: Written::Default("0.95"),
        kind: Kind::Number,
        expected: SHARE,
        why: "From this share of the limit on registered state machines, a finding is critical.",
        set: |config, value| setters::put(&mut config.checks.state_machine_quota.critical, value.share()),
    },
    Key {
        path: "checks.open-execution-quota.warning",
        value: Written::Default("0.8"),
        kind: Kind::Number,
        expected: SHARE,
        why: "From this share of the limit on open executions, a finding is medium.",
        set: |config, value| setters::put(&mut config.checks.open_execution_quota.warning, value.share()),
    },
    Key {
        path: "checks.open-execution-quota.critical",
        value: Written::Default("0.95"),
        kind: Kind::Number,
        expected: SHARE,
        why: "From this share of the limit on open executions, a finding is critical.",
        set: |config, value| setters::put(&mut config.checks.open_execution_quota.critical, value.share()),
    },
    Key {
        path: "checks.open-map-run-quota.warning",
        value: Written::Default("0.8"),
        kind: Kind::Number,
        expected: SHARE,
        why: "From this share of the limit on open Map Runs, a finding is medium.",
        set: |config, value| setters::put(&mut config.checks.open_map_run_quota.warning, value.share()),
    },
    Key {
        path: "checks.open-map-run-quota.critical",
        value: Written::Default("0.95"),
        kind: Kind::Number,
        expected: SHARE,
        why: "From this share of the limit on open Map Runs, a finding is critical.",
        set: |config, value| setters::put(&mut config.checks.open_map_run_quota.critical, value.share()),
    },
    Key {
        path: "report.formats",
        value: Written::Default(r#"["terminal"]"#),
        kind: Kind::Words,
        expected: "a list of terminal, json, prometheus",
        why: "What is written: terminal (a summary), json (the whole report), prometheus (metrics).",
        set: |config, value| setters::put(&mut config.export.formats, setters::formats(value)),
    },
    Key {
        path: "report.output_dir",
        value: Written::Unset(r#""reports""#),
        kind: Kind::Text,
        expected: DIRECTORY,
        why: "Where report.json and metrics.prom are written; without it, they go to standard output.",
        set: |config, value| setters::put(&mut config.export.output_dir, value.path().map(Some)),
    },
    Key {
        path: "report.textfile_dir",
        value: Written::Unset(r#""/var/lib/node_exporter/textfile""#),
        kind: Kind::Text,
        expected: DIRECTORY,
        why: "Where metrics are left for node_exporter's textfile collector.",
        set: |config, value| setters::put(&mut config.export.textfile_dir, value.path().map(Some)),
    },
    Key {
        path: "report.fail_on",
        value: Written::Default(r#""none""#),
        kind: Kind::Text,
        expected: "none, critical, high, medium, low or info",
        why: "Findings of this severity or a worse one end a scan with exit code 3.",
        set: |config, value| setters::put(&mut config.exit.fail_on, setters::severity(value)),
    },
    Key {
        path: "report.allow_incomplete",
        value: Written::Default("false"),
        kind: Kind::Switch,
        expected: SWITCH,
        why: "End a scan with exit code 0 instead of 4 where part of it could not be evaluated.",
        set: |config, value| setters::put(&mut config.exit.allow_incomplete, value.switch()),
    },
    Key {
        path: "store.directory",
        value: Written::Unset(r#""/var/lib/stepwarden""#),
        kind: Kind::Text,
        expected: DIRECTORY,
        why: "Where results are kept between scans; without it, no finding is known from an earlier one.",
        set: |config, value| setters::put(&mut config.store.directory, value.path().map(Some)),
    },
    Key {
        path: "store.hash_key_env",
        value: Written::Default(r#""STEPWARDEN_HASH_KEY""#),
        kind: Kind::Private,
        expected: "the name of an environment variable that sets nothing else",
        why: "The environment variable that holds the key of the hashes in evidence.",
        set: |config, value| setters::put(&mut config.store.hash_key_env, setters::variable(value)),
    },
    Key {
        path: "log.format",
        value: Written::Default(r#""text""#),
        kind: Kind::Text,
        expected: "text or json",
        why: "How logs look on standard error.",
        set: |config, value| setters::put(&mut config.log.format, value.word()),
    },
    Key {
        path: "log.level",
        value: Written::Default(r#""info""#),
        kind: Kind::Text,
        expected: "error, warn, info, debug or trace",
        why: "The least severe level that is logged.",
        set: |config, value| setters::put(&mut config.log.level, value.word()),
    },
];
