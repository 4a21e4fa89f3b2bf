//! Which checks run and what fails a scan.

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

/// What makes a scan that finished end with an exit code other than 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ExitSettings {
    /// Findings of this severity or a worse one end it with 3; `None`: findings never do.
    pub fail_on: Option<Severity>,
    /// Whether a scan that could not evaluate all it was asked for ends with 0 instead of 4.
    pub allow_incomplete: bool,
}
