//! What the store remembers from scan to scan: what was not looked at, or not read, is not resolved.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::binary::Run;
use crate::emulator::{Emulator, Kind};

/// Scans with a store; how each finding changed, by status, check and resource.
fn scan(endpoint: &str, store: &Path, arguments: &[&str]) -> BTreeMap<String, String> {
    let run = Run::emulated(&["scan", "--format", "json", "--allow-incomplete"], endpoint);
    let run = arguments.iter().fold(run, Run::argument);
    let ran = run.env("STEPWARDEN_STORE_DIRECTORY", store).run().expect(0);
    let report: Value = serde_json::from_str(&ran.stdout).expect("a report");
    let text = |finding: &Value, name: &str| finding[name].as_str().unwrap_or_default().to_owned();
    let key = |finding: &Value| ["status", "check", "resource", "id"].map(|name| text(finding, name)).join(" ");
    let findings = report["findings"].as_array().expect("findings");
    findings.iter().map(|finding| (key(finding), text(finding, "change"))).collect()
}

fn count(changes: &BTreeMap<String, String>, change: &str) -> usize {
    changes.values().filter(|value| *value == change).count()
}

const BOTH: [&str; 4] = ["--region", "us-east-1", "--region", "eu-west-1"];

#[test]
fn the_second_scan_knows_what_the_first_saw() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let store = tempfile::tempdir().expect("a folder");
    let scan = || scan(&emulator.endpoint, store.path(), &BOTH);
    let (first, second) = (scan(), scan());
    assert_eq!(count(&first, "new"), first.len());
    assert_eq!(count(&second, "unchanged"), first.len());
    std::fs::write(store.path().join("state.json"), "{").expect("damage");
    assert_eq!(count(&scan(), "new"), first.len());
}

#[test]
fn a_narrower_scan_resolves_nothing() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    for narrower in [&["--check", "tracing-disabled", "--region", "us-east-1"][..], &["--region", "us-east-1"]] {
        let store = tempfile::tempdir().expect("a folder");
        scan(&emulator.endpoint, store.path(), &BOTH);
        scan(&emulator.endpoint, store.path(), narrower);
        let again = scan(&emulator.endpoint, store.path(), &BOTH);
        assert_eq!(count(&again, "unchanged"), again.len(), "{narrower:?}: {again:#?}");
    }
}

#[test]
fn what_could_not_be_read_resolves_nothing_and_is_not_the_defect_found_later() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let throttled = json!({"status": 400, "error": "ThrottlingException", "message": "Rate exceeded"});
    let proxy = emulator.behind(&json!([{"operation": "DescribeStateMachine", "answer": throttled}]));
    let store = tempfile::tempdir().expect("a folder");
    let unread = scan(&proxy.endpoint, store.path(), &BOTH);
    let read = scan(&emulator.endpoint, store.path(), &BOTH);
    let defects = |changes: &BTreeMap<String, String>, change: &str| {
        changes.iter().filter(|(key, value)| key.starts_with("non_compliant") && *value == change).count()
    };
    // The quotas were read both times, and so were the data of executions, what runs and the rules.
    assert_eq!((defects(&unread, "new"), defects(&read, "unchanged")), (13, 13));
    assert!(defects(&read, "new") > 20);
    scan(&proxy.endpoint, store.path(), &BOTH);
    let again = scan(&emulator.endpoint, store.path(), &BOTH);
    assert_eq!(defects(&again, "unchanged"), defects(&read, "new") + 13, "{again:#?}");
}

#[test]
fn what_was_mended_and_broken_again_is_reopened() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let proxy = emulator.behind(&json!([
        {"operation": "DescribeStateMachine", "body_contains": "payments-capture", "answer": {"remove_field": "loggingConfiguration"}}
    ]));
    let store = tempfile::tempdir().expect("a folder");
    let change = |endpoint: &str| {
        let changes = scan(endpoint, store.path(), &BOTH);
        let own = |key: &&String| key.contains("non_compliant logging-disabled") && key.contains("payments-capture");
        changes.keys().find(own).map(|key| changes[key].clone())
    };
    assert_eq!(change(&proxy.endpoint).as_deref(), Some("new"));
    assert_eq!(change(&emulator.endpoint), None);
    assert_eq!(change(&proxy.endpoint).as_deref(), Some("reopened"));
}
