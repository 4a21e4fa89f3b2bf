//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html>,
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html> and
//! <https://docs.aws.amazon.com/kms/latest/APIReference/API_ListGrants.html>.

use serde_json::{Value, json};
use stepwarden::finding::{CheckSettings, View};
use stepwarden::model::{KmsKey, KmsKeys};
use stepwarden::types::{Arn, Gap, Observed};

use super::machines::{described as machine, listing};
use super::{HOME, Scan, brief, scan};
use crate::replay::{Rule, denied, error, ok, on};

pub(super) const ID: &str = "11111111-2222-3333-4444-555555555555";
pub(super) const ARN: &str = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555";

/// What DescribeKey says of the key.
pub(super) fn described() -> Value {
    json!({ "KeyMetadata": {
        "KeyId": ID, "Arn": ARN, "AWSAccountId": "123456789012", "Enabled": true, "KeyState": "Enabled",
        "KeyManager": "CUSTOMER", "Origin": "AWS_KMS", "Description": "orders", "CreationDate": 1.5,
    } })
}

/// A resource-based policy that lets the account's administrators do this.
pub(super) fn policy(action: &str) -> Value {
    let principal = json!({ "AWS": "arn:aws:iam::123456789012:root" });
    let statement =
        json!({ "Sid": "Own", "Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*" });
    json!({ "Version": "2012-10-17", "Statement": [statement] })
}

/// A key about which all can be read.
fn readable() -> [Rule; 3] {
    [
        on("DescribeKey", ok(described())),
        on("GetKeyPolicy", ok(json!({ "Policy": policy("kms:*").to_string() }))),
        on("ListGrants", ok(json!({ "Grants": [], "Truncated": false }))),
    ]
}

/// Machines that are encrypted with these keys.
async fn under(keys: &[&str], rules: impl IntoIterator<Item = Rule>) -> Scan {
    const NAMES: [&str; 4] = ["machine-0", "machine-1", "machine-2", "machine-3"];
    let names = &NAMES[..keys.len()];
    let describe = |(name, key): (&&'static str, &&str)| {
        let encryption = json!({ "type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": key });
        on("DescribeStateMachine", ok(machine(name, &json!({ "encryptionConfiguration": encryption })))).with(name)
    };
    let machines = names.iter().zip(keys).map(describe);
    let list = on("ListStateMachines", ok(listing(names)));
    scan(rules.into_iter().chain(machines).chain([list]).collect::<Vec<_>>()).await
}

fn keys(scan: &Scan) -> KmsKeys {
    scan.home().kms_keys().last_known().map(|keys| (*keys).clone()).expect("the machines were read")
}

fn key(scan: &Scan) -> KmsKey {
    keys(scan).keys.get(&Arn::parse(ARN).expect("an ARN")).expect("the key was read").clone()
}

fn named(scan: &Scan, name: &str) -> Observed<Option<Arn>> {
    keys(scan).named.get(name).unwrap_or_else(|| panic!("{name} was not looked up")).clone()
}

fn gap(scan: &Scan, name: &str) -> Gap {
    named(scan, name).gap().cloned().unwrap_or_else(|| panic!("{name} is known"))
}

