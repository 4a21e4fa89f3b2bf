//! The whole passage: the spawned binary, the real SDK, two independent AWS API emulators.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use expect_test::expect_file;
use serde_json::{Value, json};

use crate::binary::{Ran, Run};
use crate::emulator::{Emulator, Kind};

const REGIONS: [&str; 4] = ["--region", "us-east-1", "--region", "eu-west-1"];

fn scan(endpoint: &str, more: &[&str]) -> Run {
    let mut arguments = vec!["scan", "--format", "json"];
    arguments.extend(REGIONS);
    arguments.extend(more);
    Run::emulated(&arguments, endpoint)
}

fn report(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}\n{}\n{}", ran.stdout, ran.stderr))
}

/// A finding on one line, as a person compares it.
fn line(finding: &Value) -> String {
    let text = |name: &str| finding[name].as_str().unwrap_or_default();
    let location = &finding["location"];
    let place = ["state", "statement"].iter().find_map(|name| location[name].as_str()).unwrap_or("-");
    let resource = text("resource").rsplit(":stateMachine:").next().unwrap_or_default();
    let reason = finding["reason"]["reason"].as_str().unwrap_or("-");
    format!("{} {} {} {} {resource} {place} {reason}", text("status"), text("severity"), text("check"), text("region"))
}

fn lines(report: &Value) -> BTreeSet<String> {
    report["findings"].as_array().expect("findings").iter().map(line).collect()
}

fn exactly_the_expected_findings(kind: Kind) {
    let Some(emulator) = Emulator::seeded(kind) else { return };
    let report = report(&scan(&emulator.endpoint, &[]).run().expect(4));
    let lines: Vec<_> = lines(&report).into_iter().collect();
    expect_file![format!("../expected/{}.txt", kind.name())].assert_eq(&(lines.join("\n") + "\n"));
}

#[test]
fn moto_has_exactly_the_expected_findings() {
    exactly_the_expected_findings(Kind::Moto);
}

#[test]
fn ministack_has_exactly_the_expected_findings() {
    exactly_the_expected_findings(Kind::Ministack);
}

/// With one machine's description denied, what was said about it becomes insufficient data, and nothing else changes.
fn a_denied_machine_changes_nothing_else(kind: Kind) {
    let Some(emulator) = Emulator::seeded(kind) else { return };
    let denied = "stateMachine:invoice-render";
    let proxy = emulator.behind(&json!([{
        "operation": "DescribeStateMachine", "body_contains": denied,
        "answer": {"status": 400, "error": "AccessDeniedException", "message": "User: arn:aws:sts::1:assumed-role/A/jane@example.com is not authorized"}
    }]));
    let before = report(&scan(&emulator.endpoint, &[]).run().expect(4));
    let after = report(&scan(&proxy.endpoint, &[]).run().expect(4));
    let concerns = |finding: &Value| {
        let machines =
            finding["machines"].as_array().expect("machines").iter().chain([&finding["resource"]]).collect::<Vec<_>>();
        machines.iter().any(|arn| arn.as_str().is_some_and(|arn| arn.ends_with(denied)))
    };
    let of = |report: &Value, own: bool| -> BTreeMap<String, String> {
        let findings = report["findings"].as_array().expect("findings").iter();
        findings
            .filter(|finding| concerns(finding) == own)
            .map(|finding| (finding["id"].to_string(), line(finding)))
            .collect()
    };
    assert_eq!(of(&before, false), of(&after, false));
    let own = of(&after, true);
    assert!(own.values().all(|line| line.starts_with("insufficient_data") && line.ends_with("denied")), "{own:#?}");
    assert!(own.len() > 5, "{own:#?}");
    let text = after.to_string();
    assert!(text.contains("states:DescribeStateMachine") && !text.contains("jane@example.com"));
}

#[test]
fn a_denied_machine_changes_nothing_else_on_moto() {
    a_denied_machine_changes_nothing_else(Kind::Moto);
}

#[test]
fn a_denied_machine_changes_nothing_else_on_ministack() {
    a_denied_machine_changes_nothing_else(Kind::Ministack);
}

