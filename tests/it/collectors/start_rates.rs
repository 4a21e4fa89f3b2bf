//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>.

use serde_json::{Value, json};
use stepwarden::model::StartRates;
use stepwarden::types::Arn;

use super::machines::{arn, described, listing};
use super::{Aws, HOME, NOW, Scan, brief, quiet};
use crate::replay::{Rule, denied, ok, on};

const INSIGHTS: &str = "ORDER BY SUM() DESC";

fn metric(id: &str, label: &str, points: &[(i64, f64)]) -> Value {
    let times: Vec<_> = points.iter().map(|(time, _)| json!({ "timestamp": time })).collect();
    let values: Vec<_> = points.iter().map(|(_, value)| value).collect();
    json!({ "Id": id, "Label": label, "Timestamps": times, "Values": values, "StatusCode": "Complete" })
}

fn data(results: &[Value]) -> crate::replay::Answer {
    ok(json!({ "MetricDataResults": results }))
}

async fn scan(rules: impl IntoIterator<Item = Rule>) -> Scan {
    let machines = [
        on("ListStateMachines", ok(listing(&["orders"]))),
        on("DescribeStateMachine", ok(described("orders", &json!({})))),
    ];
    let rules = rules.into_iter().chain(machines).chain(quiet());
    Aws::new(rules.collect::<Vec<_>>()).only(&["state_machines", "start_rates"]).scan().await
}

fn rates(scan: &Scan) -> StartRates {
    scan.home().start_rates().last_known().map(|rates| (*rates).clone()).expect("they were read")
}

#[tokio::test]
async fn three_calls_bring_hours_minutes_and_throttles_and_children_are_no_starts() {
    let child = format!("{}/Each", arn("orders"));
    let foreign = "arn:aws:states:eu-west-1:999999999999:stateMachine:orders".to_owned();
    let top = [arn("orders"), child, foreign].map(|label| metric("top", &label, &[(NOW - 600, 7.0)]));
    let scan = scan([
        on("GetMetricData", data(&top)).with(INSIGHTS),
        on("GetMetricData", data(&[metric("s0", "x", &[(NOW - 600, 7.0)]), metric("s1", "x", &[(NOW - 300, 2.0)])]))
            .with("ExecutionThrottled"),
        on("GetMetricData", data(&[metric("s0", "x", &[(NOW - 7_200, 40.0), (NOW - 86_400, 9.0)])])),
    ])
    .await;
    let rates = rates(&scan);
    let names: Vec<_> = rates.machines.keys().map(Arn::as_str).collect();
    assert_eq!(names, [arn("orders")]);
    let starts = rates.machines.values().next().unwrap();
    assert_eq!((starts.hours.values.len(), starts.minutes.values.len()), (336, 36));
    assert_eq!((starts.hours.total(), starts.hours.values[334], starts.hours.values[335]), (49.0, Some(40.0), None));
    assert_eq!((starts.minutes.values[34], starts.throttled.values[35]), (Some(7.0), Some(2.0)));
    assert_eq!((rates.others_at_most, scan.replay.count("GetMetricData")), (Some(0.0), 3));
    assert_eq!(scan.run(HOME, "start_rates").gap, None);
}

#[tokio::test]
async fn an_account_without_machines_is_asked_nothing() {
    let rules = [on("ListStateMachines", ok(listing(&[])))];
    let scan = Aws::new(rules.into_iter().chain(quiet()).collect::<Vec<_>>());
    let scan = scan.only(&["state_machines", "start_rates"]).scan().await;
    assert_eq!(scan.replay.count("GetMetricData"), 0);
    assert_eq!(rates(&scan), StartRates::default());
}

#[tokio::test]
async fn without_metrics_insights_the_machines_of_the_list_are_read() {
    let scan = scan([
        on("GetMetricData", denied()).with(INSIGHTS),
        on("GetMetricData", data(&[metric("s0", "x", &[(NOW - 600, 7.0)])])),
    ])
    .await;
    let rates = rates(&scan);
    assert_eq!((rates.machines.len(), rates.others_at_most), (1, None));
    assert_eq!(scan.run(HOME, "start_rates").gap, None);
}

#[tokio::test]
async fn an_answer_in_part_is_no_answer() {
    let mut broken = metric("s0", "x", &[(NOW - 600, 7.0)]);
    broken["StatusCode"] = "InternalError".into();
    let scan = scan([
        on("GetMetricData", data(&[metric("top", &arn("orders"), &[(NOW - 600, 7.0)])])).with(INSIGHTS),
        on("GetMetricData", data(&[broken])),
    ])
    .await;
    assert!(scan.home().start_rates().last_known().is_none());
    let gap = scan.run(HOME, "start_rates").gap.as_ref().unwrap();
    assert_eq!(brief(gap), ("error", "cloudwatch:GetMetricData", None));
}
