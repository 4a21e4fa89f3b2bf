//! Express machines, by their log group:
//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html>.

use serde_json::{Value, json};
use stepwarden::model::{Sighting, Source};
use stepwarden::types::Observed;

use super::super::machines::{described, listing};
use super::super::{Aws, NOW, brief};
use super::{EMAIL, PARTS, arn, execution, executions, keeps_to_itself, lines, of, part, seen, with};
use crate::replay::{Rule, denied, ok, on};

const GROUP: &str = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/states/orders";

/// An Express machine that logs to a group of this class.
fn express(level: &str, class: &str, rules: impl IntoIterator<Item = Rule>) -> Aws {
    let mut list = listing(&["orders"]);
    list["stateMachines"][0]["type"] = "EXPRESS".into();
    let destinations = json!([{ "cloudWatchLogsLogGroup": { "logGroupArn": format!("{GROUP}:*") } }]);
    let logging = json!({ "level": level, "includeExecutionData": true, "destinations": destinations });
    let fields = json!({ "type": "EXPRESS", "loggingConfiguration": logging });
    let group = json!({
        "logGroupName": "/aws/vendedlogs/states/orders", "arn": GROUP, "logGroupClass": class, "retentionInDays": 30,
    });
    let mut all: Vec<_> = rules.into_iter().collect();
    all.push(on("ListStateMachines", ok(list)));
    all.push(on("DescribeStateMachine", ok(described("orders", &fields))));
    all.push(on("DescribeLogGroups", ok(json!({ "logGroups": [group] }))));
    Aws::new(all).only(&PARTS)
}

/// A log event as it is vended.
fn vended(id: i64, execution: &str, kind: &str, details: &Value) -> String {
    json!({
        "id": id.to_string(), "type": kind, "details": details, "previous_event_id": (id - 1).to_string(),
        "event_timestamp": ((NOW - 120) * 1000).to_string(), "redrive_count": "0",
        "execution_arn": format!("arn:aws:states:eu-west-1:123456789012:express:orders:{execution}:0a1b2c3d-0000-4000-8000-000000000000"),
    })
    .to_string()
}

fn page(messages: &[String], next: Option<&str>) -> Value {
    let event = |message: &String| json!({ "timestamp": (NOW - 120) * 1000, "message": message, "eventId": "1" });
    json!({ "events": messages.iter().map(event).collect::<Vec<_>>(), "nextToken": next })
}

fn nothing() -> Rule {
    on("FilterLogEvents", ok(page(&[], None)))
}

#[tokio::test]
async fn logged_data_is_inspected_at_its_state() {
    let payload = json!({ "email": EMAIL }).to_string();
    let messages = [
        vended(1, "first", "ExecutionStarted", &json!({ "input": payload, "inputDetails": { "truncated": false } })),
        vended(
            2,
            "first",
            "TaskStateEntered",
            &json!({ "name": "Ask", "input": payload, "inputDetails": { "truncated": "false" } }),
        ),
        vended(3, "first", "TaskScheduled", &json!({ "resource": "x", "region": "eu-west-1", "parameters": payload })),
        vended(1, EMAIL, "ExecutionFailed", &json!({ "error": "E", "cause": payload })),
        vended(
            2,
            "first",
            "PassStateExited",
            &json!({ "name": "Ask", "output": format!("{{\"email\":\"{EMAIL}\",\"note\":\"cut o"), "outputDetails": { "truncated": "true" } }),
        ),
        format!("{{\"id\": 1, \"details\": {{\"input\": \"{EMAIL} *****"),
    ];
    let rules = [
        on("FilterLogEvents", ok(page(&messages, None))).with("page-2"),
        on("FilterLogEvents", ok(page(&[], Some("page-1"))))
            .then(ok(page(&[], Some("page-2"))))
            .then(ok(page(&[], None))),
    ];
    let scan = express("ALL", "STANDARD", rules).scan().await;
    let data = seen(&scan);
    let places: Vec<_> = data.sightings.iter().map(place).collect();
    let expected = ["- name", "- input", "- cause", "- another field", "Ask input", "Ask output", "Ask parameters"];
    assert_eq!(places, expected, "{:?}", lines(&data));
    assert_eq!((data.sample.source, data.shields.get("masked")), (Source::Log, Some(&1)));
    let call = &scan.replay.calls("FilterLogEvents")[0].body;
    assert!(call.contains("\"logStreamNamePrefix\":\"states/orders/\"") && !call.contains("unmask"), "{call}");
    keeps_to_itself(&scan, &[EMAIL]);
}

fn place(sighting: &Sighting) -> String {
    format!("{} {}", sighting.place.state.as_deref().unwrap_or("-"), sighting.place.field.as_str())
}

