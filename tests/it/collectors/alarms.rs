//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html>: metric alarms and, where
//! asked for, composite ones, 100 a page.

use serde_json::{Value, json};
use stepwarden::model::{Alarms, FailureMetric, Tells, WatchOf};
use stepwarden::types::{GapReason, Observed};

use super::machines::{described, listing};
use super::{Scan, scan};
use crate::replay::{Rule, denied, ok, on};

const ORDERS: &str = "arn:aws:states:eu-west-1:123456789012:stateMachine:orders";

fn alarm(name: &str, more: &Value) -> Value {
    let mut alarm = json!({
        "AlarmName": name, "AlarmArn": format!("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:{name}"),
        "ActionsEnabled": true, "AlarmActions": ["arn:aws:sns:eu-west-1:123456789012:ops"],
        "ComparisonOperator": "GreaterThanThreshold", "Threshold": 0.0, "EvaluationPeriods": 1,
    });
    for (key, value) in more.as_object().expect("the tests give objects") {
        alarm[key] = value.clone();
    }
    alarm
}

fn plain(name: &str, more: &Value) -> Value {
    let dimensions = json!([{ "Name": "StateMachineArn", "Value": ORDERS }]);
    let mut fields = json!({ "Namespace": "AWS/States", "MetricName": "ExecutionsFailed", "Dimensions": dimensions });
    for (key, value) in more.as_object().expect("the tests give objects") {
        fields[key] = value.clone();
    }
    alarm(name, &fields)
}

async fn with(rules: impl IntoIterator<Item = Rule>) -> Scan {
    let machine = [
        on("ListStateMachines", ok(listing(&["orders"]))),
        on("DescribeStateMachine", ok(described("orders", &json!({})))),
    ];
    scan(rules.into_iter().chain(machine).collect::<Vec<_>>()).await
}

fn alarms(scan: &Scan) -> Observed<Alarms> {
    match scan.home().alarms() {
        Observed::Known { value } => Observed::known(value.clone()),
        Observed::Partial { value, gap } => Observed::Partial { value: value.clone(), gap },
        Observed::Stale { gap, .. } | Observed::Missing { gap } => Observed::missing(gap),
    }
}

fn of<'a>(alarms: &'a Alarms, name: &str) -> &'a stepwarden::model::Alarm {
    alarms.values().find(|alarm| alarm.name.get() == name).unwrap_or_else(|| panic!("{name} was not kept"))
}

#[tokio::test]
async fn what_bears_on_failures_is_kept_with_who_hears_of_it() {
    let expression =
        json!([{ "Id": "q", "Expression": "SELECT SUM(ExecutionsFailed) FROM \"AWS/States\"", "Period": 300 }]);
    let math = json!([
        { "Id": "m1", "ReturnData": false, "MetricStat": { "Stat": "Sum", "Period": 300, "Metric": {
            "Namespace": "AWS/States", "MetricName": "ExecutionsTimedOut",
            "Dimensions": [{ "Name": "StateMachineArn", "Value": ORDERS }] } } },
        { "Id": "e1", "Expression": "ANOMALY_DETECTION_BAND(m1)", "ReturnData": true },
    ]);
    let first = json!({ "NextToken": "more", "MetricAlarms": [
        plain("plain", &json!({})),
        plain("off", &json!({ "ActionsEnabled": false })),
        plain("idle", &json!({ "AlarmActions": [] })),
        plain("asked-for", &json!({ "AlarmActions": [] })),
        plain("few", &json!({ "ComparisonOperator": "LessThanThreshold" })),
        plain("other", &json!({ "MetricName": "ExecutionsStarted" })),
        plain("wide", &json!({ "Dimensions": [] })),
    ] });
    let second = json!({
        "MetricAlarms": [alarm("query", &json!({ "Metrics": expression })), alarm("band", &json!({ "Metrics": math }))],
        "CompositeAlarms": [
            { "AlarmName": "top", "ActionsEnabled": true, "AlarmActions": ["arn:aws:sns:eu-west-1:123456789012:ops"],
              "AlarmRule": "ALARM(inner) AND NOT ALARM(idle)" },
            { "AlarmName": "inner", "ActionsEnabled": true, "AlarmActions": [], "AlarmRule": "ALARM(\"asked-for\")" },
        ],
    });
    let scan = with([on("DescribeAlarms", ok(second)).with("more"), on("DescribeAlarms", ok(first))]).await;
    let found = alarms(&scan);
    let found = found.whole().unwrap();
    let names: Vec<_> = found.values().map(|alarm| alarm.name.get().as_str()).collect();
    assert_eq!(names, ["asked-for", "band", "idle", "off", "plain", "query", "wide"]);
    for (name, tells) in
        [("plain", Tells::Yes), ("off", Tells::SwitchedOff), ("idle", Tells::NoAction), ("asked-for", Tells::Yes)]
    {
        assert_eq!(of(found, name).tells, tells, "{name}");
    }
    assert_eq!(of(found, "query").watches[0].of, WatchOf::All);
    assert_eq!(of(found, "wide").watches[0].of, WatchOf::Nothing);
    assert_eq!(of(found, "band").watches[0].metric, FailureMetric::TimedOut);
}

#[tokio::test]
async fn a_page_that_fails_leaves_those_before_it() {
    let first = json!({ "NextToken": "more", "MetricAlarms": [plain("plain", &json!({}))] });
    let scan = with([on("DescribeAlarms", denied()).with("more"), on("DescribeAlarms", ok(first))]).await;
    assert!(
        matches!(alarms(&scan), Observed::Partial { value, gap } if value.len() == 1 && gap.reason == GapReason::Denied)
    );
    let scan = with([on("DescribeAlarms", denied())]).await;
    let alarms = alarms(&scan);
    let gap = alarms.gap().expect("it was denied");
    assert_eq!(gap.iam_action.as_deref(), Some("cloudwatch:DescribeAlarms"));
}

#[tokio::test]
async fn a_region_without_machines_is_not_asked() {
    let scan = scan([on("ListStateMachines", ok(listing(&[])))]).await;
    assert_eq!(alarms(&scan), Observed::known(Alarms::new()));
    assert_eq!(scan.replay.count("DescribeAlarms"), 0);
}
