//! `report.csv`: the findings as a table (RFC 4180), for spreadsheets.

use std::borrow::Cow;
use std::io::{self, BufWriter, Write};

use crate::audit::{Finding, Passed, Report, Resolved};
use crate::types::{Arn, shown};

/// The columns, in their order. More may follow, none goes.
pub const COLUMNS: [&str; 28] = [
    "status",
    "severity",
    "confidence",
    "score",
    "check",
    "family",
    "title",
    "account_id",
    "region",
    "resource",
    "state",
    "json_pointer",
    "statement",
    "message",
    "remediation",
    "reason",
    "iam_action",
    "machines",
    "owner",
    "stack",
    "first_seen",
    "last_seen",
    "change",
    "suppression_reason",
    "suppression_owner",
    "suppression_expires",
    "console_url",
    "id",
];

/// Spreadsheets hold 32,767 characters in a cell.
const CELL: usize = 32_000;

/// Writes a head, then a line for each finding, resolved finding (status `resolved`) and compliant resource (`compliant`).
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    line(&mut out, &COLUMNS.map(Cow::from))?;
    for finding in &report.findings {
        line(&mut out, &of_finding(finding))?;
    }
    for finding in &report.resolved {
        line(&mut out, &of_resolved(finding))?;
    }
    for passed in &report.passed {
        line(&mut out, &of_passed(passed))?;
    }
    out.flush()
}

type Cells<'a> = [Cow<'a, str>; COLUMNS.len()];

fn of_finding(finding: &Finding) -> Cells<'_> {
    let suppression = finding.suppression.as_ref();
    let optional = |text: Option<&String>| text.cloned().unwrap_or_default().into();
    let machines: Vec<_> = finding.machines.iter().map(Arn::as_str).collect();
    [
        finding.status.as_str().into(),
        finding.severity.as_str().into(),
        finding.confidence.as_str().into(),
        format!("{:.1}", finding.score).into(),
        finding.check.into(),
        finding.family.as_str().into(),
        finding.title.into(),
        finding.account_id.to_string().into(),
        finding.region.to_string().into(),
        finding.resource.as_str().into(),
        optional(finding.location.state.as_ref()),
        finding.location.pointer.as_ref().map(ToString::to_string).unwrap_or_default().into(),
        optional(finding.location.statement.as_ref()),
        finding.message.as_str().into(),
        finding.remediation.as_str().into(),
        finding.gap.as_ref().map_or("", |gap| gap.reason.as_str()).into(),
        optional(finding.gap.as_ref().and_then(|gap| gap.iam_action.as_ref())),
        machines.join(" ").into(),
        optional(finding.owner.as_ref()),
        optional(finding.stack.as_ref()),
        finding.first_seen.to_string().into(),
        finding.last_seen.to_string().into(),
        finding.since_last.as_str().into(),
        optional(suppression.map(|suppression| &suppression.reason)),
        optional(suppression.and_then(|suppression| suppression.owner.as_ref())),
        suppression.and_then(|suppression| suppression.expires).map(|day| day.to_string()).unwrap_or_default().into(),
        finding.console_url.as_str().into(),
        finding.id.as_str().into(),
    ]
}

fn of_resolved(finding: &Resolved) -> Cells<'_> {
    by_name(&[
        ("status", "resolved".into()),
        ("severity", finding.severity.map_or("", |severity| severity.as_str()).into()),
        ("check", finding.check.as_str().into()),
        ("account_id", finding.account_id.as_str().into()),
        ("region", finding.region.as_str().into()),
        ("resource", finding.resource.as_str().into()),
        ("first_seen", finding.first_seen.to_string().into()),
        ("last_seen", finding.last_seen.to_string().into()),
        ("change", "resolved".into()),
        ("id", finding.id.as_str().into()),
    ])
}

fn of_passed(passed: &Passed) -> Cells<'_> {
    by_name(&[
        ("status", "compliant".into()),
        ("check", passed.check.into()),
        ("account_id", passed.account_id.to_string().into()),
        ("region", passed.region.to_string().into()),
        ("resource", passed.resource.as_str().into()),
    ])
}

/// The cells of these columns; the others are empty.
fn by_name<'a>(known: &[(&str, Cow<'a, str>)]) -> Cells<'a> {
    COLUMNS
        .map(|column| known.iter().find(|(name, _)| *name == column).map(|(_, cell)| cell.clone()).unwrap_or_default())
}

fn line(out: &mut dyn Write, cells: &Cells<'_>) -> io::Result<()> {
    for (index, cell) in cells.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        write!(out, "{comma}\"{}\"", defused(&shown(cell, CELL)).replace('"', "\"\""))?;
    }
    out.write_all(b"\r\n")
}

/// A spreadsheet takes what begins so for a formula, and runs it; after an apostrophe it is text
/// (<https://owasp.org/www-community/attacks/CSV_Injection>).
fn defused(cell: &str) -> Cow<'_, str> {
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        true => format!("'{cell}").into(),
        false => cell.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::defused;

    #[test]
    fn formulas_are_text() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"] {
            assert_eq!(defused(formula), format!("'{formula}"));
        }
        assert_eq!(defused("orders=1"), "orders=1");
    }
}
