use super::words::{E, day, put};
use crate::audit::{QuotaReport, Report};
use crate::finding::digits;
use crate::model::Usage;

pub(super) fn quotas(report: &Report, page: &mut String) {
    page.push_str("<section id=\"quotas\" aria-labelledby=\"h-quotas\"><h2 id=\"h-quotas\">Quotas</h2>");
    if report.quotas.is_empty() {
        page.push_str("<p>Quotas were not collected.</p></section>");
        return;
    }
    page.push_str(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Quota table\"><table><thead><tr>\
         <th scope=\"col\">Quota</th><th scope=\"col\">Where</th><th scope=\"col\">Used</th>\
         <th scope=\"col\">Usage and limit</th><th scope=\"col\">Forecast</th></tr></thead><tbody>",
    );
    let mut sorted: Vec<_> = report.quotas.iter().collect();
    let ratio = |quota: &QuotaReport| quota.status.ratio().unwrap_or(-1.0);
    sorted.sort_by(|a, b| ratio(b).total_cmp(&ratio(a)));
    for quota in sorted {
        line(quota, page);
    }
    page.push_str("</tbody></table></div></section>");
}

fn line(quota: &QuotaReport, page: &mut String) {
    let status = &quota.status;
    let limit = digits(status.limit.value);
    let told = match &status.usage {
        Usage::Exact { value, .. } => format!("{} of {limit}", digits(*value)),
        Usage::AtLeast { value, .. } => format!("at least {} of {limit}", digits(*value)),
        Usage::Unknown(gap) => format!("not known, limit {limit}: {gap}"),
    };
    put!(
        page,
        "<tr><th scope=\"row\">{}</th><td class=\"nw\">{}<small>{}</small></td><td class=\"nw\">",
        E(status.quota.as_str().replace('_', " ")),
        E(quota.region.as_str()),
        E(quota.account_id.as_str())
    );
    match status.ratio() {
        Some(ratio) => gauge(ratio, matches!(status.usage, Usage::AtLeast { .. }), page),
        None => page.push('—'),
    }
    put!(page, "</td><td>{}</td><td>", E(told));
    match status.forecast.exhaustion() {
        Some(full) => put!(
            page,
            "full {}<small>{} to {}, {} a day</small>",
            day(full.at),
            day(full.earliest),
            day(full.latest),
            digits(full.per_day)
        ),
        None => page.push_str("none made"),
    }
    page.push_str("</td></tr>");
}

fn gauge(ratio: f64, at_least: bool, page: &mut String) {
    let class = match ratio {
        ratio if ratio >= 0.9 => "bad",
        ratio if ratio >= 0.8 => "warn",
        // A lower bound can warn, and cannot calm.
        _ if at_least => "open",
        _ => "good",
    };
    let more = if at_least { "≥ " } else { "" };
    put!(
        page,
        "<svg class=\"gauge {class}\" width=\"120\" height=\"10\" aria-hidden=\"true\"><rect width=\"120\" height=\"10\" \
         rx=\"5\"/><rect class=\"v\" width=\"{:.1}\" height=\"10\" rx=\"5\"/></svg> {more}{:.0} %",
        120.0 * ratio.clamp(0.0, 1.0),
        ratio * 100.0
    );
}