#[tokio::test]
async fn windows_go_back_as_far_as_configured_and_the_next_collection_goes_on() {
    let long = on("FilterLogEvents", ok(page(&[], Some("page-2")))).then(ok(page(&[], None)));
    let scan = express("ALL", "STANDARD", [long]).scan().await;
    let data = seen(&scan);
    assert_eq!(scan.replay.count("FilterLogEvents"), 12, "all at once, then 24 hours in windows that double");
    assert_eq!((data.sample.executions, data.sample.listed_whole), (0, true));
    let again = express("ALL", "STANDARD", [nothing()]).knowing(part(&scan)).scan().await;
    assert_eq!(again.replay.count("FilterLogEvents"), 0, "no time has passed");
}

#[tokio::test]
async fn a_little_log_is_read_by_one_call() {
    let scan = express("ALL", "STANDARD", [nothing()]).scan().await;
    assert_eq!(scan.replay.count("FilterLogEvents"), 1);
}

#[tokio::test]
async fn masked_values_are_protected_ones() {
    let input = json!({ "email": "*".repeat(EMAIL.len()) }).to_string();
    let message = vended(1, "first", "ExecutionStarted", &json!({ "input": input }));
    let rules = [on("FilterLogEvents", ok(page(&[message], None))).then(ok(page(&[], None)))];
    let data = seen(&express("ALL", "STANDARD", rules).scan().await);
    assert_eq!((data.sightings.len(), data.shields.get("masked")), (0, Some(&1)));
}

#[tokio::test]
async fn a_machine_that_logs_nothing_keeps_nothing() {
    let data = seen(&express("OFF", "STANDARD", []).scan().await);
    assert_eq!((data.sample.source, data.sample.executions, data.sample.listed_whole), (Source::None, 0, true));
}

#[tokio::test]
async fn what_may_not_be_read_is_a_gap() {
    let scan = express("ALL", "STANDARD", [on("FilterLogEvents", denied())]).scan().await;
    let expected = ("denied", "logs:FilterLogEvents", Some("logs:FilterLogEvents"));
    assert_eq!(brief(of(&scan, "orders").gap().unwrap()), expected);
    let scan = express("ALL", "INFREQUENT_ACCESS", []).scan().await;
    let Observed::Missing { gap } = of(&scan, "orders") else { panic!("only Insights reads it") };
    assert_eq!(gap.reason.as_str(), "unsupported");
    assert!(gap.detail.contains("executions.insights"), "{}", gap.detail);
    assert_eq!(scan.replay.count("StartQuery"), 0);
}

#[tokio::test]
async fn insights_read_where_they_are_allowed() {
    let message = vended(1, "first", "ExecutionStarted", &json!({ "input": json!({ "email": EMAIL }).to_string() }));
    let row = json!([
        { "field": "@timestamp", "value": "2025-12-31 23:58:00.000" },
        { "field": "@message", "value": message }, { "field": "@ptr", "value": "x" },
    ]);
    let rules = [
        on("StartQuery", ok(json!({ "queryId": "q" }))),
        on("GetQueryResults", ok(json!({ "status": "Running" })))
            .then(ok(json!({ "status": "Complete", "results": [row] }))),
    ];
    let aws = express("ALL", "INFREQUENT_ACCESS", rules).executions(with(|settings| settings.insights = true));
    let scan = aws.scan().await;
    assert_eq!(lines(&seen(&scan)), ["- input /email EMAIL"]);
    assert_eq!(scan.replay.count("GetQueryResults"), 2);
}

#[tokio::test]
async fn a_history_that_may_not_be_read_leaves_the_log() {
    let destinations = json!([{ "cloudWatchLogsLogGroup": { "logGroupArn": format!("{GROUP}:*") } }]);
    let logging = json!({ "level": "ALL", "includeExecutionData": true, "destinations": destinations });
    let message = vended(1, "first", "ExecutionStarted", &json!({ "input": json!({ "email": EMAIL }).to_string() }));
    let rules = [
        executions(&[execution("one", "SUCCEEDED", 5)]),
        on("GetExecutionHistory", denied()),
        on("FilterLogEvents", ok(page(&[message], None))).then(ok(page(&[], None))),
        on("DescribeStateMachine", ok(described("orders", &json!({ "loggingConfiguration": logging })))),
        on("ListStateMachines", ok(listing(&["orders"]))),
        on("DescribeLogGroups", ok(json!({ "logGroups": [{ "logGroupName": "/aws/vendedlogs/states/orders" }] }))),
    ];
    let scan = Aws::new(rules).only(&PARTS).scan().await;
    let Observed::Partial { value, gap } = of(&scan, "orders") else { panic!("the log was read") };
    assert_eq!((lines(&value), gap.reason.as_str()), (vec!["- input /email EMAIL".to_owned()], "denied"));
    assert_eq!(arn("orders"), gap.resource.unwrap());
}
