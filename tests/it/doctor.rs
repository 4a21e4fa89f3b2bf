//! `doctor` names each fault in one line, `scan --dry-run` foretells the calls, `healthcheck` asks the service.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::binary::Run;
use crate::emulator::{Emulator, Kind, Proxy};

const ROLE: &str = "arn:aws:iam::123456789012:role/stepwarden";

fn doctor(endpoint: &str) -> Run {
    Run::emulated(&["doctor", "--region", "us-east-1"], endpoint)
}

fn refused(operation: &str) -> Value {
    json!({"operation": operation, "answer": {"status": 403, "error": "AccessDenied",
        "message": "User: arn:aws:sts::123456789012:assumed-role/Audit/jane@example.com is not authorized"}})
}

/// The lines that ask to be mended, without those about the demo account's full quotas.
fn to_mend(stdout: &str) -> Vec<&str> {
    let lines = stdout.lines().filter(|line| line.starts_with("MEND") && !line.contains(", quotas  "));
    lines.map(|line| line.trim_start_matches("MEND").trim()).collect()
}

fn proxied(rules: &Value) -> Option<Proxy> {
    Some(Emulator::seeded(Kind::Moto)?.behind(rules))
}

#[test]
fn what_works_is_told_and_nothing_is_changed() {
    let Some(proxy) = proxied(&json!([])) else { return };
    let ran = doctor(&proxy.endpoint).run().expect(4);
    assert_eq!(to_mend(&ran.stdout), [""; 0], "{}", ran.stdout);
    for part in ["credentials", "clock", "Regions", "permissions", "request budget", "store", "open executions: 85 %"] {
        assert!(ran.stdout.contains(part), "{part}: {}", ran.stdout);
    }
    let reads = ["List", "Describe", "Get", "Filter"];
    for call in proxy.calls() {
        let operation = call["operation"].as_str().expect("an operation");
        assert!(reads.iter().any(|verb| operation.starts_with(verb)), "{operation}");
    }
}

