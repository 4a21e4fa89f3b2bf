//! How much is read, and of whom first.

use serde_json::{Value, json};
use stepwarden::types::Observed;

use super::super::Aws;
use super::{EMAIL, PARTS, event, execution, executions, history, lines, machines, of, orders, part, seen, with};
use crate::replay::{ok, on};

fn ten() -> Vec<Value> {
    (0..10).map(|number| execution(&format!("run-{number}"), "SUCCEEDED", 5 + number)).collect()
}

#[tokio::test]
async fn pages_are_read_to_their_end() {
    let page = |id: i64, next: Option<&str>| {
        let entered = json!({ "name": "Ask", "input": json!({ "email": EMAIL }).to_string() });
        let succeeded =
            json!({ "resourceType": "x", "resource": "y", "output": json!({ "email": EMAIL }).to_string() });
        let event = match id {
            1 => event(1, "TaskStateEntered", "stateEnteredEventDetails", &entered),
            _ => event(2, "TaskSucceeded", "taskSucceededEventDetails", &succeeded),
        };
        ok(json!({ "events": [event], "nextToken": next }))
    };
    let rules = [
        executions(&[execution("one", "RUNNING", 5)]),
        on("GetExecutionHistory", page(2, None)).with("page-2"),
        on("GetExecutionHistory", page(1, Some("page-2"))),
    ];
    let scan = orders(rules).scan().await;
    assert_eq!(lines(&seen(&scan)), ["Ask input /email EMAIL", "Ask output /email EMAIL"]);
    assert!(scan.replay.calls("GetExecutionHistory").iter().all(|call| call.body.contains("\"maxResults\":100")));
}

#[tokio::test]
async fn no_more_executions_are_read_than_configured() {
    let rules = [executions(&ten()), on("GetExecutionHistory", ok(history(&json!({}))))];
    let scan = orders(rules).executions(with(|settings| settings.per_machine = 3)).scan().await;
    let sample = seen(&scan).sample;
    assert_eq!((sample.executions, sample.listed, scan.replay.count("GetExecutionHistory")), (3, 10, 3));
}

#[tokio::test]
async fn no_more_bytes_are_read_than_configured() {
    let input = json!({ "text": "a ".repeat(2_000), "email": EMAIL });
    let rules = [executions(&ten()), on("GetExecutionHistory", ok(history(&input)))];
    let scan = orders(rules).executions(with(|settings| settings.max_bytes = 5_000)).scan().await;
    assert_eq!(seen(&scan).sample.executions, 2);
}

#[tokio::test]
async fn a_single_execution_beyond_the_limit_is_a_gap() {
    let mut page = history(&json!({ "text": "a ".repeat(2_000), "email": EMAIL }));
    page["nextToken"] = "more".into();
    let rules = [executions(&ten()), on("GetExecutionHistory", ok(page))];
    let scan = orders(rules).executions(with(|settings| settings.max_bytes = 1_024)).scan().await;
    let Observed::Partial { value, gap } = of(&scan, "orders") else { panic!("half of one was read") };
    assert_eq!((value.sample.executions, gap.reason.as_str()), (1, "not_sampled"));
}

#[tokio::test]
async fn a_small_budget_gets_round_to_all_machines() {
    let account = || {
        let mut rules = machines(&["machine-a", "machine-b", "machine-c"], &json!({}));
        rules.push(executions(&[execution("one", "SUCCEEDED", 5)]));
        rules.push(on("GetExecutionHistory", ok(history(&json!({ "email": EMAIL })))));
        Aws::new(rules).only(&PARTS).executions(with(|settings| settings.calls = 2))
    };
    let first = account().scan().await;
    assert_eq!(first.replay.count("GetExecutionHistory") + first.replay.count("ListExecutions"), 2);
    let second = account().knowing(part(&first)).scan().await;
    let third = account().knowing(part(&second)).scan().await;
    let read = |scan, name| of(scan, name).last_known().map_or(0, |data| data.sample.executions);
    let gaps =
        part(&first).values().filter(|data| data.gap().is_some_and(|gap| gap.reason.as_str() == "budget")).count();
    assert!(gaps >= 1, "{gaps}");
    let all = |scan| ["machine-a", "machine-b", "machine-c"].map(|name| read(scan, name)).iter().sum::<u64>();
    assert!(all(&third) > all(&first), "{} {}", all(&first), all(&third));
}

#[tokio::test]
async fn without_calls_nothing_is_asked() {
    let scan = orders([]).executions(with(|settings| settings.calls = 0)).scan().await;
    assert_eq!(of(&scan, "orders").gap().unwrap().reason.as_str(), "budget");
    assert_eq!(scan.replay.count("ListExecutions"), 0);
}
