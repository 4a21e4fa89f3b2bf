//! Answers that are none: whatever a proxy, a captive portal, a broken emulator or a cut line sends with status 200 is a
//! gap, never an empty list, and never a panic.

use serde_json::{Value, json};
use stepwarden::collect::settings::Regions;
use stepwarden::types::{Observed, Region};

use super::function_policies::calling;
use super::machines::{arn, described, listing};
use super::{
    Aws, HOME, activities, data_protection, event_rules, executions, functions, kms_keys, quiet, running, scan, stores,
    versions,
};
use crate::replay::{Rule, ok, on, raw};

/// Each call, where it is made, and whose part it is.
const CALLS: [(&str, &str, &str); 45] = [
    ("ListStateMachines", HOME, "state_machines"),
    ("DescribeStateMachine", HOME, "state_machines"),
    ("ListActivities", HOME, "activities"),
    ("DescribeActivity", HOME, "activities"),
    ("GetResources", HOME, "tags"),
    ("ListTagsForResource", HOME, "tags"),
    ("ListStateMachineVersions", HOME, "versions"),
    ("ListStateMachineAliases", HOME, "versions"),
    ("DescribeStateMachineAlias", HOME, "versions"),
    ("DescribeLogGroups", HOME, "log_groups"),
    ("GetDataProtectionPolicy", HOME, "data_protection"),
    ("DescribeAccountPolicies", HOME, "data_protection"),
    ("DescribeSubscriptionFilters", HOME, "log_subscriptions"),
    ("ListBuckets", HOME, "result_buckets"),
    ("GetBucketEncryption", HOME, "result_buckets"),
    ("GetPublicAccessBlock", HOME, "result_buckets"),
    ("GetBucketPolicyStatus", HOME, "result_buckets"),
    ("GetBucketLifecycleConfiguration", HOME, "result_buckets"),
    ("DescribeTable", HOME, "tables"),
    ("DescribeContinuousBackups", HOME, "tables"),
    ("DescribeTimeToLive", HOME, "tables"),
    ("DescribeKey", HOME, "kms_keys"),
    ("GetKeyPolicy", HOME, "kms_keys"),
    ("ListGrants", HOME, "kms_keys"),
    ("ListRules", HOME, "event_rules"),
    ("ListTargetsByRule", HOME, "event_rules"),
    ("DescribeAlarms", HOME, "alarms"),
    ("GetPolicy", HOME, "function_policies"),
    ("GetFunctionConfiguration", HOME, "functions"),
    ("GetEncryptionConfig", HOME, "xray"),
    ("GetTraceSegmentDestination", HOME, "xray"),
    ("ListServiceQuotas", HOME, "quotas"),
    ("ListAWSDefaultServiceQuotas", HOME, "quotas"),
    ("ListExecutions", HOME, "executions"),
    ("GetExecutionHistory", HOME, "executions"),
    ("ListMapRuns", HOME, "executions"),
    ("ListExecutions", HOME, "running"),
    ("ListMapRuns", HOME, "running"),
    ("DescribeMapRun", HOME, "running"),
    ("ListMetrics", HOME, "quotas"),
    ("GetMetricData", HOME, "quotas"),
    ("ListActivities", HOME, "quotas"),
    ("DescribeResourcePolicies", HOME, "quotas"),
    ("GetAccountAuthorizationDetails", Region::GLOBAL, "iam"),
    ("ListRegions", Region::GLOBAL, "identity"),
];

/// What is sent with status 200.
const BODIES: [(&str, &[u8]); 16] = [
    ("nothing", b""),
    ("spaces", b" \n "),
    ("an empty object", b"{}"),
    ("an empty object with spaces", b"{ \n }"),
    ("a page without a list", b"{\"nextToken\": null, \"NextToken\": null}"),
    ("an empty CBOR map", &[0xa0]),
    ("half an object", b"{\"stateMachines\": [{\"stateMachineArn\": \"arn:aw"),
    ("a list", b"[]"),
    ("a text", b"\"hello\""),
    ("null", b"null"),
    ("a number", b"3"),
    ("a web page", b"<!DOCTYPE html><html><body><h1>Please log in</h1></body></html>"),
    ("half a web page", b"<html><body"),
    ("XML of another call", b"<ListUsersResponse><ListUsersResult/></ListUsersResponse>"),
    ("an empty result", b"<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult/></GetAccountAuthorizationDetailsResponse>"),
    ("no text at all", &[0xff, 0xfe, 0x00, 0x9f, 0xbf, 0x1b, 0xff]),
];

