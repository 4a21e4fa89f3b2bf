//! What `stepwarden serve` listens on.

use super::super::key::{Key, Kind, Written};
use super::super::setters;

pub(super) const KEYS: &[Key] = &[
    Key {
        path: "serve.listen",
        value: Written::Default("\"127.0.0.1:9853\""),
        kind: Kind::Text,
        expected: "an address and a port as 127.0.0.1:9853",
        why: "Where `stepwarden serve` listens.",
        set: |config, value| setters::put(&mut config.serve.listen, value.word()),
    },
    Key {
        path: "serve.reload",
        value: Written::Default("false"),
        kind: Kind::Switch,
        expected: "true or false",
        why: "Whether POST /-/reload reads the configuration again; SIGHUP always does.",
        set: |config, value| setters::put(&mut config.serve.reload, value.switch()),
    },
    Key {
        path: "serve.web_config_file",
        value: Written::Unset(r#""web.yml""#),
        kind: Kind::Text,
        expected: "a file",
        why: "TLS, and who may ask: Prometheus's web configuration file; without it, whoever reaches the address may.",
        set: |config, value| setters::put(&mut config.serve.web_config_file, value.path().map(Some)),
    },
    Key {
        path: "serve.hosts",
        value: Written::Default("[]"),
        kind: Kind::Words,
        expected: "a list of host names",
        why: "Names by which a proxy asks a service on loopback that has no passwords; localhost and addresses always may.",
        set: |config, value| setters::put(&mut config.serve.hosts, setters::hosts(value)),
    },
];