#[tokio::test]
async fn a_key_as_documented() {
    let grant = json!({
        "GrantId": "0c237476b39f8bc44e45212e08498fbe3151305030726c0590dd8d3e9f3d6a60", "KeyId": ARN, "Name": "stream",
        "GranteePrincipal": "arn:aws:sts::123456789012:assumed-role/Reader/jane@example.com",
        "IssuingAccount": "arn:aws:iam::123456789012:root", "Operations": ["Decrypt", "GenerateDataKey", "Dream"],
        "Constraints": { "EncryptionContextSubset": { "team": "payments" }, "SourceArn": "arn:aws:s3:::orders" },
    });
    let exact = json!({ "GrantId": "2", "GranteePrincipal": "dynamodb.eu-west-1.amazonaws.com",
        "Operations": ["Decrypt"], "Constraints": { "EncryptionContextEquals": { "a": "b" } } });
    let mut answer = described();
    answer["KeyMetadata"]["KeyState"] = "PendingDeletion".into();
    answer["KeyMetadata"]["Origin"] = "EXTERNAL".into();
    answer["KeyMetadata"]["DeletionDate"] = 1_800_000_000.into();
    let rules = [
        on("DescribeKey", ok(answer)),
        on("ListGrants", ok(json!({ "Grants": [exact], "Truncated": false, "NextMarker": "never" }))).with("page-2"),
        on("ListGrants", ok(json!({ "Grants": [grant], "Truncated": true, "NextMarker": "page-2" }))),
    ];
    let scan = under(&[ARN], rules.into_iter().chain(readable())).await;
    assert_eq!(scan.run(HOME, "kms_keys").gap, None);
    let key = key(&scan);
    assert_eq!(key.state.as_deref(), Some("PendingDeletion"));
    assert_eq!((key.manager.as_deref(), key.origin.as_deref()), (Some("CUSTOMER"), Some("EXTERNAL")));
    assert_eq!(key.deletion_at.unwrap().as_second(), 1_800_000_000);
    let policy = key.policy.whole().unwrap();
    assert!(policy.get().statements[0].matches_action("kms:Decrypt"));
    assert!(scan.replay.calls("GetKeyPolicy")[0].body.contains("\"default\""));
    let grants = key.grants.whole().unwrap();
    let [first, second] = &grants[..] else { panic!("two grants: {grants:#?}") };
    assert_eq!(first.grantee.as_deref(), Some("arn:aws:sts::123456789012:assumed-role/Reader"), "not who in person");
    assert_eq!(first.operations, ["Decrypt", "GenerateDataKey", "Dream"]);
    assert_eq!(first.source_arn.as_deref(), Some("arn:aws:s3:::orders"));
    let subset: Vec<_> = first.context_subset.iter().flatten().map(|(key, value)| (key.get(), value.get())).collect();
    assert_eq!(subset, [(&"team".to_owned(), &"payments".to_owned())]);
    assert!(second.context_equals.is_some() && second.context_subset.is_none() && second.source_arn.is_none());
    assert_eq!(second.grantee.as_deref(), Some("dynamodb.eu-west-1.amazonaws.com"));
}

#[tokio::test]
async fn however_it_is_named_a_key_is_read_once() {
    let alias = "alias/orders";
    let scan = under(&[ID, ARN, alias, "arn:aws:kms:eu-west-1:123456789012:alias/orders"], readable()).await;
    let keys = keys(&scan);
    assert_eq!((keys.named.len(), keys.keys.len()), (4, 1));
    assert_eq!(scan.replay.count("DescribeKey"), 2, "once by its id and once by its alias");
    assert_eq!((scan.replay.count("GetKeyPolicy"), scan.replay.count("ListGrants")), (1, 1));
    let settings = CheckSettings::default();
    let view = View::new(&scan.collection().snapshots, &settings);
    let region = view.regions().next().expect("the Region was collected");
    for name in [ID, ARN, alias] {
        let (arn, key) = region.key(name).unwrap().expect("the key is there");
        assert_eq!((arn.as_str(), key.state.as_deref()), (ARN, Some("Enabled")));
    }
    assert_eq!(region.key("alias/other").unwrap_err().reason.as_str(), "disabled", "nobody named it");
}

#[tokio::test]
async fn the_key_of_a_log_group_is_read_too() {
    let group = "arn:aws:logs:eu-west-1:123456789012:log-group:orders:*";
    let logging = json!({ "level": "ALL", "destinations": [{ "cloudWatchLogsLogGroup": { "logGroupArn": group } }] });
    let rules = [
        on("ListStateMachines", ok(listing(&["orders"]))),
        on("DescribeStateMachine", ok(machine("orders", &json!({ "loggingConfiguration": logging })))),
        on("DescribeLogGroups", ok(json!({ "logGroups": [{ "logGroupName": "orders", "kmsKeyId": ARN }] }))),
    ];
    let scan = scan(rules.into_iter().chain(readable()).collect::<Vec<_>>()).await;
    assert_eq!(named(&scan, ARN).whole().unwrap().as_ref().unwrap().as_str(), ARN);
}

#[tokio::test]
async fn a_key_that_does_not_exist_is_known_not_to() {
    let missing = on("DescribeKey", error("NotFoundException", "Alias arn:…:alias/gone is not found."));
    let scan = under(&["alias/gone"], [missing]).await;
    assert_eq!(named(&scan, "alias/gone"), Observed::known(None));
    assert!(keys(&scan).keys.is_empty());
    assert_eq!(scan.run(HOME, "kms_keys").gap, None);
    assert_eq!((scan.replay.count("GetKeyPolicy"), scan.replay.count("ListGrants")), (0, 0));
}

