//! What could not be read, and what reading cost.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::page::{BAD, DIM, HINT, Line, PLAIN, Page, WARNING};
use super::place;
use super::text::{cells, count, duration, plural};
use crate::audit::{ApiUsage, Report, Status};
use crate::types::{AccountId, Gap, GapReason, Region};

/// APIs that are shown where not all are.
const APIS: usize = 8;

/// What one reason kept from being read.
#[derive(Default)]
struct Unread<'a> {
    evaluations: usize,
    /// Accounts of which nothing else is in the report.
    accounts: BTreeSet<&'a str>,
    places: BTreeSet<String>,
    detail: &'a str,
}

pub(super) fn unread(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let gaps = gaps(report);
    if gaps.is_empty() {
        return Ok(());
    }
    page.heading("NOT READ", "neither compliant nor non-compliant")?;
    let api_width = gaps.keys().map(|(_, api, _)| cells(api)).max().unwrap_or_default();
    for ((reason, api, action), unread) in gaps {
        let ink = if reason == GapReason::Error { BAD } else { WARNING };
        let line = Line::new("  ").left(ink, reason.as_str(), 13).left(PLAIN, api, api_width).text("  ");
        let list = |names: Vec<&str>| names.join(", ");
        let mut parts = Vec::new();
        if !unread.accounts.is_empty() {
            let noun = if unread.accounts.len() == 1 { "account" } else { "accounts" };
            parts.push(format!("all of {noun} {}", list(unread.accounts.into_iter().collect())));
        }
        match unread.places.len() {
            0 => {}
            1 | 2 => parts.push(list(unread.places.iter().map(String::as_str).collect())),
            many => parts.push(plural(many, "Region")),
        }
        if unread.evaluations > 0 {
            parts.push(plural(unread.evaluations, "evaluation"));
        }
        let indent = Line::new(&" ".repeat(15));
        page.paragraph(&line, &indent, PLAIN, &parts.join(" · "))?;
        page.paragraph(&indent, &indent, DIM, unread.detail)?;
        if let Some(action) = action {
            page.paragraph(&indent.clone().ink(HINT, "grant: "), &indent, PLAIN, action)?;
        }
    }
    Ok(())
}

/// By reason, API and the action to grant: what findings and collectors could not read.
fn gaps(report: &Report) -> BTreeMap<(GapReason, &str, Option<&str>), Unread<'_>> {
    fn entry<'a, 'b>(
        gaps: &'b mut BTreeMap<(GapReason, &'a str, Option<&'a str>), Unread<'a>>,
        gap: &'a Gap,
        (report, account_id, region): (&Report, &'a AccountId, &Region),
    ) -> &'b mut Unread<'a> {
        let unread = gaps.entry((gap.reason, gap.api.as_str(), gap.iam_action.as_deref())).or_default();
        if report.inventory.iter().any(|line| line.account_id == *account_id) {
            unread.places.insert(place(report, account_id, region));
        } else {
            unread.accounts.insert(account_id.as_str());
        }
        if unread.detail.is_empty() {
            unread.detail = &gap.detail;
        }
        unread
    }
    let mut gaps = BTreeMap::new();
    for finding in report.of_status(Status::InsufficientData) {
        if let Some(gap) = &finding.gap {
            entry(&mut gaps, gap, (report, &finding.account_id, &finding.region)).evaluations += 1;
        }
    }
    for run in &report.collectors {
        if let Some(gap) = &run.gap {
            entry(&mut gaps, gap, (report, &run.account_id, &run.region));
        }
    }
    gaps
}

pub(super) fn api_usage(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let mut by_api: BTreeMap<&str, Spent> = BTreeMap::new();
    let mut total = Spent::default();
    for usage in &report.api_usage {
        by_api.entry(usage.api).or_default().add(usage);
        total.add(usage);
    }
    if total.calls == 0 {
        return Ok(());
    }
    let mut note = vec![format!("{} calls", count(total.calls))];
    note.extend(total.notes());
    if !report.machines.is_empty() {
        #[allow(clippy::cast_precision_loss, reason = "exact up to 2^53")]
        let each = total.calls as f64 / report.machines.len() as f64;
        note.push(format!("{each:.1} a machine"));
    }
    page.heading("API CALLS", &note.join(", "))?;
    let mut by_api: Vec<_> = by_api.into_iter().collect();
    by_api.sort_by_key(|(_, spent)| Reverse(spent.calls));
    let shown = if page.style.verbose { by_api.len() } else { by_api.len().min(APIS) };
    let width = by_api[..shown].iter().map(|(api, _)| cells(api)).max().unwrap_or_default();
    for (api, spent) in &by_api[..shown] {
        let line = Line::new("  ").left(PLAIN, api, width).right(PLAIN, &count(spent.calls), 9).text("  ");
        page.paragraph(&line, &Line::new("    "), WARNING, &spent.notes().join(", "))?;
    }
    if shown < by_api.len() {
        let calls = by_api[shown..].iter().map(|(_, spent)| spent.calls).sum();
        let rest = plural(by_api.len() - shown, "other API");
        page.line(&Line::new("  ").left(DIM, &rest, width).right(DIM, &count(calls), 9))?;
    }
    Ok(())
}

/// What went to one API, or to all.
#[derive(Default)]
struct Spent {
    calls: u64,
    throttled: u64,
    denied: u64,
    errors: u64,
    waited_seconds: f64,
}

impl Spent {
    fn add(&mut self, usage: &ApiUsage) {
        self.calls += usage.calls();
        self.throttled += usage.throttled;
        self.denied += usage.denied;
        self.errors += usage.errors;
        self.waited_seconds += usage.waited_seconds;
    }

    fn notes(&self) -> Vec<String> {
        let counts = [(self.throttled, "throttled"), (self.denied, "denied"), (self.errors, "failed")];
        let mut notes: Vec<_> =
            counts.into_iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{} {word}", count(n))).collect();
        if self.waited_seconds >= 0.05 {
            notes.push(format!("waited {} for the budget", duration(self.waited_seconds)));
        }
        notes
    }
}
