//! What is accepted: suppressions, baselines, and whose findings are shown.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::binary::{Ran, Run};

/// Two machines that do not log, one role each with wildcards; a third runs as the role of the first.
fn account() -> Value {
    let statement =
        |sid: &str, actions: &[&str]| json!({"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": "*"});
    let (files, queues) =
        (statement("Files", &["s3:GetObject"]), statement("Queues", &["sqs:SendMessage", "sns:Publish"]));
    json!({
        "machines": [
            {"name": "orders", "tags": {"team": "shop", "env": "prod", "stack": "checkout"}},
            {"name": "refunds", "tags": {"team": "billing"}},
            {"name": "returns", "role": "orders", "tags": {"team": "shop"}},
        ],
        "activities": {"approve": {"tags": {"team": "shop"}}},
        "roles": {"orders": [files, queues], "refunds": [files]},
    })
}

fn check(arguments: &[&str], suppressions: &str) -> Ran {
    let arguments: Vec<_> = ["check", "-", "--allow-incomplete"].iter().chain(arguments).copied().collect();
    Run::new(&arguments).env("STEPWARDEN_SUPPRESSIONS", suppressions).input(&crate::cases::snapshot(&account())).run()
}

fn report(arguments: &[&str], suppressions: &str) -> Value {
    let arguments: Vec<_> = ["--format", "json"].iter().chain(arguments).copied().collect();
    serde_json::from_str(&check(&arguments, suppressions).expect(0).stdout).expect("a report")
}

fn findings(report: &Value) -> &[Value] {
    report["findings"].as_array().expect("findings")
}

/// The hidden ones: check, name of the resource, statement.
fn hidden(report: &Value) -> BTreeSet<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let word = |finding: &Value| {
        let resource = text(&finding["resource"]);
        let name = resource.rsplit([':', '/']).next().unwrap_or_default().to_owned();
        format!("{} {name} {}", text(&finding["check"]), text(&finding["location"]["statement"])).trim_end().to_owned()
    };
    findings(report).iter().filter(|finding| finding["status"] == "suppressed").map(word).collect()
}

