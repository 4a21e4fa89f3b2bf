//! Findings by check, worst first, in blocks that say what is so, why it matters and what to do.

use std::collections::BTreeMap;
use std::io;

use super::page::{BOLD, DIM, HINT, Line, PLAIN, Page, ink_of};
use super::text::plural;
use super::{by_severity, place};
use crate::audit::{ChangeSince, Finding, Report, Status};
use crate::finding::{Change, Location, Severity};
use crate::types::Arn;

/// Resources of a check that are shown where not all are.
const SHOWN: usize = 3;

pub(super) fn findings(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let all: Vec<_> = report.of_status(Status::NonCompliant).collect();
    if all.is_empty() {
        return Ok(());
    }
    page.heading("FINDINGS", &by_severity(all.iter().map(|finding| finding.severity)))?;
    let verbose = page.style.verbose;
    let (shown, counted): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|finding| verbose || finding.severity > Severity::Info);
    for group in by_check(&shown) {
        block(report, &group, page)?;
    }
    if !verbose {
        let more = match counted.len() {
            0 => String::new(),
            count => format!("{} and ", plural(count, "more info finding")),
        };
        page.blank()?;
        let note = format!("{more}the exact change for each finding: --verbose, or the JSON report");
        page.paragraph(&Line::default(), &Line::default(), DIM, &note)?;
    }
    Ok(())
}

/// The findings of each check, the check with the worst of them first.
fn by_check<'a>(findings: &[&'a Finding]) -> Vec<Vec<&'a Finding>> {
    let mut groups: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        groups.entry(finding.check).or_default().push(finding);
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    for group in &mut groups {
        group.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| b.score.total_cmp(&a.score)));
    }
    let worst = |group: &[&Finding]| (group[0].severity, group[0].score);
    groups.sort_by(|a, b| {
        let ((severity_a, score_a), (severity_b, score_b)) = (worst(a), worst(b));
        severity_b.cmp(&severity_a).then_with(|| score_b.total_cmp(&score_a)).then_with(|| b.len().cmp(&a.len()))
    });
    groups
}

fn block(report: &Report, group: &[&Finding], page: &mut Page<'_>) -> io::Result<()> {
    let worst = group[0];
    let mut total = vec![plural(group.len(), "finding")];
    if group.iter().any(|finding| finding.severity != worst.severity) {
        total.push(by_severity(group.iter().map(|finding| finding.severity)));
    }
    page.blank()?;
    let badge = format!(" {} ", worst.severity.as_str().to_uppercase());
    let title = Line::default().left(ink_of(worst.severity), &badge, 11).ink(BOLD, worst.check);
    page.paragraph(
        &title.text(" · "),
        &Line::new(&" ".repeat(11)),
        PLAIN,
        &format!("{} · {}", worst.title, total.join(": ")),
    )?;

    let shown = if page.style.verbose { group } else { &group[..group.len().min(SHOWN)] };
    let verbose = page.style.verbose;
    // Of what is low, one tells for all; a fix that the next ones share stands once, after the last of them.
    let brief = !verbose && worst.severity <= Severity::Low;
    let mut corner = "╭";
    let mut bodies = shown.chunk_by(|a, b| brief || alike(a, b, verbose)).peekable();
    while let Some(alike) = bodies.next() {
        for finding in alike {
            subject(report, finding, corner, page)?;
            corner = "├";
        }
        let shared = bodies.peek().is_some_and(|next| next[0].remediation == alike[0].remediation);
        body(alike[0], shared && !verbose, page)?;
    }
    if shown.len() < group.len() {
        let note = format!("{} more; --verbose shows all", group.len() - shown.len());
        page.line(&edge("├─ ").ink(DIM, &note))?;
    }
    let explain = edge("╰─ ").ink(HINT, "explain: ");
    page.paragraph(&explain, &Line::new("     "), PLAIN, &format!("stepwarden explain {}", worst.check))
}

fn edge(text: &str) -> Line {
    Line::new("  ").ink(DIM, text)
}

/// One body speaks for neighbours that would say the same.
fn alike(a: &Finding, b: &Finding, verbose: bool) -> bool {
    let details = || (a.evidence == b.evidence && a.change == b.change) || !verbose;
    a.message == b.message && a.remediation == b.remediation && details()
}

fn subject(report: &Report, finding: &Finding, corner: &str, page: &mut Page<'_>) -> io::Result<()> {
    let Location { state, pointer, statement } = &finding.location;
    let mut parts = vec![place(report, &finding.account_id, &finding.region)];
    if finding.since_last != ChangeSince::Unchanged {
        parts.push(finding.since_last.as_str().to_owned());
    }
    parts.extend(finding.owner.as_ref().map(|owner| format!("owner {owner}")));
    parts.extend(state.as_ref().map(|state| format!("state {state}")));
    parts.extend(statement.as_ref().map(|statement| format!("statement {statement}")));
    parts.extend(pointer.as_ref().map(ToString::to_string));
    let name = edge(&format!("{corner}─ ")).ink(BOLD, &named_resource(&finding.resource)).text(" · ");
    page.paragraph(&name, &edge("│    "), DIM, &parts.join(" · "))
}

/// What a person would call the resource.
fn named_resource(arn: &Arn) -> String {
    match (arn.service(), arn.resource().split_once([':', '/'])) {
        (_, Some((_, "*"))) => "the whole Region".to_owned(),
        ("states", _) | (_, None) => arn.name().to_owned(),
        ("logs", Some((_, name))) => format!("log group {}", name.trim_end_matches(":*")),
        (_, Some((kind, _))) => format!("{kind} {}", arn.name()),
    }
}

fn body(finding: &Finding, fix_follows: bool, page: &mut Page<'_>) -> io::Result<()> {
    let side = edge("│  ");
    if !finding.message.is_empty() {
        page.paragraph(&side, &side, PLAIN, &finding.message)?;
    }
    if page.style.verbose {
        if !finding.folded.is_empty() {
            page.paragraph(
                &side.clone().ink(DIM, "also: "),
                &side.clone().text("  "),
                DIM,
                &finding.folded.join(", "),
            )?;
        }
        for (name, value) in &finding.evidence {
            page.paragraph(&side.clone().ink(DIM, name).ink(DIM, ": "), &side.clone().text("  "), DIM, value)?;
        }
    }
    if !finding.remediation.is_empty() && !fix_follows {
        let fix = side.clone().ink(HINT, "fix: ");
        page.paragraph(&fix, &side.clone().text("     "), PLAIN, &finding.remediation)?;
    }
    match &finding.change {
        Some(change) if page.style.verbose => {
            let text = match change {
                Change::Command(text) => text.clone(),
                Change::Policy(value) | Change::Definition(value) => format!("{value:#}"),
            };
            // Indentation matters here, so these lines are not wrapped.
            text.lines().try_for_each(|line| page.line(&side.clone().text("     ").text(line)))
        }
        _ => Ok(()),
    }
}
