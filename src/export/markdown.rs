//! `report.md`: a summary in GitHub Flavored Markdown, for pull requests and the job summaries of CI systems.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use crate::audit::{Finding, Report, Score, Status};
use crate::finding::{Severity, digits};
use crate::types::{Region, shown};

/// GitHub refuses a comment of more than 65,536 characters.
const PAGE: usize = 60_000;
/// Rows of a table.
const ROWS: usize = 50;
/// Bytes of a cell before it is escaped.
const CELL: usize = 400;

/// Writes how the accounts stand, the worst findings, what was not read, what is accepted and what is resolved.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut page = String::from("# stepwarden\n\n");
    standing(report, &mut page);
    findings(report, &mut page);
    unread(report, &mut page);
    accepted(report, &mut page);
    resolved(report, &mut page);
    out.write_all(page.as_bytes())
}

fn standing(report: &Report, page: &mut String) {
    let open: Vec<_> = report.of_status(Status::NonCompliant).collect();
    let by_severity = Severity::ALL.map(|severity| {
        let count = open.iter().filter(|finding| finding.severity == severity).count();
        (count > 0).then(|| format!("{} {severity}", number(count)))
    });
    let words: Vec<_> = by_severity.into_iter().flatten().collect();
    let counts = if words.is_empty() { "none".to_owned() } else { words.join(", ") };
    let judged: usize = report.coverage.iter().map(|line| line.compliant + line.non_compliant).sum();
    push(page, format_args!("**Findings: {counts}.** {} evaluations reached a verdict", number(judged)));
    let blind: usize = report.coverage.iter().map(|line| line.insufficient).sum();
    push(page, format_args!(", {} lacked data", number(blind)));
    for (count, word) in [
        (report.of_status(Status::Suppressed).count(), "suppressed"),
        (report.resolved.len(), "resolved"),
        (report.passed.len(), "compliant"),
    ] {
        if count > 0 {
            push(page, format_args!(", {} {word}", number(count)));
        }
    }
    page.push_str(".\n");
    if !report.complete {
        page.push_str("\nThe collection ended early: there may be more.\n");
    }
    let at = report.as_of.strftime("%Y-%m-%d %H:%M");
    push(page, format_args!("\nAs of {at} UTC, stepwarden {}.\n", escaped(&report.version)));
    let accounts: Vec<_> = report.scores.iter().filter(|score| score.region == Region::global()).collect();
    table(page, "Risk", &["account", "risk, 0 to 100", "state machines"], &accounts, |score: &&Score| {
        vec![
            escaped(score.account_id.as_str()),
            score.risk.map_or("unknown".to_owned(), |risk| format!("{risk:.1}")),
            format!("{} judged, {} unread", score.machines_evaluated, score.machines_unread),
        ]
    });
}

fn findings(report: &Report, page: &mut String) {
    let open: Vec<_> = report.of_status(Status::NonCompliant).collect();
    let columns = ["severity", "check", "resource", "account, Region", "what is so", "fix", "change"];
    table(page, "Findings, worst first", &columns, &open, |finding: &&Finding| {
        vec![
            finding.severity.to_string(),
            escaped(finding.check),
            resource(finding),
            format!("{} {}", escaped(finding.account_id.as_str()), escaped(finding.region.as_str())),
            escaped(&finding.message),
            escaped(&finding.remediation),
            finding.since_last.as_str().to_owned(),
        ]
    });
}

fn resource(finding: &Finding) -> String {
    let owner = finding.owner.as_ref().map(|owner| format!("owner {owner}"));
    let parts = [Some(finding.resource.name().to_owned()), Some(finding.location.words()), owner];
    let parts: Vec<_> =
        parts.into_iter().flatten().filter(|part| !part.is_empty()).map(|part| escaped(&part)).collect();
    parts.join("<br>")
}

