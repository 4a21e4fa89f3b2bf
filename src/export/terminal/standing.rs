//! Where an account stands: risk by Region, the worst state machines, quotas.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;

use anstyle::Style as Ink;

use super::page::{BAD, BOLD, DIM, GOOD, Line, PLAIN, Page, WARNING};
use super::place;
use super::text::{bar, cells, clean, number, percent, plural};
use crate::audit::{Band, MachineReport, QuotaReport, Report, Score, Status};
use crate::finding::{Severity, how_long};
use crate::model::{Holder, Quota, Usage};
use crate::types::Region;

/// Rows of a table that are shown where not all are.
const ROWS: usize = 5;
const RISK_ROWS: usize = 20;
const QUOTA_ROWS: usize = 12;
/// Quotas that are less full are shown only where no three are fuller.
const NEARLY_EMPTY: f64 = 0.01;
const FULLEST: usize = 3;
const BAR: usize = 10;
/// What a bar shows where there may be more than is known.
const MAY_BE: char = '▒';

pub(super) fn risk(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let scored = |score: &&Score| score.machines_evaluated + score.machines_unread > 0;
    let mut rows: Vec<_> = report.scores.iter().filter(scored).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let whole = |score: &Score| score.region.as_str() == Region::GLOBAL;
    rows.sort_by_key(|score| (&score.account_id, !whole(score), &score.region));
    let mut regions: HashMap<_, usize> = HashMap::new();
    for score in rows.iter().filter(|score| !whole(score)) {
        *regions.entry(&score.account_id).or_default() += 1;
    }
    // An account with one Region needs one line.
    rows.retain(|score| whole(score) || regions.get(&score.account_id).is_some_and(|count| *count > 1));
    let all = rows.len();
    if !page.style.verbose && all > RISK_ROWS {
        rows.sort_by(|a, b| b.risk.unwrap_or(-1.0).total_cmp(&a.risk.unwrap_or(-1.0)));
        rows.retain(|score| whole(score));
        rows.truncate(RISK_ROWS);
    }
    page.blank()?;
    let columns = Line::default().left(BOLD, "RISK", 20).left(DIM, "0 to 100", 17);
    page.line(&columns.ink(DIM, "judged  state machines by band"))?;
    for score in &rows {
        let label = if whole(score) { score.account_id.to_string() } else { format!("  {}", score.region) };
        let line = Line::new("  ").left(PLAIN, &label, 18);
        let line = risk_columns(line, score.risk, worst_band(score));
        let line = line.right(PLAIN, &coverage(report, score), 7).text("  ");
        page.paragraph(&line, &Line::new(&" ".repeat(45)), PLAIN, &bands(score))?;
    }
    if rows.len() < all {
        page.line(&Line::new("  ").ink(DIM, &format!("{} more; --verbose shows all", all - rows.len())))?;
    }
    Ok(())
}

/// Sixteen cells: the number and its bar.
fn risk_columns(line: Line, risk: Option<f64>, band: Option<Band>) -> Line {
    let Some(risk) = risk else { return line.right(DIM, "?", 5).text(" ").text(&MAY_BE.to_string().repeat(BAR)) };
    line.right(ink_of(band), &format!("{risk:.1}"), 5).text(" ").ink(ink_of(band), &bar(risk / 100.0, BAR, '░'))
}

fn worst_band(score: &Score) -> Option<Band> {
    score.by_band.iter().filter(|(_, count)| **count > 0).map(|(band, _)| *band).max()
}

fn ink_of(band: Option<Band>) -> Ink {
    match band {
        Some(Band::Critical | Band::High) => BAD,
        Some(Band::Medium | Band::Low) => WARNING,
        Some(Band::None) => GOOD,
        None => DIM,
    }
}

fn bands(score: &Score) -> String {
    let mut parts: Vec<_> =
        score.by_band.iter().rev().map(|(band, count)| format!("{count} {}", band.as_str())).collect();
    if score.machines_unread > 0 {
        parts.push(format!("{} unread", score.machines_unread));
    }
    parts.join(", ")
}

