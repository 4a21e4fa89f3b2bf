//! Which formats a report is written in, and where.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// A form of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// A summary for a person.
    Terminal,
    /// The whole report.
    Json,
    /// Metrics in the text format of Prometheus.
    Prometheus,
}

/// What is exported, and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportSettings {
    /// At least one, without repeats.
    pub formats: Vec<Format>,
    /// Where `report.json` and its siblings are written; without it they go to standard output.
    pub output_dir: Option<PathBuf>,
    /// Where the metrics are left for `node_exporter`'s textfile collector.
    pub textfile_dir: Option<PathBuf>,
}

impl Format {
    pub const ALL: [Self; 3] = [Self::Terminal, Self::Json, Self::Prometheus];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Json => "json",
            Self::Prometheus => "prometheus",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Format {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|format| format.as_str() == text);
        known.ok_or_else(|| "expected terminal, json or prometheus".to_owned())
    }
}

impl Default for ExportSettings {
    fn default() -> Self {
        Self { formats: vec![Format::Terminal], output_dir: None, textfile_dir: None }
    }
}
