//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeSubscriptionFilters.html> and
//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeAccountPolicies.html>.

use serde_json::{Value, json};
use stepwarden::model::Subscriptions;
use stepwarden::types::{Arn, GapReason};

use super::machines::{described, listing};
use super::{Scan, scan};
use crate::replay::{Rule, denied, ok, on};

const GROUP: &str = "arn:aws:logs:eu-west-1:123456789012:log-group:/orders";
const CENTRAL: &str = "arn:aws:logs:eu-west-1:999999999999:destination:central";

async fn logging(data: bool, rules: impl IntoIterator<Item = Rule>) -> Scan {
    let destination = json!({ "cloudWatchLogsLogGroup": { "logGroupArn": format!("{GROUP}:*") } });
    let logging = json!({ "level": "ALL", "includeExecutionData": data, "destinations": [destination] });
    let group = json!({ "logGroupName": "/orders", "arn": GROUP, "logGroupClass": "STANDARD" });
    let account = [
        on("ListStateMachines", ok(listing(&["orders"]))),
        on("DescribeStateMachine", ok(described("orders", &json!({ "loggingConfiguration": logging })))),
        on("DescribeLogGroups", ok(json!({ "logGroups": [group] }))),
    ];
    scan(rules.into_iter().chain(account).collect::<Vec<_>>()).await
}

fn found(scan: &Scan) -> Subscriptions {
    scan.home().log_subscriptions().last_known().map(|found| (*found).clone()).expect("log groups were read")
}

fn filter(pattern: &str) -> Value {
    json!({ "filterName": "central", "logGroupName": "/orders", "filterPattern": pattern, "destinationArn": CENTRAL })
}

#[tokio::test]
async fn a_groups_own_and_the_accounts() {
    let document = json!({ "DestinationArn": CENTRAL, "FilterPattern": "" }).to_string();
    let policy = json!({ "policyName": "all", "policyDocument": document, "policyType": "SUBSCRIPTION_FILTER_POLICY",
        "selectionCriteria": "LogGroupName NOT IN [\"/other\"]" });
    let scan = logging(
        true,
        [
            on("DescribeSubscriptionFilters", ok(json!({ "subscriptionFilters": [filter("{ $.type = \"x\" }")] }))),
            on("DescribeAccountPolicies", ok(json!({ "accountPolicies": [policy] }))),
        ],
    )
    .await;
    let found = found(&scan);
    let own = found.groups[&Arn::parse(GROUP).unwrap()].whole().unwrap();
    assert_eq!((own[0].destination.as_str(), own[0].filters), (CENTRAL, true));
    let account = &found.account.whole().unwrap()[0];
    assert_eq!((account.subscription.destination.as_str(), account.subscription.filters), (CENTRAL, false));
    assert_eq!((account.selection.takes("/orders"), account.selection.takes("/other")), (Some(true), Some(false)));
}

#[tokio::test]
async fn each_denied_call_is_a_gap_of_what_it_tells() {
    let scan = logging(
        true,
        [
            on("DescribeSubscriptionFilters", denied()),
            on(
                "DescribeAccountPolicies",
                ok(json!({ "accountPolicies": [{ "policyName": "broken", "policyDocument": "[" }] })),
            ),
        ],
    )
    .await;
    let found = found(&scan);
    let own = found.groups[&Arn::parse(GROUP).unwrap()].gap().unwrap();
    assert_eq!(own.iam_action.as_deref(), Some("logs:DescribeSubscriptionFilters"));
    assert_eq!(found.account.gap().unwrap().reason, GapReason::Error);
}

#[tokio::test]
async fn groups_without_execution_data_are_not_asked_about() {
    let scan = logging(false, []).await;
    assert!(found(&scan).groups.is_empty());
    assert_eq!(scan.replay.count("DescribeSubscriptionFilters") + scan.replay.count("DescribeAccountPolicies"), 0);
}
