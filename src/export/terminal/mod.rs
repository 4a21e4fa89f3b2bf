//! The summary for people: what is worst, how to mend it, what could not be seen, what it cost.

mod accepted;
mod data;
mod findings;
mod page;
mod reading;
mod standing;
mod text;

use std::collections::BTreeSet;
use std::io::{self, BufWriter, Write};

use page::{BAD, BOLD, DIM, GOOD, Line, Page, WARNING};
use text::{duration, plural};

use crate::audit::{Report, Status};
use crate::finding::Severity;
use crate::types::{AccountId, Region};

/// How the summary is to look; whoever calls knows the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// With escape codes for colours; without them it is plain text.
    pub color: bool,
    /// Cells in a line; less than 40 is taken for 40.
    pub width: usize,
    /// All resources instead of the worst, informational findings, evidence and ready changes.
    pub verbose: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 100, verbose: false }
    }
}

/// Writes the summary. Whatever came from AWS is shown with control characters and the like made visible.
pub fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    let mut page = Page::new(style, &mut out);
    header(report, &mut page)?;
    standing::risk(report, &mut page)?;
    findings::findings(report, &mut page)?;
    accepted::whose(report, &mut page)?;
    accepted::suppressed(report, &mut page)?;
    standing::machines(report, &mut page)?;
    data::data(report, &mut page)?;
    standing::quotas(report, &mut page)?;
    reading::unread(report, &mut page)?;
    reading::api_usage(report, &mut page)?;
    verdict(report, &mut page)?;
    out.flush()
}

fn header(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let accounts: BTreeSet<_> = report.inventory.iter().map(|line| line.account_id.as_str()).collect();
    let regions: BTreeSet<_> = report.inventory.iter().map(|line| line.region.as_str()).collect();
    let whole = report.inventory.iter().all(|line| line.complete && line.state_machines.is_some());
    let machines =
        report.inventory.iter().filter_map(|line| line.state_machines.as_ref()).flat_map(|kinds| kinds.values());
    let at_least = if whole { "" } else { "at least " };
    let scope = [
        named(&accounts, "account", 2),
        named(&regions, "Region", 4),
        format!("{at_least}{}", plural(machines.sum(), "state machine")),
    ];
    let title = Line::default().ink(BOLD, "stepwarden").text(" ").text(&report.version).text(" · ");
    page.paragraph(&title, &Line::default(), page::PLAIN, &scope.join(" · "))?;
    let took = report.finished_at.duration_since(report.started_at).as_secs_f64();
    let minute = "%Y-%m-%d %H:%M UTC";
    let mut when = vec![report.started_at.strftime(minute).to_string(), format!("took {}", duration(took))];
    if report.started_at.duration_since(report.as_of).as_mins() >= 10 {
        when.push(format!("judges what was seen until {}", report.as_of.strftime(minute)));
    }
    page.line(&Line::default().ink(DIM, &when.join(" · ")))
}

/// The names themselves where there are few.
fn named(names: &BTreeSet<&str>, one: &str, few: usize) -> String {
    match names.len() {
        0 => plural(0, one),
        1 => format!("{one} {}", names.iter().copied().collect::<String>()),
        count if count <= few => format!("{one}s {}", names.iter().copied().collect::<Vec<_>>().join(", ")),
        count => plural(count, one),
    }
}

/// Where something is, in the fewest words that tell it apart in this report.
fn place(report: &Report, account_id: &AccountId, region: &Region) -> String {
    let mut accounts = report.inventory.iter().map(|line| &line.account_id);
    let one = accounts.next().is_none_or(|first| accounts.all(|other| other == first));
    if one { region.to_string() } else { format!("{account_id} {region}") }
}

/// `1 critical, 2 high`, worst first, without those that there are none of.
fn by_severity(severities: impl Iterator<Item = Severity>) -> String {
    let mut counts = [0_usize; Severity::ALL.len()];
    for severity in severities {
        counts[severity as usize] += 1;
    }
    let some = Severity::ALL.into_iter().filter(|severity| counts[*severity as usize] > 0);
    some.map(|severity| format!("{} {severity}", counts[severity as usize])).collect::<Vec<_>>().join(", ")
}

fn verdict(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let found: Vec<_> = report.of_status(Status::NonCompliant).collect();
    let judged: usize = report.coverage.iter().map(|line| line.compliant + line.non_compliant).sum();
    let unread: usize = report.coverage.iter().map(|line| line.insufficient).sum();
    let (ink, found) = match found.first() {
        Some(worst) => {
            let severities = by_severity(found.iter().map(|finding| finding.severity));
            let worst_two = severities.split(", ").take(2).collect::<Vec<_>>().join(", ");
            let ink = if worst.severity >= Severity::High { BAD } else { WARNING };
            (ink, format!("{} ({worst_two}); start with {}.", plural(found.len(), "finding"), worst.check))
        }
        None if judged == 0 => (WARNING, "Nothing could be judged.".to_owned()),
        None if report.is_incomplete() => (WARNING, "Nothing found in what could be read.".to_owned()),
        None => (GOOD, format!("Nothing found: {} compliant.", all(judged))),
    };
    let mut sentences = vec![found];
    if unread > 0 {
        sentences.push(format!("{} lacked data.", plural(unread, "evaluation")));
    }
    if !report.resolved.is_empty() {
        sentences.push(format!("{} resolved since the last report.", plural(report.resolved.len(), "finding")));
    }
    if !report.complete {
        sentences.push("The collection ended early.".to_owned());
    }
    page.blank()?;
    page.paragraph(&Line::default(), &Line::default(), ink.bold(), &sentences.join(" "))
}

fn all(judged: usize) -> String {
    if judged == 1 { "the one evaluation is".to_owned() } else { format!("all {} are", plural(judged, "evaluation")) }
}
