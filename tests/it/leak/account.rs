//! An account with a value in every place that can hold one.

use serde_json::{Value, json};

use crate::collectors::quiet;
use crate::replay::{Rule, error, ok, on};

/// Where values stand. What is kept (after the door) begins with `kept: `; everything else is inspected and dropped.
const PLACES: &[&str] = &[
    "kept: a definition's comment",
    "kept: a task's parameter",
    "kept: a header",
    "kept: a description",
    "kept: a tag's value",
    "kept: an error of AWS",
    "an execution's name",
    "an execution's input",
    "an execution's output",
    "a failed execution's error",
    "a failed execution's cause",
    "a redrive's reason",
    "a state's input",
    "a state's output",
    "an assigned variable",
    "the name of an assigned variable",
    "a task's request",
    "a task's result",
    "a task's error",
    "a task's cause",
    "a start's error",
    "a start's cause",
    "a function's input",
    "a function's output",
    "a function's error",
    "a function's cause",
    "an activity's input",
    "an activity's output",
    "an activity's cause",
    "a worker's name",
    "a Map Run's cause",
    "an evaluation's cause",
    "an evaluation's location",
    "an event that nobody knows",
    "a child's name",
    "a child's input",
    "a child's output",
    "a log event's input",
    "a log event's cause",
    "a log event that is no JSON",
    "a log event's execution",
];

pub(super) fn places() -> &'static [&'static str] {
    PLACES
}

const STANDARD: &str = "arn:aws:states:eu-west-1:123456789012:stateMachine:orders";
const EXPRESS: &str = "arn:aws:states:eu-west-1:123456789012:stateMachine:clicks";
const GROUP: &str = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/states/clicks";
const ROLE: &str = "arn:aws:iam::123456789012:role/orders";
/// 2025-12-31T23:00:00Z, an hour before the tests' date.
const STARTED: f64 = 1_767_222_000.0;

/// What stands at a place.
type Dress<'a> = &'a dyn Fn(&str) -> String;

pub(super) fn account(dress: Dress<'_>) -> Vec<Rule> {
    let mut rules = machines(dress);
    rules.extend(executions(dress));
    rules.push(on("FilterLogEvents", ok(log_events(dress))));
    rules.extend(quiet());
    rules
}

fn machines(dress: Dress<'_>) -> Vec<Rule> {
    let definition = json!({ "Comment": dress("kept: a definition's comment"), "StartAt": "Each", "States": {
        "Each": { "Type": "Map", "ItemProcessor": {
            "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }, "StartAt": "One",
            "States": { "One": { "Type": "Pass", "End": true } } }, "Next": "Charge" },
        "Charge": { "Type": "Task", "Resource": "arn:aws:states:::http:invoke", "End": true, "Parameters": {
            "RequestBody": { "password": dress("kept: a task's parameter") },
            "Headers": { "Authorization": dress("kept: a header") } } },
    } });
    let machine = |arn: &str, kind: &str| {
        let name = arn.rsplit(':').next().expect("an ARN has a name");
        json!({ "stateMachineArn": arn, "name": name, "type": kind, "status": "ACTIVE", "creationDate": 1.5, "roleArn": ROLE })
    };
    let mut standard = machine(STANDARD, "STANDARD");
    standard["definition"] = definition.to_string().into();
    standard["description"] = dress("kept: a description").into();
    let mut express = machine(EXPRESS, "EXPRESS");
    express["definition"] =
        json!({ "StartAt": "Done", "States": { "Done": { "Type": "Succeed" } } }).to_string().into();
    express["loggingConfiguration"] = json!({ "level": "ALL", "includeExecutionData": true,
        "destinations": [{ "cloudWatchLogsLogGroup": { "logGroupArn": format!("{GROUP}:*") } }] });
    let listed = [machine(STANDARD, "STANDARD"), machine(EXPRESS, "EXPRESS")];
    let tags = json!({ "ResourceTagMappingList": [{ "ResourceARN": STANDARD, "Tags": [
        { "Key": "note", "Value": dress("kept: a tag's value") }] }], "PaginationToken": "" });
    vec![
        on("ListStateMachines", ok(json!({ "stateMachines": listed }))),
        on("DescribeStateMachine", ok(standard)).with("orders"),
        on("DescribeStateMachine", ok(express)).with("clicks"),
        on("GetResources", ok(tags)),
        on(
            "DescribeLogGroups",
            ok(json!({ "logGroups": [{ "logGroupName": "/aws/vendedlogs/states/clicks", "logGroupArn": GROUP,
                "arn": format!("{GROUP}:*"), "logGroupClass": "STANDARD" }] })),
        ),
        on("GetEncryptionConfig", error("InvalidRequestException", dress("kept: an error of AWS"))),
    ]
}

