//! One defect, one finding: what another check says better is named in its finding and not told again.

use serde_json::{Value, json};

use crate::binary::Run;

/// The findings of some checks: each with what is folded into it.
fn told(account: &Value, checks: &[&str], skipped: &[&str]) -> Vec<(String, Vec<String>)> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("account.jsonl");
    std::fs::write(&file, crate::cases::snapshot(account)).expect("it is written");
    let mut arguments = vec!["check", "--format", "json", "--allow-incomplete"];
    for check in skipped {
        arguments.extend(["--skip-check", check]);
    }
    let ran = Run::new(&arguments).argument(&file).run().expect(0);
    let report: Value = serde_json::from_str(&ran.stdout).expect("a report");
    let findings = report["findings"].as_array().expect("findings").iter();
    let own = findings.filter(|finding| checks.iter().any(|check| finding["check"] == *check));
    let words =
        |list: &Value| list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    own.filter(|finding| finding["status"] == "non_compliant")
        .map(|finding| (finding["check"].as_str().unwrap_or_default().to_owned(), words(&finding["folded"])))
        .collect()
}

#[test]
fn a_token_in_a_request_is_told_once() {
    let token = format!("Bearer ghp_{}", "a1B2".repeat(9));
    let request = |headers: Value| {
        json!({"machines": [{"name": "ask", "definition": {"StartAt": "Ask", "States": {"Ask": {
            "Type": "Task", "Resource": "arn:aws:states:::http:invoke", "End": true, "Parameters": {
                "Method": "GET", "ApiEndpoint": "https://api.example.com", "Headers": headers,
                "Authentication": {"ConnectionArn": "arn:aws:events:eu-west-1:123456789012:connection/c/0f1e"}}}}}}]})
    };
    let (request_check, secret_check) = ("http-task-inline-credential", "secret-in-definition");
    let checks = [request_check, secret_check];
    let both = request(json!({ "Authorization": token }));
    assert_eq!(told(&both, &checks, &[]), [(request_check.to_owned(), vec![secret_check.to_owned()])]);
    let alone = [(secret_check.to_owned(), Vec::new())];
    assert_eq!(told(&both, &checks, &[request_check]), alone);
    assert_eq!(told(&request(json!({ "X-Colour": token })), &checks, &[]), alone);
}

#[test]
fn a_large_payload_that_was_seen_is_told_instead_of_its_risk() {
    let account = |bytes: u64| {
        let states = json!({"Each": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "A", "States": {
            "A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true}}}}});
        let largest =
            json!([{"place": {"state": "Each", "field": "output"}, "bytes": bytes, "at": "2025-12-31T00:00:00Z"}]);
        json!({"machines": [{"name": "gather", "definition": {"StartAt": "Each", "States": states}, "data": {"largest": largest}}]})
    };
    let (near, risk) = ("payload-near-limit", "large-payload-risk");
    assert_eq!(told(&account(250_000), &[near, risk], &[]), [(near.to_owned(), vec![risk.to_owned()])]);
    assert_eq!(told(&account(10_000), &[near, risk], &[]), [(risk.to_owned(), Vec::new())]);
}
