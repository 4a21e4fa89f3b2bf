//! What goes wrong gives a clear line with what to do, a gap, a partial report and its exit code; never a panic, never
//! a verdict.

use serde_json::{Value, json};

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

#[test]
fn faults_of_the_command_line() {
    for (arguments, words) in [
        (&["scan", "--region", "everywhere"][..], "--region everywhere"),
        (&["scan", "--format", "xml"], "expected terminal, json or prometheus"),
        (&["scan", "--fail-on", "bad"], "expected critical, high"),
        (&["scan", "--metrics", "carrier-pigeon"], "expected textfile=DIR"),
        (&["scan", "--check", "tracing-disable"], "tracing-disabled"),
        (&["scan", "--config", "/nonexistent.toml"], "/nonexistent.toml"),
        (&["explain", "tracing-disable"], "did you mean tracing-disabled?"),
        (&["scan", "--assume-role", "admin"], "--assume-role"),
    ] {
        let ran = Run::new(arguments).run().expect(2);
        says(&ran, &[words]);
        assert!(ran.stdout.is_empty(), "{}", ran.stdout);
    }
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
        ("GetMetricData", refused(403, "AccessDenied"), "open-map-run-quota", "denied"),
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
