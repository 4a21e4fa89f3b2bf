//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>: an answer has a result for each
//! query, with or without points.

use serde_json::{Value, json};
use stepwarden::model::LastStart;
use stepwarden::types::Arn;

use super::machines::{arn, described, listing};
use super::{Aws, HOME, NOW, Scan, brief, quiet};
use crate::replay::{Rule, denied, ok, on};

fn result(id: &str, points: &[(i64, f64)]) -> Value {
    let times: Vec<_> = points.iter().map(|(time, _)| json!({ "timestamp": time })).collect();
    let values: Vec<_> = points.iter().map(|(_, value)| value).collect();
    json!({ "Id": id, "Label": id, "Timestamps": times, "Values": values, "StatusCode": "Complete" })
}

fn data(results: &[Value]) -> crate::replay::Answer {
    ok(json!({ "MetricDataResults": results }))
}

async fn scan(names: &[&str], rules: impl IntoIterator<Item = Rule>) -> Scan {
    let machines =
        [on("ListStateMachines", ok(listing(names))), on("DescribeStateMachine", ok(described("orders", &json!({}))))];
    let rules = rules.into_iter().chain(machines).chain(quiet());
    Aws::new(rules.collect::<Vec<_>>()).only(&["state_machines", "last_starts"]).scan().await
}

fn of(scan: &Scan, name: &str) -> Option<LastStart> {
    let starts = scan.home().last_starts();
    starts.seen().0.and_then(|starts| starts.get(&Arn::parse(arn(name)).expect("an ARN")).copied())
}

#[tokio::test]
async fn the_last_day_with_a_start_and_today_is_one() {
    let answer = data(&[result("s0", &[(NOW - NOW % 86_400, 2.0), (NOW - 86_400 * 30, 5.0)]), result("s1", &[])]);
    let scan = scan(&["orders", "refunds"], [on("GetMetricData", answer)]).await;
    let last = of(&scan, "orders").unwrap().last.unwrap();
    assert_eq!(last.as_second(), NOW - NOW % 86_400);
    let never = of(&scan, "refunds").unwrap();
    assert_eq!(never.last, None);
    assert!(never.since.as_second() < NOW - 86_400 * 450);
    assert_eq!((scan.replay.count("GetMetricData"), scan.run(HOME, "last_starts").gap.as_ref()), (1, None));
}

#[tokio::test]
async fn what_the_answer_does_not_speak_of_is_not_known() {
    let scan = scan(&["orders", "refunds"], [on("GetMetricData", data(&[result("s1", &[])]))]).await;
    assert_eq!(of(&scan, "orders"), None);
    assert!(of(&scan, "refunds").is_some());
    assert_eq!(brief(scan.run(HOME, "last_starts").gap.as_ref().unwrap()).0, "partial");
}

#[tokio::test]
async fn denied_names_the_action() {
    let scan = scan(&["orders"], [on("GetMetricData", denied())]).await;
    let action = "cloudwatch:GetMetricData";
    assert_eq!(brief(scan.run(HOME, "last_starts").gap.as_ref().unwrap()), ("denied", action, Some(action)));
}

#[tokio::test]
async fn an_account_without_machines_is_asked_nothing() {
    let scan = scan(&[], []).await;
    assert_eq!(scan.replay.count("GetMetricData"), 0);
}
