//! <https://docs.aws.amazon.com/xray/latest/api/API_GetEncryptionConfig.html> and
//! <https://docs.aws.amazon.com/xray/latest/api/API_GetTraceSegmentDestination.html>.

use serde_json::json;

use super::{HOME, brief, scan};
use crate::replay::{denied, ok, on};

const KEY: &str = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555";

#[tokio::test]
async fn a_customer_key_and_transaction_search() {
    let scan = scan([
        on(
            "GetEncryptionConfig",
            ok(json!({ "EncryptionConfig": { "Type": "KMS", "KeyId": KEY, "Status": "UPDATING" } })),
        ),
        on("GetTraceSegmentDestination", ok(json!({ "Destination": "CloudWatchLogs", "Status": "PENDING" }))),
    ])
    .await;
    let xray = scan.home().xray();
    let xray = xray.whole().unwrap();
    let encryption = xray.encryption.whole().unwrap();
    assert_eq!((encryption.kind.as_str(), encryption.key_id.as_deref()), ("KMS", Some(KEY)));
    assert_eq!(encryption.status.as_deref(), Some("UPDATING"));
    let destination = xray.destination.whole().unwrap();
    assert_eq!((destination.destination.as_str(), destination.status.as_deref()), ("CloudWatchLogs", Some("PENDING")));
    assert_eq!(scan.run(HOME, "xray").gap, None);
}

#[tokio::test]
async fn without_a_customer_key_no_key_is_named() {
    let scan = scan([
        on("GetEncryptionConfig", ok(json!({ "EncryptionConfig": { "Type": "NONE", "Status": "ACTIVE" } }))),
        on("GetTraceSegmentDestination", ok(json!({ "Destination": "XRay", "Status": "ACTIVE" }))),
    ])
    .await;
    let xray = scan.home().xray();
    let encryption = xray.whole().unwrap().encryption.whole().unwrap();
    assert_eq!((encryption.kind.as_str(), &encryption.key_id), ("NONE", &None));
}

#[tokio::test]
async fn one_of_two_calls_denied_leaves_the_other() {
    let scan = scan([
        on("GetEncryptionConfig", denied()),
        on("GetTraceSegmentDestination", ok(json!({ "Destination": "XRay", "Status": "ACTIVE" }))),
    ])
    .await;
    let xray = scan.home().xray();
    let xray = xray.whole().unwrap();
    assert_eq!(xray.destination.whole().unwrap().destination, "XRay");
    let needed = ("denied", "xray:GetEncryptionConfig", Some("xray:GetEncryptionConfig"));
    assert_eq!(brief(xray.encryption.gap().unwrap()), needed);
    assert_eq!(brief(scan.run(HOME, "xray").gap.as_ref().unwrap()), needed);
}

#[tokio::test]
async fn both_denied_leave_nothing() {
    let scan = scan([on("GetEncryptionConfig", denied()), on("GetTraceSegmentDestination", denied())]).await;
    let gap = scan.home().xray().gap().cloned().unwrap();
    assert_eq!(brief(&gap), ("denied", "xray:GetEncryptionConfig", Some("xray:GetEncryptionConfig")));
}
