//! The policy that `permissions` prints is enough, and no action of it is too many: on an emulator that enforces IAM, and on
//! mocked answers where that does not serve an API. `make test-deploy` runs these: they scan some fifty times.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};
use stepwarden::aws::APIS;

use crate::binary::Run;
use crate::emulator::Enforcing;

const WHOLE: &str = "whole";
/// Actions whose calls the emulator does not serve, does not enforce, or that the demo account gives no cause to make: mocked.
const MOCKED: [&str; 10] = [
    "account:ListRegions",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    "cloudwatch:ListMetrics",
    "logs:GetDataProtectionPolicy",
    "servicequotas:ListAWSDefaultServiceQuotas",
    "servicequotas:ListServiceQuotas",
    "states:DescribeMapRun",
    "xray:GetEncryptionConfig",
    "xray:GetTraceSegmentDestination",
];
/// Called instead of another where histories are not to be read.
const WITHOUT_HISTORIES: &str = "states:DescribeExecution";

fn printed(arguments: &[&str]) -> Value {
    let policy = Run::new(&[&["permissions"], arguments].concat()).run().expect(0).stdout;
    serde_json::from_str(&policy).expect("a policy")
}

fn actions(policy: &Value) -> Vec<String> {
    serde_json::from_value(policy["Statement"][0]["Action"].clone()).expect("a list of actions")
}

fn without(policy: &Value, action: &str) -> Value {
    let mut policy = policy.clone();
    policy["Statement"][0]["Action"].as_array_mut().expect("actions").retain(|one| one != action);
    policy
}

/// What one collection and its audit say.
#[derive(Debug)]
struct Said {
    /// By the missing permission.
    denied: BTreeSet<String>,
    findings: Vec<Value>,
}

/// A collection with these settings by a user, and what the checks make of it.
fn said(run: Run, folder: &Path) -> Said {
    let file = folder.join("snapshot.jsonl");
    run.argument("--output").argument(&file).argument("--allow-incomplete").run().expect(0);
    let snapshot = std::fs::read_to_string(&file).expect("a snapshot");
    let mut denied = BTreeSet::new();
    for line in snapshot.lines() {
        gaps(&serde_json::from_str(line).expect("JSON Lines"), &mut denied);
    }
    let check = Run::new(&["check", file.to_str().expect("UTF-8"), "--format", "json", "--allow-incomplete"]);
    let report: Value = serde_json::from_str(&check.run().expect(0).stdout).expect("a report");
    Said { denied, findings: report["findings"].as_array().expect("findings").clone() }
}

/// The permissions that are told to be missing, wherever a gap stands.
fn gaps(value: &Value, found: &mut BTreeSet<String>) {
    if let (Some(action), Some("denied")) = (value["iam_action"].as_str(), value["reason"].as_str()) {
        found.insert(action.to_owned());
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| gaps(item, found)),
        Value::Object(map) => map.values().for_each(|item| gaps(item, found)),
        _ => {}
    }
}

fn text<'f>(finding: &'f Value, name: &str) -> &'f str {
    finding[name].as_str().unwrap_or_default()
}

/// What was a verdict is one still, or insufficient data; a verdict is new only where another no longer hides it.
fn nothing_else_changes(action: &str, before: &Said, after: &Said) {
    let verdicts = |said: &Said| -> BTreeMap<String, Value> {
        let verdicts = said.findings.iter().filter(|finding| text(finding, "status") == "non_compliant");
        verdicts.map(|finding| (text(finding, "id").to_owned(), finding.clone())).collect()
    };
    let (old, new) = (verdicts(before), verdicts(after));
    let gone: Vec<_> = old.iter().filter(|(id, _)| !new.contains_key(*id)).map(|(_, finding)| finding).collect();
    let unjudged = before.findings.iter().filter(|finding| text(finding, "status") == "insufficient_data");
    let known: BTreeSet<_> = unjudged.map(|finding| text(finding, "id")).collect();
    // It need not be about the same resource: where roles are not read, it is about the state machines that may have one.
    let unread = |lost: &Value| {
        let newly = |one: &Value| one["reason"]["iam_action"] == *action || !known.contains(text(one, "id"));
        let unjudged = after.findings.iter().filter(|one| text(one, "status") == "insufficient_data");
        unjudged.into_iter().any(|one| one["check"] == lost["check"] && newly(one))
    };
    for finding in &gone {
        let check = text(finding, "check");
        // Without CloudWatch, what is open is counted by its lists, which the emulator does not fill as it does the metrics.
        let counted =
            ["open-execution-quota", "open-map-run-quota"].contains(&check) && action.starts_with("cloudwatch:");
        assert!(counted || unread(finding), "without {action}, {check} of {} is silent", text(finding, "resource"));
    }
    let hid = |check: &str| {
        gone.iter().any(|one| one["folded"].as_array().is_some_and(|all| all.iter().any(|it| it == check)))
    };
    for finding in new.iter().filter(|(id, _)| !old.contains_key(*id)).map(|(_, finding)| finding) {
        let check = text(finding, "check");
        assert!(hid(check), "without {action}, {check} of {} is a new verdict", text(finding, "resource"));
    }
}

