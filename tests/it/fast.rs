//! The scan of quotas alone.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::binary::Run;
use crate::emulator::{Emulator, Kind};

fn read(directory: &std::path::Path, name: &str) -> String {
    std::fs::read_to_string(directory.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn quota<'a>(report: &'a Value, region: &str, quota: &str) -> &'a Value {
    let quotas = report["quotas"].as_array().expect("quotas");
    let is = |one: &&Value| one["region"] == region && one["quota"] == quota;
    quotas.iter().find(is).unwrap_or_else(|| panic!("{quota} of {region} in {quotas:#?}"))
}

fn calls(report: &Value, region: &str) -> u64 {
    let usage = report["api_usage"].as_array().expect("usage").iter().filter(|usage| usage["region"] == region);
    let of = |usage: &Value| {
        ["ok", "throttled", "denied", "errors"].iter().filter_map(|kind| usage[*kind].as_u64()).sum::<u64>()
    };
    usage.map(of).sum()
}

#[test]
fn quotas_are_scanned_alone_at_a_dozen_calls_a_region() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let directory = tempfile::tempdir().expect("a directory");
    let path = |name: &str| directory.path().join(name).display().to_string();
    let (store, textfile) = (path("store"), format!("textfile={}", path("metrics")));
    std::fs::create_dir(path("metrics")).expect("a directory");
    let arguments = ["scan", "--quotas", "--region", "us-east-1", "--region", "eu-west-1", "--format", "json"];
    let run = || {
        let run = Run::emulated(&arguments, &emulator.endpoint).argument("--metrics").argument(&textfile);
        run.argument("--allow-incomplete").env("STEPWARDEN_STORE_LOCATION", &store).run().expect(0)
    };
    run();
    let report: Value = serde_json::from_str(&run().stdout).expect("a report");

    // In us-east-1 quotas are above their warning levels, and who holds them is asked for.
    assert!(calls(&report, "eu-west-1") <= 11 && calls(&report, "eu-west-1") > 0, "{:#}", report["api_usage"]);
    let asked: BTreeSet<_> =
        report["api_usage"].as_array().expect("usage").iter().filter_map(|usage| usage["api"].as_str()).collect();
    for slow in ["states:DescribeStateMachine", "iam:GetAccountAuthorizationDetails", "account:ListRegions"] {
        assert!(!asked.contains(slow), "{asked:?}");
    }

    let machines = quota(&report, "us-east-1", "state_machines");
    assert_eq!((machines["limit"].as_f64(), machines["limit_source"].as_str()), (Some(120_000.0), Some("applied")));
    assert_eq!(machines["source"], "StateMachineCount");
    assert!(machines["age_seconds"].as_f64().is_some_and(|age| (0.0..900.0).contains(&age)), "{machines:#}");
    let calls = quota(&report, "us-east-1", "api_describe_execution");
    assert_eq!((calls["usage_kind"].as_str(), calls["limit"].as_f64()), (Some("exact"), Some(15.0)), "{calls:#}");
    assert!(calls["ratio"].as_f64().is_some_and(|ratio| (ratio - 820.0 / 60.0 / 15.0).abs() < 0.01), "{calls:#}");
    let versions = quota(&report, "us-east-1", "versions");
    assert_eq!((versions["usage"].as_f64(), versions["usage_kind"].as_str()), (Some(870.0), Some("at_least")));
    assert!(versions["state_machine"].as_str().is_some_and(|arn| arn.ends_with(":orders-fulfilment")));
    for unknown in ["open_executions", "activities"] {
        let quiet = quota(&report, "eu-west-1", unknown);
        assert!(quiet["usage"].as_f64() != Some(0.0) || quiet["source"] == "ListActivities", "{quiet:#}");
    }

    let findings = report["findings"].as_array().expect("findings");
    assert!(findings.iter().all(|finding| finding["family"] == "quota"), "{findings:#?}");
    let changes: BTreeSet<_> = findings.iter().filter_map(|finding| finding["change"].as_str()).collect();
    assert_eq!(changes, BTreeSet::from(["unchanged"]), "the store dates them");
    assert_eq!(std::fs::read_dir(directory.path().join("store/reports")).expect("the store").count(), 0);

    let metrics = read(&directory.path().join("metrics"), "stepwarden-quotas.prom");
    let of_quotas = |line: &str| {
        ["stepwarden_quota_", "stepwarden_map_run_backlog", "stepwarden_execution_throttled"]
            .iter()
            .any(|prefix| line.starts_with(prefix))
    };
    assert!(metrics.lines().filter(|line| !line.starts_with('#')).all(of_quotas), "{metrics}");
    assert!(metrics.contains("quota=\"api_describe_execution\""), "{metrics}");
    assert!(!metrics.contains("quota=\"definition_bytes\""), "the full scan tells of it: {metrics}");
}

/// The two can leave their metrics side by side.
#[test]
fn a_full_scan_without_quotas_has_no_series_of_the_fast_one() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let full = Run::emulated(&["scan", "--region", "us-east-1", "--format", "prometheus"], &emulator.endpoint);
    let full = full.env("STEPWARDEN_COLLECTORS_QUOTAS", "false").argument("--allow-incomplete").run().expect(0).stdout;
    let fast = ["scan", "--quotas", "--region", "us-east-1", "--format", "prometheus", "--allow-incomplete"];
    let fast = Run::emulated(&fast, &emulator.endpoint).run().expect(0).stdout;
    let series = |text: &str| -> BTreeSet<String> {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| Some(line.rsplit_once(' ')?.0.to_owned())).collect()
    };
    let (full, fast) = (series(&full), series(&fast));
    assert_eq!(full.intersection(&fast).collect::<Vec<_>>(), [""; 0]);
    assert!(!fast.is_empty() && !full.is_empty());
}
