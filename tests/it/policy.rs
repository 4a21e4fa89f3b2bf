//! `stepwarden policy derive` and `policy diff`, as a user runs them.

mod live;

use serde_json::{Value, json};

use crate::binary::Run;

const FUNCTION: &str = "arn:aws:lambda:eu-west-1:123456789012:function:price";

fn file(value: &Value) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), value.to_string()).expect("it is written");
    file
}

fn definition() -> tempfile::NamedTempFile {
    file(&json!({"StartAt": "Call", "States": {"Call": {"Type": "Task", "Resource": FUNCTION, "End": true}}}))
}

#[test]
fn a_policy_is_derived() {
    let definition = definition();
    let path = definition.path().to_str().expect("a path");
    let ran = Run::new(&["policy", "derive", "--definition", path, "--type", "EXPRESS", "--tracing"]).run();
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let policy: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(policy["Version"], "2012-10-17");
    let statements = policy["Statement"].as_array().expect("a list");
    assert_eq!(statements.len(), 2, "{policy}");
    assert_eq!(statements[0]["Resource"], FUNCTION);
    assert_eq!(statements[0]["Sid"], "LambdaInvokeFunction");
}

#[test]
fn a_difference_has_its_three_lists_and_keeps_secrets() {
    let definition = definition();
    let token = format!("ghp_{}", "a1B2".repeat(9));
    let granted = file(&json!([
        {"Statement": {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}},
        {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::b/{token}")}]},
    ]));
    let path = |file: &tempfile::NamedTempFile| file.path().to_str().expect("a path").to_owned();
    let ran = Run::new(&["policy", "diff", "--definition", &path(&definition), "--granted", &path(&granted)]).run();
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(!ran.stdout.contains(&token), "{}", ran.stdout);
    let difference: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(difference["missing"], json!([]));
    assert_eq!(difference["wider"][0]["narrowed"]["Resource"], FUNCTION);
    assert_eq!(difference["excess"][0]["narrowed"], Value::Null);
}

#[test]
fn what_cannot_be_answered_is_said() {
    let definition = definition();
    let path = definition.path().to_str().expect("a path");
    let machine = "arn:aws:states:eu-west-1:123456789012:stateMachine:orders";
    for (arguments, message) in [
        (vec!["derive"], "--definition is required"),
        (vec!["diff", "--definition", path], "--granted is required"),
        (vec!["diff", "--definition", "-", "--granted", "-"], "only one of --definition and --granted"),
        (vec!["derive", "--definition", "-", "--config", "-"], "only one of --definition and --config"),
        (vec!["derive", "--state-machine-arn", "arn:aws:states:eu-west-1:1:stateMachine:x"], "12 digits"),
        (vec!["derive", "--state-machine-arn", "arn:aws:states::123456789012:stateMachine:x"], "a Region looks like"),
        (vec!["derive", "--state-machine-arn", machine, "--region", "eu-west-1"], "--region"),
        (vec!["derive", "--state-machine-arn", machine, "--endpoint-url", "foo"], "--endpoint-url: expected"),
        (
            vec!["diff", "--state-machine-arn", machine, "--execution-role-arn", "arn:aws:iam::999999999999:role/x"],
            "another account",
        ),
        (vec!["derive", "--definition", path, "--state-machine-arn", FUNCTION], "--state-machine-arn"),
    ] {
        let ran = Run::new(&[&["policy"], &arguments[..]].concat()).run();
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(message), "{arguments:?}: {}", ran.stderr);
    }
    let unknown =
        file(&json!({"StartAt": "Call", "States": {"Call": {"Type": "Task", "Resource": "foo:bar", "End": true}}}));
    let ran = Run::new(&["policy", "derive", "--definition", unknown.path().to_str().expect("a path")]).run();
    assert_eq!(ran.code, 4, "{}", ran.stderr);
    assert!(ran.stderr.contains("state Call"), "{}", ran.stderr);
}
