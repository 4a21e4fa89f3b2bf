//! What a setting is.

use std::fmt;

use super::Config;
use super::faults::variable_of;
use super::value::{Refusal, Value};

/// One setting.
#[derive(Clone, Copy)]
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
