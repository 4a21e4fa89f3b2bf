//! The page: what its text must be, and what a real browser makes of it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use jiff::SignedDuration;
use serde_json::json;
use stepwarden::asl::Definition;
use stepwarden::audit::{
    BeyondNeed, ChangeSince, Finding, Flow, Granted, HandedOn, Lacking, Picture, PolicyPicture, Report, SeenAt,
    TrendPoint,
};
use stepwarden::export::html;
use stepwarden::graph::states::Chart;
use stepwarden::model::Forecast;
use stepwarden::types::{Arn, Gap, GapReason};

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
    let chart = Chart::of(&definition.expect("a definition"));
    let flows = flows(&chart);
    report.machines[0].picture = Some(Box::new(Picture { chart: Ok(chart), flows, policy: Ok(policy()) }));
    report
}

fn flows(chart: &Chart) -> Vec<Flow> {
    let charged = chart.arrows.iter().position(|arrow| chart.states[arrow.from].name == "Charge the card");
    let seen =
        |state: Option<&str>| SeenAt { state: state.map(str::to_owned), place: "input /customer/email".to_owned() };
    let handed_on = HandedOn {
        state: "Charge the card".to_owned(),
        from: format!("$.customer.email{HOSTILE}"),
        to: "lambda send".to_owned(),
    };
    vec![
        Flow {
            kind: "EMAIL".to_owned(),
            seen: vec![seen(None), seen(Some("Charge the card")), seen(Some(HOSTILE))],
            arrows: charged.into_iter().collect(),
            handed_on: vec![handed_on.clone()],
        },
        Flow { kind: "CVV".to_owned(), handed_on: vec![handed_on; 20], ..Flow::default() },
    ]
}

/// Two statements with one Sid: the first grants more than is needed, the second does not.
fn policy() -> PolicyPicture {
    let actions = json!(["dynamodb:GetItem", "dynamodb:*"]);
    let wide = json!({"Sid": "Table", "Effect": "Allow", "Action": actions, "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}});
    let plain = json!({"Sid": "Table", "Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "arn:aws:dynamodb:*:*:table/orders"});
    let invoke = json!({"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": format!("arn:{HOSTILE}")});
    let beyond = BeyondNeed {
        why: format!("nothing needs it {HOSTILE}"),
        actions: ["dynamodb:*".to_owned()].into(),
        wide: true,
        ..BeyondNeed::default()
    };
    PolicyPicture {
        granted: vec![
            Granted { document: wide, beyond: Some(beyond) },
            Granted { document: plain.clone(), beyond: None },
        ],
        needed: json!({"Version": "2012-10-17", "Statement": [plain]}),
        missing: vec![Lacking { document: invoke, why: "lambda:InvokeFunction is needed".to_owned() }],
        whole: true,
    }
}

/// So many findings of a tenth as many resources.
fn many(count: usize) -> Report {
    let mut report = pictured();
    let known = std::mem::take(&mut report.findings);
    report.findings = (0..count)
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
fn lines_of_a_policy_have_signs_of_their_own() {
    let page = page(&pictured());
    let of = |sign: &str| -> Vec<String> {
        let begins = format!("<{sign}>");
        let parts = page.split(&begins).skip(1);
        parts.map(|part| part.split("</").next().expect("text").replace("&quot;", "'")).collect()
    };
    assert_eq!(of("del"), ["−     'dynamodb:*'", "−   'Resource': '*',"]);
    assert_eq!(of("ins").len(), 5, "{:?}", of("ins"));
    assert_eq!(page.matches("nothing beyond need was found").count(), 1);
}

#[test]
fn where_data_goes_is_told_in_words_too() {
    let page = page(&pictured());
    for told in [
        "seen in the execution&#39;s input /customer/email, Charge the card: input /customer/email, ",
        "carried Charge the card → ",
        "handed on, by the name of the field Charge the card takes $.customer.email",
        ", and 8 more",
    ] {
        assert!(page.contains(told), "{told}");
    }
}

#[test]
fn quotas_are_coloured_as_they_are_configured_and_forecasts_are_words() {
    let mut report = rich();
    report.quotas.truncate(3);
    report.quotas[0].thresholds.warning = 0.000_01;
    report.quotas[0].thresholds.critical = 0.000_02;
    report.quotas[1].status.forecast = Forecast::Full;
    report.quotas[2].status.forecast = Forecast::Steady;
    let page = page(&report);
    assert!(page.contains("0 %<b> critical</b>") && page.contains("91 %<b> warning</b>"));
    assert!(page.contains("full now") && page.contains("does not grow to its limit"));
    report.quotas[1].status.forecast = Forecast::Unknown(Gap::new(GapReason::Partial, "three days are known"));
    assert!(self::page(&report).contains("not known<small>"));
}

#[test]
fn the_first_scan_says_so() {
    let mut report = rich();
    report.trend.clear();
    report.resolved.clear();
    report.findings.iter_mut().for_each(|finding| finding.since_last = ChangeSince::New);
    assert!(page(&report).contains("This is the first: no earlier one is remembered."));
    report.trend = past(&report);
    let page = page(&report);
    assert!(!page.contains("This is the first") && page.contains("resolved <b>"));
}

fn past(report: &Report) -> Vec<TrendPoint> {
    let days = [(-3, 80.0), (-2, 60.0), (-1, 70.0), (0, 40.0)];
    let point = |(days, risk): (i64, f64)| TrendPoint {
        account_id: "123456789012".to_owned(),
        at: report.finished_at + SignedDuration::from_hours(24 * days),
        risk: Some(risk),
        findings: BTreeMap::new(),
    };
    days.map(point).into()
}

#[test]
fn however_much_there_is_the_page_is_less_than_ten_megabytes_and_says_what_is_not_on_it() {
    let page_of = |report: &Report| {
        let page = page(report);
        assert!(page.len() < 10_000_000, "{} bytes", page.len());
        page
    };
    let whole = page_of(&many(10_000));
    assert!(whole.contains("\"left\":0,"), "10,000 are on it");

    let mut report = many(30_000);
    for finding in &mut report.findings {
        finding.message = format!("{} {}", finding.message, HOSTILE.repeat(10));
    }
    let picture = report.machines[0].clone();
    report.machines = (0..3_000).map(|_| picture.clone()).collect();
    report.coverage = (0..20_000).map(|_| report.coverage[0].clone()).collect();
    report.quotas = (0..5_000).map(|_| report.quotas[0].clone()).collect();
    let cut = page_of(&report);
    for what in [
        "more findings, those of least weight, are left out",
        "state machines of less risk are not shown here",
        "more lines are left out",
        "more quotas, those of least usage, are left out",
    ] {
        assert!(cut.contains(what), "{what}");
    }
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
    let mut small = pictured();
    small.trend = past(&small);
    let [small, large] = [("small.html", small), ("large.html", many(10_000))].map(|(name, report)| {
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
