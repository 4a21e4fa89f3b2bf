//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetDataProtectionPolicy.html> and
//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeAccountPolicies.html>.

use serde_json::{Value, json};
use stepwarden::detect::Kind;
use stepwarden::model::{DataProtection, Masking};
use stepwarden::types::{Arn, Observed};

use super::machines::{described, listing};
use super::{HOME, Scan, brief, scan};
use crate::replay::{Answer, Rule, denied, error, ok, on, raw};

const GROUP: &str = "arn:aws:logs:eu-west-1:123456789012:log-group:orders";

/// A policy document as the console writes it.
pub(super) fn policy(masked: &str) -> String {
    let statement = |operation: Value| json!({ "DataIdentifier": [format!("arn:aws:dataprotection::aws:data-identifier/{masked}")], "Operation": operation });
    let statements = [
        statement(json!({ "Audit": { "FindingsDestination": {} } })),
        statement(json!({ "Deidentify": { "MaskConfig": {} } })),
    ];
    json!({ "Name": "data-protection-policy", "Version": "2021-06-01", "Statement": statements }).to_string()
}

/// A machine that logs to a group with these fields.
async fn logging(group: &Value, rules: impl IntoIterator<Item = Rule>) -> Scan {
    let mut named = json!({ "logGroupName": "orders" });
    for (field, value) in group.as_object().expect("fields") {
        named[field] = value.clone();
    }
    let destination = json!({ "cloudWatchLogsLogGroup": { "logGroupArn": format!("{GROUP}:*") } });
    let machine = json!({ "loggingConfiguration": { "level": "ALL", "destinations": [destination] } });
    let account = [
        on("ListStateMachines", ok(listing(&["orders"]))),
        on("DescribeStateMachine", ok(described("orders", &machine))),
        on("DescribeLogGroups", ok(json!({ "logGroups": [named] }))),
    ];
    scan(rules.into_iter().chain(account).collect::<Vec<_>>()).await
}

fn seen(scan: &Scan) -> Observed<DataProtection> {
    let groups = scan.home().data_protection();
    let groups = groups.whole().expect("the log groups were read");
    groups.get(&Arn::parse(GROUP).expect("an ARN")).cloned().expect("the group is there")
}

fn own(document: &str) -> Rule {
    on("GetDataProtectionPolicy", ok(json!({ "logGroupIdentifier": GROUP, "policyDocument": document }))).with(GROUP)
}

fn of_account(document: &str) -> Rule {
    let policy = json!({ "policyName": "all", "policyType": "DATA_PROTECTION_POLICY", "policyDocument": document });
    on("DescribeAccountPolicies", ok(json!({ "accountPolicies": [policy] }))).with("DATA_PROTECTION_POLICY")
}

fn kind(name: &str) -> &'static Kind {
    Kind::named(name).next().expect("a type")
}

#[tokio::test]
async fn a_group_without_a_policy_is_not_asked_about() {
    for group in [json!({}), json!({ "dataProtectionStatus": "DELETED" })] {
        let scan = logging(&group, []).await;
        assert_eq!(seen(&scan), Observed::known(DataProtection::default()), "{group}");
        assert_eq!(scan.run(HOME, "data_protection").gap, None);
        assert_eq!(scan.replay.count("GetDataProtectionPolicy") + scan.replay.count("DescribeAccountPolicies"), 0);
    }
}

#[tokio::test]
async fn the_groups_own_policy_and_the_accounts_both_mask() {
    let group = json!({ "dataProtectionStatus": "ACTIVATED", "inheritedProperties": ["ACCOUNT_DATA_PROTECTION"] });
    let scan = logging(&group, [own(&policy("EmailAddress")), of_account(&policy("Ssn-US"))]).await;
    let seen = seen(&scan);
    let protection = seen.whole().unwrap();
    assert!(protection.masks(kind("EMAIL")) && protection.masks(kind("US_SSN")));
    assert_eq!(protection.masking(kind("PHONE")), Masking::None);
    assert_eq!(protection.audited.len(), 2);
}

#[tokio::test]
async fn what_one_of_them_masks_is_seen_though_the_other_is_denied() {
    let group = json!({ "dataProtectionStatus": "ACTIVATED", "inheritedProperties": ["ACCOUNT_DATA_PROTECTION"] });
    let scan = logging(&group, [own(&policy("EmailAddress")), on("DescribeAccountPolicies", denied())]).await;
    let Observed::Partial { value, gap } = seen(&scan) else { panic!("half of it was read") };
    assert!(value.masks(kind("EMAIL")));
    assert_eq!(brief(&gap), ("denied", "logs:DescribeAccountPolicies", Some("logs:DescribeAccountPolicies")));
    let scan = logging(&group, [on("GetDataProtectionPolicy", denied()), of_account(&policy("EmailAddress"))]).await;
    let Observed::Partial { gap, .. } = seen(&scan) else { panic!("half of it was read") };
    assert_eq!((gap.api.as_str(), gap.resource.as_deref()), ("logs:GetDataProtectionPolicy", Some(GROUP)));
    assert_eq!(scan.run(HOME, "data_protection").gap, Some(gap));
}

#[tokio::test]
async fn a_policy_that_is_gone_by_now_masks_nothing() {
    let group = json!({ "dataProtectionStatus": "ACTIVATED" });
    let gone = Answer::Error { status: 400, code: "ResourceNotFoundException", message: "no".to_owned() };
    for answer in [ok(json!({ "logGroupIdentifier": GROUP })), gone] {
        let scan = logging(&group, [on("GetDataProtectionPolicy", answer)]).await;
        assert_eq!(seen(&scan), Observed::known(DataProtection::default()));
    }
}

#[tokio::test]
async fn answers_that_are_none_are_gaps() {
    let group = json!({ "dataProtectionStatus": "ACTIVATED" });
    let answers: Vec<(Answer, &str)> = vec![
        (ok(json!({ "lastUpdatedTime": 1 })), "error"),
        (ok(json!({ "policyDocument": "no policy" })), "error"),
        (ok(json!({ "policyDocument": "{\"Statement\": 1}" })), "error"),
        (error("ServiceUnavailableException", "no"), "error"),
        (raw(404, "<html>Not Found</html>"), "unsupported"),
    ];
    for (answer, reason) in answers {
        let scan = logging(&group, [on("GetDataProtectionPolicy", answer.clone())]).await;
        assert_eq!(seen(&scan).gap().unwrap().reason.as_str(), reason, "{answer:?}");
    }
    let scan = logging(&json!({ "dataProtectionStatus": "ARCHIVED" }), []).await;
    assert_eq!(seen(&scan).gap().unwrap().reason.as_str(), "unsupported");
}

/// Patterns of one's own can quote what they look for.
#[tokio::test]
async fn patterns_of_the_customers_own_are_not_kept() {
    const PATTERN: &str = "4711-of-a-customer";
    let document = json!({
        "Configuration": { "CustomDataIdentifier": [{ "Name": "Ticket", "Regex": PATTERN }] },
        "Statement": [{ "DataIdentifier": ["Ticket"], "Operation": { "Deidentify": { "MaskConfig": {} } } }],
    });
    let scan = logging(&json!({ "dataProtectionStatus": "ACTIVATED" }), [own(&document.to_string())]).await;
    assert!(seen(&scan).whole().unwrap().masks_custom);
    assert!(!scan.text().contains(PATTERN) && !scan.text().contains("Ticket"));
}
