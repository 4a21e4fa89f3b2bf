//! What changed from one report to the next.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

use anyhow::Context;
use serde::Serialize;

use super::outcome::{Outcome, UsageError};
use crate::cli::{DiffArgs, DiffFormat};
use crate::export::json::{ChangeSinceV1, FindingV1, ReportV1, SeverityV1, StatusV1};
use crate::types::visible;

/// What became of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Became {
    New,
    Reopened,
    Resolved,
    /// It is not in the later report, and its check did not look at all there, or lacked data.
    NotLookedAt,
    Unchanged,
}

/// One finding of either report.
#[derive(Debug, Serialize)]
struct Changed {
    became: Became,
    #[serde(flatten)]
    finding: FindingV1,
}

pub(super) fn run(args: &DiffArgs) -> anyhow::Result<Outcome> {
    let (before, after) = (read(&args.before)?, read(&args.after)?);
    let changes = changes(before, after);
    let mut out = anstream::stdout().lock();
    match args.format {
        DiffFormat::Terminal => text(&changes, &mut out)?,
        DiffFormat::Markdown => markdown(&changes, &mut out)?,
        DiffFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &changes)?;
            writeln!(out)?;
        }
    }
    let fails = |changed: &&Changed| matches!(changed.became, Became::New | Became::Reopened);
    let worst = changes.iter().filter(fails).map(|changed| changed.finding.severity).max();
    let failed = args.fail_on.is_some_and(|fail_on| worst >= Some(SeverityV1::from(fail_on)));
    Ok(if failed { Outcome::Findings } else { Outcome::Done })
}

fn read(path: &Path) -> anyhow::Result<ReportV1> {
    let name = path.display();
    let text = std::fs::read(path).with_context(|| format!("the report {name}"))?;
    let report: ReportV1 =
        serde_json::from_slice(&text).map_err(|error| UsageError(format!("{name} is no report: {error}")))?;
    if report.schema_version.split('.').next() != Some("1") {
        return Err(UsageError(format!("{name} has schema version {}: expected 1", report.schema_version)).into());
    }
    Ok(report)
}

/// Non-compliant findings of either report, what changed first and the worst of it before the rest.
fn changes(before: ReportV1, after: ReportV1) -> Vec<Changed> {
    let settled = settled(&after);
    let mut known = open(before.findings);
    let mut changes: Vec<_> = open(after.findings)
        .into_iter()
        .map(|(id, finding)| {
            let became = match (known.remove(&id).is_some(), finding.change) {
                (true, _) => Became::Unchanged,
                (false, ChangeSinceV1::Reopened) => Became::Reopened,
                (false, _) => Became::New,
            };
            Changed { became, finding }
        })
        .collect();
    changes.extend(known.into_values().map(|finding| {
        let place = (finding.account_id.clone(), finding.region.clone(), finding.check.clone());
        let became = if settled.contains(&place) { Became::Resolved } else { Became::NotLookedAt };
        Changed { became, finding }
    }));
    changes.sort_by(|a, b| {
        let rank = |one: &Changed| (one.became, std::cmp::Reverse(one.finding.severity));
        rank(a).cmp(&rank(b)).then_with(|| a.finding.check.cmp(&b.finding.check))
    });
    changes
}

fn open(findings: Vec<FindingV1>) -> BTreeMap<String, FindingV1> {
    let open = findings.into_iter().filter(|finding| finding.status == StatusV1::NonCompliant);
    open.map(|finding| (finding.id.clone(), finding)).collect()
}

/// Account, Region and check that reached a verdict on all they looked at.
fn settled(report: &ReportV1) -> BTreeSet<(String, String, String)> {
    let judged = report.coverage.iter().filter(|line| line.insufficient == 0 && report.complete);
    let judged = judged.filter(|line| line.compliant + line.non_compliant > 0);
    judged.map(|line| (line.account_id.clone(), line.region.clone(), line.check.clone())).collect()
}

const TITLES: [(Became, &str); 4] = [
    (Became::New, "new"),
    (Became::Reopened, "reopened"),
    (Became::Resolved, "resolved"),
    (Became::NotLookedAt, "no longer there, and not looked at"),
];

fn text(changes: &[Changed], out: &mut dyn Write) -> std::io::Result<()> {
    for (became, title) in TITLES {
        let some: Vec<_> = changes.iter().filter(|one| one.became == became).collect();
        if some.is_empty() {
            continue;
        }
        writeln!(out, "{title}: {}", some.len())?;
        for Changed { finding, .. } in some {
            let severity = word(finding.severity);
            writeln!(out, "  {severity:<8} {:<32} {}", visible(&finding.check), place(finding))?;
        }
    }
    writeln!(out, "unchanged: {}", changes.iter().filter(|one| one.became == Became::Unchanged).count())
}

fn markdown(changes: &[Changed], out: &mut dyn Write) -> std::io::Result<()> {
    let count = |became| changes.iter().filter(|one| one.became == became).count();
    let counts: Vec<_> = TITLES.iter().map(|(became, title)| format!("{} {title}", count(*became))).collect();
    writeln!(out, "{}, {} unchanged\n", counts.join(", "), count(Became::Unchanged))?;
    writeln!(out, "| change | severity | check | where |\n| --- | --- | --- | --- |")?;
    for (became, title) in TITLES {
        for Changed { finding, .. } in changes.iter().filter(|one| one.became == became) {
            let severity = word(finding.severity);
            let place = place(finding).replace('|', "\\|").replace('<', "&lt;");
            writeln!(out, "| {title} | {severity} | {} | {place} |", finding.check)?;
        }
    }
    Ok(())
}

/// What comes from AWS is shown with control characters made visible.
fn place(finding: &FindingV1) -> String {
    let location = [&finding.location.state, &finding.location.statement, &finding.location.json_pointer];
    let parts = [Some(&finding.resource)].into_iter().chain(location.map(Option::as_ref)).flatten();
    parts.map(|part| visible(part)).collect::<Vec<_>>().join(" · ")
}

fn word(severity: SeverityV1) -> String {
    format!("{severity:?}").to_lowercase()
}