fn execution_arn(name: &str) -> String {
    format!("{}:{name}", STANDARD.replace(":stateMachine:", ":execution:"))
}

fn listed(name: &str, status: &str) -> Value {
    json!({ "executionArn": execution_arn(name), "stateMachineArn": STANDARD, "name": name, "status": status,
        "startDate": STARTED, "stopDate": STARTED + 60.0 })
}

fn executions(dress: Dress<'_>) -> Vec<Rule> {
    let name = dress("an execution's name");
    let child = dress("a child's name");
    let map_run = format!("{}/Each:run", STANDARD.replace(":stateMachine:", ":mapRun:"));
    let described = json!({ "executionArn": execution_arn(&name), "stateMachineArn": STANDARD, "name": name,
        "status": "FAILED", "startDate": STARTED, "stopDate": STARTED + 60.0,
        "input": dress("an execution's input"), "output": dress("an execution's output"),
        "error": dress("a failed execution's error"), "cause": dress("a failed execution's cause"),
        "redriveStatusReason": dress("a redrive's reason") });
    let child_history = json!({ "events": [
        event(1, "ExecutionStarted", "executionStartedEventDetails", &json!({ "input": dress("a child's input") })),
        event(2, "ExecutionSucceeded", "executionSucceededEventDetails", &json!({ "output": dress("a child's output") })),
    ] });
    vec![
        on(
            "ListExecutions",
            ok(json!({ "executions": [{ "mapRunArn": map_run, "executionArn": execution_arn("child"),
            "stateMachineArn": format!("{STANDARD}/Each"), "name": child, "status": "SUCCEEDED", "startDate": STARTED,
            "stopDate": STARTED + 60.0 }] })),
        )
        .with(":mapRun:"),
        on("ListExecutions", ok(json!({ "executions": [listed(&name, "FAILED")] }))),
        on(
            "ListMapRuns",
            ok(json!({ "mapRuns": [{ "executionArn": execution_arn("parent"), "mapRunArn": map_run,
            "stateMachineArn": format!("{STANDARD}/Each"), "startDate": STARTED }] })),
        ),
        on("GetExecutionHistory", ok(child_history)).with(":child\""),
        on("GetExecutionHistory", ok(json!({ "events": events(dress) }))),
        on("DescribeExecution", ok(described)),
    ]
}

fn event(id: u64, kind: &str, field: &str, details: &Value) -> Value {
    json!({ "id": id, "previousEventId": id - 1, "timestamp": STARTED, "type": kind, field: details })
}

