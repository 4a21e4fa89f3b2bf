//! Every format, against golden files; `UPDATE_EXPECT=1 cargo test export` rewrites them.

mod html;
mod sample;

use std::collections::BTreeSet;

use ::prometheus::proto::LabelPair;
use expect_test::expect_file;
use serde_json::Value;
use stepwarden::audit::Report;
use stepwarden::export::terminal::Style;
use stepwarden::export::{json, prometheus, terminal};
use stepwarden::serve::OWN_METRICS;
use stepwarden::types::AccountId;

use crate::validator;
use sample::{HOSTILE, clean, rich};

fn written(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).expect("writing to memory");
    String::from_utf8(out).expect("UTF-8")
}

fn json_of(report: &Report) -> Value {
    serde_json::from_str(&written(|out| json::write(report, out))).expect("JSON")
}

#[test]
fn json_fits_its_schema() {
    let mut lacking = json_of(&rich());
    lacking["findings"][0].as_object_mut().expect("a finding").remove("id");
    let written = [json_of(&rich()), json_of(&clean()), lacking];
    let Some(faults) = validator::json_schema(&json::schema(), &written) else { return };
    assert_eq!(faults, [vec![], vec![], vec!["'id' is a required property"]]);
    assert_eq!(written[0]["schema_version"], json::SCHEMA_VERSION);
}

#[test]
fn json_reads_back_as_what_was_written() {
    let report = rich();
    let read: json::ReportV1 = serde_json::from_value(json_of(&report)).expect("version 1");
    assert_eq!(read, json::ReportV1::from(&report));
    assert_eq!(read.findings.len(), report.findings.len());
    assert_eq!(read.findings[8].location.state.as_deref(), Some(HOSTILE));
}

#[test]
fn json_says_why_something_was_not_judged_and_how_a_quota_is_meant() {
    let report = json_of(&rich());
    let unread =
        report["findings"].as_array().expect("a list").iter().find(|finding| finding["status"] == "insufficient_data");
    let reason = &unread.expect("one")["reason"];
    assert_eq!((&reason["reason"], &reason["iam_action"]), (&"denied".into(), &"states:DescribeStateMachine".into()));
    let kinds: Vec<_> = report["quotas"].as_array().expect("a list").iter().map(|quota| &quota["usage_kind"]).collect();
    assert_eq!(kinds, ["exact", "at_least", "exact", "exact", "unknown", "exact"]);
    assert_eq!(report["quotas"][4].get("usage"), None);
    assert_eq!(report["findings"][1]["remediation"]["change"]["kind"], "command");
    assert_eq!(report["findings"][2]["remediation"]["change"]["content"]["Effect"], "Allow");
}

#[test]
fn the_published_schema_is_the_code() {
    let schema = serde_json::to_string_pretty(&json::schema()).expect("JSON") + "\n";
    expect_file!["../../docs/report.schema.json"].assert_eq(&schema);
}

#[test]
fn every_property_of_the_schema_is_described() {
    fn walk(path: &str, schema: &Value, undescribed: &mut Vec<String>) {
        let described = |property: &Value| property.get("description").is_some() || property.get("const").is_some();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            if !described(property) && !path.contains("ChangeV1") {
                undescribed.push(format!("{path}.{name}"));
            }
        }
    }
    let schema = json::schema();
    let mut undescribed = Vec::new();
    walk("report", &schema, &mut undescribed);
    for (name, part) in schema["$defs"].as_object().expect("definitions") {
        walk(name, part, &mut undescribed);
    }
    assert_eq!(undescribed, [""; 0]);
}

#[test]
fn metrics_are_golden() {
    expect_file!["../golden/metrics.prom"].assert_eq(&written(|out| prometheus::write(&rich(), out)));
}

#[test]
fn metrics_are_those_of_the_catalogue() {
    let families = prometheus::families(&rich());
    let produced: BTreeSet<_> = families.iter().map(|family| family.name().to_owned()).collect();
    let catalogued: BTreeSet<_> = prometheus::METRICS.iter().map(|metric| metric.name.to_owned()).collect();
    assert_eq!(produced, catalogued, "the sample shows every family, and no other");
    assert_eq!(catalogued.len(), prometheus::METRICS.len(), "a name stands twice");
    for family in &families {
        let metric = prometheus::METRICS.iter().find(|metric| metric.name == family.name()).expect("in the catalogue");
        assert_eq!(family.help(), metric.help);
        for sample in family.get_metric() {
            let labels: BTreeSet<_> = sample.get_label().iter().map(LabelPair::name).collect();
            assert_eq!(labels, metric.labels.iter().copied().collect(), "{}", metric.name);
        }
    }
}

