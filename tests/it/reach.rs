//! `stepwarden reach`: who has which power over a state machine.

use serde_json::{Value, json};

use crate::binary::Run;
use crate::cases::snapshot;

fn account() -> Value {
    let wait = json!({"StartAt": "Wait", "States": {"Wait": {"Type": "Task", "End": true,
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/q", "MessageBody.$": "$$.Task.Token"}}}});
    let allow = |action: Value| json!({"Sid": "S", "Effect": "Allow", "Action": action, "Resource": "*"});
    json!({
        "machines": [{"name": "orders", "definition": wait}, {"name": "clicks", "kind": "express", "role": "orders"}],
        "roles": {
            "orders": [],
            "admin": [allow(json!("*"))],
            "reader": [allow(json!("states:Get*"))],
            "operator": [allow(json!(["states:StartExecution", "states:StopExecution", "states:SendTaskSuccess"]))],
            "deploy": {"inline": {"p": {"Statement": {"Sid": "Change", "Effect": "Allow", "Action": "states:UpdateStateMachine",
                "Resource": "arn:aws:states:eu-west-1:123456789012:stateMachine:orders",
                "Condition": {"Bool": {"aws:ViaAWSService": "true"}}}}}},
        },
        "users": {"jo": {"groups": ["support"]}},
        "groups": {"support": {"inline": {"help": {"Statement": allow(json!("states:RedriveExecution"))}}}},
    })
}

fn short(value: &Value) -> String {
    let name = |arn: &Value| arn.as_str().and_then(|arn| arn.rsplit([':', '/']).next()).map(str::to_owned);
    let names = |field: &str| {
        let list = value[field].as_array().into_iter().flatten();
        list.filter_map(name).collect::<Vec<_>>().join(",")
    };
    let by = value["statements"].as_array().into_iter().flatten();
    let by = by.map(|source| {
        let group = source["group"].as_str().map(|group| format!("{group}/")).unwrap_or_default();
        format!("{group}{}/{}", source["policy"], source["statement"]).replace('"', "")
    });
    let certain = if value["certain"] == json!(true) { "" } else { " perhaps" };
    let machine = name(&value["state_machine"]).unwrap_or_default();
    let who = [names("principals"), names("administrators")].concat();
    format!("{machine} {} {who} {}{certain}", value["power"], by.collect::<Vec<_>>().join(",")).replace('"', "")
}

#[test]
fn powers_are_told_with_their_statements() {
    let ran = Run::new(&["reach", "-"]).input(&snapshot(&account())).run().expect(0);
    let mut lines: Vec<_> =
        ran.stdout.lines().map(|line| short(&serde_json::from_str(line).expect("JSON Lines"))).collect();
    lines.sort();
    let expected = [
        "clicks act_as_role admin inline/S",
        "clicks read admin inline/S",
        "clicks read_definition admin inline/S",
        "clicks start admin inline/S",
        "clicks start operator inline/S",
        "orders act_as_role admin inline/S",
        "orders act_as_role deploy p/Change perhaps",
        "orders complete_tasks admin inline/S",
        "orders complete_tasks operator inline/S",
        "orders read admin inline/S",
        "orders read reader inline/S",
        "orders read_definition admin inline/S",
        "orders redrive admin inline/S",
        "orders redrive jo support/help/S",
        "orders start admin inline/S",
        "orders start operator inline/S",
        "orders stop admin inline/S",
        "orders stop operator inline/S",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn what_was_not_read_is_said() {
    let mut account = account();
    account["iam_gap"] = json!("partial");
    let arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:orders";
    let run = |arguments: &[&str], code| {
        let all = [&["reach", "-"], arguments].concat();
        Run::new(&all).input(&snapshot(&account)).run().expect(code)
    };
    let ran = run(&["--state-machine-arn", arn], 4);
    assert!(ran.stdout.lines().all(|line| line.contains(arn)), "{}", ran.stdout);
    assert!(ran.stdout.lines().any(|line| line.contains("\"unknown\":")), "{}", ran.stdout);
    run(&["--allow-incomplete"], 0);
    let ran = run(&["--state-machine-arn", "arn:aws:states:eu-west-1:123456789012:stateMachine:none"], 2);
    assert!(ran.stderr.contains("no such state machine"), "{}", ran.stderr);
}