/// One event of each kind that can carry a payload or free text.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html>.
fn events(dress: Dress<'_>) -> Vec<Value> {
    let failed = |error: &str, cause: &str| json!({ "error": dress(error), "cause": dress(cause) });
    let caused = |cause: &str| json!({ "error": "Failed", "cause": dress(cause) });
    let task = |more: Value| {
        let mut details = json!({ "resourceType": "http", "resource": "invoke", "region": "eu-west-1" });
        details.as_object_mut().expect("details").extend(more.as_object().expect("more").clone());
        details
    };
    let kinds = [
        ("ExecutionStarted", "executionStartedEventDetails", json!({ "input": dress("an execution's input") })),
        (
            "TaskStateEntered",
            "stateEnteredEventDetails",
            json!({ "name": "Charge", "input": dress("a state's input") }),
        ),
        ("TaskScheduled", "taskScheduledEventDetails", task(json!({ "parameters": dress("a task's request") }))),
        ("TaskSubmitted", "taskSubmittedEventDetails", task(json!({ "output": dress("a task's result") }))),
        ("TaskSucceeded", "taskSucceededEventDetails", task(json!({ "output": dress("a task's result") }))),
        ("TaskFailed", "taskFailedEventDetails", task(failed("a task's error", "a task's cause"))),
        ("TaskStartFailed", "taskStartFailedEventDetails", task(failed("a start's error", "a start's cause"))),
        ("TaskSubmitFailed", "taskSubmitFailedEventDetails", task(failed("a start's error", "a start's cause"))),
        ("TaskTimedOut", "taskTimedOutEventDetails", task(failed("a task's error", "a task's cause"))),
        (
            "LambdaFunctionScheduled",
            "lambdaFunctionScheduledEventDetails",
            json!({ "resource": "arn:aws:lambda:eu-west-1:123456789012:function:f", "input": dress("a function's input") }),
        ),
        (
            "LambdaFunctionSucceeded",
            "lambdaFunctionSucceededEventDetails",
            json!({ "output": dress("a function's output") }),
        ),
        (
            "LambdaFunctionFailed",
            "lambdaFunctionFailedEventDetails",
            failed("a function's error", "a function's cause"),
        ),
        (
            "LambdaFunctionTimedOut",
            "lambdaFunctionTimedOutEventDetails",
            failed("a function's error", "a function's cause"),
        ),
        (
            "ActivityScheduled",
            "activityScheduledEventDetails",
            json!({ "resource": "arn:aws:states:eu-west-1:123456789012:activity:a", "input": dress("an activity's input") }),
        ),
        ("ActivityStarted", "activityStartedEventDetails", json!({ "workerName": dress("a worker's name") })),
        ("ActivitySucceeded", "activitySucceededEventDetails", json!({ "output": dress("an activity's output") })),
        ("ActivityFailed", "activityFailedEventDetails", caused("an activity's cause")),
        ("MapRunFailed", "mapRunFailedEventDetails", caused("a Map Run's cause")),
        (
            "EvaluationFailed",
            "evaluationFailedEventDetails",
            json!({ "error": "States.QueryEvaluationError", "cause": dress("an evaluation's cause"),
                "location": dress("an evaluation's location"), "state": "Charge" }),
        ),
        (
            "TaskStateExited",
            "stateExitedEventDetails",
            json!({ "name": "Charge", "output": dress("a state's output"), "assignedVariables": {
                "kept": dress("an assigned variable"),
                "other": format!("{{\"{}\":1}}", dress("the name of an assigned variable").replace(['"', '\\', '\n'], "")),
            } }),
        ),
        ("SomethingNew", "somethingNewEventDetails", json!({ "payload": dress("an event that nobody knows") })),
        (
            "ExecutionFailed",
            "executionFailedEventDetails",
            failed("a failed execution's error", "a failed execution's cause"),
        ),
    ];
    let number = |(index, (kind, field, details)): (usize, (&str, &str, Value))| {
        event(u64::try_from(index).expect("few events") + 1, kind, field, &details)
    };
    kinds.into_iter().enumerate().map(number).collect()
}

/// Events as Step Functions delivers them to a log group: all scalars are strings.
fn log_events(dress: Dress<'_>) -> Value {
    let execution = format!(
        "{}:{}:0b0e7c5e",
        EXPRESS.replace(":stateMachine:", ":express:"),
        dress("a log event's execution").replace(['"', '\\', '\n', '{', '}'], "")
    );
    let line = |id: u32, kind: &str, details: Value| {
        json!({ "id": id.to_string(), "type": kind, "details": details, "previous_event_id": "0",
            "event_timestamp": "1767222000000", "execution_arn": execution, "redrive_count": "0" })
        .to_string()
    };
    let input = json!({ "input": dress("a log event's input"), "inputDetails": { "truncated": "false" } });
    let failed = json!({ "error": "Failed", "cause": dress("a log event's cause") });
    let broken = format!("{{\"id\":\"3\",\"details\":{{\"input\":\"{}", dress("a log event that is no JSON"));
    let lines = [line(1, "ExecutionStarted", input), line(2, "ExecutionFailed", failed), broken];
    let event = |message: &String| {
        json!({ "eventId": "1", "logStreamName": "states/clicks/2025-12-31-23-00/00112233",
            "timestamp": 1_767_222_000_000_u64, "ingestionTime": 1_767_222_001_000_u64, "message": message })
    };
    json!({ "events": lines.iter().map(event).collect::<Vec<_>>() })
}
