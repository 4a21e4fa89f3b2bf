//! `report.sarif`: SARIF 2.1.0, for code scanning. GitHub takes every result for an open alert, whatever its kind, its
//! level or its suppressions say, so unsuppressed failures alone are results unless all is asked for.
//!
//! Sources: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>,
//! <https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>.

mod log;
mod result;
mod rules;
mod size;

use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufWriter, Write};

use crate::audit::{Report, Status};
use log::{Descriptor, Driver, Invocation, Message, Notice, Notification, Tool};
use size::Compressed;

/// What becomes a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Results {
    /// Unsuppressed failures.
    Failures,
    /// Beside them, at level `none`: suppressed findings (`suppressions`), what could not be judged (kind `open`), resolved
    /// findings (baseline state `absent`) and what is compliant (kind `pass`). Not for GitHub.
    All,
}

/// GitHub refuses a run with more results.
const RESULTS: usize = 25_000;
/// GitHub refuses a file that is larger when compressed: 10 MB, less what follows the results.
const COMPRESSED: usize = 9_500_000;

const UNREAD: &str = "insufficient-data";
const ACCEPTED: &str = "suppressed";
const SETTLED: &str = "resolved";
const CAPPED: &str = "results-left-out";

/// Writes one run. Where there are more results than GitHub takes, the worst ones are written, and a notification says how
/// many are left out.
pub fn write(report: &Report, results: Results, out: &mut dyn Write) -> io::Result<()> {
    let mut out = Compressed::new(BufWriter::new(out));
    let rules = rules::rules(report);
    let index: HashMap<_, _> = rules.iter().enumerate().map(|(index, rule)| (rule.id, index)).collect();
    out.write_all(
        b"{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{\"tool\":",
    )?;
    serde_json::to_writer(&mut out, &tool(report, rules))?;
    out.write_all(b",\"columnKind\":\"unicodeCodePoints\",\"results\":[")?;
    let (mut written, mut left_out) = (0, 0);
    for mut result in result::results(report, results) {
        if written == RESULTS || out.size() > COMPRESSED {
            left_out += 1;
            continue;
        }
        if written > 0 {
            out.write_all(b",")?;
        }
        result.rule_index = index.get(result.rule_id.as_str()).copied();
        serde_json::to_writer(&mut out, &result)?;
        written += 1;
    }
    out.write_all(b"],\"invocations\":[")?;
    serde_json::to_writer(&mut out, &invocation(report, left_out))?;
    out.write_all(b"]}]}\n")?;
    out.flush()
}

fn tool(report: &Report, rules: Vec<log::Rule>) -> Tool {
    let notice = |(id, text): (&'static str, &str)| Notice { id, short_description: Message::text(text) };
    let notices = [
        (UNREAD, "What could not be read was not judged"),
        (ACCEPTED, "Findings that are accepted"),
        (SETTLED, "Findings that are no longer there"),
        (CAPPED, "Results that did not fit"),
    ];
    Tool {
        driver: Driver {
            name: "stepwarden",
            version: report.version.clone(),
            semantic_version: report.version.clone(),
            rules,
            notifications: notices.map(notice).into(),
        },
    }
}

fn invocation(report: &Report, left_out: usize) -> Invocation {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for (reason, count) in report.coverage.iter().flat_map(|line| &line.reasons) {
        *reasons.entry(reason.as_str()).or_default() += count;
    }
    let unread: usize = reasons.values().sum();
    let reasons: Vec<_> = reasons.into_iter().map(|(reason, count)| format!("{reason} {count}")).collect();
    let accepted = report.of_status(Status::Suppressed).count();
    let told = [
        (unread, "warning", UNREAD, format!("{unread} evaluations lacked data: {}.", reasons.join(", "))),
        (accepted, "note", ACCEPTED, format!("{accepted} findings are suppressed.")),
        (report.resolved.len(), "note", SETTLED, format!("{} findings are resolved.", report.resolved.len())),
        (left_out, "warning", CAPPED, format!("{left_out} results of lower rank are left out: see report.json.")),
    ];
    let notifications = told.into_iter().filter(|(count, ..)| *count > 0).map(|(_, level, id, text)| Notification {
        level,
        message: Message::text(text),
        descriptor: Descriptor { id },
    });
    Invocation {
        execution_successful: report.complete,
        start_time_utc: report.started_at.to_string(),
        end_time_utc: report.finished_at.to_string(),
        tool_execution_notifications: notifications.collect(),
    }
}
