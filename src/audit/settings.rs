//! Which checks run, what is accepted, and what fails a scan.

use std::collections::BTreeMap;
use std::fmt;

use super::report::Suppression;
use crate::finding::Severity;

/// Which checks run: all but `skip`, or only `only`; and what of them is listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CheckSelection {
    pub only: Vec<String>,
    pub skip: Vec<String>,
    /// Whether the report lists what is compliant, beside counting it.
    pub list_passed: bool,
}

impl CheckSelection {
    pub fn selects(&self, id: &str) -> bool {
        let named = |list: &[String]| list.iter().any(|name| name == id);
        (self.only.is_empty() || named(&self.only)) && !named(&self.skip)
    }
}

/// What is accepted although it is so.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Accepted {
    pub suppressions: Vec<SuppressionSettings>,
    pub baseline: Option<Baseline>,
}

/// Findings that are accepted. A selector without values selects everything; those with values all have to match, each
/// by one of them. At least one has values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SuppressionSettings {
    /// Ids.
    pub checks: Vec<String>,
    pub accounts: Vec<String>,
    pub regions: Vec<String>,
    /// Patterns of ARNs; `*` and `?` are wildcards, here and below.
    pub resources: Vec<String>,
    /// `key` or `key=value`: tags that every state machine concerned bears.
    pub tags: Vec<String>,
    /// Names of states.
    pub states: Vec<String>,
    /// RFC 6901 JSON pointers.
    pub pointers: Vec<String>,
    /// Ids of policy statements.
    pub statements: Vec<String>,
    /// Actions that the finding is about; every one of them has to match.
    pub actions: Vec<String>,
    pub suppression: Suppression,
}

impl SuppressionSettings {
    /// The selectors by their names in the configuration.
    pub fn selectors(&self) -> [(&'static str, &[String]); 9] {
        [
            ("checks", &self.checks),
            ("accounts", &self.accounts),
            ("regions", &self.regions),
            ("resources", &self.resources),
            ("tags", &self.tags),
            ("states", &self.states),
            ("pointers", &self.pointers),
            ("statements", &self.statements),
            ("actions", &self.actions),
        ]
    }
}

impl fmt::Display for SuppressionSettings {
    /// The selectors as they stand in the configuration, in one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given = self.selectors().into_iter().filter(|(_, values)| !values.is_empty());
        let words: Vec<_> = given.map(|(name, values)| format!("{name} = {values:?}")).collect();
        f.write_str(&words.join(", "))
    }
}

/// The findings of an earlier report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline {
    /// By id, with the severity that is accepted.
    pub known: BTreeMap<String, Severity>,
    /// What is said of a finding that is known.
    pub suppression: Suppression,
}

/// What makes a scan that finished end with an exit code other than 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ExitSettings {
    /// Findings of this severity or a worse one end it with 3; `None`: findings never do.
    pub fail_on: Option<Severity>,
    /// Whether a scan that could not evaluate all it was asked for ends with 0 instead of 4.
    pub allow_incomplete: bool,
}
