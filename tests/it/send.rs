//! Findings in Security Hub: the spawned binary against moto's, and against one that refuses.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::{Value, json};

use crate::binary::Run;
use crate::emulator::{Emulator, Kind};

const SCAN: [&str; 9] =
    ["scan", "--region", "eu-west-1", "--region", "us-east-1", "--send", "security-hub", "--format", "asff"];

const GET: &str = "
import json, sys, boto3
hub = boto3.client('securityhub', endpoint_url=sys.argv[1], region_name=sys.argv[2],
                   aws_access_key_id='test', aws_secret_access_key='test')
pages = hub.get_paginator('get_findings').paginate()
print(json.dumps([finding for page in pages for finding in page['Findings']]))
";

fn kept(endpoint: &str, region: &str) -> Vec<Value> {
    let mut python = Command::new(Kind::Moto.python().expect("an emulator is running"));
    let output = python.args(["-c", GET, endpoint, region]).output().expect("python starts");
    let told = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {told}"))
}

fn ids<'a>(findings: impl IntoIterator<Item = &'a Value>) -> BTreeSet<String> {
    findings.into_iter().map(|finding| finding["Id"].as_str().expect("an id").to_owned()).collect()
}

/// Those of a Region, in the order in which they are sent.
fn of<'a>(report: &'a Value, region: &str) -> Vec<&'a Value> {
    let findings = report["Findings"].as_array().expect("findings");
    findings.iter().filter(|finding| finding["ProductArn"].as_str().is_some_and(|arn| arn.contains(region))).collect()
}

#[test]
fn findings_are_imported_and_refusals_are_told() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let ran = Run::emulated(&SCAN, &emulator.endpoint).run().expect(4);
    let report: Value = serde_json::from_str(&ran.stdout).expect("ASFF");
    for region in ["eu-west-1", "us-east-1"] {
        let sent = ids(of(&report, region));
        assert!(sent.len() > 10, "{region}: {}", sent.len());
        assert_eq!(ids(&kept(&emulator.endpoint, region)), sent, "{region}");
    }

    // One finding is refused for good, one for now; the other Region lets nobody in, and comes after a throttled call.
    let here = of(&report, "eu-west-1");
    let failed = |finding: &Value, code: &str| json!({"Id": finding["Id"], "ErrorCode": code, "ErrorMessage": "so"});
    let partial = json!({ "FailedCount": 2, "SuccessCount": 0,
        "FailedFindings": [failed(here[0], "InvalidInput"), failed(here[1], "InternalError")] });
    let partial = json!({"status": 200, "body": partial.to_string(), "content_type": "application/json"});
    let throttled = json!({"status": 429, "error": "LimitExceededException", "message": "slow down"});
    let denied = json!({"status": 403, "error": "AccessDeniedException", "message": "no"});
    let import = |region: &str, after: usize, answer: &Value| {
        json!({"service": "securityhub", "operation": "/findings/import", "region": region, "after": after,
            "times": 1, "answer": answer})
    };
    let proxy = emulator.behind(&json!([
        import("eu-west-1", 0, &throttled),
        import("eu-west-1", 0, &partial),
        import("us-east-1", 0, &denied)
    ]));
    let ran = Run::emulated(&SCAN, &proxy.endpoint).env("STEPWARDEN_AWS_MAX_ATTEMPTS", "2").run();
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("eu-west-1: 1 findings were refused (InvalidInput 1)"), "{}", ran.stderr);
    let refusal = "us-east-1: AWS refused securityhub:BatchImportFindings (AccessDeniedException)";
    assert!(ran.stderr.contains(refusal), "{}", ran.stderr);
    let calls = proxy.calls();
    let calls =
        |region: &str| calls.iter().filter(|call| call["service"] == "securityhub" && call["region"] == region).count();
    assert_eq!(calls("eu-west-1"), here.len().div_ceil(100) + 2, "throttled once, one finding sent once more");
    assert_eq!(calls("us-east-1"), 1, "a refusal is final");
}

#[test]
fn permissions_ask_for_writing_only_where_it_is_asked_for() {
    let policy = |arguments: &[&str]| Run::new(arguments).run().expect(0).stdout;
    assert!(!policy(&["permissions"]).contains("securityhub"));
    assert!(policy(&["permissions", "--send", "security-hub"]).contains("securityhub:BatchImportFindings"));
    let ran = Run::new(&["scan", "--send", "pager"]).run();
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("--send"), "{}", ran.stderr);
}
