//! What a later collection reads, and what it still knows.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use stepwarden::model::Executions;
use stepwarden::types::Observed;

use super::super::NOW;
use super::{EMAIL, execution, executions, history, lines, orders, part, seen};
use crate::replay::{Rule, ok, on};

fn account(items: &[Value], input: &Value) -> [Rule; 2] {
    [executions(items), on("GetExecutionHistory", ok(history(input)))]
}

fn personal() -> Value {
    json!({ "email": EMAIL })
}

#[tokio::test]
async fn a_second_collection_reads_no_execution_twice() {
    let items = [
        execution("now", "SUCCEEDED", 0),
        execution("running", "RUNNING", 3),
        execution("failed", "FAILED", 5),
        execution("old", "SUCCEEDED", 5_000),
    ];
    let first = orders(account(&items, &personal())).scan().await;
    assert_eq!(first.replay.count("GetExecutionHistory"), 4);
    let second = orders(account(&items, &personal())).knowing(part(&first)).scan().await;
    assert_eq!((second.replay.count("ListExecutions"), second.replay.count("GetExecutionHistory")), (1, 0));
    let (before, after) = (seen(&first), seen(&second));
    assert_eq!(before.sightings, after.sightings);
    assert_eq!((after.sample.executions, after.sample.new, after.sample.new_bytes), (4, 0, 0));
    assert_eq!(before.sample.bytes, after.sample.bytes);
}

/// Sizes are of UTF-8; what is larger counts, and what expires is forgotten.
#[tokio::test]
async fn the_largest_payload_is_remembered_as_long_as_its_execution() {
    let large = json!({ "text": "é".repeat(1_000) });
    let items = [execution("large", "SUCCEEDED", 5)];
    let first = orders(account(&items, &large)).scan().await;
    let bytes = |scan: &super::super::Scan| seen(scan).largest.iter().map(|largest| largest.bytes).collect::<Vec<_>>();
    let size = u64::try_from(large.to_string().len()).expect("it is small");
    assert_eq!(bytes(&first), [size]);
    let later = [execution("small", "SUCCEEDED", 1), items[0].clone()];
    let second = orders(account(&later, &json!({}))).knowing(part(&first)).scan().await;
    assert_eq!(bytes(&second), [size]);
    let mut known = part(&second);
    for data in known.values_mut() {
        let Observed::Known { value } = data else { panic!("it was read") };
        value.largest[0].at = Timestamp::from_second(NOW - 91 * 86_400).expect("a time");
    }
    let third = orders(account(&later, &json!({}))).knowing(known).scan().await;
    assert!(bytes(&third).is_empty());
}

#[tokio::test]
async fn what_ended_or_was_redriven_is_read_again_and_counted_once() {
    let items =
        [execution("running", "RUNNING", 3), execution("failed", "FAILED", 5), execution("done", "SUCCEEDED", 9)];
    let first = orders(account(&items, &personal())).scan().await;
    let mut redriven = execution("failed", "FAILED", 5);
    redriven["redriveCount"] = 1.into();
    let items = [execution("running", "SUCCEEDED", 3), redriven, execution("done", "SUCCEEDED", 9)];
    let second = orders(account(&items, &personal())).knowing(part(&first)).scan().await;
    assert_eq!(second.replay.count("GetExecutionHistory"), 2);
    let data = seen(&second);
    assert_eq!((data.sample.executions, data.sightings[0].executions), (3, 3));
    let third = orders(account(&items, &personal())).knowing(part(&second)).scan().await;
    assert_eq!(third.replay.count("GetExecutionHistory"), 0);
}

#[tokio::test]
async fn open_executions_behind_the_first_page_are_met_again() {
    let first = orders(account(&[execution("running", "RUNNING", 300)], &personal())).scan().await;
    let page_2 = json!({ "executions": [execution("running", "FAILED", 300)] });
    let page_1 = json!({ "executions": [execution("new", "SUCCEEDED", 0)], "nextToken": "page-2" });
    let rules = [
        on("ListExecutions", ok(page_2)).with("page-2"),
        on("ListExecutions", ok(page_1)),
        on("GetExecutionHistory", ok(history(&json!({})))),
    ];
    let second = orders(rules).knowing(part(&first)).scan().await;
    assert_eq!((second.replay.count("ListExecutions"), second.replay.count("GetExecutionHistory")), (2, 2));
    assert_eq!(lines(&seen(&second)), ["- input /email EMAIL"], "what was seen stays");
}

/// As if the first collection had been that many days before.
fn aged(mut executions: Executions, days: i64) -> Executions {
    let now = Timestamp::from_second(NOW).expect("the tests' date is one");
    let then = now - SignedDuration::from_hours(24 * days);
    for data in executions.values_mut() {
        let mut value = data.last_known().expect("it was read").clone();
        for sighting in &mut value.sightings {
            (sighting.first, sighting.last) = (then, then);
        }
        let days = std::mem::take(&mut value.cursor.days).into_values();
        value.cursor.days = days.map(|day| (then.to_zoned(jiff::tz::TimeZone::UTC).date(), day)).collect();
        *data = Observed::known(value);
    }
    executions
}

#[tokio::test]
async fn what_was_seen_stays_until_the_history_expires() {
    let first = orders(account(&[execution("one", "SUCCEEDED", 5)], &personal())).scan().await;
    for (days, sightings, inspected) in [(89, 1, 1), (91, 0, 0)] {
        let known = aged(part(&first), days);
        let data = seen(&orders([executions(&[])]).knowing(known).scan().await);
        assert_eq!((data.sightings.len(), data.sample.executions), (sightings, inspected), "{days}");
    }
}

#[tokio::test]
async fn a_machine_that_is_gone_is_forgotten() {
    let first = orders(account(&[execution("one", "SUCCEEDED", 5)], &personal())).scan().await;
    let none = on("ListStateMachines", ok(json!({ "stateMachines": [] })));
    let second = super::super::Aws::new([none]).only(&super::PARTS).knowing(part(&first)).scan().await;
    assert!(part(&second).is_empty());
}

#[tokio::test]
async fn the_memory_survives_its_file() {
    let first = orders(account(&[execution("jane", "RUNNING", 5)], &personal())).scan().await;
    let text = serde_json::to_string(&part(&first)).unwrap();
    assert!(!text.contains("jane") && !text.contains(EMAIL), "{text}");
    assert_eq!(serde_json::from_str::<Executions>(&text).unwrap(), part(&first));
}
