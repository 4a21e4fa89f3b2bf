use super::room;
use super::words::{E, put};
use crate::audit::{Finding, Report, Status};
use crate::finding::Change;

/// Findings that the page holds as text too, for readers without JavaScript.
const PLAIN: usize = 200;

/// `left_out`: how many of the last findings are not among the page's data.
pub(super) fn findings(report: &Report, left_out: usize, page: &mut String) {
    page.push_str(
        "<section id=\"findings\" aria-labelledby=\"h-findings\"><h2 id=\"h-findings\">Findings</h2>\
         <div id=\"filters\" class=\"js filters\" role=\"search\" aria-label=\"Filter findings\">\
         <label class=\"wide\">Search<input id=\"q\" type=\"search\" placeholder=\"resource, state, text…\"></label></div>\
         <p id=\"count\" class=\"dim\" role=\"status\" aria-live=\"polite\">",
    );
    let mut list = String::new();
    let unshown = room::fill(&mut list, room::PLAIN, report.findings.iter().take(PLAIN), one);
    let shown = report.findings.len().min(PLAIN) - unshown;
    put!(page, "{shown} of {} findings, worst first.</p>", report.findings.len());
    room::told(left_out, "findings, those of least weight,", page);
    put!(page, "<div id=\"list\">{list}");
    page.push_str(
        "</div><nav class=\"js pager\" aria-label=\"Pages of findings\"><button id=\"prev\" type=\"button\">Previous</button>\
         <span id=\"page\"></span><button id=\"next\" type=\"button\">Next</button></nav></section>",
    );
}

fn one(finding: &Finding, page: &mut String) {
    put!(
        page,
        "<details class=\"f\"><summary>{}<span class=\"t\">{}<small>{}</small></span>\
         <span class=\"m\">{}</span></summary><p>{}</p><p>{}</p>",
        badge(finding),
        E(finding.title),
        E(finding.resource.as_str()),
        finding.status.as_str().replace('_', " "),
        E(&finding.message),
        E(&finding.remediation)
    );
    if let Some(change) = &finding.change {
        put!(page, "<pre tabindex=\"0\">{}</pre>", E(change_text(change)));
    }
    page.push_str("</details>");
}

/// How bad it is, where that is known and nobody accepts it.
pub(super) fn badge(finding: &Finding) -> String {
    let (class, told) = match finding.status {
        Status::NonCompliant => (finding.severity.as_str(), finding.severity.as_str()),
        Status::InsufficientData => ("none", "not judged"),
        Status::Suppressed => ("none", "accepted"),
    };
    format!("<span class=\"sev {class}\">{told}</span>")
}

/// A change as it is copied.
pub(super) fn change_text(change: &Change) -> String {
    match change {
        Change::Command(command) => command.clone(),
        Change::Policy(value) | Change::Definition(value) => {
            serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string())
        }
    }
}
