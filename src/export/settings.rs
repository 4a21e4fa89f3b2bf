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
    /// The findings, one a line.
    Jsonl,
    /// For code scanning.
    Sarif,
    /// For security data lakes and SIEMs.
    Ocsf,
    /// For Security Hub.
    Asff,
    /// For spreadsheets.
    Csv,
    /// For pull requests and the job summaries of CI systems.
    Markdown,
    /// A page for a browser.
    Html,
    /// For the test reports of CI systems.
    Junit,
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
    /// Whether what is compliant is listed, by the formats that can.
    pub include_compliant: bool,
    /// Where the metrics are left for `node_exporter`'s textfile collector.
    pub textfile_dir: Option<PathBuf>,
    /// Whether the metrics are written to standard output in CloudWatch's embedded metric format.
    pub emf: bool,
}

impl Format {
    pub const ALL: [Self; 11] = [
        Self::Terminal,
        Self::Json,
        Self::Jsonl,
        Self::Sarif,
        Self::Ocsf,
        Self::Asff,
        Self::Csv,
        Self::Html,
        Self::Markdown,
        Self::Junit,
        Self::Prometheus,
    ];

    /// All of them, as a message lists them.
    pub fn listed() -> String {
        Self::ALL.map(Self::as_str).join(", ")
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Sarif => "sarif",
            Self::Ocsf => "ocsf",
            Self::Asff => "asff",
            Self::Csv => "csv",
            Self::Html => "html",
            Self::Markdown => "markdown",
            Self::Junit => "junit",
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
        known.ok_or_else(|| format!("expected one of {}", Self::listed()))
    }
}

impl Default for ExportSettings {
    fn default() -> Self {
        Self {
            formats: vec![Format::Terminal],
            output_dir: None,
            include_compliant: false,
            textfile_dir: None,
            emf: false,
        }
    }
}
