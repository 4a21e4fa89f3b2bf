//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>,
//! <https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html> and
//! <https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListMapRuns.html>.

use serde_json::{Value, json};
use stepwarden::model::{Holder, Holders, Quota, QuotaStatus};
use stepwarden::types::{GapReason, Observed};

use super::machines::{arn, described, listing};
use super::{Aws, HOME, NOW, Scan, brief, quiet};
use crate::replay::{Rule, denied, error, ok, on};

const PARTS: [&str; 3] = ["state_machines", "quotas", "quota_holders"];
const INSIGHTS: &str = "ORDER BY SUM() DESC";

fn metric(id: &str, label: &str, points: &[(i64, f64)]) -> Value {
    let times: Vec<_> = points.iter().map(|(time, _)| json!({ "timestamp": time })).collect();
    let values: Vec<_> = points.iter().map(|(_, value)| value).collect();
    json!({ "Id": id, "Label": label, "Timestamps": times, "Values": values, "StatusCode": "Complete" })
}

fn data(results: &[Value]) -> crate::replay::Answer {
    ok(json!({ "MetricDataResults": results }))
}

/// Usage of both quotas that culprits are looked for.
fn usage(executions: f64, map_runs: f64) -> Rule {
    let now = NOW - 60;
    let results = [metric("m0", "x", &[(now, executions)]), metric("m2", "x", &[(now, map_runs)])];
    on("GetMetricData", data(&results)).with("OpenExecutionCount")
}

/// What the starters are: a label (a machine's ARN) and its starts.
fn starters(starts: &[(String, f64)]) -> Rule {
    let results: Vec<_> = starts.iter().map(|(label, sum)| metric("top", label, &[(NOW - 900, *sum)])).collect();
    on("GetMetricData", data(&results)).with(INSIGHTS)
}

fn running(name: &str, count: usize, next: Option<&str>) -> Value {
    let item = |index: usize| {
        json!({
            "executionArn": format!("arn:aws:states:eu-west-1:123456789012:execution:{name}:{index}"),
            "stateMachineArn": arn(name), "name": "jane-doe", "status": "RUNNING", "startDate": 1.5,
        })
    };
    let mut page = json!({ "executions": (0..count).map(item).collect::<Vec<_>>() });
    if let Some(next) = next {
        page["nextToken"] = next.into();
    }
    page
}

/// Calls that ask who starts, and what of it ended.
fn asked(scan: &Scan) -> usize {
    let calls = scan.replay.calls("GetMetricData");
    calls.iter().filter(|call| call.body.contains(INSIGHTS) || call.body.contains("ExecutionsSucceeded")).count()
}

fn machines(names: &[&str]) -> Vec<Rule> {
    let mut rules = vec![on("ListStateMachines", ok(listing(names)))];
    rules.push(on("DescribeStateMachine", ok(described("orders", &json!({})))));
    rules
}

async fn scan(rules: impl IntoIterator<Item = Rule>) -> Scan {
    Aws::new(rules.into_iter().chain(quiet()).collect::<Vec<_>>()).only(&PARTS).scan().await
}

fn holders(scan: &Scan, quota: Quota) -> Observed<Holders> {
    let holders = scan.home().quota_holders();
    holders.whole().expect("the part is there").get(&quota).cloned().expect("the quota is above its warning level")
}

fn told(holders: &[Holder]) -> Vec<(&str, f64, bool, Option<f64>)> {
    let told = |one: &'_ Holder| (one.value, one.at_least, one.growth_per_hour);
    holders.iter().map(|one| (one.machine.name(), told(one).0, told(one).1, told(one).2)).collect()
}

#[tokio::test]
async fn below_the_warning_levels_nothing_is_asked() {
    let scan = scan([usage(799_999.0, 799.0)]).await;
    assert!(scan.home().quota_holders().whole().unwrap().is_empty());
    assert_eq!((asked(&scan), scan.replay.count("ListExecutions")), (0, 0));
    assert_eq!(scan.run(HOME, "quota_holders").gap, None);
}

#[tokio::test]
async fn unknown_usage_is_no_reason_to_ask() {
    let scan = scan([on("GetMetricData", denied())]).await;
    assert!(scan.home().quota_holders().whole().unwrap().is_empty());
    assert_eq!((asked(&scan), scan.replay.count("ListExecutions")), (0, 0));
}

/// Per machine: started, succeeded, failed, aborted, timed out.
fn nets(machines: &[[f64; 5]]) -> Rule {
    let of = |(index, value): (usize, &f64)| metric(&format!("s{index}"), "x", &[(NOW - 1_800, *value)]);
    let results: Vec<_> = machines.iter().flatten().enumerate().map(of).collect();
    on("GetMetricData", data(&results)).with("ExecutionsSucceeded")
}