/// One defect, one finding: no two checks speak about one action of one statement.
#[test]
fn no_action_of_a_statement_is_reported_twice() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let report = report(&scan(&emulator.endpoint, &[]).run().expect(4));
    let mut speakers: BTreeMap<[String; 3], BTreeSet<&str>> = BTreeMap::new();
    let mut folded = BTreeSet::new();
    for finding in report["findings"].as_array().expect("findings") {
        let check = finding["check"].as_str().expect("a check");
        let evidence = |name: &str| {
            let evidence = finding["evidence"].as_array().expect("evidence").iter();
            let found = evidence.filter(|one| one["name"] == name).filter_map(|one| one["value"].as_str());
            found.flat_map(|value| value.split(", ")).map(str::to_owned).collect::<Vec<_>>()
        };
        let actions = match check {
            "log-delivery-wildcard" => evidence("on_everything"),
            "unused-xray-grant" => evidence("granted"),
            "wildcard-action" => evidence("wildcards"),
            "excess-grant" | "runtime-target-wildcard" | "wildcard-resource" => evidence("actions"),
            _ => continue,
        };
        let role = evidence("role").pop().unwrap_or_else(|| finding["resource"].as_str().expect("an ARN").to_owned());
        let statement = finding["location"]["statement"].as_str().unwrap_or_default().to_owned();
        assert!(!actions.is_empty(), "{finding:#}");
        for action in actions {
            speakers.entry([role.clone(), statement.clone(), action]).or_default().insert(check);
        }
        let into = |other: &str| format!("{other} into {check} of {}", role.rsplit('/').next().expect("a name"));
        folded.extend(finding["folded"].as_array().into_iter().flatten().filter_map(Value::as_str).map(into));
    }
    for (place, checks) in &speakers {
        assert_eq!(checks.len(), 1, "{place:?}: {checks:?}");
    }
    let expected = [
        "wildcard-action into excess-grant of PartnerSyncRole",
        "wildcard-action into excess-grant of RetentionSweepRole",
        "wildcard-resource into excess-grant of PartnerSyncRole",
        "wildcard-resource into excess-grant of RetentionSweepRole",
        "wildcard-resource into log-delivery-wildcard of OrdersFulfilmentRole",
    ];
    assert_eq!(folded, expected.map(str::to_owned).into());
}

/// Snapshots audited elsewhere say the same as the scan.
#[test]
fn collect_then_check_says_what_scan_says() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("snapshot.jsonl");
    let mut arguments = vec!["collect", "--output", file.to_str().expect("UTF-8")];
    arguments.extend(REGIONS);
    Run::emulated(&arguments, &emulator.endpoint).run().expect(4);
    let offline = Run::new(&["check", file.to_str().expect("UTF-8"), "--format", "json"]).run().expect(4);
    let online = scan(&emulator.endpoint, &[]).run().expect(4);
    assert_eq!(lines(&report(&offline)), lines(&report(&online)));
}

/// Nothing that was planted in definitions, tags and descriptions appears in any byte that the process writes.
fn planted_secrets_stay_inside(kind: Kind) {
    let Some(emulator) = Emulator::seeded(kind) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let textfile = format!("textfile={}", at("textfile"));
    let more = ["--format", "terminal", "--format", "prometheus", "--verbose", "--metrics", &textfile];
    let ran = scan(&emulator.endpoint, &more)
        .argument("--output-dir")
        .argument(at("out"))
        .env("STEPWARDEN_STORE_LOCATION", at("store"))
        .env("STEPWARDEN_LOG_LEVEL", "trace")
        .env("RUST_LOG", "trace")
        .run()
        .expect(4);
    let mut collect = vec!["collect".to_owned(), "--output".to_owned(), at("snapshot.jsonl")];
    collect.extend(REGIONS.map(str::to_owned));
    let collect: Vec<_> = collect.iter().map(String::as_str).collect();
    let collected = Run::emulated(&collect, &emulator.endpoint).env("STEPWARDEN_LOG_LEVEL", "trace").run().expect(4);
    let mut written = format!("{}{}{}{}", ran.stdout, ran.stderr, collected.stdout, collected.stderr);
    let mut files = Vec::new();
    read_all(folder.path(), &mut written, &mut files);
    for name in ["report.json", "metrics.prom", "stepwarden.prom", "state.json", "hash-key", "snapshot.jsonl"] {
        assert!(files.iter().any(|file| file == name), "{name} among {files:?}");
    }
    assert!(written.contains("\"GITHUB_TOKEN\"") && written.contains("\"CONNECTION_STRING\""), "the door saw them");
    let secrets = planted_values();
    assert!(secrets.len() >= 5, "{}", secrets.len());
    for secret in secrets {
        assert!(!written.contains(&secret), "a planted secret of {} characters was written", secret.len());
    }
}

#[test]
fn planted_secrets_stay_inside_on_moto() {
    planted_secrets_stay_inside(Kind::Moto);
}

#[test]
fn planted_secrets_stay_inside_on_ministack() {
    planted_secrets_stay_inside(Kind::Ministack);
}

