use jiff::SignedDuration;

use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, Outcome, RegionView, Severity, View, digits, how_long,
};
use crate::model::{Forecast, PartName, Quota, QuotaExhaustion, QuotaStatus, Usage};

pub const CHECK: Check = Check {
    id: "quota-exhaustion-forecast",
    family: Family::Quota,
    title: "A quota of the Region will soon be used up",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    reads: &[PartName::StateMachines, PartName::Versions, PartName::Quotas],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html",
    ],
    page: include_str!("quota-exhaustion-forecast.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    for region in view.regions() {
        for status in &region.quotas {
            match &status.forecast {
                // What is full has no future: the check of that quota says so.
                Forecast::NotMade | Forecast::Full => {}
                Forecast::Unknown(gap) => out.push(region.subject(), Outcome::InsufficientData(gap.clone())),
                Forecast::Steady => out.push(region.subject(), Outcome::Compliant),
                Forecast::Exhausts(exhaustion) => out.push(region.subject(), judge(view, region, status, exhaustion)),
            }
        }
    }
}

fn judge(view: &View<'_>, region: &RegionView<'_>, status: &QuotaStatus, exhaustion: &QuotaExhaustion) -> Outcome {
    let times = view.settings.quota_exhaustion_forecast;
    let left = exhaustion.at.duration_since(view.as_of);
    let severity = match left {
        left if left <= SignedDuration::from_hours(times.critical_hours.into()) => Severity::Critical,
        left if left <= SignedDuration::from_hours(i64::from(times.warning_days) * 24) => Severity::Medium,
        _ => return Outcome::Compliant,
    };
    let usage = match status.usage {
        Usage::Exact { value, .. } => digits(value),
        Usage::AtLeast { value, .. } => format!("at least {}", digits(value)),
        Usage::Unknown(_) => "an unknown number".to_owned(),
    };
    let at_the_latest = if matches!(status.usage, Usage::AtLeast { .. }) { " at the latest" } else { "" };
    let QuotaExhaustion { at, earliest, latest, per_day, window, source } = exhaustion;
    let time = |at: &jiff::Timestamp| at.strftime("%Y-%m-%dT%H:%MZ").to_string();
    let (limit, title, grows) = (digits(status.limit.value), status.quota.title(), rate(*per_day));
    let message = format!(
        "{} holds {usage} of {limit} {title} and {grows}: full in {}{at_the_latest}, if it grows on as in the last {}. {}",
        region.name(),
        how_long(left),
        how_long(*window),
        consequence(status.quota),
    );
    let (remediation, commands) = remedy(status.quota, region.name());
    let mut defect = Defect::new(message, remediation)
        .severity(severity)
        .told_apart_by(status.quota.as_str())
        .change(Change::Command(commands))
        .evidence("quota", status.quota.as_str())
        .evidence("usage", usage)
        .evidence("limit", limit)
        .evidence("limit_source", status.limit.source)
        .evidence("per_day", format!("{per_day:.1}"))
        .evidence("full_at", time(at))
        .evidence("earliest", time(earliest))
        .evidence("latest", time(latest))
        .evidence("history", format!("{} ({source})", how_long(*window)));
    if let Some(machine) = &status.machine {
        defect = defect.evidence("state_machine", machine.as_str());
    }
    // A raised limit that was not read would make this a false alarm.
    if status.limit.source == "documented" && !status.quota.is_hard() {
        defect = defect.confidence(Confidence::Low);
    }
    defect.into()
}

/// By the time in which something is gained.
fn rate(per_day: f64) -> String {
    let (count, unit) = match per_day {
        few if few < 10.0 => return format!("gains {few:.1} a day"),
        many if many >= 24_000.0 => (many / 24.0, "an hour"),
        some => (some, "a day"),
    };
    format!("gains {} {unit}", digits(count))
}

fn consequence(quota: Quota) -> &'static str {
    match quota {
        Quota::StateMachines => "At the limit, no state machine can be created.",
        Quota::Activities => "At the limit, no activity can be created.",
        Quota::OpenExecutions => "At the limit, starting a Standard execution fails with ExecutionLimitExceeded.",
        Quota::OpenMapRuns => {
            "At the limit, further Map Runs do not fail: they wait, and their executions with them, until others end."
        }
        Quota::Versions => "At the limit, the state machine's deployments that publish a version fail.",
        _ => {
            "At the limit, the logging of no further state machine can be switched on where it needs a policy of its own."
        }
    }
}

fn remedy(quota: Quota, region: &str) -> (&'static str, String) {
    let states = |command: &str| format!("aws stepfunctions {command} --region {region}");
    let running = "list-executions --state-machine-arn '<STATE_MACHINE_ARN>' --status-filter RUNNING";
    match quota {
        Quota::StateMachines => (
            "Find what creates state machines and does not delete them, or ask for a higher limit in time.",
            states(
                "list-state-machines --query 'sort_by(stateMachines,&creationDate)[].[creationDate,stateMachineArn]'",
            ),
        ),
        Quota::Activities => (
            "Find what creates activities and does not delete them, or ask for a higher limit in time.",
            states("list-activities --query 'sort_by(activities,&creationDate)[].[creationDate,activityArn]'"),
        ),
        Quota::OpenExecutions => (
            "Find the state machine that starts more executions than it ends and stop what starts it, or ask for a higher \
             limit in time.",
            states(&format!("{running} --query 'length(executions)'")),
        ),
        Quota::OpenMapRuns => (
            "Find the state machine whose Map Runs do not end. AWS does not raise this limit.",
            states(&format!("{running} --query 'executions[].executionArn' --output text")),
        ),
        Quota::Versions => (
            "Delete the versions that no alias routes to, or publish fewer of them.",
            states("list-state-machine-versions --state-machine-arn '<STATE_MACHINE_ARN>'"),
        ),
        _ => (
            "Put the log groups of several services into one resource policy, by a prefix such as /aws/vendedlogs/*. AWS does \
             not raise this limit.",
            format!("aws logs describe-resource-policies --region {region}"),
        ),
    }
}