fn collect(endpoint: &str) -> Run {
    Run::emulated(&["collect", "--region", "us-east-1", "--region", "eu-west-1"], endpoint)
}

/// Each action is taken from the policy in turn: its own gap appears, and no other.
#[test]
#[ignore = "make test-deploy runs it"]
fn each_action_is_needed_and_no_other_is() {
    let policy = printed(&["--tier", "payloads"]);
    let all = actions(&policy);
    let mut users = BTreeMap::from([(WHOLE.to_owned(), policy.clone())]);
    users.extend(all.iter().map(|action| (action.clone(), without(&policy, action))));
    let Some(emulator) = Enforcing::start(&users) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let run = |user: &str, states: bool| {
        let run = emulator.as_user(user, collect(&emulator.endpoint));
        let run = if states { run } else { run.env("STEPWARDEN_EXECUTIONS_STATES", "false") };
        said(run, folder.path())
    };
    let whole = [false, true].map(|states| run(WHOLE, states));
    assert!(whole.iter().all(|said| said.denied.is_empty()), "the whole policy is enough: {:?}", whole[1].denied);
    let served = Said { ..said(collect(&emulator.endpoint).env("AWS_ACCESS_KEY_ID", "test"), folder.path()) };
    assert_eq!(ids(&served), ids(&whole[1]), "with the policy as much is seen as by the administrator");

    let mut removed = 0;
    for action in all.iter().filter(|action| !MOCKED.contains(&action.as_str())) {
        let states = action != WITHOUT_HISTORIES;
        let after = run(action, states);
        assert_eq!(after.denied, BTreeSet::from([action.clone()]));
        nothing_else_changes(action, &whole[usize::from(states)], &after);
        removed += 1;
    }
    for action in MOCKED {
        mocked(&emulator, action, folder.path());
    }
    println!(
        "{} actions; {removed} taken from the policy in turn on an emulator that enforces it, {} denied by mocked answers: \
         each time its own gap appears and nothing else changes",
        all.len(),
        MOCKED.len(),
    );
    assert_eq!(removed + MOCKED.len(), all.len());
}

fn ids(said: &Said) -> BTreeSet<&str> {
    said.findings.iter().map(|finding| text(finding, "id")).collect()
}

/// The same, with AWS's refusal in the place of what the emulator does not refuse.
fn mocked(emulator: &Enforcing, action: &str, folder: &Path) {
    let api = APIS.iter().find(|api| api.iam_action == Some(action)).expect("an API that is known");
    let operation = api.name.split(':').nth(1).expect("service:Operation");
    let refusal = json!({"operation": operation,
        "answer": {"status": 400, "error": "AccessDeniedException", "message": "not authorized"}});
    let cause = cause(action);
    let run = |rules: Vec<Value>| {
        let proxy = emulator.behind(&Value::Array(rules));
        let run = match action {
            "account:ListRegions" => Run::emulated(&["collect"], &proxy.endpoint),
            _ => collect(&proxy.endpoint),
        };
        said(emulator.as_user(WHOLE, run), folder)
    };
    let before = run(cause.clone());
    let after = run([vec![refusal], cause].concat());
    assert_eq!(before.denied, BTreeSet::new(), "{action}");
    assert_eq!(after.denied, BTreeSet::from([action.to_owned()]), "{action}");
    nothing_else_changes(action, &before, &after);
}