/// The share of evaluations that reached a verdict, in the Region or the whole account.
fn coverage(report: &Report, score: &Score) -> String {
    let here = |region: &Region| score.region.as_str() == Region::GLOBAL || score.region == *region;
    let lines = report.coverage.iter().filter(|line| line.account_id == score.account_id && here(&line.region));
    let (judged, unread) = lines.fold((0, 0), |(judged, unread), line| {
        (judged + line.compliant + line.non_compliant, unread + line.insufficient)
    });
    if judged + unread == 0 { String::new() } else { percent(share(judged, judged + unread)) }
}

#[allow(clippy::cast_precision_loss, reason = "exact up to 2^53")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

pub(super) fn machines(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let risky = |machine: &&MachineReport| machine.risk.is_some_and(|risk| risk > 0.0);
    let risky: Vec<_> = report.machines.iter().filter(risky).collect();
    let shown = if page.style.verbose { &risky[..] } else { &risky[..risky.len().min(ROWS)] };
    if shown.is_empty() {
        return Ok(());
    }
    let severities: HashMap<_, _> =
        report.of_status(Status::NonCompliant).map(|finding| (finding.id.as_str(), finding.severity)).collect();
    let places: Vec<_> = shown.iter().map(|machine| place(report, &machine.account_id, &machine.region)).collect();
    let place_width = places.iter().map(|place| cells(place)).max().unwrap_or_default();
    let widest = shown.iter().map(|machine| cells(&clean(machine.arn.name()))).max().unwrap_or_default();
    let name_width = widest.clamp(4, page.style.width.saturating_sub(place_width + 56).max(7));
    page.heading("WORST STATE MACHINES", &of_all(shown.len(), risky.len()))?;
    let columns = Line::new("  ").left(DIM, "name", name_width).text("  ").left(DIM, "Region", place_width);
    let columns = columns.text("  ").left(DIM, "type", 8).text("  ").left(DIM, " risk", 16);
    page.line(&columns.ink(DIM, "  crit  high   med   low"))?;
    for (machine, place) in shown.iter().zip(&places) {
        let line =
            Line::new("  ").left(BOLD, machine.arn.name(), name_width).text("  ").left(PLAIN, place, place_width);
        let line = line.text("  ").left(PLAIN, machine.kind.as_str(), 8).text("  ");
        let mut line = risk_columns(line, machine.risk, machine.band);
        for severity in [Severity::Critical, Severity::High, Severity::Medium, Severity::Low] {
            let of_it = |id: &&String| severities.get(id.as_str()) == Some(&severity);
            let count = machine.findings.iter().filter(of_it).count();
            line = if count == 0 { line.right(DIM, "·", 6) } else { line.right(PLAIN, &count.to_string(), 6) };
        }
        page.line(&line)?;
    }
    Ok(())
}

fn of_all(shown: usize, all: usize) -> String {
    if shown == all { String::new() } else { format!("{shown} of {all} with a risk; --verbose shows all") }
}

pub(super) fn quotas(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let mut known: Vec<_> =
        report.quotas.iter().filter_map(|quota| quota.status.ratio().map(|ratio| (ratio, quota))).collect();
    known.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let bar_width = if page.style.width < 100 { 8 } else { 20 };
    let unknown = unknown(report, bar_width);
    if known.is_empty() && unknown.is_empty() {
        return Ok(());
    }
    let full = known.iter().filter(|(ratio, _)| *ratio >= NEARLY_EMPTY).count();
    let shown = if page.style.verbose { known.len() } else { known.len().min(full.clamp(FULLEST, QUOTA_ROWS)) };
    let more = known.len() - shown;
    page.heading("QUOTAS", &if more == 0 { String::new() } else { format!("{more} emptier ones with --verbose") })?;
    known.truncate(shown);
    let mut rows: Vec<_> = known.into_iter().map(|(ratio, quota)| row(report, ratio, quota, bar_width)).collect();
    let untold: BTreeSet<_> =
        if page.style.verbose { BTreeSet::new() } else { unknown.iter().map(|row| row.quota).collect() };
    rows.extend(unknown.into_iter().filter(|_| page.style.verbose));
    let title_width = rows.iter().map(|row| cells(row.quota.title())).max().unwrap_or_default();
    let place_width = rows.iter().map(|row| cells(&row.place)).max().unwrap_or_default();
    let indent = Line::new(&" ".repeat(title_width + place_width + bar_width + 15));
    for row in rows {
        let line = Line::new("  ").left(PLAIN, row.quota.title(), title_width).text("  ");
        let line = line.left(PLAIN, &row.place, place_width).text("  ").ink(row.ink, &row.bar);
        page.paragraph(&line.right(row.ink, &row.percent, 7).text("  "), &indent, PLAIN, &row.text)?;
        if let Some(reason) = &row.reason {
            page.paragraph(&Line::new("    "), &Line::new("    "), DIM, reason)?;
        }
    }
    if !untold.is_empty() {
        let titles: Vec<_> = untold.iter().map(|quota| quota.title()).collect();
        let text = format!("{}; --verbose says where and why", titles.join(", "));
        page.paragraph(&Line::new("  ").ink(DIM, "unknown  "), &Line::new("           "), DIM, &text)?;
    }
    Ok(())
}

