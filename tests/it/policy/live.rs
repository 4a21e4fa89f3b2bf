//! Of live state machines and roles.

use serde_json::{Value, json};

use super::file;
use crate::binary::{Ran, Run};
use crate::emulator::{Emulator, Kind};

const ROLES: &str = "arn:aws:iam::123456789012:role";

fn arn(name: &str) -> String {
    format!("arn:aws:states:us-east-1:123456789012:stateMachine:{name}")
}

fn policy(endpoint: &str, command: &str, machine: &str, more: &[&str]) -> Run {
    let machine = arn(machine);
    Run::emulated(&[&["policy", command, "--state-machine-arn", &machine], more].concat(), endpoint)
}

fn answer(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}\n{}\n{}", ran.stdout, ran.stderr))
}

/// The actions of a policy's statements.
fn actions(policy: &Value) -> Vec<&str> {
    let statements = policy["Statement"].as_array().expect("a list").iter();
    let actions = statements.flat_map(|statement| match &statement["Action"] {
        Value::Array(actions) => actions.iter().filter_map(Value::as_str).collect(),
        action => Vec::from_iter(action.as_str()),
    });
    actions.collect()
}

#[test]
fn a_live_machine_is_derived_with_its_logging_tracing_and_key() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let proxy = emulator.behind(&json!([]));
    let derived = answer(&policy(&proxy.endpoint, "derive", "payments-capture", &[]).run().expect(0));
    let actions = actions(&derived);
    for action in ["lambda:InvokeFunction", "logs:CreateLogDelivery", "xray:PutTraceSegments", "kms:GenerateDataKey"] {
        assert!(actions.contains(&action), "{action}: {derived:#}");
    }
    let calls: Vec<_> = proxy.calls().iter().map(|call| call["operation"].to_string()).collect();
    assert_eq!(calls, ["\"GetCallerIdentity\"", "\"DescribeStateMachine\""]);
    // The role of the demo account is made right by hand.
    let difference = answer(&policy(&proxy.endpoint, "diff", "payments-capture", &[]).run().expect(0));
    assert_eq!(difference, json!({"excess": [], "missing": [], "wider": []}));
    let granted = file(&json!([derived]));
    let granted = ["--granted", granted.path().to_str().expect("a path")];
    let difference = answer(&policy(&proxy.endpoint, "diff", "payments-capture", &granted).run().expect(0));
    assert_eq!(difference, json!({"excess": [], "missing": [], "wider": []}));
}

#[test]
fn what_flags_say_stands_above_what_is_live() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let key = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let more = ["--kms-key", key, "--tracing"];
    let derived = answer(&policy(&emulator.endpoint, "derive", "monthly-close", &more).run().expect(0));
    assert!(derived.to_string().contains(key) && actions(&derived).contains(&"xray:PutTraceSegments"), "{derived:#}");

    let definition = file(&json!({"StartAt": "Send", "States": {"Send": {
        "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true,
        "Parameters": {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/returns-inbox", "MessageBody": "x"},
    }}}));
    let more = ["--definition", definition.path().to_str().expect("a path")];
    let difference = answer(&policy(&emulator.endpoint, "diff", "payments-capture", &more).run().expect(0));
    assert_eq!(difference["missing"][0]["statement"]["Action"], "sqs:SendMessage");
    let invoke = difference["excess"].to_string();
    assert!(invoke.contains("lambda:InvokeFunction") && !invoke.contains("xray:"), "{difference:#}");
    // Another role.
    let role = format!("{ROLES}/ReturnsApprovalRole");
    let more = [&more[..], &["--execution-role-arn", &role]].concat();
    let difference = answer(&policy(&emulator.endpoint, "diff", "payments-capture", &more).run().expect(0));
    assert!(!difference["missing"].to_string().contains("sqs:"), "{difference:#}");
    let excess = difference["excess"].to_string();
    assert!(excess.contains("eu-west-1:123456789012:returns-inbox"), "{difference:#}");
    assert!(!excess.contains("logs:CreateLogDelivery"), "the machine logs: {difference:#}");
}

#[test]
fn a_permissions_boundary_takes_away() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let definition = file(&json!({"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 1, "End": true}}}));
    let role = format!("{ROLES}/ReturnsApprovalRole");
    let key = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let path = definition.path().to_str().expect("a path");
    let arguments = ["policy", "diff", "--definition", path, "--execution-role-arn", &role, "--kms-key", key];
    let difference = answer(&Run::emulated(&arguments, &emulator.endpoint).run().expect(0));
    let why = difference["missing"][0]["why"].as_str().expect("the boundary allows no kms");
    assert!(!why.is_empty(), "{difference:#}");
}

#[test]
fn what_cannot_be_read_is_said_with_what_would_open_it() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let fail = |operation: &str, error: &str| {
        emulator.behind(&json!([{"operation": operation, "answer": {"status": 400, "error": error, "message": "no"}}]))
    };
    let (describe, details) = ("DescribeStateMachine", "GetAccountAuthorizationDetails");
    for (operation, error, words) in [
        (describe, "AccessDeniedException", "(grant states:DescribeStateMachine)"),
        (describe, "KmsAccessDeniedException", "KMS key"),
        (describe, "StateMachineDoesNotExist", "AWS knows none of this name in us-east-1"),
        (describe, "ThrottlingException", "throttled"),
        (details, "AccessDenied", "(grant iam:GetAccountAuthorizationDetails)"),
        (details, "Throttling", "throttled"),
        ("GetCallerIdentity", "ExpiredToken", "did not take the credentials"),
    ] {
        let ran = policy(&fail(operation, error).endpoint, "diff", "payments-capture", &[]).run().expect(1);
        assert!(ran.stderr.contains(words) && ran.stdout.is_empty(), "{operation} {error}:\n{}", ran.stderr);
    }
    for (machine, more, words) in [
        ("nowhere", vec![], "AWS knows none of this name"),
        ("legacy-import", vec![], "IAM has none of this name in account 123456789012"),
        ("payments-capture", vec!["--execution-role-arn", "arn:aws:iam::123456789012:role/none"], "role/none: IAM has"),
    ] {
        let ran = policy(&emulator.endpoint, "diff", machine, &more).run().expect(1);
        assert!(ran.stderr.contains(words) && ran.stdout.is_empty(), "{machine}:\n{}", ran.stderr);
    }
    let foreign = "arn:aws:states:us-east-1:999999999999:stateMachine:orders";
    let ran = Run::emulated(&["policy", "derive", "--state-machine-arn", foreign], &emulator.endpoint).run().expect(1);
    assert!(ran.stderr.contains("of account 123456789012, not of 999999999999"), "{}", ran.stderr);
    let ran = policy("http://127.0.0.1:9", "derive", "payments-capture", &[]).run().expect(1);
    assert!(ran.stderr.contains("no connection"), "{}", ran.stderr);
}
