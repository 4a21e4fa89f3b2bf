//! What runs, by the spawned binary, on two emulators that really execute.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::binary::Run;
use crate::emulator::{Emulator, Kind};

/// Regions in which no other test looks for anything.
const REGION: &str = "ap-south-1";
const CROWDED: &str = "ap-southeast-1";

fn start(kind: Kind, endpoint: &str, region: &str, more: &[&str]) {
    let seed = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emulator/seed_running.py");
    let account = if kind == Kind::Moto { "123456789012" } else { "000000000000" };
    let mut python = Command::new(Kind::Moto.python().expect("an emulator is running, so its environment is there"));
    python.arg(seed).args(["--endpoint", endpoint, "--account", account, "--region", region]).args(more);
    assert!(python.status().expect("python starts").success(), "seeding {}", kind.name());
}

/// What is known of a machine's running executions, and all that was written.
fn running(endpoint: &str, machine: &str) -> (Value, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("snapshot.jsonl");
    let arguments = ["collect", "--region", REGION, "--output", file.to_str().expect("UTF-8")];
    let ran = Run::emulated(&arguments, endpoint).env("STEPWARDEN_LOG_LEVEL", "trace").run();
    let text = std::fs::read_to_string(&file).expect("a snapshot");
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let part = lines.into_iter().find(|line| line["data"]["part"] == "running").expect("the part was collected");
    let all = part["data"]["content"]["value"].as_object().expect("machines").clone();
    let found = all.into_iter().find(|(arn, _)| arn.ends_with(machine)).expect("the machine runs");
    (found.1, format!("{text}{}{}", ran.stdout, ran.stderr))
}

fn what_runs_is_counted(kind: Kind) {
    let Some(emulator) = Emulator::seeded(kind) else { return };
    start(kind, &emulator.endpoint, REGION, &[]);
    // Executions begin when they are started, and their Map Runs a little later.
    let patience = Instant::now() + Duration::from_secs(20);
    let (map, text) = loop {
        let (map, text) = running(&emulator.endpoint, "goes-through");
        let open = map["value"]["map_runs"]["value"].as_array().is_some_and(|open| !open.is_empty());
        if open || Instant::now() > patience {
            break (map, text);
        }
    };
    assert!(!text.contains("jane-doe"), "an execution's name was written");
    assert_eq!((&map["seen"], &map["value"]["count"]), (&"known".into(), &1.into()), "{map:#}");
    let run = &map["value"]["map_runs"]["value"][0];
    assert_eq!(run["counts"]["value"]["total"], 2, "{map:#}");
    assert!(run["arn"].as_str().is_some_and(|arn| arn.contains(":mapRun:goes-through/")), "{map:#}");
    let (round, _) = running(&emulator.endpoint, "goes-round");
    let histories = &round["value"]["histories"]["value"];
    assert_eq!((&histories["asked"], &histories["longest"]["events"]), (&1.into(), &2.into()), "{round:#}");
    let report = Run::emulated(&["scan", "--format", "json", "--region", REGION], &emulator.endpoint).run();
    let report: Value = serde_json::from_str(&report.stdout).expect("a report");
    let unread = |check: &str| {
        let findings = report["findings"].as_array().expect("findings").iter();
        findings
            .filter(|finding| finding["check"] == check)
            .map(|finding| finding["reason"].clone())
            .collect::<Vec<_>>()
    };
    for check in
        ["open-execution-quota", "open-map-run-quota", "long-running-execution", "history-near-limit", "stuck-map-run"]
    {
        assert_eq!(unread(check), Vec::<Value>::new(), "{check}: few run, all are counted, none is old");
    }
}

#[test]
fn what_runs_is_counted_on_moto() {
    what_runs_is_counted(Kind::Moto);
}

#[test]
fn what_runs_is_counted_on_ministack() {
    what_runs_is_counted(Kind::Ministack);
}

/// Limit, usage, ratio, the machine that holds it and when it will be full, by a scan of quotas alone and by a whole one.
fn a_crowded_quota_names_its_holder(kind: Kind, hows: &[&[&str]]) {
    let Some(emulator) = Emulator::seeded(kind) else { return };
    start(kind, &emulator.endpoint, CROWDED, &["--crowded"]);
    for how in hows {
        the_holder_is_named(&emulator.endpoint, how);
    }
}

fn the_holder_is_named(endpoint: &str, how: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    let output = folder.path().to_str().expect("UTF-8");
    let arguments = ["scan", "--region", CROWDED, "--format", "json", "--format", "prometheus", "--output-dir", output];
    let ran = Run::emulated(&[&arguments, how].concat(), endpoint).run();
    let read = |name: &str| {
        std::fs::read_to_string(folder.path().join(name)).unwrap_or_else(|_| panic!("{name}: {}", ran.stderr))
    };
    let suffix = if how.is_empty() { "" } else { "-quotas" };
    let report: Value = serde_json::from_str(&read(&format!("report{suffix}.json"))).expect("a report");
    let mut quotas = report["quotas"].as_array().expect("quotas").iter();
    let open = quotas.find(|quota| quota["quota"] == "open_executions").expect("it is watched");
    let near = |value: &Value, expected: f64| (value.as_f64().expect("a number") - expected).abs() < 1e-2 * expected;
    // MiniStack has no Service Quotas.
    assert!(open["limit"] == 1e6 && ["default", "metric"].map(Value::from).contains(&open["limit_source"]), "{open:#}");
    assert!(near(&open["usage"], 9e5) && near(&open["ratio"], 0.9) && open["usage_kind"] == "at_least", "{open:#}");
    let per_day = open["forecast"]["per_day"].as_f64().expect("a forecast");
    assert!((per_day - 240_000.0).abs() < 5_000.0, "{open:#}");
    let most = &open["holders"]["most"][0];
    assert!(most["state_machine"].as_str().is_some_and(|arn| arn.ends_with(":goes-round")), "{open:#}");
    let mut findings = report["findings"].as_array().expect("findings").iter();
    let finding = findings.find(|finding| finding["check"] == "open-execution-quota").expect("it is near its limit");
    assert!(finding["message"].as_str().is_some_and(|message| message.contains("goes-round")), "{finding:#}");
    let metrics = read(&format!("metrics{suffix}.prom"));
    let top = metrics
        .lines()
        .find(|line| line.starts_with("stepwarden_quota_top_usage{"))
        .unwrap_or_else(|| panic!("{metrics}"));
    assert!(top.contains("goes-round") && top.contains("quota=\"open_executions\""), "{top}");
    assert!(metrics.contains("stepwarden_quota_exhaustion_timestamp_seconds{"), "{metrics}");
}

#[test]
fn a_crowded_quota_names_its_holder_on_moto() {
    a_crowded_quota_names_its_holder(Kind::Moto, &[&["--quotas"], &[]]);
}

/// Without Metrics Insights the machines that are listed are asked.
#[test]
fn a_crowded_quota_names_its_holder_on_ministack() {
    a_crowded_quota_names_its_holder(Kind::Ministack, &[&[]]);
}
