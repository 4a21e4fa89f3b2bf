//! What is written, kept and logged.

use super::super::key::{Key, Kind, Written};
use super::super::setters;

const SWITCH: &str = "true or false";
const DIRECTORY: &str = "a directory";

pub(super) const KEYS: &[Key] = &[
    Key {
        path: "report.formats",
        value: Written::Default(r#"["terminal"]"#),
        kind: Kind::Words,
        expected: "a list of terminal, json, jsonl, sarif, ocsf, asff, csv, html, markdown, junit, prometheus",
        why: "What is written: a summary for the terminal, metrics for Prometheus, and the report in the other formats.",
        set: |config, value| setters::put(&mut config.export.formats, setters::formats(value)),
    },
    Key {
        path: "report.output_dir",
        value: Written::Unset(r#""reports""#),
        kind: Kind::Text,
        expected: DIRECTORY,
        why: "Where report.json, its siblings and metrics.prom are written; without it, one of them goes to standard output.",
        set: |config, value| setters::put(&mut config.export.output_dir, value.path().map(Some)),
    },
    Key {
        path: "report.include_compliant",
        value: Written::Default("false"),
        kind: Kind::Switch,
        expected: SWITCH,
        why: "List what is compliant too: in json, jsonl, sarif, ocsf, asff, csv and junit.",
        set: |config, value| setters::put(&mut config.export.include_compliant, value.switch()),
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
        path: "report.send",
        value: Written::Default("[]"),
        kind: Kind::Words,
        expected: "a list of security-hub",
        why: "Who receives the findings of a scan: security-hub (BatchImportFindings, in each account and Region).",
        set: |config, value| setters::put(&mut config.send.receivers, setters::receivers(value)),
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
        path: "store.keep_days",
        value: Written::Unset("90"),
        kind: Kind::Number,
        expected: "a whole number from 1 to 3653",
        why: "Days that reports are kept in the store, the newest always; without it, all of them are.",
        set: |config, value| setters::put(&mut config.store.keep_days, value.whole(1..=3653).map(Some)),
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
