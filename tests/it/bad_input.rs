//! What goes wrong gives a clear line with what to do, a gap, a partial report and its exit code; never a panic, never
//! a verdict.

use jiff::Timestamp;
use serde_json::{Value, json};
use stepwarden::model::{PartValue, Snapshot, Tags};
use stepwarden::types::{AccountId, Observed, Region};

use crate::binary::{Ran, Run};
use crate::emulator::{Emulator, Kind};

fn scan(endpoint: &str) -> Run {
    Run::emulated(&["scan", "--format", "json", "--region", "us-east-1"], endpoint)
}

fn findings(ran: &Ran) -> Vec<Value> {
    let report: Value = serde_json::from_str(&ran.stdout).expect("a report");
    report["findings"].as_array().expect("findings").clone()
}

fn says(ran: &Ran, words: &[&str]) {
    for word in words {
        assert!(ran.stderr.contains(word), "{word:?} in:\n{}", ran.stderr);
    }
    assert!(!ran.stderr.contains("panicked") && !ran.stderr.contains("fault of its own"), "{}", ran.stderr);
}

#[test]
fn no_credentials() {
    let ran = Run::new(&["scan", "--region", "us-east-1"]).env("STEPWARDEN_AWS_MAX_ATTEMPTS", "1").run().expect(1);
    says(&ran, &["no usable AWS credentials", "log in or set a profile"]);
}

#[test]
fn nobody_at_the_endpoint() {
    let ran = scan("http://127.0.0.1:9").run().expect(1);
    says(&ran, &["sts:GetCallerIdentity", "no connection"]);
}

#[test]
fn a_profile_that_does_not_exist() {
    let ran = Run::new(&["scan", "--profile", "nobody"]).env("STEPWARDEN_AWS_MAX_ATTEMPTS", "1").run().expect(1);
    says(&ran, &["profile"]);
}

const ROLE: &str = "arn:aws:iam::123456789012:role/audit";

#[test]
fn faults_of_the_command_line() {
    for (arguments, words) in [
        (&["scan", "--region", "everywhere"][..], "--region: expected a Region like eu-west-1"),
        (&["scan", "--format", "xml"], "expected one of terminal, json, jsonl"),
        (&["scan", "--fail-on", "bad"], "expected none, critical, high"),
        (&["scan", "--metrics", "carrier-pigeon"], "expected emf, textfile=DIR, remote-write=URL or pushgateway=URL"),
        (
            &["scan", "--check", "tracing-disable"],
            "--check: there is no check \"tracing-disable\"; did you mean tracing-disabled?",
        ),
        (&["scan", "--skip-check", "nope"], "--skip-check: there is no check"),
        (&["scan", "--check", "role-missing", "--skip-check", "role-missing"], "no check is left"),
        (&["scan", "--config", ""], "--config"),
        (&["scan", "--config", "/nonexistent.toml"], "/nonexistent.toml"),
        (&["explain", "tracing-disable"], "did you mean tracing-disabled?"),
        (&["scan", "--assume-role", "admin"], "--assume-role: expected a role ARN"),
        (&["scan", "--assume-role", "arn:aws:s3:::x"], "--assume-role: expected a role ARN"),
        (&["scan", "--assume-role", ROLE, "--external-id", "x"], "--external-id: expected 2 to 1224"),
        (&["scan", "--assume-role", ROLE, "--external-id", "a b"], "--external-id: expected 2 to 1224"),
        (&["scan", "--assume-role", ROLE, "--assume-role", "arn:aws:iam::123456789012:role/two"], "is named twice"),
        (&["collect", "-o", "-", "--assume-role", ROLE, "--assume-role", ROLE], "is named twice"),
        (&["permissions", "--assume-role", ROLE, "--assume-role", ROLE], "is named twice"),
        (&["permissions", "--check", "nope"], "--check: there is no check"),
        (&["scan", "--endpoint-url", ""], "--endpoint-url: expected an http:// or https:// URL with a host"),
        (&["scan", "--endpoint-url", "foo"], "--endpoint-url: expected"),
        (&["scan", "--endpoint-url", "http://["], "--endpoint-url: expected"),
        (&["scan", "--endpoint-url", "https://"], "--endpoint-url: expected"),
        (&["check", "-", "-"], "standard input can be read only once"),
    ] {
        let ran = Run::new(arguments).run().expect(2);
        says(&ran, &[words]);
        assert!(ran.stdout.is_empty(), "{}", ran.stdout);
    }
}