#[tokio::test]
async fn who_holds_open_executions_is_counted_and_the_busy_are_told_from_the_leaking() {
    let mut rules = machines(&["busy", "leak", "quick"]);
    let child = format!("{}/Each", arn("leak"));
    rules.extend([
        usage(900_000.0, 10.0),
        starters(&[(arn("busy"), 9_000.0), (arn("leak"), 600.0), (child, 5.0), (arn("quick"), 100.0)]),
        // The order of the questions: those that start most come first.
        nets(&[[9_000.0, 8_990.0, 5.0, 0.0, 0.0], [600.0, 100.0, 0.0, 0.0, 0.0], [100.0, 50.0, 20.0, 20.0, 10.0]]),
        on("ListExecutions", ok(running("busy", 5, None))).with("stateMachine:busy"),
        on("ListExecutions", ok(running("leak", 1_000, Some("more"))))
            .then(ok(running("leak", 1_000, Some("still more"))))
            .with("stateMachine:leak"),
        on("ListExecutions", ok(running("quick", 0, None))).with("stateMachine:quick"),
    ]);
    let scan = scan(rules).await;
    let held = holders(&scan, Quota::OpenExecutions);
    let held = held.whole().expect("it was read");
    assert_eq!(told(&held.most), [("leak", 2_000.0, true, Some(500.0)), ("busy", 5.0, false, Some(5.0))]);
    assert_eq!(told(&held.fastest), told(&held.most));
    assert_eq!((held.source.as_str(), held.net_starts.len()), ("ListExecutions", 3));
    assert_eq!((scan.replay.count("ListExecutions"), asked(&scan)), (4, 2));
    assert!(!scan.text().contains("jane-doe"), "names of executions may be data");
    let statuses = QuotaStatus::of(scan.home());
    let status = statuses.iter().find(|status| status.quota == Quota::OpenExecutions).unwrap();
    assert_eq!(status.holders.as_ref(), Some(held));
}

#[tokio::test]
async fn without_metrics_insights_the_list_stands_in_and_that_is_told() {
    let mut rules = machines(&["orders", "refunds"]);
    rules.extend([
        on("GetMetricData", error("UnsupportedOperation", "no")).with(INSIGHTS),
        usage(900_000.0, 10.0),
        nets(&[[9.0, 1.0, 0.0, 0.0, 0.0], [9.0, 9.0, 0.0, 0.0, 0.0]]),
        on("ListExecutions", ok(running("orders", 8, None))).with("stateMachine:orders"),
        on("ListExecutions", ok(running("refunds", 0, None))).with("stateMachine:refunds"),
    ]);
    let scan = scan(rules).await;
    let held = holders(&scan, Quota::OpenExecutions);
    assert_eq!(told(&held.seen().0.unwrap().most), [("orders", 8.0, false, Some(8.0))]);
    assert_eq!(held.gap().unwrap().api, "cloudwatch:GetMetricData");
    assert!(scan.home().ages().iter().any(|(part, _, gap)| part.as_str() == "quota_holders" && gap.is_some()));
}

#[tokio::test]
async fn lists_that_are_denied_are_a_gap_and_no_zero() {
    let mut rules = machines(&["orders"]);
    rules.extend([starters(&[]), usage(900_000.0, 900.0), on("ListExecutions", denied())]);
    let scan = scan(rules).await;
    let held = holders(&scan, Quota::OpenExecutions);
    assert_eq!(brief(held.gap().unwrap()), ("denied", "states:ListExecutions", Some("states:ListExecutions")));
    assert_eq!(held.seen().0, None);
}

#[tokio::test]
async fn a_map_run_is_looked_for_at_the_machines_whose_children_start() {
    let mut rules = machines(&["batch"]);
    let run = |index: u32, stopped: bool| {
        let mut run = json!({
            "executionArn": "arn:aws:states:eu-west-1:123456789012:execution:batch:1", "stateMachineArn": arn("batch"),
            "mapRunArn": format!("arn:aws:states:eu-west-1:123456789012:mapRun:batch/Each:{index}"), "startDate": 1.5,
        });
        if stopped {
            run["stopDate"] = 2.5.into();
        }
        run
    };
    rules.extend([
        usage(20_000.0, 950.0),
        starters(&[(format!("{}/Each", arn("batch")), 50.0), (arn("orders"), 500.0)]),
        on("ListExecutions", ok(running("batch", 30, None))),
        on("ListMapRuns", ok(json!({ "mapRuns": [run(1, false), run(2, true), run(3, false)] }))),
    ]);
    let scan = scan(rules).await;
    let held = holders(&scan, Quota::OpenMapRuns);
    assert_eq!(told(&held.whole().unwrap().most), [("batch", 40.0, true, None)]);
    assert_eq!((scan.replay.count("ListExecutions"), scan.replay.count("ListMapRuns")), (1, 20));
}

#[tokio::test]
async fn machines_without_open_executions_name_nobody() {
    let mut rules = machines(&["orders"]);
    rules.extend([
        starters(&[(arn("orders"), 10.0)]),
        usage(900_000.0, 10.0),
        on("ListExecutions", ok(running("orders", 0, None))),
    ]);
    let scan = scan(rules).await;
    let held = holders(&scan, Quota::OpenExecutions);
    assert_eq!((held.seen().0, held.gap().unwrap().reason), (None, GapReason::NotSampled));
    let statuses = QuotaStatus::of(scan.home());
    let status = statuses.iter().find(|status| status.quota == Quota::OpenExecutions).unwrap();
    assert_eq!(status.holders_gap.as_ref(), held.gap());
}

#[tokio::test]
async fn without_definitions_map_runs_are_looked_for_at_those_that_start_most() {
    let run = json!({
        "executionArn": "arn:aws:states:eu-west-1:123456789012:execution:batch:1", "stateMachineArn": arn("batch"),
        "mapRunArn": "arn:aws:states:eu-west-1:123456789012:mapRun:batch/Each:1", "startDate": 1.5,
    });
    let rules = [
        usage(20_000.0, 950.0),
        starters(&[(arn("batch"), 50.0)]),
        on("ListExecutions", ok(running("batch", 1, None))),
        on("ListMapRuns", ok(json!({ "mapRuns": [run] }))),
    ];
    let scan =
        Aws::new(rules.into_iter().chain(quiet()).collect::<Vec<_>>()).only(&["quotas", "quota_holders"]).scan().await;
    let held = holders(&scan, Quota::OpenMapRuns);
    assert_eq!(told(&held.whole().unwrap().most), [("batch", 1.0, false, None)]);
}
