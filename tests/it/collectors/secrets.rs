//! What people plant where they should not, and whose session it is: none of it leaves the collection.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use super::function_policies::calling;
use super::machines::{ROLE, described, listing};
use super::{ACCOUNT, HOME, Scan, event_rules, functions, kms_keys, quiet, scan, stores};
use crate::replay::{Answer, Rule, error, ok, on, xml};

/// Shaped like a GitHub token; no server ever issued it.
const TOKEN: &str = "ghp_NotARealTokenButShapedLikeOne0000000000";
const PERSON: &str = "jane@example.com";

async fn quiet_but(rules: impl IntoIterator<Item = Rule>) -> Scan {
    scan(rules.into_iter().chain(quiet()).collect::<Vec<_>>()).await
}

fn assert_silent(text: &str, place: &str) {
    for secret in [TOKEN, PERSON] {
        let at = text.find(secret);
        assert!(at.is_none(), "{place} gives {secret} away: …{}", &text[at.unwrap_or_default().saturating_sub(200)..]);
    }
}

#[tokio::test]
async fn tokens_in_kept_texts_become_markers() {
    let definition = json!({
        "Comment": TOKEN, "StartAt": "Call", "States": { "Call": {
            "Type": "Task", "End": true, "Resource": "arn:aws:states:::http:invoke", "Comment": TOKEN,
            "Parameters": { "Headers": { "Authorization": format!("token {TOKEN}") }, TOKEN: "as a key" },
        } },
    });
    let logging = json!({ "cloudWatchLogsLogGroup": {
        "logGroupArn": "arn:aws:logs:eu-west-1:123456789012:log-group:orders:*" } });
    let machine = json!({
        "definition": definition.to_string(), "description": format!("deployed with {TOKEN}"),
        "loggingConfiguration": { "level": "ALL", "destinations": [logging] },
        "encryptionConfiguration": { "type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": TOKEN },
    });
    let resource = json!({ "ResourceARN": super::machines::arn("orders"), "Tags": [
        { "Key": "deploy", "Value": TOKEN }, { "Key": TOKEN, "Value": "yes" }] });
    let statement = json!({ "Sid": TOKEN, "Effect": "Allow", "Action": "states:*", "Resource": format!("arn:aws:s3:::{TOKEN}"),
        "Condition": { "StringEquals": { "aws:PrincipalTag/deploy": [TOKEN] } } });
    let policy = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
    let policy = utf8_percent_encode(&policy, NON_ALPHANUMERIC);
    let role = format!(
        "<Arn>{ROLE}</Arn><AssumeRolePolicyDocument>{policy}</AssumeRolePolicyDocument><RolePolicyList><member>\
         <PolicyName>own</PolicyName><PolicyDocument>{policy}</PolicyDocument></member></RolePolicyList>"
    );
    let scan = quiet_but([
        on("ListStateMachines", ok(listing(&["orders"]))),
        on("DescribeStateMachine", ok(described("orders", &machine))),
        on("GetResources", ok(json!({ "ResourceTagMappingList": [resource], "PaginationToken": "" }))),
        on("DescribeLogGroups", ok(json!({ "logGroups": [{ "logGroupName": "orders", "kmsKeyId": TOKEN }] }))),
        on("GetEncryptionConfig", ok(json!({ "EncryptionConfig": { "Type": "KMS", "KeyId": TOKEN } }))),
        on(
            "GetAccountAuthorizationDetails",
            xml(format!(
                "<UserDetailList/><GroupDetailList/><RoleDetailList><member>{role}</member></RoleDetailList><Policies/>\
                 <IsTruncated>false</IsTruncated>"
            )),
        ),
    ])
    .await;
    // What is a secret cannot be a key's name, too.
    let mut read = scan.collection().runs.iter().filter(|run| !["kms_keys", "last_starts"].contains(&run.collector));
    assert!(read.all(|run| run.gap.is_none()), "all of it was read");
    let text = scan.text();
    assert_silent(&text, "a snapshot");
    let markers = text.matches("[stepwarden:GITHUB_TOKEN:").count();
    assert!(markers >= 12, "what was planted is there as markers ({markers})");
    let machines = scan.home().state_machines();
    let details = machines.whole().unwrap().machines[0].details.whole().unwrap().clone();
    let observations = details.definition.whole().unwrap().observations.clone();
    assert!(observations.iter().any(|seen| seen.kind == "GITHUB_TOKEN"), "and as observations: {observations:?}");
}

