//! The page: what its text must be, and what a real browser makes of it.

use std::path::Path;
use std::process::Command;

use serde_json::json;
use stepwarden::asl::Definition;
use stepwarden::audit::{Finding, Granted, Picture, PolicyPicture, Report};
use stepwarden::export::html;
use stepwarden::graph::states::Chart;
use stepwarden::types::Arn;

use super::sample::{HOSTILE, clean, rich};
use super::written;

/// The hand-made report, its worst machine with a graph of hostile names.
fn pictured() -> Report {
    let mut report = rich();
    let name = "x".repeat(300);
    let definition = Definition::parse(&json!({"StartAt": "Charge the card", "States": {
        "Charge the card": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Next": HOSTILE},
        HOSTILE: {"Type": "Pass", "Next": name},
        name.as_str(): {"Type": "Succeed"},
    }}));
    let statement = json!({"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"});
    let policy = PolicyPicture {
        granted: vec![
            Granted { document: statement.clone(), why: Some(format!("nothing needs it {HOSTILE}")) },
            Granted { document: statement.clone(), why: None },
        ],
        needed: json!({"Version": "2012-10-17", "Statement": [statement]}),
        missing: vec!["lambda:InvokeFunction".to_owned()],
        whole: true,
    };
    let chart = Chart::of(&definition.expect("a definition"));
    report.machines[0].picture = Some(Box::new(Picture { chart: Ok(chart), policy: Ok(policy) }));
    report
}

/// 10,000 findings of 1,000 resources.
fn many() -> Report {
    let mut report = pictured();
    let known = std::mem::take(&mut report.findings);
    report.findings = (0..10_000)
        .map(|number| {
            let finding = &known[number % known.len()];
            let name = format!("arn:aws:states:eu-west-1:123456789012:stateMachine:machine-{}", number / 10);
            Finding {
                id: format!("{number:032x}"),
                message: format!("{} It is so in state number {number}.", finding.message),
                resource: Arn::parse(name).expect("an ARN"),
                ..finding.clone()
            }
        })
        .collect();
    report
}

fn page(report: &Report) -> String {
    written(|out| html::write(report, out))
}

#[test]
fn nothing_hostile_is_markup_and_nothing_is_fetched() {
    let page = page(&pictured());
    let text = page.split("<script>").next().expect("text");
    for word in
        ["<script>alert", "\u{202e}", "\u{1b}", " style=\"", " onload", " onclick", "src=", "<link", "@import", "url("]
    {
        assert!(!text.contains(word), "{word}");
    }
    assert!(text.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(text.contains("default-src 'none'; style-src 'sha256-"));
    assert_eq!(page.matches("<script").count(), 2);
    assert!(!page.contains("innerHTML"));
}

#[test]
fn what_was_not_read_is_not_judged_and_no_finding_is_one() {
    let page = page(&pictured());
    assert!(page.contains("<span class=\"sev none\">not judged</span>"));
    assert!(self::page(&clean()).contains("0 of 0 findings"));
}

#[test]
fn ten_thousand_findings_are_less_than_ten_megabytes() {
    let page = page(&many());
    assert!(page.len() < 10_000_000, "{} bytes", page.len());
}

#[test]
fn a_real_browser_shows_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join(".venv/browser");
    let there = folder.join("ready").exists() && Path::new("/usr/bin/chromium").exists();
    let must = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(there || !must, "CI needs Chromium and its environment: run `make .venv/browser/ready`");
    if !there {
        return;
    }
    let out = tempfile::tempdir().expect("a folder");
    let [small, large] = [("small.html", pictured()), ("large.html", many())].map(|(name, report)| {
        let path = out.path().join(name);
        std::fs::write(&path, page(&report)).expect("a file");
        path
    });
    let ran = Command::new(folder.join("bin/python"))
        .arg(root.join("tests/browser/report.py"))
        .args([small, large])
        .output()
        .expect("Python");
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!((said(&ran.stdout).as_str(), ran.status.success()), ("", true), "{}", said(&ran.stderr));
}
