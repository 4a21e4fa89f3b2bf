//! Every field that can carry data, and the state it belongs to.

use serde_json::{Value, json};
use stepwarden::collect::settings::ExecutionSettings;

use super::{EMAIL, event, execution, executions, keeps_to_itself, line, lines, of, orders, seen, with};
use crate::replay::{ok, on};

fn payload() -> Value {
    json!({ "customer": { "email": EMAIL } }).to_string().into()
}

#[tokio::test]
async fn each_field_of_each_event_is_inspected_at_its_state() {
    let error = json!({ "error": "Refused", "cause": payload() });
    let table = [
        ("ExecutionStarted", "executionStartedEventDetails", json!({ "input": payload() }), "- input"),
        ("ExecutionSucceeded", "executionSucceededEventDetails", json!({ "output": payload() }), "- output"),
        ("ExecutionFailed", "executionFailedEventDetails", error.clone(), "- cause"),
        ("ExecutionAborted", "executionAbortedEventDetails", error.clone(), "- cause"),
        ("ExecutionTimedOut", "executionTimedOutEventDetails", error.clone(), "- cause"),
        ("TaskStateEntered", "stateEnteredEventDetails", json!({ "name": "Next", "input": payload() }), "Next input"),
        ("PassStateExited", "stateExitedEventDetails", json!({ "name": "Next", "output": payload() }), "Next output"),
        (
            "TaskScheduled",
            "taskScheduledEventDetails",
            json!({ "resourceType": "sqs", "resource": "sendMessage", "region": "eu-west-1", "parameters": payload() }),
            "Ask parameters",
        ),
        (
            "TaskSubmitted",
            "taskSubmittedEventDetails",
            json!({ "resourceType": "sqs", "resource": "x", "output": payload() }),
            "Ask output",
        ),
        (
            "TaskSucceeded",
            "taskSucceededEventDetails",
            json!({ "resourceType": "sqs", "resource": "x", "output": payload() }),
            "Ask output",
        ),
        ("TaskFailed", "taskFailedEventDetails", error.clone(), "Ask cause"),
        ("TaskStartFailed", "taskStartFailedEventDetails", error.clone(), "Ask cause"),
        ("TaskSubmitFailed", "taskSubmitFailedEventDetails", error.clone(), "Ask cause"),
        ("TaskTimedOut", "taskTimedOutEventDetails", error.clone(), "Ask cause"),
        (
            "LambdaFunctionScheduled",
            "lambdaFunctionScheduledEventDetails",
            json!({ "resource": "arn:x", "input": payload() }),
            "Ask input",
        ),
        (
            "LambdaFunctionSucceeded",
            "lambdaFunctionSucceededEventDetails",
            json!({ "output": payload() }),
            "Ask output",
        ),
        ("LambdaFunctionFailed", "lambdaFunctionFailedEventDetails", error.clone(), "Ask cause"),
        ("LambdaFunctionScheduleFailed", "lambdaFunctionScheduleFailedEventDetails", error.clone(), "Ask cause"),
        ("LambdaFunctionStartFailed", "lambdaFunctionStartFailedEventDetails", error.clone(), "Ask cause"),
        ("LambdaFunctionTimedOut", "lambdaFunctionTimedOutEventDetails", error.clone(), "Ask cause"),
        (
            "ActivityScheduled",
            "activityScheduledEventDetails",
            json!({ "resource": "arn:x", "input": payload() }),
            "Ask input",
        ),
        ("ActivitySucceeded", "activitySucceededEventDetails", json!({ "output": payload() }), "Ask output"),
        ("ActivityFailed", "activityFailedEventDetails", error.clone(), "Ask cause"),
        ("ActivityScheduleFailed", "activityScheduleFailedEventDetails", error.clone(), "Ask cause"),
        ("ActivityTimedOut", "activityTimedOutEventDetails", error.clone(), "Ask cause"),
        ("MapRunFailed", "mapRunFailedEventDetails", error.clone(), "Ask cause"),
        (
            "EvaluationFailed",
            "evaluationFailedEventDetails",
            json!({ "state": "Ask", "error": "E", "cause": payload(), "location": "x" }),
            "Ask cause",
        ),
    ];
    for (kind, details, content, place) in table {
        let entered = event(1, "TaskStateEntered", "stateEnteredEventDetails", &json!({ "name": "Ask" }));
        let events = json!({ "events": [entered, event(2, kind, details, &content)] });
        let rules = [executions(&[execution("run-of-jane", "SUCCEEDED", 5)]), on("GetExecutionHistory", ok(events))];
        let scan = orders(rules).scan().await;
        assert_eq!(lines(&seen(&scan)), [format!("{place} /customer/email EMAIL")], "{kind}");
        keeps_to_itself(&scan, &[EMAIL, "run-of-jane"]);
    }
}

