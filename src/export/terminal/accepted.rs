//! What is accepted, and whose the rest is.

use std::collections::BTreeMap;
use std::io;

use super::by_severity;
use super::page::{BOLD, DIM, Line, PLAIN, Page, WARNING};
use super::text::{cells, clean, plural};
use crate::audit::{Report, Status, SuppressionUse};

/// Owners that are shown where not all are.
const OWNERS: usize = 10;
const NOBODY: &str = "no owner";

/// Findings by the owner that tags name, the one with most first.
pub(super) fn owners(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let mut by_owner: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for finding in report.of_status(Status::NonCompliant) {
        by_owner.entry(finding.owner.as_deref().unwrap_or(NOBODY)).or_default().push(finding.severity);
    }
    if by_owner.keys().all(|owner| *owner == NOBODY) {
        return Ok(());
    }
    let mut owners: Vec<_> = by_owner.into_iter().collect();
    owners.sort_by(|(a, some), (b, more)| {
        let worst = |severities: &[crate::finding::Severity]| severities.iter().max().copied();
        worst(more).cmp(&worst(some)).then(more.len().cmp(&some.len())).then(a.cmp(b))
    });
    let shown = if page.style.verbose { owners.len() } else { owners.len().min(OWNERS) };
    let more = owners.len() - shown;
    page.heading("OWNERS", &if more == 0 { String::new() } else { format!("{more} more with --verbose") })?;
    let width = owners[..shown].iter().map(|(owner, _)| cells(&clean(owner))).max().unwrap_or_default().min(40);
    for (owner, severities) in &owners[..shown] {
        let line = Line::new("  ").left(BOLD, owner, width).text("  ");
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