/// What `planted.py` puts together, asked of Python itself.
fn planted_values() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emulator");
    let python = Kind::Moto.python().expect("an emulator is running, so its environment is there");
    let program = "import planted, json; print(json.dumps(list(planted.ALL)))";
    let output = std::process::Command::new(python).args(["-c", program]).current_dir(folder).output();
    serde_json::from_slice(&output.expect("python starts").stdout).expect("a list of strings")
}

fn read_all(folder: &Path, text: &mut String, names: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read_all(&path, text, names);
        } else {
            names.push(path.file_name().expect("a name").to_string_lossy().into_owned());
            text.push_str(&String::from_utf8_lossy(&std::fs::read(&path).expect("a file")));
        }
    }
}

/// The policy that `permissions` prints is made of the calls that a scan makes.
#[test]
fn permissions_name_exactly_the_calls() {
    let Some(emulator) = Emulator::seeded(Kind::Ministack) else { return };
    // A log group that has a policy, as the emulator's cannot.
    let group = json!({ "logGroupName": "/aws/vendedlogs/states/payments-capture", "dataProtectionStatus": "ACTIVATED",
        "inheritedProperties": ["ACCOUNT_DATA_PROTECTION"] });
    let groups = json!({ "logGroups": [group] }).to_string();
    let proxy = emulator.behind(&json!([
        {"operation": "DescribeLogGroups", "region": "us-east-1", "answer": {"status": 200, "body": groups}}
    ]));
    Run::emulated(&["scan"], &proxy.endpoint).run();
    let policy = Run::new(&["permissions"]).run().expect(0);
    let policy: Value = serde_json::from_str(&policy.stdout).expect("a policy");
    let allowed: BTreeSet<String> =
        serde_json::from_value(policy["Statement"][0]["Action"].clone()).expect("a list of actions");
    let prefix = BTreeMap::from([("monitoring", "cloudwatch"), ("tagging", "tag")]);
    let operation = BTreeMap::from([
        ("ListBuckets", "ListAllMyBuckets"),
        ("GetBucketEncryption", "GetEncryptionConfiguration"),
        ("GetPublicAccessBlock", "GetBucketPublicAccessBlock"),
        ("GetBucketLifecycleConfiguration", "GetLifecycleConfiguration"),
    ]);
    let calls = proxy.calls();
    let action = |call: &Value| {
        let (service, name) =
            (call["service"].as_str().expect("service"), call["operation"].as_str().expect("operation"));
        format!("{}:{}", prefix.get(service).copied().unwrap_or(service), operation.get(name).copied().unwrap_or(name))
    };
    let called: BTreeSet<_> = calls.iter().map(action).filter(|action| action != "sts:GetCallerIdentity").collect();
    // Only Express children of Distributed Maps and open Map Runs are described, and the demo account has none.
    let described = ["states:DescribeExecution", "states:DescribeMapRun"];
    let but = |actions: BTreeSet<String>| -> BTreeSet<String> {
        actions.into_iter().filter(|action| !described.contains(&action.as_str())).collect()
    };
    assert_eq!(but(called), but(allowed));
}

/// The page of a real scan: graphs, policies beside needs, and why there are none of a machine that was not read.
#[test]
fn the_page_shows_machines_with_graphs_and_policies() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let proxy = emulator.behind(&json!([{
        "operation": "DescribeStateMachine", "body_contains": "stateMachine:invoice-render",
        "answer": {"status": 400, "error": "AccessDeniedException", "message": "not authorized"}
    }]));
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().to_str().expect("a path");
    scan(&proxy.endpoint, &["--format", "html", "--output-dir", out]).run().expect(4);
    let page = std::fs::read_to_string(folder.path().join("report.html")).expect("a page");
    let machine = |name: &str| {
        let head = format!("<span class=\"t\">{name}<small>");
        let machines = page.split("<section id=\"machines\"").nth(1).expect("machines");
        let begun = machines.split(&head).nth(1).unwrap_or_else(|| panic!("no {name}"));
        begun.split("<details").next().expect("a machine").to_owned()
    };
    let export = machine("customer-export");
    for part in ["<svg class=\"chart\"", "ExportEach", "◆ GITHUB_TOKEN", "Needed by this machine", "+ not granted:"] {
        assert!(export.contains(part), "{part} in {export}");
    }
    let denied = machine("invoice-render");
    assert!(denied.contains("No graph: denied") && denied.contains("Policies are not compared: denied"), "{denied}");
    let json = std::fs::read_to_string(folder.path().join("report.json")).expect("a report");
    assert!(!json.contains("\"picture\""));
}
