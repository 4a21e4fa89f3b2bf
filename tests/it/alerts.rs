//! The alerts: by Prometheus's own tools, and against the catalogue of metrics, their pages and the checks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;
use serde_json::Value;
use stepwarden::checks::CHECKS;
use stepwarden::export::prometheus::METRICS;
use stepwarden::serve::OWN_METRICS;

use crate::binary::nothing_may_be_skipped;

const RULES: &str = "dashboards/prometheus/stepwarden.rules.yml";

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn yaml(name: &str) -> Value {
    serde_saphyr::from_str(&read(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Runs one of Prometheus's tools; false where it is not installed, which `make test` says.
fn passes(program: &str, arguments: &[&str]) -> bool {
    let ran = Command::new(program).args(arguments).current_dir(path("")).output();
    let must = nothing_may_be_skipped();
    let Ok(ran) = ran else {
        assert!(!must, "CI needs {program}");
        return false;
    };
    let told = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{program} {arguments:?}: {told}");
    true
}

fn tests() -> Vec<String> {
    let files = std::fs::read_dir(path("tests/prometheus")).expect("the folder").map(|entry| entry.expect("an entry"));
    let mut names: Vec<_> = files.map(|file| format!("tests/prometheus/{}", file.file_name().display())).collect();
    names.retain(|name| name.ends_with(".test.yml"));
    names.sort();
    names
}

/// Alerts by name; one that has two severities stands there once.
fn alerts() -> BTreeMap<String, Vec<Value>> {
    let mut alerts: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for group in yaml(RULES)["groups"].as_array().expect("groups") {
        for rule in group["rules"].as_array().expect("rules").iter().filter(|rule| rule["alert"].is_string()) {
            alerts.entry(rule["alert"].as_str().expect("a name").to_owned()).or_default().push(rule.clone());
        }
    }
    assert!(alerts.len() > 10);
    alerts
}

#[test]
fn prometheus_takes_the_rules_and_they_fire_as_expected() {
    passes("promtool", &["check", "rules", "--lint=all", "--lint-fatal", RULES]);
    let tests = tests();
    assert!(tests.len() > 3);
    let arguments: Vec<_> = ["test", "rules"].into_iter().chain(tests.iter().map(String::as_str)).collect();
    passes("promtool", &arguments);
    passes("promtool", &["check", "config", "dashboards/prometheus/prometheus.example.yml"]);
    passes("amtool", &["check-config", "dashboards/prometheus/alertmanager.example.yml"]);
}

/// At the interval of a service and at that of an hourly task, as the name of each test begins.
#[test]
fn every_alert_is_seen_to_fire_and_not_to_fire() {
    let mut seen: BTreeMap<String, BTreeSet<(bool, bool)>> = BTreeMap::new();
    for file in tests() {
        for test in yaml(&file)["tests"].as_array().expect("tests") {
            let hourly = test["name"].as_str().expect("a name").starts_with("hourly task:");
            for asked in test["alert_rule_test"].as_array().expect("expectations") {
                let fires = asked["exp_alerts"].as_array().is_some_and(|alerts| !alerts.is_empty());
                seen.entry(asked["alertname"].as_str().expect("a name").to_owned())
                    .or_default()
                    .insert((hourly, fires));
            }
        }
    }
    // Only a service has ticks, and a configuration that is loaded again.
    let of_service = ["StepwardenTicksLate", "StepwardenConfigReloadFailed"];
    for name in alerts().keys() {
        let lacking: Vec<_> = [(false, true), (false, false), (true, true), (true, false)]
            .into_iter()
            .filter(|case| !seen.get(name).is_some_and(|seen| seen.contains(case)))
            .filter(|case| !(of_service.contains(&name.as_str()) && *case == (true, true)))
            .collect();
        assert!(lacking.is_empty(), "{name}: no test of (hourly, fires) {lacking:?}");
    }
}

#[test]
fn every_alert_says_what_is_to_be_done() {
    let page = read("docs/alerts.md");
    let sections: BTreeSet<_> = page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let alerts = alerts();
    assert_eq!(sections, alerts.keys().map(String::as_str).collect(), "docs/alerts.md and the rules");
    let named = Regex::new("^Stepwarden([A-Z][a-z]+)+$").expect("a pattern");
    for (name, rules) in &alerts {
        assert!(named.is_match(name), "{name} is not in CamelCase");
        for rule in rules {
            let severity = rule["labels"]["severity"].as_str();
            assert!(["critical", "warning", "info"].map(Some).contains(&severity), "{name}: {severity:?}");
            let annotations = &rule["annotations"];
            let told = |which: &str| annotations[which].as_str().or(annotations["<<"][which].as_str());
            for which in ["summary", "description"] {
                assert!(told(which).is_some_and(|text| !text.is_empty()), "{name}: no {which}");
            }
            let leads = told("runbook_url").and_then(|url| url.strip_prefix("https://stepwarden.example.com/"));
            let leads = leads.unwrap_or_else(|| panic!("{name}: no runbook_url"));
            let known = match leads.split_once('/') {
                Some(("alerts", alert)) => alert == name,
                Some(("checks", id)) => CHECKS.iter().any(|check| check.id == id),
                _ => false,
            };
            assert!(known, "{name}: {leads} leads nowhere");
        }
    }
}

#[test]
fn rules_read_metrics_that_there_are() {
    let known: BTreeSet<_> =
        METRICS.iter().map(|metric| metric.name).chain(OWN_METRICS.iter().map(|metric| metric.name)).collect();
    let recorded = Regex::new(r"[a-z_]+:(stepwarden_[a-z_]+):[a-z]+").expect("a pattern");
    let plain = Regex::new(r"\bstepwarden_[a-z_]+").expect("a pattern");
    let text: String = read(RULES).lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    let text = recorded.replace_all(&text, "").into_owned();
    let named: BTreeSet<_> = plain.find_iter(&text).map(|found| found.as_str()).collect();
    let unknown: Vec<_> = named.difference(&known).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert!(named.len() > 12);
}
