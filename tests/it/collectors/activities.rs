//! <https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListActivities.html> and
//! <https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeActivity.html>.

use serde_json::{Value, json};
use stepwarden::model::Encryption;
use stepwarden::types::{Arn, Observed};

use super::{Aws, HOME, Scan, brief};
use crate::replay::{Rule, denied, error, ok, on, throttled};

const KEY: &str = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555";

pub(super) fn arn(name: &str) -> String {
    format!("arn:aws:states:eu-west-1:123456789012:activity:{name}")
}

pub(super) fn listing(names: &[&str], next: Option<&str>) -> Value {
    let item = |name: &&str| json!({ "activityArn": arn(name), "name": name, "creationDate": 1_760_000_000.5 });
    json!({ "activities": names.iter().map(item).collect::<Vec<_>>(), "nextToken": next })
}

pub(super) fn described(name: &str, encryption: &Value) -> Value {
    json!({ "activityArn": arn(name), "name": name, "creationDate": 1_760_000_000.5, "encryptionConfiguration": encryption })
}

async fn activities(rules: impl Into<Vec<Rule>>) -> Scan {
    Aws::new(rules).only(&["activities"]).scan().await
}

fn encryption(scan: &Scan, name: &str) -> Observed<Encryption> {
    let activities = scan.home().activities();
    let activities = activities.last_known().expect("they were listed");
    activities[&Arn::parse(arn(name)).expect("an ARN")].encryption.clone()
}

#[tokio::test]
async fn keys_over_two_pages() {
    let scan = activities([
        on("ListActivities", ok(listing(&["count"], None))).with("page-2"),
        on("ListActivities", ok(listing(&["approve"], Some("page-2")))),
        on("DescribeActivity", ok(described("count", &json!({ "type": "AWS_OWNED_KEY" })))).with("activity:count"),
        on(
            "DescribeActivity",
            ok(described("approve", &json!({ "type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": KEY }))),
        ),
    ])
    .await;
    assert_eq!(encryption(&scan, "count"), Observed::known(Encryption::AwsOwned));
    assert_eq!(encryption(&scan, "approve"), Observed::known(Encryption::Customer { kms_key_id: KEY.to_owned() }));
    assert_eq!(scan.run(HOME, "activities").gap, None);
}

#[tokio::test]
async fn an_answer_without_encryption_is_no_default() {
    let scan = activities([
        on("ListActivities", ok(listing(&["count"], None))),
        on("DescribeActivity", ok(described("count", &Value::Null))),
    ])
    .await;
    let encryption = encryption(&scan, "count");
    assert_eq!(brief(encryption.gap().unwrap()), ("unsupported", "states:DescribeActivity", None));
}

#[tokio::test]
async fn a_list_that_breaks_off_is_partial() {
    let scan = activities([
        on("ListActivities", throttled()).with("page-2"),
        on("ListActivities", ok(listing(&["approve"], Some("page-2")))),
        on("DescribeActivity", ok(described("approve", &json!({ "type": "AWS_OWNED_KEY" })))),
    ])
    .await;
    let activities = scan.home().activities();
    assert_eq!(activities.seen().0.unwrap().len(), 1);
    assert_eq!(activities.gap().unwrap().api, "states:ListActivities");
    let scan = super::scan([on("ListActivities", denied())]).await;
    let needed = ("denied", "states:ListActivities", Some("states:ListActivities"));
    assert_eq!(brief(scan.home().activities().gap().unwrap()), needed);
}

#[tokio::test]
async fn what_is_gone_is_dropped_and_what_is_denied_is_a_gap() {
    let scan = activities([
        on("ListActivities", ok(listing(&["approve", "count"], None))),
        on("DescribeActivity", error("ActivityDoesNotExist", "gone")).with("activity:approve"),
        on("DescribeActivity", denied()),
    ])
    .await;
    let activities = scan.home().activities();
    assert_eq!(activities.whole().unwrap().len(), 1);
    let gap = encryption(&scan, "count").gap().cloned().unwrap();
    assert_eq!(brief(&gap), ("denied", "states:DescribeActivity", Some("states:DescribeActivity")));
    assert_eq!(gap.resource.as_deref(), Some(arn("count").as_str()));
}

#[tokio::test]
async fn only_so_many_are_described() {
    let names: Vec<_> = (0..60).map(|number| format!("a{number:02}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let scan = activities([
        on("ListActivities", ok(listing(&names, None))),
        on("DescribeActivity", ok(described("any", &json!({ "type": "AWS_OWNED_KEY" })))),
    ])
    .await;
    assert_eq!(scan.replay.count("DescribeActivity"), 50);
    assert_eq!(encryption(&scan, "a49"), Observed::known(Encryption::AwsOwned));
    assert_eq!(encryption(&scan, "a50").gap().unwrap().reason.as_str(), "not_sampled");
    assert_eq!(scan.run(HOME, "activities").gap, None, "what is outside the sample was not asked for");
}
