//! What is accepted although it is so.

use super::super::key::{Key, Kind, Written};
use super::super::{setters, tables};

const SUPPRESSION: &str = r#"[[suppressions]]
checks = ["wildcard-resource"]
resources = ["arn:aws:iam::123456789012:role/orders"]
statements = ["AllowReports"]
actions = ["athena:*"]
reason = "The report bucket is chosen by the analyst; reviewed with the data owner."
owner = "team-analytics"
expires = "2027-06-30""#;

const TAGS: &str = "a list of tag keys";

pub(super) const ROUTING: &[Key] = &[
    Key {
        path: "routing.owner_tags",
        value: Written::Default(r#"["owner", "team", "contact"]"#),
        kind: Kind::Words,
        expected: TAGS,
        why: "Tags of a state machine that name its owner, the first that it has; compared without case.",
        set: |config, value| setters::put(&mut config.checks.routing.owner_tags, setters::routing_tags(value)),
    },
    Key {
        path: "routing.stack_tags",
        value: Written::Default(r#"["aws:cloudformation:stack-name", "stack"]"#),
        kind: Kind::Words,
        expected: TAGS,
        why: "Tags of a state machine that name its stack, in the same way.",
        set: |config, value| setters::put(&mut config.checks.routing.stack_tags, setters::routing_tags(value)),
    },
];

pub(super) const KEYS: &[Key] = &[Key {
    path: "suppressions",
    value: Written::Unset(SUPPRESSION),
    kind: Kind::Table,
    expected: "[[suppressions]] tables with reason and at least one of checks, accounts, regions, resources, tags, \
               states, pointers, statements and actions",
    why: "Findings that are accepted until the day of expires: shown, and counted apart (docs/suppressions.md).",
    set: |config, value| setters::put(&mut config.accepted.suppressions, tables::suppressions(value)),
}];