#[test]
fn each_selector_narrows() {
    let wildcards =
        ["wildcard-resource orders Files", "wildcard-resource orders Queues", "wildcard-resource refunds Files"];
    for (selectors, expected) in [
        (r#"checks = ["wildcard-resource"]"#, &wildcards[..]),
        (r#"checks = ["wildcard-resource"], accounts = ["123456789012"], regions = ["global"]"#, &wildcards),
        (r#"checks = ["wildcard-resource"], accounts = ["210987654321"]"#, &[]),
        (r#"checks = ["wildcard-resource"], regions = ["eu-west-1"]"#, &[]),
        (r#"checks = ["wildcard-resource"], resources = ["arn:aws:iam::*:role/ref*"]"#, &wildcards[2..]),
        (r#"checks = ["wildcard-resource"], statements = ["File?"]"#, &[wildcards[0], wildcards[2]]),
        (r#"checks = ["wildcard-resource"], actions = ["S3:*"]"#, &[wildcards[0], wildcards[2]]),
        (r#"checks = ["wildcard-resource"], actions = ["sqs:*"]"#, &[]),
        (r#"checks = ["wildcard-resource"], actions = ["sqs:*", "sns:publish"]"#, &wildcards[1..2]),
        (r#"checks = ["wildcard-resource"], tags = ["team=shop"]"#, &wildcards[..2]),
        (r#"checks = ["wildcard-resource"], tags = ["env"]"#, &[]),
        (
            r#"checks = ["activity-without-customer-key"], tags = ["team=shop"]"#,
            &["activity-without-customer-key approve"],
        ),
        (r#"checks = ["activity-without-customer-key"], tags = ["team=billing"]"#, &[]),
        (
            r#"checks = ["logging-disabled"], tags = ["env=prod", "team=bill*"]"#,
            &["logging-disabled orders", "logging-disabled refunds"],
        ),
        (r#"checks = ["logging-disabled"], states = ["*"]"#, &[]),
        (r#"checks = ["logging-disabled"], pointers = ["/*"]"#, &[]),
    ] {
        let report = report(&[], &format!(r#"[{{ {selectors}, reason = "reviewed" }}]"#));
        let expected: BTreeSet<_> = expected.iter().map(ToString::to_string).collect();
        assert_eq!(hidden(&report), expected, "{selectors}");
        assert_eq!(report["suppressions"][0]["findings"], expected.len(), "{selectors}");
    }
}

#[test]
fn what_is_accepted_stays_visible_and_out_of_exit_codes_and_scores() {
    let accepted = r#"[{ resources = ["*"], reason = "a test account", owner = "team-shop", expires = "2026-01-02" }]"#;
    assert_eq!(check(&["--fail-on", "info"], "[]").code, 3);
    let ran = check(&["--fail-on", "info"], accepted).expect(0);
    for told in ["SUPPRESSED", "a test account"] {
        assert!(ran.stdout.contains(told), "{}", ran.stdout);
    }
    let report = report(&[], accepted);
    let all = findings(&report).iter().filter(|finding| finding["status"] != "insufficient_data");
    assert!(all.clone().count() > 5 && all.clone().all(|finding| finding["suppression"]["owner"] == "team-shop"));
    assert!(
        report["machines"].as_array().unwrap().iter().all(|machine| machine["risk"] == 0.0),
        "{}",
        report["machines"]
    );
    let metrics = check(&["--format", "prometheus"], accepted).expect(0).stdout;
    assert!(metrics.contains("stepwarden_findings_suppressed{account_id=\"123456789012\",check=\"logging-disabled\""));
    assert!(!metrics.contains("check=\"logging-disabled\",region=\"eu-west-1\",severity=\"medium\"} 3"));
}

#[test]
fn on_its_last_day_a_suppression_hides_nothing_and_says_so() {
    let expired = r#"[{ checks = ["logging-disabled"], reason = "until the new year", expires = "2026-01-01" }]"#;
    let report = report(&[], expired);
    assert!(hidden(&report).is_empty());
    let told = &report["suppressions"][0];
    assert_eq!(
        (&told["expired"], &told["findings"], &told["expires"]),
        (&true.into(), &3.into(), &"2026-01-01".into())
    );
    assert!(check(&[], expired).expect(0).stdout.contains("expired on 2026-01-01"));
}

#[test]
fn one_that_hides_nothing_is_told_only_where_all_was_looked_at() {
    let unused = r#"[{ checks = ["tracing-disabled"], resources = ["*:gone"], reason = "old" }]"#;
    assert_eq!(report(&[], unused)["suppressions"][0]["unused"], true);
    assert_eq!(report(&["--skip-check", "tracing-disabled"], unused)["suppressions"][0]["unused"], false);
}

#[test]
fn what_is_accepted_speaks_for_no_other_check() {
    let both = report(&[], "[]");
    let folded = |report: &Value| -> usize {
        findings(report).iter().filter_map(|finding| finding["folded"].as_array()).map(Vec::len).sum()
    };
    let speaking: BTreeSet<_> =
        findings(&both).iter().filter(|one| one.get("folded").is_some()).map(|one| one["check"].to_string()).collect();
    if let Some(check) = speaking.first() {
        let quiet = report(&[], &format!(r#"[{{ checks = [{check}], reason = "accepted" }}]"#));
        assert!(folded(&quiet) < folded(&both));
    }
}

#[test]
fn a_baseline_accepts_what_is_known_and_fails_on_what_is_new() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("report.json");
    let mut known = report(&[], "[]");
    let path = file.to_str().expect("a path of letters");
    let write = |known: &Value| std::fs::write(&file, known.to_string()).expect("it is written");
    write(&known);
    let ran = check(&["--fail-on", "info", "--baseline", path], "[]").expect(0);
    assert!(ran.stdout.contains("known from the baseline of 2026-01-01"), "{}", ran.stdout);
    // One that was less bad then, and one that was not there.
    let list = known["findings"].as_array_mut().expect("findings");
    let logging = list.iter_mut().find(|one| one["check"] == "logging-disabled").expect("one");
    logging["severity"] = "info".into();
    let tracing = list.iter().position(|one| one["check"] == "tracing-disabled").expect("one");
    list.remove(tracing);
    write(&known);
    let ran = check(&["--fail-on", "info", "--baseline", path, "--format", "json"], "[]").expect(3);
    let now: Value = serde_json::from_str(&ran.stdout).expect("a report");
    let open = findings(&now).iter().filter(|one| one["status"] == "non_compliant");
    let open: Vec<_> = open.map(|one| one["check"].as_str().unwrap_or_default()).collect();
    assert_eq!(open, ["logging-disabled", "tracing-disabled"]);
    known["schema_version"] = "2.0".into();
    write(&known);
    assert!(check(&["--baseline", path], "[]").expect(2).stderr.contains("schema version 2.0: expected 1"));
    std::fs::write(&file, "[]").expect("it is written");
    assert!(check(&["--baseline", path], "[]").expect(2).stderr.contains("is no report"));
}

#[test]
fn findings_of_one_owner_alone_are_shown_and_fail() {
    let owners = |arguments: &[&str]| -> BTreeSet<String> {
        let report = report(arguments, "[]");
        let machines = report["machines"].as_array().expect("machines").iter();
        machines.map(|machine| machine["owner"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(owners(&[]), BTreeSet::from(["billing".to_owned(), "shop".to_owned()]));
    assert_eq!(owners(&["--owner", "Shop"]), BTreeSet::from(["shop".to_owned()]));
    let shop = report(&["--owner", "shop"], "[]");
    assert!(findings(&shop).iter().all(|one| !one["resource"].as_str().unwrap_or_default().ends_with("refunds")));
    assert_eq!(check(&["--owner", "nobody", "--fail-on", "info"], "[]").code, 0);
    let summary = check(&[], "[]").expect(0).stdout;
    let group = |heading: &str| -> Vec<String> {
        let lines = summary.lines().skip_while(|line| !line.starts_with(heading)).skip(1);
        let names = lines.take_while(|line| line.starts_with("  ")).map(|line| line[2..].split("  ").next());
        names.flatten().map(str::to_owned).collect()
    };
    assert_eq!(group("OWNERS"), ["shop", "billing"]);
    assert_eq!(group("STACKS"), ["no stack", "checkout"]);
}

#[test]
fn mistakes_are_named() {
    for (written, told) in [
        (r#"[{ reason = "all of it" }]"#, "expected at least one of checks, accounts"),
        (r#"[{ checks = ["wildcard-resource"] }]"#, "reason is missing"),
        (r#"[{ checks = ["wildcard-resource"], reason = " " }]"#, "expected text"),
        (r#"[{ checks = ["wildcard-resourcs"], reason = "x" }]"#, "there is no check"),
        (r#"[{ checks = ["wildcard-resource"], reason = "x", expires = "soon" }]"#, "a day like"),
        (r#"[{ check = ["wildcard-resource"], reason = "x" }]"#, "did you mean checks?"),
    ] {
        let ran = check(&[], written).expect(2);
        assert!(ran.stderr.contains(told), "{written}: {}", ran.stderr);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    /// A suppression changes nothing of other findings, hides none it does not select, and another selector hides no more.
    #[test]
    fn suppressions_hide_and_do_nothing_else(
        checks in proptest::sample::subsequence(vec!["wildcard-resource", "logging-disabled", "tracing-disabled"], 1..3),
        tag in proptest::sample::select(vec!["team=shop", "team", "env=*", "none"]),
    ) {
        let checks = format!("checks = {checks:?}");
        let plain = report(&["--skip-check", "excess-grant"], "[]");
        let wide = report(&["--skip-check", "excess-grant"], &format!(r#"[{{ {checks}, reason = "x" }}]"#));
        let narrow = report(&["--skip-check", "excess-grant"], &format!(r#"[{{ {checks}, tags = ["{tag}"], reason = "x" }}]"#));
        prop_assert!(hidden(&narrow).is_subset(&hidden(&wide)));
        let by_id = |report: &Value| -> BTreeMap<String, Value> {
            findings(report).iter().map(|one| (one["id"].to_string(), one.clone())).collect()
        };
        let (plain, wide) = (by_id(&plain), by_id(&wide));
        prop_assert_eq!(plain.keys().collect::<Vec<_>>(), wide.keys().collect::<Vec<_>>());
        for (id, finding) in &wide {
            if finding["status"] == "suppressed" {
                prop_assert_eq!(&finding["score"], &plain[id]["score"]);
            } else {
                prop_assert_eq!(finding, &plain[id]);
            }
        }
    }
}
