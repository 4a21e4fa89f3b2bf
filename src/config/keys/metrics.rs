//! Where metrics go, beside files.

use super::super::key::{Key, Kind, Written};
use super::super::setters;

const ADDRESS: &str = "a URL as https://host/path, without user and password";

pub(super) const KEYS: &[Key] = &[
    Key {
        path: "metrics.textfile_dir",
        value: Written::Unset(r#""/var/lib/node_exporter/textfile""#),
        kind: Kind::Text,
        expected: "a directory",
        why: "Where metrics are left for node_exporter's textfile collector.",
        set: |config, value| setters::put(&mut config.export.textfile_dir, value.path().map(Some)),
    },
    Key {
        path: "metrics.emf",
        value: Written::Default("false"),
        kind: Kind::Switch,
        expected: "true or false",
        why: "Write metrics to standard output in CloudWatch's embedded metric format.",
        set: |config, value| setters::put(&mut config.export.emf, value.switch()),
    },
    Key {
        path: "metrics.remote_write_url",
        value: Written::Unset(r#""https://prometheus.example.com/api/v1/write""#),
        kind: Kind::Text,
        expected: ADDRESS,
        why: "Where metrics are sent by Prometheus's remote write.",
        set: |config, value| setters::put(&mut config.send.metrics.remote_write_url, setters::url(value).map(Some)),
    },
    Key {
        path: "metrics.signing_region",
        value: Written::Unset(r#""eu-west-1""#),
        kind: Kind::Text,
        expected: "a Region like eu-west-1",
        why: "Sign remote write for Amazon Managed Prometheus in this Region; unset, where the URL names a workspace.",
        set: |config, value| setters::put(&mut config.send.metrics.signing_region, setters::region(value).map(Some)),
    },
    Key {
        path: "metrics.pushgateway_url",
        value: Written::Unset(r#""http://127.0.0.1:9091""#),
        kind: Kind::Text,
        expected: ADDRESS,
        why: "The Pushgateway that metrics are put to.",
        set: |config, value| setters::put(&mut config.send.metrics.pushgateway_url, setters::url(value).map(Some)),
    },
    Key {
        path: "metrics.authorization_file",
        value: Written::Unset(r#""authorization""#),
        kind: Kind::Text,
        expected: "a file",
        why: "A file with the Authorization header for remote write and the Pushgateway, as `Bearer ...`.",
        set: |config, value| setters::put(&mut config.send.metrics.authorization_file, value.path().map(Some)),
    },
];
