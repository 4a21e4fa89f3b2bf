use super::room;
use super::words::{E, day, put};
use crate::audit::{QuotaReport, Report};
use crate::finding::digits;
use crate::model::{Forecast, Usage};

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
    let left_out = room::fill(page, room::QUOTAS, sorted, line);
    page.push_str("</tbody></table></div>");
    room::told(left_out, "quotas, those of least usage,", page);
    page.push_str("</section>");
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
        Some(ratio) => gauge(ratio, quota, page),
        None => page.push('—'),
    }
    put!(page, "</td><td>{}</td><td>", E(told));
    forecast(&status.forecast, page);
    page.push_str("</td></tr>");
}

fn forecast(forecast: &Forecast, page: &mut String) {
    match forecast {
        Forecast::Exhausts(full) => put!(
            page,
            "full {}<small>{} to {}, {} a day</small>",
            day(full.at),
            day(full.earliest),
            day(full.latest),
            digits(full.per_day)
        ),
        Forecast::Full => page.push_str("full now"),
        Forecast::Steady => page.push_str("does not grow to its limit as far as can be seen"),
        Forecast::Unknown(gap) => put!(page, "not known<small>{}</small>", E(gap.to_string())),
        Forecast::NotMade => page.push_str("not made for a rate, or for what one execution uses"),
    }
}

fn gauge(ratio: f64, quota: &QuotaReport, page: &mut String) {
    let at_least = matches!(quota.status.usage, Usage::AtLeast { .. });
    let (class, told) = match ratio {
        ratio if ratio >= quota.thresholds.critical => ("bad", " critical"),
        ratio if ratio >= quota.thresholds.warning => ("warn", " warning"),
        // A lower bound can warn, and cannot calm.
        _ if at_least => ("open", ""),
        _ => ("good", ""),
    };
    let more = if at_least { "≥ " } else { "" };
    put!(
        page,
        "<svg class=\"gauge {class}\" width=\"120\" height=\"10\" aria-hidden=\"true\"><rect width=\"120\" height=\"10\" \
         rx=\"5\"/><rect class=\"v\" width=\"{:.1}\" height=\"10\" rx=\"5\"/></svg> {more}{:.0} %<b>{told}</b>",
        120.0 * ratio.clamp(0.0, 1.0),
        ratio * 100.0
    );
}
