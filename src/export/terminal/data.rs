//! Which state machines carry what, in which copies, until when, and how many read it.

use std::io;

use super::page::{BAD, BOLD, DIM, Line, PLAIN, Page, WARNING};
use super::place;
use super::text::plural;
use crate::audit::{MachineReport, Report};
use crate::exposure::{DataCopy, Exposure, Harm, told};

/// State machines that are shown where not all are.
const ROWS: usize = 5;

pub(super) fn data(report: &Report, page: &mut Page<'_>) -> io::Result<()> {
    let exposed = |machine: &'_ MachineReport| machine.exposure.is_some();
    let mut carrying: Vec<_> = report.machines.iter().filter(|machine| exposed(machine)).collect();
    if carrying.is_empty() {
        return Ok(());
    }
    // What does most harm first; the report's own order, by risk, among equals.
    carrying.sort_by_key(|machine| std::cmp::Reverse(machine.exposure.as_ref().map(Exposure::worst)));
    let shown = if page.style.verbose { carrying.len() } else { carrying.len().min(ROWS) };
    let carry = if carrying.len() == 1 { "carries" } else { "carry" };
    let more = if shown < carrying.len() { "; --verbose shows all" } else { "" };
    page.heading("DATA", &format!("{} {carry} sensitive data{more}", plural(carrying.len(), "state machine")))?;
    for machine in carrying.into_iter().take(shown) {
        let Some(exposure) = &machine.exposure else { continue };
        let ink = if exposure.worst() > Harm::Personal { BAD } else { WARNING };
        let place = place(report, &machine.account_id, &machine.region);
        let head = Line::new("  ").ink(BOLD, machine.arn.name()).text("  ").ink(DIM, &place).text("  ");
        page.paragraph(&head, &Line::new("    "), ink, &told::kinds(&exposure.carried))?;
        let rest = Line::new("      ");
        for copy in &exposure.copies {
            page.paragraph(&Line::new("    "), &rest, PLAIN, &DataCopy::told(copy))?;
        }
        page.paragraph(&Line::new("    "), &rest, DIM, &format!("read: {}", told::sample(&exposure.sample)))?;
    }
    Ok(())
}
