use std::collections::BTreeMap;

use super::room;
use super::words::{E, put};
use crate::audit::{ChangeSince, Report, Status, TrendPoint};
use crate::finding::{Severity, digits};
use crate::types::Region;

pub(super) fn overview(report: &Report, page: &mut String) {
    page.push_str("<section id=\"overview\" aria-labelledby=\"h-overview\"><h2 id=\"h-overview\">Overview</h2><div class=\"tiles\">");
    let accounts = report.scores.iter().filter(|score| score.region == Region::global());
    let left_out = room::fill(page, room::ACCOUNTS, accounts, |score, page| {
        let risk = score.risk.map_or_else(|| "not known".to_owned(), |risk| format!("{risk:.0}"));
        put!(
            page,
            "<div class=\"tile\"><h3>Account {}</h3><p class=\"big\">{risk}<small> risk of 100</small></p>\
             <p class=\"dim\">{} state machines judged, {} not readable</p>",
            E(score.account_id.as_str()),
            score.machines_evaluated,
            score.machines_unread
        );
        let points: Vec<_> =
            report.trend.iter().filter(|point| point.account_id == score.account_id.as_str()).collect();
        trend(&points, page);
        page.push_str("</div>");
    });
    severities(report, page);
    page.push_str("</div>");
    room::told(left_out, "accounts", page);
    page.push_str("</section>");
}

fn severities(report: &Report, page: &mut String) {
    let mut counts: BTreeMap<Severity, usize> = BTreeMap::new();
    for finding in report.of_status(Status::NonCompliant) {
        *counts.entry(finding.severity).or_default() += 1;
    }
    page.push_str("<div class=\"tile\"><h3>Findings</h3><ul class=\"counts\">");
    for severity in Severity::ALL {
        let count = counts.get(&severity).copied().unwrap_or_default();
        put!(page, "<li><span class=\"sev {severity}\">{severity}</span> <b>{count}</b></li>");
    }
    page.push_str("</ul></div>");
    since(report, page);
}

fn since(report: &Report, page: &mut String) {
    let [accepted, unjudged] =
        [Status::Suppressed, Status::InsufficientData].map(|status| report.of_status(status).count());
    page.push_str("<div class=\"tile\"><h3>Since the last scan</h3>");
    if report.has_past() {
        let of = |change| report.of_status(Status::NonCompliant).filter(|finding| finding.since_last == change).count();
        put!(
            page,
            "<ul class=\"counts\"><li>new <b>{}</b></li><li>reopened <b>{}</b></li><li>unchanged <b>{}</b></li>\
             <li>resolved <b>{}</b></li>",
            of(ChangeSince::New),
            of(ChangeSince::Reopened),
            of(ChangeSince::Unchanged),
            report.resolved.len()
        );
    } else {
        page.push_str("<p>This is the first: no earlier one is remembered.</p><ul class=\"counts\">");
    }
    put!(page, "<li>accepted <b>{accepted}</b></li><li>not judged <b>{unjudged}</b></li></ul></div>");
}

/// The risk over time as a line, and in words for those who do not see it.
fn trend(points: &[&TrendPoint], page: &mut String) {
    let known: Vec<_> = points.iter().filter_map(|point| Some((point.at, point.risk?))).collect();
    let ([(first, from), .., (last, to)], true) = (known.as_slice(), known.len() > 1) else { return };
    let span = (last.as_second() - first.as_second()).max(1);
    let line: Vec<_> = known
        .iter()
        .map(|(at, risk)| {
            #[expect(clippy::cast_precision_loss, reason = "seconds of a few years")]
            let x = (at.as_second() - first.as_second()) as f64 / span as f64;
            format!("{:.1},{:.1}", 2.0 + x * 216.0, 42.0 - risk * 0.4)
        })
        .collect();
    put!(
        page,
        "<svg class=\"trend\" role=\"img\" viewBox=\"0 0 220 44\" width=\"220\" height=\"44\"><title>Risk went from {} \
         on {} to {} on {}</title><polyline points=\"{}\"/></svg><p class=\"dim\">{} on {} → {} on {}</p>",
        digits(*from),
        first.strftime("%Y-%m-%d"),
        digits(*to),
        last.strftime("%Y-%m-%d"),
        line.join(" "),
        digits(*from),
        first.strftime("%Y-%m-%d"),
        digits(*to),
        last.strftime("%Y-%m-%d")
    );
}
