//! What counts as sensitive in execution data and in samples.

use super::super::key::{Key, Kind, Written};
use super::super::{setters, tables};

const DETECTORS: &str = r#"[[detect.detectors]]
id = "MEMBER_NUMBER"
pattern = "\\bM-[0-9]{8}\\b"
data = "pii"
keywords = ["member"]
confidence = 0.9"#;
const ALLOW: &str = r#"[[detect.allow]]
types = ["EMAIL"]
pattern = ".*@example\\.com""#;

pub(super) const KEYS: &[Key] = &[
    Key {
        path: "detect.disabled_types",
        value: Written::Default("[]"),
        kind: Kind::Words,
        expected: "a list of types",
        why: "Types that are not reported, by their ids or by CloudWatch's or Macie's names.",
        set: |config, value| setters::put(&mut config.detect.disabled_types, setters::types(value)),
    },
    Key {
        path: "detect.detectors",
        value: Written::Unset(DETECTORS),
        kind: Kind::Table,
        expected: "[[detect.detectors]] tables with id, pattern, data, keywords, validator and confidence",
        why: "Types of your own; a keyword stands in the JSON pointer or shortly before the match.",
        set: |config, value| setters::put(&mut config.detect.detectors, tables::detectors(value)),
    },
    Key {
        path: "detect.allow",
        value: Written::Unset(ALLOW),
        kind: Kind::Table,
        expected: "[[detect.allow]] tables with types, pattern and pointer",
        why: "Values or places of which nothing is reported: patterns of the whole value, or of the JSON pointer.",
        set: |config, value| setters::put(&mut config.detect.allow, tables::allow(value)),
    },
];
