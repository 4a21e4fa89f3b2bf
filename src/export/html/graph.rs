//! A machine's states as a drawing, with findings and the ways of sensitive data, and the same ways in words.

use std::collections::BTreeMap;

use super::super::drawing::{Mark, Marks, svg};
use super::room;
use super::words::{E, put};
use crate::audit::{Finding, Flow, MachineReport, Picture, Status};
use crate::graph::states::Chart;

/// Places, arrows and tasks of one type that are spelled out.
const SPELLED_OUT: usize = 12;

pub(super) fn graph(machine: &MachineReport, picture: &Picture, findings: &[&Finding], page: &mut String) {
    let chart = match &picture.chart {
        Ok(chart) => chart,
        Err(gap) => {
            put!(page, "<p class=\"dim\">No graph: {}</p>", E(gap.to_string()));
            return;
        }
    };
    let title = format!("States of {}", machine.arn.name());
    let drawn = svg(chart, &title, &marks(picture, findings));
    if drawn.len() > room::DRAWING {
        put!(page, "<p class=\"left\">The graph of {} states is too large for this page.</p>", chart.states.len());
    } else {
        put!(
            page,
            "<div class=\"scroll graph\" tabindex=\"0\" role=\"region\" aria-label=\"Graph of {}\">{drawn}</div>\
             <p class=\"dim\">Dashed: an error leads there. ↻: it retries. ◆: sensitive data was seen there; a thick line with \
             ◆ carried it. ◇: a task hands it on, by the name of a field; no execution showed it.</p>",
            E(machine.arn.name())
        );
    }
    flows(chart, &picture.flows, page);
}

/// What stands on the states and arrows: findings that bear on them, and types of data that go through them.
fn marks<'a>(picture: &'a Picture, findings: &[&'a Finding]) -> Marks<'a> {
    let mut marks = Marks::default();
    let mut worst = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.status == Status::NonCompliant) {
        let Some(state) = finding.location.state.as_deref() else { continue };
        let (severity, count) = worst.entry(state).or_insert((finding.severity, 0));
        (*severity, *count) = ((*severity).max(finding.severity), *count + 1);
    }
    let states: &mut BTreeMap<&str, Mark> = &mut marks.states;
    for (state, (severity, count)) in worst {
        states.entry(state).or_default().findings = Some((severity.as_str().to_owned(), count));
    }
    for flow in &picture.flows {
        for state in flow.seen.iter().filter_map(|seen| seen.state.as_deref()) {
            add(&mut states.entry(state).or_default().data, &flow.kind);
        }
        for step in &flow.handed_on {
            add(&mut states.entry(&step.state).or_default().handed_on, &flow.kind);
        }
        for arrow in &flow.arrows {
            marks.arrows.entry(*arrow).or_default().push(&flow.kind);
        }
    }
    marks
}

fn add(kinds: &mut Vec<String>, kind: &str) {
    if !kinds.iter().any(|known| known == kind) {
        kinds.push(kind.to_owned());
    }
}

fn flows(chart: &Chart, flows: &[Flow], page: &mut String) {
    if flows.is_empty() {
        return;
    }
    page.push_str("<h3>Where sensitive data goes</h3><ul class=\"flows\">");
    for flow in flows {
        put!(page, "<li><b>{}</b>", E(&flow.kind));
        let seen = flow.seen.iter().map(|seen| match &seen.state {
            Some(state) => format!("{state}: {}", seen.place),
            None => format!("the execution's {}", seen.place),
        });
        part("seen in", seen, page);
        let name = |state: usize| chart.states[state].name.as_str();
        let carried = flow.arrows.iter().map(|arrow| &chart.arrows[*arrow]);
        part("carried", carried.map(|arrow| format!("{} → {}", name(arrow.from), name(arrow.to))), page);
        let handed = flow.handed_on.iter().map(|step| format!("{} takes {} to {}", step.state, step.from, step.to));
        part("handed on, by the name of the field", handed, page);
        page.push_str("</li>");
    }
    page.push_str("</ul>");
}

fn part(what: &str, items: impl ExactSizeIterator<Item = String>, page: &mut String) {
    let (all, told) = (items.len(), items.take(SPELLED_OUT).collect::<Vec<_>>().join(", "));
    if all > 0 {
        let more = if all > SPELLED_OUT { format!(", and {} more", all - SPELLED_OUT) } else { String::new() };
        put!(page, "<span>{what} {}{more}</span>", E(told));
    }
}