/// Answers that give cause to make the call.
fn cause(action: &str) -> Vec<Value> {
    let answers = |operation: &str, body: Value| json!({"operation": operation, "region": "us-east-1", "answer": {"status": 200, "body": body.to_string()}});
    let arn = |kind: &str, name: &str| format!("arn:aws:states:us-east-1:000000000000:{kind}:{name}");
    let (machine, since) = (arn("stateMachine", "customer-export"), 1_790_000_000);
    let execution = arn("execution", "customer-export:nightly");
    match action {
        "account:ListRegions" => {
            let region = |name: &str| json!({"RegionName": name, "RegionOptStatus": "ENABLED_BY_DEFAULT"});
            // Every Region that needs no opting in, as the refusal leads to them too.
            let names = [
                "ap-northeast-1",
                "ap-northeast-2",
                "ap-northeast-3",
                "ap-south-1",
                "ap-southeast-1",
                "ap-southeast-2",
                "ca-central-1",
                "eu-central-1",
                "eu-north-1",
                "eu-west-1",
                "eu-west-2",
                "eu-west-3",
                "sa-east-1",
                "us-east-1",
                "us-east-2",
                "us-west-1",
                "us-west-2",
            ];
            vec![answers("ListRegions", json!({"Regions": names.map(region)}))]
        }
        "logs:GetDataProtectionPolicy" => {
            let group =
                json!({"logGroupName": "/aws/vendedlogs/states/payments-capture", "dataProtectionStatus": "ACTIVATED"});
            vec![answers("DescribeLogGroups", json!({"logGroups": [group]}))]
        }
        "states:DescribeMapRun" => {
            let running = json!({"executionArn": execution, "stateMachineArn": machine, "name": "nightly",
                "status": "RUNNING", "startDate": since});
            let run = json!({"executionArn": execution, "stateMachineArn": machine, "startDate": since,
                "mapRunArn": arn("mapRun", "customer-export/ExportEach:0a1b2c3d-1111-4222-8333-444455556666")});
            let mut listed = answers("ListExecutions", json!({"executions": [running]}));
            listed["body_contains"] = json!("RUNNING");
            vec![listed, answers("ListMapRuns", json!({"mapRuns": [run]}))]
        }
        "xray:GetTraceSegmentDestination" | "xray:GetEncryptionConfig" => vec![
            answers("GetEncryptionConfig", json!({"EncryptionConfig": {"Type": "NONE", "Status": "ACTIVE"}})),
            answers("GetTraceSegmentDestination", json!({"Destination": "XRay", "Status": "ACTIVE"})),
        ],
        _ => Vec::new(),
    }
}

/// Whatever else is attached, as AWS's ReadOnlyAccess may be, a lower tier reads no payloads; and with its settings it asks for
/// none.
#[test]
#[ignore = "make test-deploy runs it"]
fn the_lower_tiers_read_no_payloads_whatever_else_is_allowed() {
    let everything = json!({"Sid": "ReadOnlyAccess", "Effect": "Allow", "Action": "*", "Resource": "*"});
    let tiers = ["inventory", "executions"];
    let mut users = BTreeMap::new();
    for tier in tiers {
        let policy = printed(&["--tier", tier]);
        let mut beside = policy.clone();
        beside["Statement"].as_array_mut().expect("statements").push(everything.clone());
        users.insert(tier.to_owned(), policy);
        users.insert(format!("{tier} beside all"), beside);
    }
    let Some(emulator) = Enforcing::start(&users) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    for tier in tiers {
        let own = emulator.as_user(tier, collect(&emulator.endpoint)).env("STEPWARDEN_COLLECTORS_TIER", tier);
        let own = said(own, folder.path());
        assert_eq!(own.denied, BTreeSet::new(), "{tier}: with its settings nothing is refused");
        let beside = said(emulator.as_user(&format!("{tier} beside all"), collect(&emulator.endpoint)), folder.path());
        let expected: &[&str] = match tier {
            "inventory" => &["states:ListExecutions"],
            _ => &["logs:FilterLogEvents", "states:GetExecutionHistory"],
        };
        assert!(expected.iter().all(|action| beside.denied.contains(*action)), "{tier}: {:?}", beside.denied);
        let inspected = beside.findings.iter().filter(|one| text(one, "status") == "non_compliant");
        let payloads = ["pii-in-execution-data", "secret-in-execution-data", "sensitive-data-in-logs"];
        assert_eq!(inspected.filter(|one| payloads.contains(&text(one, "check"))).count(), 0, "{tier}");
    }
}

/// The tier that is asked for is printed, whatever the configuration's is.
#[test]
fn a_tier_is_the_one_that_is_asked_for() {
    let tiers = ["inventory", "executions", "payloads"];
    for (configured, asked) in tiers.iter().flat_map(|one| tiers.map(|other| (*one, other))) {
        let arguments = ["permissions", "--tier", asked];
        let ran = Run::new(&arguments).env("STEPWARDEN_COLLECTORS_TIER", configured).run().expect(0);
        assert_eq!(ran.stdout, Run::new(&arguments).run().expect(0).stdout, "{asked} where {configured} is configured");
        let own = Run::new(&["permissions"]).env("STEPWARDEN_COLLECTORS_TIER", asked).run().expect(0);
        assert_eq!(own.stdout, ran.stdout, "{asked}");
    }
}

/// No action of a tier is denied by it, and every action that is named exists.
#[test]
fn tiers_do_not_contradict_themselves() {
    for tier in ["inventory", "executions", "payloads"] {
        let policy = printed(&["--tier", tier]);
        let allowed: BTreeSet<_> = actions(&policy).into_iter().collect();
        for statement in policy["Statement"].as_array().expect("statements") {
            let named: Vec<String> = serde_json::from_value(statement["Action"].clone()).expect("actions");
            for action in named {
                assert!(stepwarden::iam::table().action(&action).is_some(), "{tier}: {action} is no action of AWS");
                let denied = statement["Effect"] == "Deny";
                assert!(!(denied && allowed.contains(&action)), "{tier}: {action} is both allowed and denied");
            }
        }
    }
}
