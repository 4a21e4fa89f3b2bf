//! Quotas of the hand-made report.

use std::collections::BTreeMap;

use stepwarden::audit::QuotaReport;
use stepwarden::finding::settings::Thresholds;
use stepwarden::model::{Forecast, Holder, Holders, Quota, QuotaExhaustion, QuotaLimit, QuotaStatus, Usage};
use stepwarden::types::{Arn, Gap, GapReason};

use super::{account, at, region};

fn quota(place: &str, quota: Quota, limit: f64, source: &'static str, usage: Usage) -> QuotaReport {
    let backlog = (quota == Quota::OpenMapRuns && place == "eu-west-1").then_some(37.0);
    let status = QuotaStatus {
        burst: None,
        holders_gap: None,
        quota,
        limit: QuotaLimit { value: limit, source },
        usage,
        backlog,
        machine: None,
        holders: (quota == Quota::OpenMapRuns && place == "eu-west-1").then(holders),
        forecast: forecast(quota, place),
    };
    let age_seconds = status.usage.at().map(|_| 40.0);
    QuotaReport { account_id: account(), region: region(place), status, thresholds: Thresholds::default(), age_seconds }
}

fn forecast(quota: Quota, place: &str) -> Forecast {
    if (quota, place) != (Quota::OpenMapRuns, "eu-west-1") {
        return Forecast::NotMade;
    }
    Forecast::Exhausts(QuotaExhaustion {
        at: at("2026-11-20T16:40:00Z"),
        earliest: at("2026-11-20T13:12:00Z"),
        latest: at("2026-11-21T02:05:00Z"),
        per_day: 198.0,
        window: jiff::SignedDuration::from_hours(6),
        source: "cloudwatch",
    })
}

fn holders() -> Holders {
    let holder = |name: &str, value, at_least| Holder {
        machine: Arn::parse(format!("arn:aws:states:eu-west-1:123456789012:stateMachine:{name}")).expect("an ARN"),
        value,
        at_least,
        growth_per_hour: (!at_least).then_some(2.5),
    };
    let most = vec![holder("orders", 40.0, true), holder("refunds", 3.0, false)];
    Holders {
        fastest: most[1..].to_vec(),
        most,
        source: "ListMapRuns".to_owned(),
        since: at("2026-11-20T05:59:00Z"),
        until: at("2026-11-20T05:59:00Z"),
        net_starts: BTreeMap::new(),
    }
}

pub(super) fn quotas() -> Vec<QuotaReport> {
    let seen = Some(at("2026-11-20T05:59:00Z"));
    let blind = "CloudWatch's OpenExecutionCount may read 0 below about 10,000 open executions";
    let listed = |value| Usage::Exact { value, source: "ListStateMachines", at: None };
    let map_runs = |value| Usage::Exact { value, source: "ApproximateOpenMapRunCount", at: seen };
    let open = Usage::AtLeast { value: 540_000.0, source: "OpenExecutionCount", at: seen };
    vec![
        quota("eu-west-1", Quota::StateMachines, 100_000.0, "default", listed(3.0)),
        quota("eu-west-1", Quota::OpenExecutions, 1_000_000.0, "applied", open),
        quota("eu-west-1", Quota::OpenMapRuns, 1_000.0, "metric", map_runs(912.0)),
        quota("us-east-1", Quota::StateMachines, 100_000.0, "documented", listed(5.0)),
        quota("us-east-1", Quota::OpenExecutions, 1_000_000.0, "documented", {
            Usage::Unknown(Gap::new(GapReason::Unsupported, blind))
        }),
        quota("us-east-1", Quota::OpenMapRuns, 1_000.0, "documented", map_runs(0.0)),
    ]
}
