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
        path: "store.location",
        value: Written::Unset(r#""/var/lib/stepwarden""#),
        kind: Kind::Text,
        expected: "a directory, or s3://bucket/prefix of letters, digits, - _ . and /",
        why: "Where results are kept between scans: a directory, or s3://bucket/prefix; without it, all findings are new.",
        set: |config, value| setters::put(&mut config.store.location, setters::location(value).map(Some)),
    },
    Key {
        path: "store.bucket_region",
        value: Written::Unset(r#""eu-west-1""#),
        kind: Kind::Text,
        expected: "a Region like eu-west-1",
        why: "The Region of the store's bucket; without it, the one that the environment or the profile names.",
        set: |config, value| setters::put(&mut config.store.bucket_region, setters::region(value).map(Some)),
    },
    Key {
        path: "store.bucket_owner",
        value: Written::Unset(r#""123456789012""#),
        kind: Kind::Text,
        expected: "an account id",
        why: "The account that the store's bucket has to belong to; of any other's, nothing is read or written.",
        set: |config, value| setters::put(&mut config.store.bucket_owner, setters::account_id(value).map(Some)),
    },
    Key {
        path: "store.bucket_key",
        value: Written::Unset(r#""arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab""#),
        kind: Kind::Text,
        expected: "the ARN of a KMS key",
        why: "The key under which objects of the store are encrypted; without it, as the bucket encrypts by default.",
        set: |config, value| setters::put(&mut config.store.bucket_key, setters::kms_key(value).map(Some)),
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
