//! The report as one page: everything is in it, nothing is fetched. Every word that came from AWS is hostile: it is
//! escaped where it stands in the page, and set as text by the script.

mod coverage;
mod data;
mod exposure;
mod findings;
mod graph;
mod hash;
mod machines;
mod overview;
mod past;
mod policy;
mod quotas;
mod room;
mod words;

use std::io::{self, Write};

use words::{E, day};

use super::drawing;
use crate::audit::Report;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Writes `report.html`.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let style = format!("{}{STYLE}", drawing::STYLE);
    let mut page = String::with_capacity(1 << 20);
    head(report, &style, &mut page);
    overview::overview(report, &mut page);
    let mut rest = String::with_capacity(1 << 20);
    machines::machines(report, &mut rest);
    exposure::exposure(report, &mut rest);
    quotas::quotas(report, &mut rest);
    coverage::coverage(report, &mut rest);
    past::past(report, &mut rest);
    rest.push_str("</main>");
    let taken = page.len() + rest.len() + SCRIPT.len() + room::PLAIN;
    let left_out = data::data(report, room::PAGE.saturating_sub(taken), &mut rest);
    findings::findings(report, left_out, &mut page);
    page.push_str(&rest);
    page.push_str("<script>");
    page.push_str(SCRIPT);
    page.push_str("</script></body></html>\n");
    out.write_all(page.as_bytes())
}

fn head(report: &Report, style: &str, page: &mut String) {
    let (style_hash, script_hash) = (hash::sha256(style), hash::sha256(SCRIPT));
    let as_of = day(report.as_of);
    page.push_str("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
    words::put!(
        page,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{style_hash}'; \
         script-src 'sha256-{script_hash}'; base-uri 'none'; form-action 'none'\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"referrer\" content=\"no-referrer\"><title>stepwarden report of {}</title><style>{style}</style></head>",
        E(&as_of)
    );
    let parts = [
        ("overview", "Overview"),
        ("findings", "Findings"),
        ("machines", "State machines"),
        ("exposure", "Exposure"),
        ("quotas", "Quotas"),
        ("coverage", "Coverage"),
        ("past", "Accepted and resolved"),
    ];
    page.push_str("<body><a class=\"skip\" href=\"#findings\">Skip to the findings</a><header><div class=\"brand\">stepwarden</div><nav aria-label=\"Sections\">");
    for (id, name) in parts {
        words::put!(page, "<a href=\"#{id}\">{name}</a>");
    }
    words::put!(
        page,
        "</nav><button id=\"theme\" type=\"button\" class=\"js\">Dark</button></header><main><h1>Step Functions audit</h1>\
         <p class=\"dim\">As of {} · stepwarden {}{}</p>",
        E(&as_of),
        E(&report.version),
        if report.complete { "" } else { " · the collection was ended early: what is not here was not looked at" }
    );
}