#[tokio::test]
async fn a_key_of_another_account_or_region_and_no_key_at_all_are_not_asked_for() {
    let others = [
        ("arn:aws:kms:eu-west-1:999999999999:key/k", "unsupported"),
        ("arn:aws:kms:us-east-1:123456789012:alias/orders", "unsupported"),
        ("arn:aws:s3:::orders", "error"),
        ("no key", "error"),
    ];
    let scan = under(&others.map(|(name, _)| name), []).await;
    for (name, reason) in others {
        let gap = gap(&scan, name);
        assert_eq!((gap.reason.as_str(), gap.resource.as_deref()), (reason, Some(name)));
    }
    assert_eq!(scan.replay.count("DescribeKey"), 0);
}

#[tokio::test]
async fn each_denied_call_is_a_gap_of_what_it_tells() {
    let scan = under(&["alias/orders"], [on("DescribeKey", denied())]).await;
    let missing = gap(&scan, "alias/orders");
    assert_eq!(brief(&missing), ("denied", "kms:DescribeKey", Some("kms:DescribeKey")));
    assert_eq!(missing.resource.as_deref(), Some("alias/orders"));
    for (call, api) in [("GetKeyPolicy", "kms:GetKeyPolicy"), ("ListGrants", "kms:ListGrants")] {
        let scan = under(&[ID], [on(call, denied())].into_iter().chain(readable())).await;
        let key = key(&scan);
        let (shut, open) = match call {
            "GetKeyPolicy" => (key.policy.gap(), key.grants.gap()),
            _ => (key.grants.gap(), key.policy.gap()),
        };
        let gap = shut.expect("it was refused");
        assert_eq!(brief(gap), ("denied", api, Some(api)));
        assert_eq!((gap.resource.as_deref(), open), (Some(ARN), None));
        assert_eq!(scan.run(HOME, "kms_keys").gap.as_ref(), Some(gap));
        assert_eq!(key.state.as_deref(), Some("Enabled"));
    }
}

#[tokio::test]
async fn a_list_of_grants_that_breaks_off_is_half_a_list() {
    let first = ok(
        json!({ "Grants": [{ "GrantId": "1", "Operations": ["Decrypt"] }], "Truncated": true, "NextMarker": "page-2" }),
    );
    let rules = [on("ListGrants", denied()).with("page-2"), on("ListGrants", first)];
    let scan = under(&[ID], rules.into_iter().chain(readable())).await;
    let Observed::Partial { value, gap } = key(&scan).grants else { panic!("one page was read") };
    assert_eq!((value.len(), value[0].grantee.as_deref(), gap.resource.as_deref()), (1, None, Some(ARN)));
}

#[tokio::test]
async fn answers_that_are_none_are_gaps() {
    let whole = described();
    let mut nameless = whole.clone();
    nameless["KeyMetadata"]["Arn"] = "me".into();
    for (call, answer) in [
        ("DescribeKey", json!({ "KeyMetadata": null, "x": 1 })),
        ("DescribeKey", nameless),
        ("GetKeyPolicy", json!({ "PolicyName": "default" })),
        ("GetKeyPolicy", json!({ "Policy": "" })),
        ("GetKeyPolicy", json!({ "Policy": "{\"Statement\": 7}" })),
        ("GetKeyPolicy", json!({ "Policy": "[".repeat(100_000) })),
        ("ListGrants", json!({ "Truncated": false })),
        ("ListGrants", json!({ "Grants": [], "Truncated": true })),
        ("ListGrants", json!({ "Grants": [], "Truncated": true, "NextMarker": "again" })),
    ] {
        let scan = under(&[ID], [on(call, ok(answer.clone()))].into_iter().chain(readable())).await;
        assert!(scan.run(HOME, "kms_keys").gap.is_some(), "{call}: {:.80}", answer.to_string());
    }
}

#[tokio::test]
async fn what_hangs_on_unread_machines_is_unread() {
    let scan = scan([on("ListStateMachines", denied())]).await;
    for gap in [scan.home().kms_keys().gap(), scan.home().function_policies().gap()] {
        assert_eq!(gap.map(|gap| gap.api.as_str()), Some("states:ListStateMachines"));
    }
    let settings = CheckSettings::default();
    let view = View::new(&scan.collection().snapshots, &settings);
    let region = view.regions().next().expect("the Region was collected");
    assert_eq!(region.key(ID).unwrap_err().reason.as_str(), "denied");
}
