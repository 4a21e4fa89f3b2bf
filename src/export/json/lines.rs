//! `report.jsonl`: the findings, one JSON object a line, for log pipelines.

use std::io::{self, BufWriter, Write};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SCHEMA_VERSION;
use super::over_time::{PassedV1, ResolvedV1};
use super::v1::{DateTime, FindingV1};
use crate::audit::{Report, Status};

/// One line: an object of `report.json` with its `type` before it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LineV1 {
    /// The first line.
    Report(HeadV1),
    /// As in `findings`.
    Finding(Box<FindingV1>),
    /// As in `resolved`.
    Resolved(ResolvedV1),
    /// As in `passed`.
    Passed(PassedV1),
}

/// What all lines that follow are of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HeadV1 {
    /// That of `report.json`.
    pub schema_version: String,
    /// The version of stepwarden that wrote the report.
    pub stepwarden_version: String,
    /// When the collection began.
    #[schemars(with = "DateTime")]
    pub started_at: Timestamp,
    /// When the audit was done.
    #[schemars(with = "DateTime")]
    pub finished_at: Timestamp,
    /// The newest observation that the report rests on.
    #[schemars(with = "DateTime")]
    pub as_of: Timestamp,
    /// False where a signal ended the collection early.
    pub complete: bool,
    /// Lines of findings that are non-compliant.
    pub non_compliant: usize,
    /// Lines of findings that could not be judged.
    pub insufficient_data: usize,
    /// Lines of findings that are accepted.
    pub suppressed: usize,
}

/// Writes a line for the report, then one for each finding, resolved finding and compliant resource.
pub fn write_lines(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let findings = report.findings.iter().map(|finding| LineV1::Finding(Box::new(finding.into())));
    let resolved = report.resolved.iter().map(|finding| LineV1::Resolved(finding.into()));
    let passed = report.passed.iter().map(|passed| LineV1::Passed(passed.into()));
    for line in [LineV1::Report(report.into())].into_iter().chain(findings).chain(resolved).chain(passed) {
        serde_json::to_writer(&mut out, &line)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

impl From<&Report> for HeadV1 {
    fn from(report: &Report) -> Self {
        let count = |status| report.of_status(status).count();
        Self {
            schema_version: SCHEMA_VERSION.to_owned(),
            stepwarden_version: report.version.clone(),
            started_at: report.started_at,
            finished_at: report.finished_at,
            as_of: report.as_of,
            complete: report.complete,
            non_compliant: count(Status::NonCompliant),
            insufficient_data: count(Status::InsufficientData),
            suppressed: count(Status::Suppressed),
        }
    }
}