/// What a file may not say, the command line may not say either; here the file is standard input.
#[test]
fn faults_of_the_configuration() {
    for (file, words) in [
        ("aws.endpoint_url = \"http://[\"", "standard input:1: aws.endpoint_url: expected an http:// or https:// URL"),
        ("aws.endpoint_url = \"https://\"", "aws.endpoint_url: expected"),
        ("budget.share = 0.0001", "budget.share: expected a number from 0.001 to 1, got 0.0001"),
        (
            "[budget.rates]\n\"states:DescribeStateMachin\" = { bucket = 1, refill_per_second = 1 }",
            "standard input:2: budget.rates.\"states:DescribeStateMachin\": stepwarden does not call this API; did you mean states:DescribeStateMachine?",
        ),
    ] {
        let ran = Run::new(&["permissions", "--config", "-"]).input(file).run().expect(2);
        says(&ran, &[words]);
    }
    Run::new(&["permissions", "--config", "-"]).input("report.fail_on = \"none\"").run().expect(0);
    Run::new(&["permissions"]).env("STEPWARDEN_CONFIG", "").run().expect(0);
    let ran = Run::new(&["permissions"]).env("STEPWARDEN_CONFIG", "/nonexistent.toml").run().expect(2);
    says(&ran, &["/nonexistent.toml"]);
}

#[test]
fn files_that_are_no_snapshots() {
    for (file, words) in [
        ("{\"stepwarden_snapshot\":99,\"hunter2\":true}", "line 1: it was written by a newer version of stepwarden"),
        (
            "\n{\"stepwarden_snapshot\":1,\"account_id\":\"hunter2\"}",
            "line 2: column 48: this is not what a snapshot holds",
        ),
        ("{\"hunter2\":1}", "line 1: this is no line of a snapshot"),
        ("hunter2", "line 1: column 1: this is not JSON"),
        ("{\"hunter2\":", "the line breaks off"),
        ("", "it holds no snapshot"),
    ] {
        let ran = Run::new(&["check", "-"]).input(file).run().expect(1);
        says(&ran, &[words]);
        assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
    }
}

/// Nothing to judge is not "nothing is wrong".
#[test]
fn a_snapshot_with_nothing_to_judge() {
    let mut snapshot = Snapshot::new(AccountId::parse("123456789012").unwrap(), Region::global());
    snapshot.put(Timestamp::UNIX_EPOCH, PartValue::Tags(Observed::known(Tags::default())));
    let lines: Vec<_> = snapshot.into_lines().iter().map(|line| serde_json::to_string(line).unwrap()).collect();
    let ran = Run::new(&["check", "-"]).input(&lines.join("\n")).run().expect(4);
    says(&ran, &["nothing to judge"]);
    Run::new(&["check", "-", "--allow-incomplete"]).input(&lines.join("\n")).run().expect(0);
}

#[test]
fn expired_credentials() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let proxy = emulator.behind(&json!([
        {"answer": {"status": 403, "error": "ExpiredToken", "message": "The security token included in the request is expired"}}
    ]));
    let ran = scan(&proxy.endpoint).run().expect(1);
    says(&ran, &["ExpiredToken", "expired"]);
}