#[tokio::test]
async fn variables_workers_errors_locations_and_names_are_inspected() {
    let variables = json!({ "contact": json!({ "email": EMAIL }).to_string(), "plain": "1" });
    let evaluation = json!({ "state": "Ask", "error": EMAIL, "location": EMAIL });
    let events = json!({ "events": [
        event(1, "TaskStateEntered", "stateEnteredEventDetails", &json!({ "name": "Ask" })),
        event(2, "ActivityStarted", "activityStartedEventDetails", &json!({ "workerName": EMAIL })),
        event(3, "EvaluationFailed", "evaluationFailedEventDetails", &evaluation),
        event(4, "TaskStateExited", "stateExitedEventDetails", &json!({ "name": "Ask", "assignedVariables": variables })),
        { "timestamp": 1, "type": "SomethingNew", "id": 5, "previousEventId": 4, "somethingNewEventDetails": { "x": EMAIL } },
    ] });
    let rules = [executions(&[execution(EMAIL, "SUCCEEDED", 5)]), on("GetExecutionHistory", ok(events))];
    let scan = orders(rules).scan().await;
    let data = seen(&scan);
    assert_eq!(
        lines(&data),
        [
            "- name  EMAIL",
            "Ask variables /contact/email EMAIL",
            "Ask error  EMAIL",
            "Ask location  EMAIL",
            "Ask worker name  EMAIL"
        ]
    );
    assert_eq!((data.sample.executions, data.sample.listed, data.sample.listed_whole), (1, 1, true));
    assert!(data.sample.bytes > 0 && data.sample.bytes == data.sample.new_bytes);
    keeps_to_itself(&scan, &[EMAIL]);
}

#[tokio::test]
async fn places_are_told_once_and_what_protects_is_counted() {
    let items: Vec<_> = (0..40).map(|_| json!({ "email": EMAIL, "phone": "***-***-1234" })).collect();
    let input = json!({ "items": items }).to_string();
    let events =
        json!({ "events": [event(1, "ExecutionStarted", "executionStartedEventDetails", &json!({ "input": input }))] });
    let both = [execution("one", "SUCCEEDED", 5), execution("two", "SUCCEEDED", 6)];
    let scan = orders([executions(&both), on("GetExecutionHistory", ok(events))]).scan().await;
    let data = seen(&scan);
    assert_eq!(lines(&data), ["- input /items/-/email EMAIL"]);
    let sighting = &data.sightings[0];
    assert_eq!((sighting.executions, sighting.seen.count), (2, 80));
    assert_eq!((sighting.seen.length, sighting.seen.keyed_hash.len()), (u32::try_from(EMAIL.len()).unwrap(), 16));
    assert_eq!(data.shields.get("masked"), Some(&80));
}

#[tokio::test]
async fn without_states_what_went_in_and_came_out_is_read_alone() {
    let answer = json!({
        "executionArn": super::execution_arn("one"), "stateMachineArn": super::arn("orders"), "status": "FAILED",
        "startDate": 1, "input": payload(), "cause": payload(), "redriveStatusReason": EMAIL,
    });
    let rules = [executions(&[execution("one", "FAILED", 5)]), on("DescribeExecution", ok(answer))];
    let aws = orders(rules).executions(ExecutionSettings { states: false, ..with(|_| ()) });
    let scan = aws.scan().await;
    let data = of(&scan, "orders").whole().unwrap().clone();
    let found: Vec<_> = data.sightings.iter().map(line).collect();
    let expected = ["- input /customer/email EMAIL", "- cause /customer/email EMAIL", "- another field  EMAIL"];
    assert_eq!(found, expected);
    assert_eq!(data.sample.source, stepwarden::model::Source::Execution);
    assert_eq!(scan.replay.count("GetExecutionHistory"), 0);
}
