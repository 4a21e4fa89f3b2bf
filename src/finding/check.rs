use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Confidence, Evaluations, Severity, View};
use crate::model::PartName;

/// A check is data and one pure function over the [`View`]: it cannot do IO.
pub struct Check {
    /// Also the file's name, the page's name, the configuration key and the metric label.
    pub id: &'static str,
    pub family: Family,
    pub title: &'static str,
    /// The default; an evaluation may raise or lower it.
    pub severity: Severity,
    pub confidence: Confidence,
    /// The parts of the snapshot that it reads.
    pub reads: &'static [PartName],
    /// Checks that say the same defect better: what they cover is folded into theirs.
    pub yields_to: &'static [&'static str],
    /// The release that brought it.
    pub since: &'static str,
    /// Public pages that say why, the first of them AWS's own.
    pub references: &'static [&'static str],
    /// Its page, in Markdown.
    pub page: &'static str,
    pub run: fn(&View<'_>, &mut Evaluations),
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Check({})", self.id)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    Access,
    Data,
    Logging,
    Quota,
    Lifecycle,
    Hygiene,
}

impl Family {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Data => "data",
            Self::Logging => "logging",
            Self::Quota => "quota",
            Self::Lifecycle => "lifecycle",
            Self::Hygiene => "hygiene",
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