/// A machine under a key that calls a function, and a rule on its events: what is read because of them comes after.
fn surrounded(rules: impl IntoIterator<Item = Rule>) -> Vec<Rule> {
    let fields = json!({
        "definition": calling("arn:aws:lambda:eu-west-1:123456789012:function:orders"),
        "encryptionConfiguration": { "type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": kms_keys::ARN },
    });
    let pattern = json!({ "source": ["aws.states"], "detail": { "input": [{ "wildcard": format!("*{TOKEN}*") }] } });
    let around = [
        on("ListStateMachines", ok(listing(&["orders"]))),
        on("DescribeStateMachine", ok(described("orders", &fields))),
        on("DescribeKey", ok(kms_keys::described())),
        on("ListRules", ok(json!({ "Rules": [event_rules::rule("egress", pattern)] }))),
    ];
    rules.into_iter().chain(around).collect()
}

#[tokio::test]
async fn tokens_around_machines_become_markers() {
    let mut policy = kms_keys::policy("*");
    policy["Statement"][0]["Sid"] = TOKEN.into();
    policy["Statement"][0]["Condition"] = json!({ "StringEquals": { "aws:PrincipalTag/deploy": TOKEN } });
    let policy = json!({ "Policy": policy.to_string() });
    let grant = json!({
        "GrantId": "1", "Name": TOKEN, "Operations": ["Decrypt"],
        "GranteePrincipal": format!("arn:aws:sts::{ACCOUNT}:assumed-role/Reader/{PERSON}"),
        "Constraints": { "EncryptionContextEquals": { TOKEN: TOKEN }, "EncryptionContextSubset": { "deploy": TOKEN } },
    });
    let target = json!({ "Id": TOKEN, "Arn": "arn:aws:sns:eu-west-1:123456789012:t", "Input": TOKEN });
    let scan = quiet_but(surrounded([
        on("GetKeyPolicy", ok(policy.clone())),
        on("ListGrants", ok(json!({ "Grants": [grant], "Truncated": false }))),
        on("ListTargetsByRule", ok(json!({ "Targets": [target] }))),
        on("GetPolicy", ok(policy)),
        on("GetFunctionConfiguration", ok(functions::configuration(TOKEN))),
    ]))
    .await;
    let mut read = scan.collection().runs.iter().filter(|run| run.collector != "last_starts");
    assert!(read.all(|run| run.gap.is_none()), "all of it was read");
    let text = scan.text();
    assert_silent(&text, "a snapshot");
    assert_eq!(text.matches("[stepwarden:GITHUB_TOKEN:").count(), 9, "what is kept of it is there as markers");
}

#[tokio::test]
async fn external_ids_and_session_names_in_policies_become_markers() {
    const TICKET: &str = "ticket-4711-of-a-customer";
    let session = format!("arn:aws:sts::{ACCOUNT}:assumed-role/Admin/{PERSON}");
    let statement = json!({
        "Effect": "Allow", "Principal": { "AWS": session }, "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": { "STS:ExternalId": TICKET }, "StringLike": { "aws:userid": format!("AROAEXAMPLE:{PERSON}") },
            "ArnEquals": { "aws:PrincipalArn": [session] },
        },
    });
    let policy = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
    let policy = utf8_percent_encode(&policy, NON_ALPHANUMERIC);
    let role = format!(
        "<Arn>{ROLE}</Arn><AssumeRolePolicyDocument>{policy}</AssumeRolePolicyDocument><RolePolicyList><member>\
         <PolicyName>own</PolicyName><PolicyDocument>{policy}</PolicyDocument></member></RolePolicyList>"
    );
    let lists = format!(
        "<UserDetailList/><GroupDetailList/><RoleDetailList><member>{role}</member></RoleDetailList><Policies/>\
         <IsTruncated>false</IsTruncated>"
    );
    let scan = quiet_but([on("GetAccountAuthorizationDetails", xml(lists))]).await;
    let text = scan.text();
    assert_silent(&text, "a snapshot");
    assert!(!text.contains(TICKET) && text.contains("assumed-role/Admin/[stepwarden:SESSION_NAME:16]"), "{text}");
    let iam = scan.global().iam();
    let role = iam.whole().unwrap().roles.values().next().unwrap().clone();
    let condition = role.trust.whole().unwrap().get().statements[0].condition.clone().unwrap();
    assert_eq!(condition["StringEquals"], json!({ "STS:ExternalId": "[stepwarden:EXTERNAL_ID:25]" }));
}

