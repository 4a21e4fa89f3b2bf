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
    let ran = run.env("STEPWARDEN_STORE_LOCATION", store).run().expect(0);
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
    // The quotas were read both times, and so were the data of executions, what runs, the rules and activities.
    assert_eq!((defects(&unread, "new"), defects(&read, "unchanged")), (14, 14));
    assert!(defects(&read, "new") > 20);
    scan(&proxy.endpoint, store.path(), &BOTH);
    let again = scan(&emulator.endpoint, store.path(), &BOTH);
    assert_eq!(defects(&again, "unchanged"), defects(&read, "new") + 14, "{again:#?}");
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

/// The whole report of a scan of one machine whose logging `endpoint` tells.
fn report(endpoint: &str, store: &Path, days: &str) -> Value {
    let run = Run::emulated(&["scan", "--format", "json", "--allow-incomplete", "--region", "us-east-1"], endpoint);
    let run = run.env("STEPWARDEN_STORE_LOCATION", store).env("STEPWARDEN_STORE_KEEP_DAYS", days);
    serde_json::from_str(&run.run().expect(0).stdout).expect("a report")
}

#[test]
fn a_report_tells_what_was_resolved_and_how_the_account_stood() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let proxy = emulator.behind(&json!([
        {"operation": "DescribeStateMachine", "body_contains": "payments-capture", "answer": {"remove_field": "loggingConfiguration"}}
    ]));
    let store = tempfile::tempdir().expect("a folder");
    let reports = store.path().join("reports");
    std::fs::create_dir_all(&reports).expect("a folder");
    for name in ["20200101T000000.000Z.json", "notes.txt"] {
        std::fs::write(reports.join(name), "{}").expect("it is written");
    }
    report(&proxy.endpoint, store.path(), "30");
    let mended = report(&emulator.endpoint, store.path(), "30");
    let resolved = mended["resolved"].as_array().expect("a list");
    let one = resolved.iter().find(|one| one["check"] == "logging-disabled").expect("logging was mended");
    assert_eq!((&one["severity"], &one["change"]), (&"medium".into(), &"resolved".into()));
    let trend = mended["trend"].as_array().expect("a list");
    assert_eq!(trend.len(), 2);
    assert!(trend.iter().all(|point| point["risk"].is_number() && point["findings"]["medium"].as_u64() > Some(3)));
    let mut names: Vec<_> =
        std::fs::read_dir(&reports).expect("a folder").map(|entry| entry.expect("an entry").file_name()).collect();
    names.sort();
    assert_eq!(names.len(), 3, "the old report is gone, what is no report stays: {names:?}");
    assert_eq!(names[2], "notes.txt");
    assert!(report(&emulator.endpoint, store.path(), "30")["resolved"].as_array().expect("a list").is_empty());
}