/// Lists under the right names, of the wrong things.
const WRONG_TYPES: &str = r#"{"stateMachines": "many", "stateMachineVersions": 1, "stateMachineAliases": {}, "routingConfiguration": 1, "stateMachineArn": 1, "definition": {}, "roleArn": [],
    "ResourceTagMappingList": {}, "logGroups": 7, "policyDocument": [], "accountPolicies": {}, "subscriptionFilters": 1, "MetricAlarms": {}, "Table": [], "ContinuousBackupsDescription": 1, "TimeToLiveDescription": "", "KeyMetadata": [], "Policy": {}, "Grants": 1, "Rules": true, "Targets": {}, "EncryptionConfig": [], "Destination": {}, "Quotas": "none",
    "executions": 1, "events": {}, "mapRuns": 1, "itemCounts": [], "Regions": 3}"#;

/// An account with a machine that logs under a key, calls a function and fills a bucket and a table, and with a rule on its events, so that every call is made; the rules come first.
fn busy(rules: impl IntoIterator<Item = Rule>) -> Aws {
    let group = "arn:aws:logs:eu-west-1:123456789012:log-group:orders:*";
    let destination = json!({ "cloudWatchLogsLogGroup": { "logGroupArn": group } });
    let log_group = json!({ "logGroupName": "orders", "kmsKeyId": kms_keys::ARN, "dataProtectionStatus": "ACTIVATED",
        "inheritedProperties": ["ACCOUNT_DATA_PROTECTION"] });
    let calls: Value =
        serde_json::from_str(&calling("arn:aws:lambda:eu-west-1:123456789012:function:orders")).expect("JSON");
    let mut definition: Value = serde_json::from_str(&stores::usual()).expect("JSON");
    definition["States"]["Call"] = calls["States"]["Call"].clone();
    let machine = json!({
        "loggingConfiguration": { "level": "ALL", "includeExecutionData": true, "destinations": [destination] },
        "definition": definition.to_string(),
    });
    let machine = [
        on("ListStateMachines", ok(listing(&["orders"]))),
        on("DescribeStateMachine", ok(described("orders", &machine))),
        on("ListActivities", ok(activities::listing(&["approve"], None))),
        on("DescribeActivity", ok(activities::described("approve", &json!({ "type": "AWS_OWNED_KEY" })))),
        on("ListStateMachineVersions", ok(versions::listing(&[1]))),
        on("ListStateMachineAliases", ok(versions::aliases(&["live"]))),
        on("DescribeStateMachineAlias", ok(versions::routing("live", &[(1, 100)]))),
        executions::executions(&[executions::execution("open", "RUNNING", 5)]).with("RUNNING"),
        executions::executions(&[executions::execution("one", "SUCCEEDED", 5)]),
        on("ListMapRuns", ok(running::map_runs(&[None]))).with("orders:open"),
        on("DescribeMapRun", ok(running::counts(10, 5, 1))),
        on("GetExecutionHistory", ok(executions::history(&json!({})))),
        on("ListMapRuns", ok(json!({ "mapRuns": [] }))),
        on("DescribeLogGroups", ok(json!({ "logGroups": [log_group] }))),
        on("GetDataProtectionPolicy", ok(json!({ "policyDocument": data_protection::policy("EmailAddress") }))),
        on("DescribeAccountPolicies", ok(json!({ "accountPolicies": [] }))),
        on("DescribeSubscriptionFilters", ok(json!({ "subscriptionFilters": [] }))),
        on("DescribeKey", ok(kms_keys::described())),
        on("GetKeyPolicy", ok(json!({ "Policy": kms_keys::policy("kms:*").to_string() }))),
        on("ListGrants", ok(json!({ "Grants": [], "Truncated": false }))),
        on("ListRules", ok(json!({ "Rules": [event_rules::rule("egress", json!({ "source": ["aws.states"] }))] }))),
        on("ListTargetsByRule", ok(json!({ "Targets": [] }))),
        on("GetFunctionConfiguration", ok(functions::configuration("orders"))),
        on("GetPolicy", ok(json!({ "Policy": kms_keys::policy("lambda:InvokeFunction").to_string() }))),
    ];
    let rules: Vec<_> = rules.into_iter().chain(machine).chain(stores::readable()).chain(quiet()).collect();
    Aws::new(rules).regions(Regions::AllEnabled)
}