/// Prometheus's conventions: <https://prometheus.io/docs/practices/naming/>.
#[test]
fn metric_names_are_lawful() {
    let lawful = |name: &str| name.chars().all(|c| c.is_ascii_lowercase() || c == '_') && !name.contains("__");
    let own = OWN_METRICS.iter().map(|own| {
        let counts = own.name.ends_with("_total");
        (own.name, own.help, own.labels, counts)
    });
    let of_reports = prometheus::METRICS.iter().map(|metric| {
        let counts = metric.kind == prometheus::MetricKind::Counter;
        (metric.name, metric.help, metric.labels, counts)
    });
    for (name, help, labels, counts) in of_reports.chain(own) {
        assert!(name.starts_with("stepwarden_") && lawful(name), "{name}: prefix and snake case");
        assert_eq!(name.ends_with("_total"), counts, "{name}: a counter is a total, a gauge is not");
        let words: Vec<_> = name.split('_').collect();
        for odd in ["ms", "millis", "milliseconds", "minutes", "hours", "days", "kb", "mb", "percent", "count", "gauge"]
        {
            assert!(!words.contains(&odd), "{name}: {odd} is no base unit");
        }
        for timed in ["duration", "timestamp", "age"] {
            assert!(!words.contains(&timed) || name.ends_with("_seconds"), "{name}: time is in seconds");
        }
        assert!(!help.is_empty() && !help.ends_with('.'), "{name}: help is a phrase");
        assert!(labels.iter().all(|label| lawful(label)), "{name}: labels");
        // Of state machines a metric names five at most.
        let bounded = [
            "account_id",
            "api",
            "band",
            "check",
            "collector",
            "data",
            "family",
            "kind",
            "outcome",
            "quota",
            "reason",
            "region",
            "schedule",
            "severity",
            "state_machine",
            "version",
        ];
        assert!(labels.iter().all(|label| bounded.contains(label)), "{name}: a label with an open set of values");
    }
}

#[test]
fn label_values_are_escaped() {
    let report = Report { version: "1\"} 1\n\\".to_owned(), ..clean() };
    let text = written(|out| prometheus::write(&report, out));
    assert!(text.contains(r#"stepwarden_build_info{version="1\"} 1\n\\"} 1"#), "{text}");
}

#[test]
fn what_is_unknown_has_no_series() {
    let mut report = clean();
    for line in &mut report.coverage {
        (line.compliant, line.insufficient) = (0, 1);
    }
    (report.inventory[0].complete, report.scores[0].risk, report.scores[0].machines_evaluated) = (false, None, 0);
    report.scores.truncate(1);
    let text = written(|out| prometheus::write(&report, out));
    for unknown in ["findings{", "findings_new{", "state_machines{", "risk_score{", "by_risk{"] {
        assert!(!text.contains(unknown), "{unknown} in {text}");
    }
    assert!(
        text.contains(
            "stepwarden_coverage_ratio{account_id=\"123456789012\",family=\"logging\",region=\"eu-west-1\"} 0"
        )
    );
}

fn summary(report: &Report, style: Style) -> String {
    written(|out| terminal::write(report, style, out))
}

#[test]
fn summaries_are_golden() {
    let plain = Style::default();
    expect_file!["../golden/summary.txt"].assert_eq(&summary(&rich(), plain));
    expect_file!["../golden/summary-verbose.txt"].assert_eq(&summary(&rich(), Style { verbose: true, ..plain }));
    expect_file!["../golden/summary-narrow.txt"].assert_eq(&summary(&rich(), Style { width: 72, ..plain }));
    expect_file!["../golden/summary-clean.txt"].assert_eq(&summary(&clean(), plain));
}

#[test]
fn a_plain_summary_has_no_control_characters_and_fits() {
    for width in [0, 40, 60, 72, 100, 200] {
        for verbose in [false, true] {
            let text = summary(&rich(), Style { color: false, width, verbose });
            let odd: Vec<_> = text.chars().filter(|c| c.is_control() && *c != '\n').collect();
            assert!(odd.is_empty(), "{width}: {odd:?}");
            assert!(!text.contains('\u{202e}') && text.contains("\\u{202e}"), "{width}");
            let long: Vec<_> = text.lines().filter(|line| line.chars().count() > width.max(40)).collect();
            assert_eq!(long, [""; 0], "{width}");
            let ragged: Vec<_> = text.lines().filter(|line| line.ends_with(' ')).collect();
            assert_eq!(ragged, [""; 0], "{width}");
        }
    }
}

#[test]
fn colours_add_nothing_but_colours() {
    let plain = summary(&rich(), Style::default());
    let coloured = summary(&rich(), Style { color: true, ..Style::default() });
    assert!(coloured.contains("\u{1b}[") && !coloured.contains("\u{1b}[2J"));
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
}

#[test]
fn the_last_line_is_the_verdict() {
    let verdict = |report: &Report| summary(report, Style::default()).lines().last().unwrap_or_default().to_owned();
    assert_eq!(verdict(&clean()), "Nothing found: all 2 evaluations are compliant.");
    let mut unread = clean();
    unread.findings = rich().findings.into_iter().filter(|finding| finding.gap.is_some()).collect();
    unread.coverage[0].insufficient = 4;
    assert_eq!(verdict(&unread), "Nothing found in what could be read. 4 evaluations lacked data.");
    let nothing = Report { coverage: Vec::new(), complete: false, ..clean() };
    assert_eq!(verdict(&nothing), "Nothing could be judged. The collection ended early.");
}

#[test]
fn many_accounts_stay_short_and_can_be_told_apart() {
    let mut report = rich();
    let account = |number: usize| AccountId::parse(format!("{number:012}")).expect("an account");
    for number in 0..40 {
        let mut scores = rich().scores;
        for score in &mut scores {
            score.account_id = account(number);
        }
        report.scores.extend(scores);
        let mut inventory = rich().inventory;
        for line in &mut inventory {
            line.account_id = account(number);
        }
        report.inventory.extend(inventory);
    }
    let text = summary(&report, Style::default());
    assert!(text.starts_with("stepwarden 0.1.0 · 41 accounts · Regions eu-west-1, us-east-1 · 328 state machines\n"));
    assert!(text.contains("\n  103 more; --verbose shows all\n"), "{text}");
    assert!(text.contains("╭─ payments · 123456789012 eu-west-1 · new"), "{text}");
    assert!(!summary(&report, Style { verbose: true, ..Style::default() }).contains("--verbose"));
}
