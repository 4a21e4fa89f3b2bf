//! Children of Distributed Maps.

use serde_json::{Value, json};

use super::super::Aws;
use super::{EMAIL, PARTS, event, execution, history, keeps_to_itself, lines, machines, seen, with};
use crate::replay::{Rule, denied, ok, on};

const MAP_RUN: &str = "arn:aws:states:eu-west-1:123456789012:mapRun:orders/Each:0-1";

fn definition(execution_type: &str) -> Value {
    let inner = json!({
        "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": execution_type },
        "StartAt": "Notify", "States": { "Notify": { "Type": "Pass", "End": true } },
    });
    let definition = json!({
        "StartAt": "Each", "States": { "Each": { "Type": "Map", "ItemProcessor": inner, "End": true } },
    });
    json!({ "definition": definition.to_string() })
}

fn child(name: &str) -> Value {
    let mut child = execution(name, "SUCCEEDED", 4);
    child["executionArn"] = format!("arn:aws:states:eu-west-1:123456789012:execution:orders/Each:{name}").into();
    child["mapRunArn"] = MAP_RUN.into();
    child
}

fn account(execution_type: &str, rules: impl IntoIterator<Item = Rule>) -> Aws {
    let runs = json!({ "mapRuns": [{
        "executionArn": super::execution_arn("parent"), "mapRunArn": MAP_RUN,
        "stateMachineArn": super::arn("orders"), "startDate": 1,
    }] });
    let children: Vec<_> = ["child-a", "child-b", "child-c"].map(child).into();
    let mut all: Vec<_> = rules.into_iter().collect();
    all.push(on("ListMapRuns", ok(runs)));
    all.push(on("ListExecutions", ok(json!({ "executions": children }))).with("mapRun"));
    all.push(super::executions(&[execution("parent", "SUCCEEDED", 5)]));
    all.extend(machines(&["orders"], &definition(execution_type)));
    Aws::new(all).only(&PARTS)
}

#[tokio::test]
async fn children_are_read_as_a_part_of_their_parent() {
    let entered = json!({ "name": "Notify", "input": json!({ "email": EMAIL }).to_string() });
    let started = json!({ "input": json!({ "email": EMAIL }).to_string() });
    let events = json!({ "events": [
        event(1, "ExecutionStarted", "executionStartedEventDetails", &started),
        event(2, "PassStateEntered", "stateEnteredEventDetails", &entered),
    ] });
    let rules =
        [on("GetExecutionHistory", ok(events)).with("orders/Each"), on("GetExecutionHistory", ok(history(&json!({}))))];
    let scan = account("STANDARD", rules).executions(with(|settings| settings.map_children = 2)).scan().await;
    let data = seen(&scan);
    assert_eq!(lines(&data), ["Each input /email EMAIL", "Notify input /email EMAIL"]);
    assert_eq!((data.sample.executions, data.sightings[0].executions), (1, 1));
    assert_eq!(scan.replay.count("GetExecutionHistory"), 3);
    keeps_to_itself(&scan, &[EMAIL, "child-a", "mapRun"]);
}

#[tokio::test]
async fn express_children_are_described() {
    let child = json!({
        "executionArn": "arn:x", "stateMachineArn": super::arn("orders"), "status": "SUCCEEDED", "startDate": 1,
        "output": json!({ "email": EMAIL }).to_string(),
    });
    let rules = [on("DescribeExecution", ok(child)), on("GetExecutionHistory", ok(history(&json!({}))))];
    let scan = account("EXPRESS", rules).scan().await;
    assert_eq!(lines(&seen(&scan)), ["Each output /email EMAIL"]);
    assert_eq!((scan.replay.count("GetExecutionHistory"), scan.replay.count("DescribeExecution")), (1, 3));
}

#[tokio::test]
async fn map_runs_that_may_not_be_listed_are_a_gap_and_their_parents_are_read() {
    let rules = [on("ListMapRuns", denied()), on("GetExecutionHistory", ok(history(&json!({ "email": EMAIL }))))];
    let scan = account("STANDARD", rules).scan().await;
    let data = super::of(&scan, "orders");
    assert_eq!(data.gap().unwrap().api, "states:ListMapRuns");
    assert_eq!(lines(data.last_known().unwrap()), ["- input /email EMAIL"]);
}

#[tokio::test]
async fn without_children_to_read_map_runs_are_not_asked_for() {
    let rules = [on("GetExecutionHistory", ok(history(&json!({}))))];
    let scan = account("STANDARD", rules).executions(with(|settings| settings.map_children = 0)).scan().await;
    assert_eq!(scan.replay.count("ListMapRuns"), 0);
}
