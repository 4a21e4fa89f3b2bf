//! What could not be read is a gap, and what is known stays beside it.

use serde_json::json;
use stepwarden::types::Observed;

use super::super::brief;
use super::{EMAIL, execution, executions, history, keeps_to_itself, lines, of, orders, part, seen};
use crate::replay::{Answer, denied, error, ok, on, throttled};

fn with_email() -> Answer {
    ok(history(&json!({ "email": EMAIL })))
}

#[tokio::test]
async fn each_failure_of_the_list_is_the_machines_gap() {
    for (answer, expected) in [
        (denied(), ("denied", "states:ListExecutions", Some("states:ListExecutions"))),
        (throttled(), ("throttled", "states:ListExecutions", None)),
        (error("StateMachineTypeNotSupported", "no"), ("unsupported", "states:ListExecutions", None)),
        (ok(json!({})), ("error", "states:ListExecutions", None)),
    ] {
        let scan = orders([on("ListExecutions", answer)]).scan().await;
        let Observed::Missing { gap } = of(&scan, "orders") else { panic!("nothing was ever read") };
        assert_eq!(brief(&gap), expected);
        assert_eq!(gap.resource, Some(super::arn("orders")));
    }
}

#[tokio::test]
async fn each_failure_of_the_history_is_the_machines_gap() {
    for (answer, expected, asked) in [
        (denied(), ("denied", "states:GetExecutionHistory", Some("states:GetExecutionHistory")), 1),
        (throttled(), ("throttled", "states:GetExecutionHistory", None), 2),
        (error("KmsAccessDeniedException", "key"), ("encrypted", "states:GetExecutionHistory", Some("kms:Decrypt")), 1),
        (ok(json!({ "events": [] })), ("error", "states:GetExecutionHistory", None), 2),
    ] {
        let two = [execution("jane", "SUCCEEDED", 5), execution("john", "FAILED", 6)];
        let scan = orders([executions(&two), on("GetExecutionHistory", answer)]).scan().await;
        let Observed::Missing { gap } = of(&scan, "orders") else { panic!("nothing was ever read") };
        assert_eq!((brief(&gap), scan.replay.count("GetExecutionHistory")), (expected, asked));
        keeps_to_itself(&scan, &["jane", "john"]);
    }
}

#[tokio::test]
async fn what_was_read_before_a_failure_is_kept() {
    let two = [execution("one", "SUCCEEDED", 5), execution("two", "FAILED", 6)];
    let rules = [executions(&two), on("GetExecutionHistory", with_email()).then(throttled())];
    let Observed::Partial { value, gap } = of(&orders(rules).scan().await, "orders") else { panic!("half was read") };
    assert_eq!((lines(&value).len(), value.sample.executions, gap.reason.as_str()), (1, 1, "throttled"));
    assert_eq!(value.cursor.until, None, "the other is still to be read");
    assert_eq!(value.cursor.open.len(), 1, "and the one is not read again");
}

#[tokio::test]
async fn an_execution_that_is_gone_is_passed_over() {
    let two = [execution("gone", "SUCCEEDED", 5), execution("two", "SUCCEEDED", 6)];
    let gone = on("GetExecutionHistory", error("ExecutionDoesNotExist", "gone")).with("orders:gone");
    let scan = orders([executions(&two), gone, on("GetExecutionHistory", with_email())]).scan().await;
    assert_eq!(seen(&scan).sample.executions, 1);
}

#[tokio::test]
async fn a_later_failure_leaves_what_is_known_beside_its_gap() {
    let rules = || [executions(&[execution("one", "SUCCEEDED", 5)]), on("GetExecutionHistory", with_email())];
    let first = orders(rules()).scan().await;
    let later = orders([on("ListExecutions", denied())]).knowing(part(&first)).scan().await;
    let Observed::Stale { value, gap } = of(&later, "orders") else { panic!("it was known") };
    assert_eq!((lines(&value), gap.reason.as_str()), (lines(&seen(&first)), "denied"));
}

#[tokio::test]
async fn a_machine_that_could_not_be_described_is_read_by_what_the_list_told() {
    let rules = [
        on("DescribeStateMachine", denied()),
        executions(&[execution("one", "SUCCEEDED", 5)]),
        on("GetExecutionHistory", with_email()),
    ];
    assert_eq!(lines(&seen(&orders(rules).scan().await)), ["- input /email EMAIL"]);
}

#[tokio::test]
async fn without_machines_there_is_no_part() {
    let scan = super::super::Aws::new([on("ListStateMachines", denied())]).only(&super::PARTS).scan().await;
    assert_eq!(scan.home().executions().gap().unwrap().reason.as_str(), "denied");
}
