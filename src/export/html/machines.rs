use std::collections::HashMap;

use super::findings::badge;
use super::graph::graph;
use super::policy::policy;
use super::room;
use super::words::{E, put};
use crate::audit::{Finding, MachineReport, Report};

/// Findings of one machine that are spelled out beside its graph.
const LISTED: usize = 30;

pub(super) fn machines(report: &Report, page: &mut String) {
    page.push_str("<section id=\"machines\" aria-labelledby=\"h-machines\"><h2 id=\"h-machines\">State machines</h2>");
    let findings: HashMap<&str, &Finding> =
        report.findings.iter().map(|finding| (finding.id.as_str(), finding)).collect();
    let (begun, mut undrawn) = (page.len(), 0);
    let left_out = room::fill(page, room::MACHINES, &report.machines, |machine, page| {
        let drawn = page.len() - begun < room::DRAWN;
        undrawn += usize::from(!drawn);
        one(machine, &findings, drawn, page);
    });
    if report.machines.is_empty() {
        page.push_str("<p>No state machine was seen.</p>");
    }
    // The first that is left out was written and taken back.
    let undrawn = undrawn - left_out.min(1);
    if undrawn > 0 {
        put!(
            page,
            "<p class=\"left\">The findings, graphs and policies of {undrawn} state machines of less risk are not shown here: search for \
             their names above; <code>stepwarden definition graph FILE</code> draws them.</p>"
        );
    }
    room::told(left_out, "state machines", page);
    page.push_str("</section>");
}

fn one(machine: &MachineReport, findings: &HashMap<&str, &Finding>, drawn: bool, page: &mut String) {
    let own: Vec<_> = machine.findings.iter().filter_map(|id| findings.get(id.as_str()).copied()).collect();
    let risk = match (machine.risk, machine.band) {
        (Some(risk), Some(band)) => format!("{risk:.0} {}", band.as_str()),
        _ => "not judged".to_owned(),
    };
    let band = machine.band.map_or("none", crate::audit::Band::as_str);
    put!(
        page,
        "<details class=\"f\"><summary><span class=\"sev {band}\">{risk}</span><span class=\"t\">{}<small>{} · {} · {}\
         </small></span><span class=\"m\">{} findings</span></summary>",
        E(machine.arn.name()),
        E(machine.kind.as_str()),
        E(machine.account_id.as_str()),
        E(machine.region.as_str()),
        own.len()
    );
    let routing = [("Owner", &machine.owner), ("Stack", &machine.stack)];
    let routing: Vec<_> =
        routing.iter().filter_map(|(name, value)| Some(format!("{name}: {}", value.as_ref()?))).collect();
    if !routing.is_empty() {
        put!(page, "<p class=\"dim\">{}</p>", E(routing.join(" · ")));
    }
    if let Some(finding) = own.iter().find(|finding| finding.resource == machine.arn) {
        put!(
            page,
            "<p><a href=\"{}\" target=\"_blank\" rel=\"noopener noreferrer\">Open in the AWS console</a></p>",
            E(&finding.console_url)
        );
    }
    if drawn {
        list(&own, page);
    }
    if let (true, Some(picture)) = (drawn, &machine.picture) {
        graph(machine, picture, &own, page);
        policy(picture, page);
    }
    page.push_str("</details>");
}

fn list(own: &[&Finding], page: &mut String) {
    if !own.is_empty() {
        page.push_str("<ul>");
        for finding in own.iter().take(LISTED) {
            let state = finding.location.state.as_ref().map(|state| format!(" — {state}")).unwrap_or_default();
            put!(
                page,
                "<li>{} <a href=\"#f-{}\">{}</a>{}</li>",
                badge(finding),
                E(&finding.id),
                E(finding.title),
                E(state)
            );
        }
        page.push_str("</ul>");
        if own.len() > LISTED {
            put!(page, "<p class=\"dim\">And {} more: search for its name above.</p>", own.len() - LISTED);
        }
    }
}
