use super::room;
use super::words::{E, put};
use crate::audit::{Report, Status};

pub(super) fn past(report: &Report, page: &mut String) {
    page.push_str("<section id=\"past\" aria-labelledby=\"h-past\"><h2 id=\"h-past\">Accepted and resolved</h2>");
    accepted(report, page);
    resolved(report, page);
    page.push_str("</section>");
}

fn accepted(report: &Report, page: &mut String) {
    page.push_str("<h3>Accepted</h3>");
    if report.suppressions.is_empty() && report.of_status(Status::Suppressed).next().is_none() {
        page.push_str("<p>Nothing is suppressed.</p>");
        return;
    }
    page.push_str("<ul>");
    let left_out = room::fill(page, room::PAST / 2, &report.suppressions, |one, page| {
        let told = match (one.expired, one.unused) {
            (true, _) => format!("expired: {} findings are no longer hidden", one.findings),
            (false, true) => "it hides nothing: it can be removed".to_owned(),
            (false, false) => format!("{} findings", one.findings),
        };
        let owner = one.suppression.owner.as_deref().map(|owner| format!(", by {owner}")).unwrap_or_default();
        let expires = one.suppression.expires.map(|day| format!(", until {day}")).unwrap_or_default();
        put!(
            page,
            "<li><b>{}</b>: {}{}{} — {told}</li>",
            E(&one.selects),
            E(&one.suppression.reason),
            E(owner),
            E(expires)
        );
    });
    page.push_str("</ul>");
    room::told(left_out, "suppressions", page);
    page.push_str("<p class=\"dim\">The findings themselves: filter by the status “suppressed”.</p>");
}

fn resolved(report: &Report, page: &mut String) {
    page.push_str("<h3>Resolved since the last scan</h3>");
    if report.resolved.is_empty() {
        let none = if report.has_past() { "None." } else { "Not known: no earlier scan is remembered." };
        put!(page, "<p>{none}</p>");
        return;
    }
    page.push_str("<ul>");
    let left_out = room::fill(page, room::PAST / 2, &report.resolved, |one, page| {
        let severity = one.severity.map(|severity| format!("{severity}, ")).unwrap_or_default();
        put!(
            page,
            "<li><b>{}</b> {} ({severity}first seen {})</li>",
            E(&one.check),
            E(&one.resource),
            one.first_seen.strftime("%Y-%m-%d")
        );
    });
    page.push_str("</ul>");
    room::told(left_out, "resolved findings", page);
}