/// Errors of AWS repeat what was sent to them, and name the caller.
fn telling(code: &'static str) -> Answer {
    let caller = format!("arn:aws:sts::{ACCOUNT}:assumed-role/Audit/{PERSON}");
    error(code, format!("User: {caller} sent {TOKEN}, which is not authorized"))
}

const CALLS: [&str; 32] = [
    "ListRegions",
    "ListStateMachines",
    "DescribeStateMachine",
    "GetResources",
    "ListStateMachineVersions",
    "ListStateMachineAliases",
    "DescribeStateMachineAlias",
    "DescribeLogGroups",
    "GetDataProtectionPolicy",
    "DescribeAccountPolicies",
    "ListBuckets",
    "GetBucketEncryption",
    "GetPublicAccessBlock",
    "GetBucketPolicyStatus",
    "GetBucketLifecycleConfiguration",
    "DescribeTable",
    "DescribeContinuousBackups",
    "DescribeTimeToLive",
    "DescribeKey",
    "GetKeyPolicy",
    "ListGrants",
    "ListRules",
    "ListTargetsByRule",
    "GetPolicy",
    "GetFunctionConfiguration",
    "GetEncryptionConfig",
    "GetTraceSegmentDestination",
    "ListServiceQuotas",
    "ListAWSDefaultServiceQuotas",
    "ListMetrics",
    "GetMetricData",
    "GetAccountAuthorizationDetails",
];

#[tokio::test]
async fn errors_that_repeat_a_token_or_name_a_person_are_kept_without() {
    for code in ["AccessDeniedException", "ValidationException", "ExpiredTokenException", "InternalFailure"] {
        let group = json!({ "cloudWatchLogsLogGroup": {
            "logGroupArn": "arn:aws:logs:eu-west-1:123456789012:log-group:orders:*" } });
        let logging = json!({ "loggingConfiguration": { "level": "ALL", "destinations": [group] } });
        let list = on("ListStateMachines", ok(listing(&["orders", "refunds"])));
        let machine = on("DescribeStateMachine", ok(described("orders", &logging))).with(":orders");
        let errors = CALLS.iter().filter(|name| **name != "ListStateMachines").map(|name| on(name, telling(code)));
        let scan = quiet_but([list, machine].into_iter().chain(errors)).await;
        assert_silent(&scan.text(), code);
        assert!(scan.run(HOME, "log_groups").gap.is_some());
        let around = ["GetKeyPolicy", "ListGrants", "ListTargetsByRule", "GetPolicy", "GetFunctionConfiguration"];
        let scan = quiet_but(surrounded(around.map(|name| on(name, telling(code))))).await;
        assert_silent(&scan.text(), code);
        for (part, call) in ["kms_keys", "event_rules", "function_policies", "functions"].into_iter().zip(&around[1..])
        {
            assert!(scan.replay.count(call) > 0 && scan.run(HOME, part).gap.is_some(), "{part}");
        }
        let stores = [
            on("ListStateMachines", ok(listing(&["orders"]))),
            on("DescribeStateMachine", ok(described("orders", &json!({ "definition": stores::usual() })))),
        ];
        let first = ["GetBucketEncryption", "DescribeContinuousBackups"].map(|name| on(name, telling(code)));
        let scan = quiet_but(first.into_iter().chain(stores).chain(stores::readable())).await;
        assert_silent(&scan.text(), code);
        assert!(["result_buckets", "tables"].iter().all(|part| scan.run(HOME, part).gap.is_some()));
        let scan = quiet_but([on("ListStateMachines", telling(code))]).await;
        assert_silent(&scan.text(), code);
        let scan = quiet_but([on("GetCallerIdentity", telling(code))]).await;
        let error = scan.result.unwrap_err();
        assert_silent(&format!("{error} {error:?}"), code);
    }
}

#[tokio::test]
async fn who_is_logged_in_is_not_told() {
    let scan = quiet_but([]).await;
    let text = scan.text();
    assert!(text.contains("assumed-role/Audit") && !text.contains(PERSON), "{text}");
}