#[tokio::test]
async fn an_account_that_answers_has_no_gap() {
    let scan = busy([]).scan().await;
    // The replay has no answer for each state machine.
    let mut answered = scan.collection().runs.iter().filter(|run| run.collector != "last_starts");
    assert!(answered.all(|run| run.gap.is_none()));
    assert_eq!(scan.collection().runs.len(), 23);
}

#[tokio::test]
async fn each_answer_that_is_none_is_a_gap_of_its_part() {
    let mut swallowed = Vec::new();
    for (call, place, part) in CALLS {
        // What is found through the machines that name it.
        let parts = match part {
            "tags" => vec![part, "state_machines", "activities"],
            "executions" | "kms_keys" | "data_protection" | "log_subscriptions" => {
                vec![part, "log_groups", "state_machines"]
            }
            "running" | "log_groups" | "alarms" | "function_policies" | "functions" | "result_buckets" | "tables"
            | "versions" => {
                vec![part, "state_machines"]
            }
            _ => vec![part],
        };
        for (what, body) in BODIES.into_iter().chain([("wrong types", WRONG_TYPES.as_bytes())]) {
            let scan = busy([on(call, raw(200, body))]).only(&parts).scan().await;
            assert!(scan.replay.count(call) > 0, "{call} was made");
            if scan.run(place, part).gap.is_none() {
                swallowed.push(format!("{call}: {what}"));
            }
        }
    }
    assert!(swallowed.is_empty(), "taken for answers:\n{}", swallowed.join("\n"));
}

#[tokio::test]
async fn nothing_but_nonsense_is_nothing_but_gaps() {
    for (_, body) in BODIES {
        let rules: Vec<_> = CALLS.into_iter().map(|(call, ..)| on(call, raw(200, body))).collect();
        let scan = scan(rules).await;
        assert!(scan.collection().complete);
        for snapshot in &scan.collection().snapshots {
            assert!(snapshot.state_machines().last_known().is_none());
            assert!(snapshot.iam().last_known().is_none());
        }
    }
}

/// What is not named cannot be told from anything else, so nobody may say that the list is whole.
#[tokio::test]
async fn a_list_with_an_item_without_what_names_it_is_not_whole() {
    let machines = listing(&["orders"])["stateMachines"][0].clone();
    let regions = json!([{ "RegionName": HOME }, { "RegionOptStatus": "ENABLED" }, { "RegionName": "?" }]);
    let quota = json!({ "QuotaName": "open executions", "Value": 1.0 });
    let rules = || {
        [
            on(
                "ListStateMachines",
                ok(json!({ "stateMachines": [machines.clone(), {}, { "stateMachineArn": "me" }] })),
            ),
            on("GetResources", ok(json!({ "ResourceTagMappingList": [{}, { "ResourceARN": arn("orders") }] }))),
            on("ListServiceQuotas", ok(json!({ "Quotas": [quota.clone(), { "QuotaName": "a" }, { "Value": 1.0 }] }))),
            on("ListRegions", ok(json!({ "Regions": regions.clone() }))),
            on("DescribeLogGroups", ok(json!({ "logGroups": [{ "storedBytes": 1 }] }))),
        ]
    };
    let scan = busy(rules()).scan().await;
    let brief = |place, part| {
        let gap = scan.run(place, part).gap.as_ref().unwrap_or_else(|| panic!("{part} was taken for whole"));
        (gap.reason.as_str(), gap.api.clone(), gap.detail.contains("without a usable"))
    };
    for (place, part, api) in [
        (HOME, "state_machines", "states:ListStateMachines"),
        (HOME, "tags", "tag:GetResources"),
        (HOME, "quotas", "servicequotas:ListServiceQuotas"),
        (Region::GLOBAL, "identity", "account:ListRegions"),
    ] {
        assert_eq!(brief(place, part), ("error", api.to_owned(), true), "{part}");
    }
    let Observed::Partial { value, .. } = scan.home().state_machines() else { panic!("one machine has a name") };
    assert_eq!(value.machines.len(), 1);
    let Observed::Partial { value, .. } = scan.home().tags() else { panic!("one resource has a name") };
    assert_eq!(value.len(), 1);
    let groups = scan.home().log_groups();
    let group = groups.seen().0.unwrap().values().next().unwrap();
    assert!(group.gap().unwrap().detail.contains("logGroupName"), "the group without a name may be the one: {group:?}");
}
