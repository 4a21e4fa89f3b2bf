//! The formats that other programs read, by those programs' own judges: schemas and parsers that others wrote, in Python
//! (see `tests/validate/formats.py`).

mod generated;

use std::path::Path;

use serde_json::{Value, json};
use stepwarden::audit::{Report, Status};
use stepwarden::export::sarif::Results;
use stepwarden::export::{asff, csv, json, junit, markdown, ocsf, sarif};

use crate::binary::Run;
use crate::emulator::{Emulator, Kind};
use crate::validator;
use generated::{HOSTILE, generated};

type Writer<'a> = &'a dyn Fn(&mut Vec<u8>) -> std::io::Result<()>;

fn written(write: Writer<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut out).expect("writing to memory");
    out
}

/// Every format but the JSON report, which has a schema of its own, by its file's name.
fn all(report: &Report, results: Results) -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("report.jsonl", written(&|out| json::write_lines(report, out))),
        ("report.sarif", written(&|out| sarif::write(report, results, out))),
        ("report.ocsf.json", written(&|out| ocsf::write(report, out))),
        ("report.asff.json", written(&|out| asff::write(report, out))),
        ("report.csv", written(&|out| csv::write(report, out))),
        ("report.md", written(&|out| markdown::write(report, out))),
        ("report.junit.xml", written(&|out| junit::write(report, out))),
    ]
}

/// What the validators count; `None` where they are not installed.
fn valid(folder: &Path) -> Option<Value> {
    let found = validator::formats(folder)?;
    assert_eq!(found["faults"], json!([]), "{}", folder.display());
    Some(found["counts"].clone())
}

fn validated(report: &Report, results: Results) -> Option<Value> {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in all(report, results) {
        std::fs::write(folder.path().join(name), text).expect("the file is written");
    }
    valid(folder.path())
}

#[test]
fn ten_thousand_hostile_findings_are_valid_in_every_format() {
    let report = generated(10_000, false);
    let Some(counts) = validated(&report, Results::Failures) else { return };
    let [failed, unread, accepted] = [8_000, 1_000, 1_000];
    assert_eq!(counts["report.jsonl"], json!({"report": 1, "finding": 10_000, "resolved": 1_000}));
    assert_eq!(
        counts["report.sarif"].as_object().expect("levels").values().filter_map(Value::as_u64).sum::<u64>(),
        8_000
    );
    assert_eq!(counts["report.sarif"].get("none"), None, "only failures are results");
    assert_eq!(counts["report.junit.xml"], json!({"Failure": failed, "Skipped": unread + accepted}));
    assert_eq!(
        counts["report.csv"],
        json!({
            "non_compliant": failed, "insufficient_data": unread, "suppressed": accepted, "resolved": 1_000,
        })
    );
    assert_eq!(
        counts["report.asff.json"],
        json!({
            "FAILED ACTIVE -": failed, "NOT_AVAILABLE ACTIVE -": unread, "FAILED ACTIVE SUPPRESSED": accepted,
            "NOT_AVAILABLE ARCHIVED -": 1_000,
        })
    );
    let events = counts["report.ocsf.json"].as_object().expect("classes");
    let of = |word: &str| {
        events.iter().filter(|(name, _)| name.ends_with(word)).filter_map(|(_, n)| n.as_u64()).sum::<u64>()
    };
    assert_eq!([of("New"), of("Suppressed"), of("Resolved")], [failed + unread, accepted, 1_000]);
}

#[test]
fn what_is_compliant_is_valid_in_every_format() {
    let report = generated(700, true);
    let Some(counts) = validated(&report, Results::All) else { return };
    assert_eq!(counts["report.jsonl"]["passed"], 700);
    assert_eq!(counts["report.sarif"]["none"], 70 + 70 + 70 + 700, "unread, suppressed, resolved, compliant");
    assert_eq!(counts["report.ocsf.json"]["2003 Pass"], 700);
    assert_eq!(counts["report.asff.json"]["PASSED ACTIVE -"], 700);
    assert_eq!(counts["report.csv"]["compliant"], 700);
    assert_eq!(counts["report.junit.xml"]["pass"], 700);
}

#[test]
fn a_report_of_nothing_is_valid_in_every_format() {
    assert!(validated(&generated(0, false), Results::Failures).is_none_or(|counts| counts["report.csv"] == json!({})));
}

/// The demo account, from the emulator to the files, by the binary.
#[test]
fn the_demo_account_is_valid_in_every_format() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let names = ["json", "jsonl", "sarif", "ocsf", "asff", "csv", "markdown", "junit", "prometheus"];
    let mut run = Run::emulated(&["scan", "--region", "us-east-1", "--region", "eu-west-1"], &emulator.endpoint);
    for name in names {
        run = run.argument("--format").argument(name);
    }
    run.argument("--output-dir").argument(folder.path()).run().expect(4);
    let Some(counts) = valid(folder.path()) else { return };
    let report = std::fs::read(folder.path().join("report.json")).expect("the report");
    let report: Value = serde_json::from_slice(&report).expect("JSON");
    let findings = report["findings"].as_array().expect("findings").len();
    assert!(findings > 100 && counts["report.jsonl"]["finding"] == findings, "{findings}");
    assert!(folder.path().join("metrics.prom").exists());
}

/// GitHub's limits are kept, and what is left out is told.
#[test]
fn sarif_is_capped() {
    let report = generated(35_000, false);
    let log: Value =
        serde_json::from_slice(&written(&|out| sarif::write(&report, Results::Failures, out))).expect("JSON");
    let run = &log["runs"][0];
    assert_eq!(run["results"].as_array().expect("results").len(), 25_000);
    let told = run["invocations"][0]["toolExecutionNotifications"].as_array().expect("notifications");
    let capped = told.iter().find(|told| told["descriptor"]["id"] == "results-left-out").expect("it is told");
    assert_eq!(capped["message"]["text"], "3000 results of lower rank are left out: see report.json.");
}

/// The change that mends a finding can hold a policy or a piece of a definition: it stands in the JSON report, and in no
/// format that is handed on to others.
#[test]
fn changes_and_evidence_stay_in_the_report() {
    let mut report = generated(30, false);
    for finding in &mut report.findings {
        finding.change = Some(stepwarden::finding::Change::Policy(json!({"Statement": "MARK-CHANGE"})));
        finding.evidence = vec![("type", "MARK-EVIDENCE".to_owned())];
    }
    for (name, text) in all(&report, Results::All).into_iter().filter(|(name, _)| *name != "report.jsonl") {
        assert!(!String::from_utf8(text).expect("UTF-8").contains("MARK-"), "{name}");
    }
}

#[test]
fn no_format_lets_text_act() {
    let report = generated(HOSTILE.len() * 10, true);
    assert!(report.of_status(Status::Suppressed).count() > 0);
    // The JSON lines are the report's own data, as they are.
    for (name, text) in all(&report, Results::All).into_iter().filter(|(name, _)| *name != "report.jsonl") {
        let text = String::from_utf8(text).expect("UTF-8");
        let odd: Vec<_> = text.chars().filter(|c| c.is_control() && !"\n\r".contains(*c)).collect();
        assert!(odd.is_empty(), "{name}: {odd:?}");
        assert!(!text.contains(['\u{202e}', '\u{2028}']), "{name}");
    }
}
