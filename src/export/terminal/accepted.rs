//! What is accepted, and whose the rest is.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io;

use super::by_severity;
use super::page::{BOLD, DIM, Line, PLAIN, Page, WARNING};
use super::text::{cells, clean, plural};
use crate::audit::{Finding, Report, Status, SuppressionUse};
use crate::finding::Severity;

/// Owners and stacks that are shown where not all are.
const GROUPS: usize = 10;

/// Findings by the owner and by the stack that tags name, the worst first.
pub(super) fn whose(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    group(report, page, "OWNERS", "no owner", |finding| finding.owner.as_deref())?;
    group(report, page, "STACKS", "no stack", |finding| finding.stack.as_deref())
}

fn group(
    report: &Report,
    page: &mut Page<'_>,
    heading: &str,
    none: &'static str,
    of: impl Fn(&Finding) -> Option<&str>,
) -> io::Result<()> {
    let mut groups: BTreeMap<&str, Vec<Severity>> = BTreeMap::new();
    for finding in report.of_status(Status::NonCompliant) {
        groups.entry(of(finding).unwrap_or(none)).or_default().push(finding.severity);
    }
    if groups.keys().all(|name| *name == none) {
        return Ok(());
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, severities)| Reverse((severities.iter().max().copied(), severities.len())));
    let shown = if page.style.verbose { groups.len() } else { groups.len().min(GROUPS) };
    let more = groups.len() - shown;
    page.heading(heading, &if more == 0 { String::new() } else { format!("{more} more with --verbose") })?;
    let width = groups[..shown].iter().map(|(name, _)| cells(&clean(name))).max().unwrap_or_default().min(40);
    for (name, severities) in &groups[..shown] {
        let line = Line::new("  ").left(BOLD, name, width).text("  ");
        page.paragraph(&line, &Line::new("    "), PLAIN, &by_severity(severities.iter().copied()))?;
    }
    Ok(())
}

/// How many findings are accepted, and why; suppressions that do nothing any more.
pub(super) fn suppressed(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let mut by_reason: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for finding in report.of_status(Status::Suppressed) {
        let reason = finding.suppression.as_ref().map_or("", |suppression| suppression.reason.as_str());
        by_reason.entry(reason).or_default().push(finding);
    }
    let idle: Vec<_> = report.suppressions.iter().filter(|used| used.expired || used.unused).collect();
    if by_reason.is_empty() && idle.is_empty() {
        return Ok(());
    }
    page.heading("SUPPRESSED", &by_severity(report.of_status(Status::Suppressed).map(|finding| finding.severity)))?;
    for (reason, findings) in by_reason {
        let line = Line::new("  ").text(&plural(findings.len(), "finding")).text(": ");
        page.paragraph(&line, &Line::new("    "), DIM, reason)?;
        if page.style.verbose {
            for finding in findings {
                let text = format!("{} · {} · {}", finding.check, finding.region, finding.resource);
                page.paragraph(&Line::new("    "), &Line::new("      "), DIM, &text)?;
            }
        }
    }
    idle.into_iter()
        .try_for_each(|used| page.paragraph(&Line::new("  "), &Line::new("    "), WARNING, &idle_text(used)))
}

fn idle_text(used: &SuppressionUse) -> String {
    let SuppressionUse { suppression, selects, expired, findings, .. } = used;
    match (expired, suppression.expires) {
        (true, Some(day)) => {
            format!("expired on {day}: {selects}; it would hide {}", plural(*findings, "finding"))
        }
        _ => format!("hides nothing any more: {selects}"),
    }
}
