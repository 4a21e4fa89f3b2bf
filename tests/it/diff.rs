//! What changed from one report to the next, and what a store tells of it.

use std::path::Path;

use serde_json::{Value, json};

use crate::binary::{Ran, Run};

fn account(logging: bool, machines: &[&str]) -> Value {
    let machine = |name: &&str| match logging {
        true => json!({"name": name, "logging": {"level": "ALL", "group": "orders"}}),
        false => json!({"name": name}),
    };
    json!({"machines": machines.iter().map(machine).collect::<Vec<_>>()})
}

fn write(file: &Path, account: &Value, arguments: &[&str]) -> Value {
    let arguments: Vec<_> =
        ["check", "-", "--format", "json", "--allow-incomplete"].iter().chain(arguments).copied().collect();
    let ran = Run::new(&arguments).input(&crate::cases::snapshot(account)).run().expect(0);
    std::fs::write(file, &ran.stdout).expect("it is written");
    serde_json::from_str(&ran.stdout).expect("a report")
}

fn diff(before: &Path, after: &Path, arguments: &[&str]) -> Ran {
    Run::new(&["diff"]).argument(before).argument(after).arguments(arguments).run()
}

/// How each finding of a check became.
fn became(before: &Path, after: &Path, check: &str) -> Vec<String> {
    let changes: Value =
        serde_json::from_str(&diff(before, after, &["--format", "json"]).expect(0).stdout).expect("JSON");
    let of_check = changes.as_array().expect("a list").iter().filter(|one| one["check"] == check);
    of_check.map(|one| one["became"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn new_resolved_unchanged_and_not_looked_at() {
    let folder = tempfile::tempdir().expect("a folder");
    let [one, two, mended, narrow] = ["one", "two", "mended", "narrow"].map(|name| folder.path().join(name));
    write(&one, &account(false, &["orders"]), &[]);
    write(&two, &account(false, &["orders", "refunds"]), &[]);
    write(&mended, &account(true, &["orders", "refunds"]), &[]);
    write(&narrow, &account(true, &["orders"]), &["--check", "role-missing"]);
    let check = "logging-disabled";
    assert_eq!(became(&one, &two, check), ["new", "unchanged"]);
    assert_eq!(became(&two, &mended, check), ["resolved", "resolved"]);
    assert_eq!(became(&two, &narrow, check), ["not_looked_at", "not_looked_at"]);
    assert_eq!(diff(&one, &two, &["--fail-on", "info"]).code, 3);
    assert_eq!(diff(&one, &one, &["--fail-on", "info"]).code, 0);
    let text = diff(&two, &mended, &[]).expect(0).stdout;
    assert!(text.contains("resolved: ") && text.contains("stateMachine:refunds"), "{text}");
    let table = diff(&two, &mended, &["--format", "markdown"]).expect(0).stdout;
    assert!(table.contains("| resolved | medium | logging-disabled |"), "{table}");
}

#[test]
fn what_is_no_report_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let [report, other] = ["report", "other"].map(|name| folder.path().join(name));
    let mut known = write(&report, &account(false, &["orders"]), &[]);
    std::fs::write(&other, "{}").expect("it is written");
    assert!(diff(&report, &other, &[]).expect(2).stderr.contains("is no report"));
    known["schema_version"] = "2.0".into();
    std::fs::write(&other, known.to_string()).expect("it is written");
    assert!(diff(&other, &report, &[]).expect(2).stderr.contains("schema version 2.0: expected 1"));
    assert_eq!(diff(&report, &folder.path().join("gone"), &[]).code, 1);
    // A report of version 1.0 knew nothing of what came later.
    for later in ["resolved", "suppressions", "trend"] {
        known.as_object_mut().expect("an object").remove(later);
    }
    known["schema_version"] = "1.0".into();
    std::fs::write(&other, known.to_string()).expect("it is written");
    assert!(diff(&other, &report, &[]).expect(0).stdout.starts_with("unchanged: "));
}
