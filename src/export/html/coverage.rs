use super::room;
use super::words::{E, put};
use crate::audit::Report;

pub(super) fn coverage(report: &Report, page: &mut String) {
    page.push_str("<section id=\"coverage\" aria-labelledby=\"h-coverage\"><h2 id=\"h-coverage\">Coverage</h2>");
    unread(report, page);
    page.push_str(
        "<details><summary>What each check could say</summary><div class=\"scroll\" tabindex=\"0\" role=\"region\" \
         aria-label=\"Coverage table\"><table><thead><tr><th scope=\"col\">Check</th><th scope=\"col\">Account</th>\
         <th scope=\"col\">Region</th><th scope=\"col\">Compliant</th><th scope=\"col\">Not compliant</th>\
         <th scope=\"col\">Not judged</th></tr></thead><tbody>",
    );
    let left_out = room::fill(page, room::COVERAGE, &report.coverage, |line, page| {
        let reasons: Vec<_> = line.reasons.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        put!(
            page,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}<small>{}</small></td></tr>",
            E(line.check),
            E(line.account_id.as_str()),
            E(line.region.as_str()),
            line.compliant,
            line.non_compliant,
            line.insufficient,
            E(reasons.join(", "))
        );
    });
    page.push_str("</tbody></table></div>");
    room::told(left_out, "lines", page);
    page.push_str("</details></section>");
}

fn unread(report: &Report, page: &mut String) {
    let gaps: Vec<_> = report.collectors.iter().filter_map(|run| Some((run, run.gap.as_ref()?))).collect();
    if !report.complete {
        page.push_str("<p>The collection ended early: there may be more than is told here.</p>");
    }
    if gaps.is_empty() {
        page.push_str(match report.is_incomplete() {
            true => "<p>No list was cut short; what could not be judged is among the findings.</p>",
            false => "<p>Everything that was asked for was read.</p>",
        });
        return;
    }
    page.push_str("<h3>What could not be read</h3><ul>");
    let left_out = room::fill(page, room::UNREAD, gaps, |(run, gap), page| {
        put!(
            page,
            "<li><b>{}</b> of {} in {}: {}</li>",
            E(run.collector),
            E(run.account_id.as_str()),
            E(run.region.as_str()),
            E(gap.to_string())
        );
    });
    page.push_str("</ul>");
    room::told(left_out, "lists that could not be read", page);
}