fn unread(report: &Report, page: &mut String) {
    let mut gaps: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for gap in report.findings.iter().filter_map(|finding| finding.gap.as_ref()) {
        let key = (gap.reason.as_str(), gap.api.as_str(), gap.iam_action.as_deref().unwrap_or_default());
        *gaps.entry(key).or_default() += 1;
    }
    let gaps: Vec<_> = gaps.into_iter().collect();
    let columns = ["reason", "AWS call", "IAM action that would open it", "not judged"];
    table(page, "Not read: neither compliant nor non-compliant", &columns, &gaps, |((reason, api, action), count)| {
        vec![(*reason).to_owned(), escaped(api), escaped(action), number(*count)]
    });
}

fn accepted(report: &Report, page: &mut String) {
    let hidden: Vec<_> = report.of_status(Status::Suppressed).collect();
    table(page, "Suppressed", &["severity", "check", "resource", "reason", "until"], &hidden, |finding: &&Finding| {
        let suppression = finding.suppression.as_ref();
        vec![
            finding.severity.to_string(),
            escaped(finding.check),
            resource(finding),
            escaped(suppression.map_or("", |suppression| suppression.reason.as_str())),
            suppression.and_then(|suppression| suppression.expires).map(|day| day.to_string()).unwrap_or_default(),
        ]
    });
    let idle: Vec<_> = report.suppressions.iter().filter(|used| used.expired || used.findings == 0).collect();
    table(page, "Suppressions that hide nothing", &["selects", "reason", "why"], &idle, |used| {
        let why = if used.expired { "expired" } else { "unused" };
        vec![escaped(&used.selects), escaped(&used.suppression.reason), why.to_owned()]
    });
}

fn resolved(report: &Report, page: &mut String) {
    let columns = ["check", "resource", "account, Region", "first seen"];
    table(page, "Resolved", &columns, &report.resolved, |finding| {
        vec![
            escaped(&finding.check),
            escaped(finding.resource.rsplit(':').next().unwrap_or_default()),
            format!("{} {}", escaped(&finding.account_id), escaped(&finding.region)),
            finding.first_seen.strftime("%Y-%m-%d").to_string(),
        ]
    });
}

/// A heading and a table of the first items, as far as the page has room; nothing where there are none.
fn table<T>(page: &mut String, title: &str, columns: &[&str], items: &[T], cells: impl Fn(&T) -> Vec<String>) {
    if items.is_empty() {
        return;
    }
    push(page, format_args!("\n## {title}\n\n"));
    if page.len() >= PAGE {
        push(page, format_args!("{}, left out here.\n", number(items.len())));
        return;
    }
    let rule = vec!["---"; columns.len()].join(" | ");
    push(page, format_args!("| {} |\n| {rule} |\n", columns.join(" | ")));
    let mut shown = 0;
    for row in items.iter().take(ROWS).map(|item| cells(item).join(" | ")) {
        if page.len() + row.len() > PAGE {
            break;
        }
        push(page, format_args!("| {row} |\n"));
        shown += 1;
    }
    if shown < items.len() {
        push(page, format_args!("\n{} more; the other formats have them all.\n", number(items.len() - shown)));
    }
}

fn push(page: &mut String, text: std::fmt::Arguments<'_>) {
    page.write_fmt(text).expect("writing to a string");
}

fn number(count: usize) -> String {
    #[allow(clippy::cast_precision_loss, reason = "exact up to 2^53")]
    let count = count as f64;
    digits(count)
}

/// Text that stays text: no markup, no HTML, no link, and no mention of a person or an issue of GitHub's.
fn escaped(text: &str) -> String {
    let text = shown(text, CELL);
    let mut out = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '|' => out.push_str("&#124;"),
            // A space without width keeps GitHub from reading a name or a number behind it.
            '@' | '#' => {
                out.push('\\');
                out.push(c);
                out.push_str("&#8203;");
            }
            c if c.is_ascii_punctuation() => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}
