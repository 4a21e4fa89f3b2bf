use std::collections::{BTreeMap, HashMap};

use super::super::drawing::{Mark, svg};
use super::findings::badge;
use super::words::{E, put};
use crate::audit::{Finding, MachineReport, Picture, Report, Status};

/// Bytes of graphs and policies beyond which the page would be slow to open.
const MOST_BYTES: usize = 4_000_000;
/// Findings of one machine that are spelled out beside its graph.
const LISTED: usize = 30;

pub(super) fn machines(report: &Report, page: &mut String) {
    page.push_str("<section id=\"machines\" aria-labelledby=\"h-machines\"><h2 id=\"h-machines\">State machines</h2>");
    let findings: HashMap<&str, &Finding> =
        report.findings.iter().map(|finding| (finding.id.as_str(), finding)).collect();
    let (begun, mut left_out) = (page.len(), 0);
    for machine in &report.machines {
        let drawn = page.len() - begun < MOST_BYTES;
        left_out += usize::from(!drawn && machine.picture.is_some());
        one(machine, &findings, drawn, page);
    }
    if report.machines.is_empty() {
        page.push_str("<p>No state machine was seen.</p>");
    }
    if left_out > 0 {
        put!(
            page,
            "<p>The graphs and policies of {left_out} state machines of less risk are left out: \
             <code>stepwarden definition graph FILE</code> draws them.</p>"
        );
    }
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
    list(&own, page);
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

fn graph(machine: &MachineReport, picture: &Picture, findings: &[&Finding], page: &mut String) {
    match &picture.chart {
        Ok(chart) => {
            let title = format!("States of {}", machine.arn.name());
            put!(
                page,
                "<div class=\"scroll graph\" tabindex=\"0\" role=\"region\" aria-label=\"Graph of {}\">{}</div>",
                E(machine.arn.name()),
                svg(chart, &title, &marks(machine, findings))
            );
            page.push_str(
                "<p class=\"dim\">Dashed: an error leads there. ◆: sensitive data was seen there. ↻: it retries.</p>",
            );
        }
        Err(gap) => put!(page, "<p class=\"dim\">No graph: {}</p>", E(gap.to_string())),
    }
}

/// What stands on the states: findings that bear on them, and types of data that were seen in them.
fn marks<'a>(machine: &'a MachineReport, findings: &[&'a Finding]) -> BTreeMap<&'a str, Mark> {
    let mut marks: BTreeMap<&str, Mark> = BTreeMap::new();
    let mut worst = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.status == Status::NonCompliant) {
        let Some(state) = finding.location.state.as_deref() else { continue };
        let (severity, count) = worst.entry(state).or_insert((finding.severity, 0));
        (*severity, *count) = ((*severity).max(finding.severity), *count + 1);
    }
    for (state, (severity, count)) in worst {
        marks.entry(state).or_default().findings = Some((severity.as_str().to_owned(), count));
    }
    for carried in machine.exposure.iter().flat_map(|exposure| &exposure.carried) {
        for state in carried.places.iter().filter_map(|seen| seen.place.state.as_deref()) {
            let data = &mut marks.entry(state).or_default().data;
            if !data.contains(&carried.kind) {
                data.push(carried.kind.clone());
            }
        }
    }
    marks
}

fn policy(picture: &Picture, page: &mut String) {
    let policy = match &picture.policy {
        Ok(policy) => policy,
        Err(gap) => {
            put!(page, "<p class=\"dim\">Policies are not compared: {}</p>", E(gap.to_string()));
            return;
        }
    };
    page.push_str("<div class=\"two\"><div><h3>Granted</h3>");
    for statement in &policy.granted {
        match &statement.why {
            Some(why) => put!(page, "<p class=\"less\"><b>− more than its machines need:</b> {}</p>", E(why)),
            None => page.push_str("<p class=\"same\">= nothing beyond need was found</p>"),
        }
        put!(page, "<pre tabindex=\"0\">{}</pre>", E(pretty(&statement.document)));
    }
    page.push_str("</div><div><h3>Needed by this machine</h3>");
    for why in &policy.missing {
        put!(page, "<p class=\"more\"><b>+ not granted:</b> {}</p>", E(why));
    }
    if !policy.whole {
        page.push_str("<p class=\"dim\">It is not whole: not all that its tasks call is known.</p>");
    }
    put!(
        page,
        "<button type=\"button\" class=\"js copy\">Copy</button><pre tabindex=\"0\">{}</pre></div></div>",
        E(pretty(&policy.needed))
    );
}

fn pretty(value: &serde_json::Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