/// A wrong external id, a missing one, a Region that is not enabled, a permission that is missing: a line each, which says what
/// to do, and never who asked.
#[test]
fn each_fault_is_one_line() {
    let disabled = json!({"region": "ap-east-1", "answer": {"status": 400, "error": "UnrecognizedClientException",
        "message": "The security token included in the request is invalid."}});
    let rules = json!([refused("AssumeRole"), disabled, refused("DescribeLogGroups")]);
    let Some(proxy) = proxied(&rules) else { return };
    let assumed = |more: &[&str]| {
        let ran = doctor(&proxy.endpoint).arguments(&["--assume-role", ROLE]).arguments(more).run().expect(1);
        let lines = to_mend(&ran.stdout);
        assert!(lines.len() == 1 && lines[0].starts_with(&format!("role {ROLE}")), "{}", ran.stdout);
        lines[0].to_owned()
    };
    assert!(assumed(&["--external-id", "wrong-one"]).contains("asks for another external id"));
    assert!(assumed(&[]).contains("asks for an external id, and none is configured"));

    let ran = doctor(&proxy.endpoint).arguments(&["--region", "ap-east-1"]).run().expect(4);
    let lines = to_mend(&ran.stdout);
    assert_eq!(lines.len(), 2, "{}", ran.stdout);
    assert!(lines[0].contains("ap-east-1") && lines[0].contains("not enabled for the account"), "{}", lines[0]);
    assert!(lines[1].contains("logs:DescribeLogGroups") && lines[1].contains("stepwarden permissions"), "{}", lines[1]);
    assert!(!ran.stdout.contains("jane") && !ran.stderr.contains("jane"), "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn a_store_without_rights_is_one_line() {
    let Some(proxy) = proxied(&json!([refused("PutObject")])) else { return };
    let stored = |endpoint: &str| doctor(endpoint).env("STEPWARDEN_STORE_LOCATION", "s3://audits/prod");
    // What the proxy takes for another call of S3 is refused there too.
    let ran = stored(&proxy.endpoint).run().expect(4);
    let lines = to_mend(&ran.stdout);
    assert!(
        lines.len() == 1 && lines[0].starts_with("store") && lines[0].contains("s3://audits/prod"),
        "{}",
        ran.stdout
    );

    let folder = tempfile::tempdir().expect("a folder");
    let there = doctor(&proxy.endpoint).env("STEPWARDEN_STORE_LOCATION", folder.path()).run().expect(4);
    assert!(there.stdout.contains("can be read and written"), "{}", there.stdout);
    let nowhere = doctor(&proxy.endpoint).env("STEPWARDEN_STORE_LOCATION", "/proc/nowhere").run().expect(4);
    assert!(to_mend(&nowhere.stdout)[0].contains("/proc/nowhere"), "{}", nowhere.stdout);
}

/// The role by which a schedule runs the task does not trust it, may not pass the task's role, or is not there.
#[test]
fn what_keeps_a_schedule_from_its_task_is_one_line_each() {
    let Some(proxy) = proxied(&json!([])) else { return };
    let asked = |scheduler: &str| {
        let role = |name: &str| format!("arn:aws:iam::123456789012:role/{name}");
        let scheduler = role(scheduler);
        let passes = role("OrdersFulfilmentRole");
        doctor(&proxy.endpoint).arguments(&["--scheduler-role", &scheduler, "--passes", &passes]).run().expect(4).stdout
    };
    let cannot = asked("OrdersFulfilmentRole");
    let lines = to_mend(&cannot);
    assert_eq!(lines.len(), 2, "{cannot}");
    for (line, action) in lines.iter().zip(["sts:AssumeRole", "iam:PassRole"]) {
        assert!(line.contains(action) && line.contains("no task starts"), "{line}");
    }
    assert!(to_mend(&asked("NoSuchRole"))[0].contains("there is no role"));
    let ran = Run::new(&["doctor", "--scheduler-role", "stepwarden", "--passes", ROLE]).run().expect(2);
    assert!(ran.stderr.contains("--scheduler-role: expected the ARN of a role"), "{}", ran.stderr);
    let group = ["--schedule-group", ROLE, "--scheduler-role", ROLE, "--passes", ROLE];
    let ran = Run::new(&["doctor"]).arguments(&group).run().expect(2);
    assert!(ran.stderr.contains("--schedule-group: expected the ARN of a schedule group"), "{}", ran.stderr);
}

#[test]
fn without_credentials_nothing_is_asked_of_accounts() {
    let Some(proxy) = proxied(&json!([])) else { return };
    let ran = Run::new(&["doctor", "--endpoint-url", &proxy.endpoint]).run().expect(1);
    assert_eq!(to_mend(&ran.stdout).len(), 1, "{}", ran.stdout);
    assert!(ran.stdout.contains("no usable AWS credentials"), "{}", ran.stdout);
    assert_eq!(proxy.calls().len(), 0);
}

/// Of each API and Region: the least and, where that is known, the most calls that a dry run foretells.
fn foretold(stdout: &str) -> BTreeMap<(String, String), (u64, Option<u64>)> {
    let (mut region, mut foretold) = (String::new(), BTreeMap::new());
    for line in stdout.lines() {
        if let Some(head) = line.strip_prefix("account ") {
            let place = head.split(':').next().expect("a head");
            place.split(", ").nth(1).unwrap_or("global").clone_into(&mut region);
        } else if let Some(call) =
            line.strip_prefix("  ").filter(|line| line.contains(':') && !line.starts_with([' ', '"']))
        {
            let mut words = call.split_whitespace();
            let api = words.next().expect("an API").to_owned();
            let said: Vec<_> = words.collect();
            let number = |word: &str| word.parse::<u64>().expect("a number");
            let calls = match said.as_slice() {
                ["as", "needed", ..] => (0, None),
                ["at", "most", most, ..] => (0, Some(number(most))),
                [least, "to", most, ..] => (number(least), Some(number(most))),
                [least, "or", "more", ..] => (number(least), None),
                [exactly, ..] => (number(exactly), Some(number(exactly))),
                [] => panic!("{line}"),
            };
            foretold.insert((region.clone(), api), calls);
        }
    }
    foretold
}

/// What the dry run foretells is what the scan calls: nothing else, no less, and no more.
fn a_dry_run_foretells_the_calls(kind: Kind) {
    let Some(emulator) = Emulator::seeded(kind) else { return };
    let proxy = emulator.behind(&json!([]));
    let regions = ["--region", "us-east-1", "--region", "eu-west-1"];
    let dry = Run::emulated(&["scan", "--dry-run"], &proxy.endpoint).arguments(&regions).run().expect(0);
    for call in proxy.calls() {
        let operation = call["operation"].as_str().expect("an operation");
        assert!(["GetCallerIdentity", "ListStateMachines", "ListActivities"].contains(&operation), "{operation}");
    }
    assert!(dry.stdout.contains("\"StepwardenInventory\""), "{}", dry.stdout);
    let foretold = foretold(&dry.stdout);

    let report = Run::emulated(&["scan", "--format", "json"], &emulator.endpoint).arguments(&regions).run().expect(4);
    let report: Value = serde_json::from_str(&report.stdout).expect("a report");
    let global = ["iam:", "sts:", "account:"];
    let mut called: BTreeMap<(String, String), u64> = BTreeMap::new();
    for usage in report["api_usage"].as_array().expect("usage").iter().filter(|usage| !usage["account_id"].is_null()) {
        let api = usage["api"].as_str().expect("an API").to_owned();
        let of_account = global.iter().any(|service| api.starts_with(service));
        let region = if of_account { "global" } else { usage["region"].as_str().expect("a Region") }.to_owned();
        let calls = ["ok", "throttled", "denied", "errors"].iter().filter_map(|outcome| usage[*outcome].as_u64());
        *called.entry((region, api)).or_default() += calls.sum::<u64>();
    }
    for (place, calls) in &called {
        let (least, most) = foretold.get(place).unwrap_or_else(|| panic!("{place:?} was not foretold: {}", dry.stdout));
        assert!(calls >= least && most.is_none_or(|most| *calls <= most), "{place:?}: {calls} of {least} to {most:?}");
    }
    for (place, (least, _)) in &foretold {
        assert!(*least == 0 || called.contains_key(place) || place.1.starts_with("sts:"), "{place:?} was not called");
    }
}

#[test]
fn a_dry_run_foretells_the_calls_on_moto() {
    a_dry_run_foretells_the_calls(Kind::Moto);
}

#[test]
fn a_dry_run_foretells_the_calls_on_ministack() {
    a_dry_run_foretells_the_calls(Kind::Ministack);
}

#[test]
fn a_dry_run_writes_and_judges_nothing() {
    let Some(proxy) = proxied(&json!([refused("ListStateMachines")])) else { return };
    let dry = Run::emulated(&["scan", "--dry-run", "--region", "us-east-1"], &proxy.endpoint).run().expect(4);
    assert!(dry.stdout.contains("There may be more of them") && !dry.stdout.contains("FINDINGS"), "{}", dry.stdout);
    Run::new(&["scan", "--dry-run", "--output-dir", "out"]).run().expect(2);
}