struct Row {
    quota: Quota,
    place: String,
    ink: Ink,
    bar: String,
    percent: String,
    text: String,
    /// Why there is no number, or who holds what it counts.
    reason: Option<String>,
}

fn row(report: &Report, ratio: f64, quota: &QuotaReport, bar_width: usize) -> Row {
    let limit = &quota.status.limit;
    let assumed = if limit.source == "documented" { " (documented limit)" } else { "" };
    let ink = match ratio {
        ratio if ratio >= 0.95 => BAD,
        ratio if ratio >= 0.8 => WARNING,
        _ => GOOD,
    };
    let (at_least, rest, sign, value) = match &quota.status.usage {
        Usage::AtLeast { value, .. } => ("at least ", MAY_BE, "≥ ", *value),
        Usage::Exact { value, .. } => ("", '░', "", *value),
        Usage::Unknown(_) => ("", MAY_BE, "", 0.0),
    };
    Row {
        quota: quota.status.quota,
        place: place(report, &quota.account_id, &quota.region),
        ink,
        bar: bar(ratio, bar_width, rest),
        percent: format!("{sign}{}", percent(ratio)),
        text: format!("{at_least}{} of {}{assumed}{}", number(value), number(limit.value), full_in(report, quota)),
        reason: held_by(quota),
    }
}

/// How long until it is used up, where that is foreseen.
fn full_in(report: &Report, quota: &QuotaReport) -> String {
    let Some(exhaustion) = quota.status.forecast.exhaustion() else { return String::new() };
    format!(" · full in {}", how_long(exhaustion.at.duration_since(report.as_of)))
}

fn held_by(quota: &QuotaReport) -> Option<String> {
    let Some(most) = quota.status.holders.as_ref().map(|held| &held.most) else {
        return quota.status.holders_gap.as_ref().map(|gap| format!("held by: unknown ({})", gap.detail));
    };
    let told = |one: &Holder| {
        let at_least = if one.at_least { "≥ " } else { "" };
        format!("{} {at_least}{}", clean(one.machine.name()), number(one.value))
    };
    let told: Vec<_> = most.iter().take(3).map(told).collect();
    (!told.is_empty()).then(|| format!("held by {}", told.join(", ")))
}

/// One row for each quota and reason, however many Regions it stands for.
fn unknown(report: &Report, bar_width: usize) -> Vec<Row> {
    let mut by_reason: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for quota in &report.quotas {
        if let Usage::Unknown(gap) = &quota.status.usage {
            let place = place(report, &quota.account_id, &quota.region);
            let grant = gap.iam_action.as_ref().map(|action| format!(" (grant {action})")).unwrap_or_default();
            by_reason.entry((quota.status.quota, format!("{}{grant}", gap.detail))).or_default().push(place);
        }
    }
    let row = |((quota, reason), mut places): ((Quota, String), Vec<String>)| Row {
        quota,
        place: if places.len() == 1 { places.remove(0) } else { plural(places.len(), "Region") },
        ink: DIM,
        bar: MAY_BE.to_string().repeat(bar_width),
        percent: "?".to_owned(),
        text: "unknown".to_owned(),
        reason: Some(reason),
    };
    by_reason.into_iter().map(row).collect()
}