/// Each fault turns verdicts into insufficient data with its reason, and leaves the rest of the report whole.
#[test]
fn faults_of_single_calls() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let refused = |status: u16, error: &str| json!({"status": status, "error": error, "message": "no"});
    for (operation, answer, check, reason) in [
        ("GetAccountAuthorizationDetails", refused(403, "AccessDenied"), "role-missing", "denied"),
        ("DescribeStateMachine", refused(400, "ThrottlingException"), "logging-disabled", "throttled"),
        (
            "DescribeStateMachine",
            json!({"status": 200, "body": "<html>", "content_type": "text/html"}),
            "logging-disabled",
            "error",
        ),
        ("DescribeStateMachine", json!({"remove_field": "roleArn"}), "role-missing", "error"),
        ("DescribeStateMachine", json!({"remove_field": "definition"}), "no-execution-timeout", "error"),
        ("ListStateMachines", refused(400, "UnrecognizedClientException"), "logging-disabled", "error"),
        ("ListStateMachines", refused(400, "InvalidToken"), "role-missing", "partial"),
        ("DescribeLogGroups", refused(400, "AccessDeniedException"), "log-retention-unset", "denied"),
        ("DescribeLogGroups", json!({"drop": true}), "log-retention-unset", "error"),
        ("GetMetricData", refused(403, "AccessDenied"), "execution-throttled", "denied"),
    ] {
        let proxy = emulator.behind(&json!([{"operation": operation, "answer": answer}]));
        let ran = scan(&proxy.endpoint).run().expect(4);
        let own: Vec<_> = findings(&ran).into_iter().filter(|finding| finding["check"] == check).collect();
        assert!(!own.is_empty(), "{operation} {check}");
        for finding in own {
            assert_eq!(finding["status"], "insufficient_data", "{operation} {check}");
            assert_eq!(finding["reason"]["reason"], reason, "{operation} {check}: {}", finding["reason"]);
        }
        says(&ran, &[]);
    }
}

/// The end of a list that broke off: what was seen is judged, the Region as a whole is not.
#[test]
fn a_signal_saves_what_was_done() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let slow = json!([{"operation": "DescribeStateMachine", "after": 3, "answer": {"delay_ms": 20_000}}]);
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let proxy = emulator.behind(&slow);
        let ran = scan(&proxy.endpoint).run_while(|id| {
            let described = || proxy.calls().iter().filter(|call| call["operation"] == "DescribeStateMachine").count();
            while described() < 3 {
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            let kill = std::process::Command::new("kill").args([format!("-{signal}"), id.to_string()]).status();
            assert!(kill.expect("kill starts").success());
        });
        let ran = ran.expect(code);
        let report: Value = serde_json::from_str(&ran.stdout).expect("a report");
        assert_eq!(report["complete"], false);
        let findings = findings(&ran);
        let of = |status: &str| {
            findings
                .iter()
                .filter(|finding| finding["check"] == "tracing-disabled" && finding["status"] == status)
                .count()
        };
        assert!(of("insufficient_data") > 0, "{findings:#?}");
        says(&ran, &["stopping"]);
    }
}

/// A throttle answer is counted, waited out and tried again.
#[test]
fn throttled_once() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let proxy = emulator.behind(&json!([
        {"operation": "ListStateMachines", "times": 1, "answer": {"status": 400, "error": "ThrottlingException", "message": "Rate exceeded"}}
    ]));
    let ran = scan(&proxy.endpoint).env("STEPWARDEN_AWS_MAX_ATTEMPTS", "3").run().expect(4);
    let report: Value = serde_json::from_str(&ran.stdout).expect("a report");
    let usage = report["api_usage"].as_array().expect("usage");
    let list = usage.iter().find(|usage| usage["api"] == "states:ListStateMachines").expect("the call is counted");
    assert_eq!((&list["throttled"], &list["ok"]), (&json!(1), &json!(1)));
    assert_eq!(report["inventory"][0]["complete"], true);
}

#[test]
fn findings_win_over_what_could_not_be_read() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    scan(&emulator.endpoint).argument("--fail-on").argument("critical").run().expect(3);
    scan(&emulator.endpoint).argument("--allow-incomplete").run().expect(0);
}
