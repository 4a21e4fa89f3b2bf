//! <https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachine.html>.

use serde_json::{Value, json};
use stepwarden::model::{Details, Encryption, LogLevel, MachineKind, StateMachine, StateMachines};
use stepwarden::types::Observed;

use super::{HOME, Scan, brief, scan};
use crate::replay::{Rule, denied, error, ok, on};

pub(super) const ROLE: &str = "arn:aws:iam::123456789012:role/orders";

pub(super) fn arn(name: &str) -> String {
    format!("arn:aws:states:eu-west-1:123456789012:stateMachine:{name}")
}

/// A definition with one state.
pub(super) fn definition(comment: &str) -> String {
    json!({ "Comment": comment, "StartAt": "Done", "States": { "Done": { "Type": "Succeed" } } }).to_string()
}

/// The list of machines with these names.
pub(super) fn listing(names: &[&str]) -> Value {
    let item =
        |name: &&str| json!({ "stateMachineArn": arn(name), "name": name, "type": "STANDARD", "creationDate": 1.5 });
    json!({ "stateMachines": names.iter().map(item).collect::<Vec<_>>() })
}

/// What DescribeStateMachine says of a machine, with these fields beside the usual ones or instead of them.
pub(super) fn described(name: &str, fields: &Value) -> Value {
    let mut answer = json!({
        "stateMachineArn": arn(name), "name": name, "type": "STANDARD", "status": "ACTIVE", "creationDate": 1.5,
        "roleArn": ROLE, "definition": definition("one step"),
    });
    for (field, value) in fields.as_object().expect("fields are an object") {
        answer[field] = value.clone();
    }
    answer.as_object_mut().expect("the answer is an object").retain(|_, value| !value.is_null());
    answer
}

async fn one(fields: Value) -> Scan {
    scan([
        on("ListStateMachines", ok(listing(&["orders"]))),
        on("DescribeStateMachine", ok(described("orders", &fields))),
    ])
    .await
}

fn machines(scan: &Scan) -> StateMachines {
    scan.home().state_machines().whole().map(|machines| (*machines).clone()).expect("the list was read")
}

fn machine<'a>(machines: &'a StateMachines, name: &str) -> &'a StateMachine {
    machines.machines.iter().find(|machine| machine.arn.as_str() == arn(name)).expect("the machine was listed")
}

fn details(scan: &Scan) -> Details {
    machine(&machines(scan), "orders").details.whole().expect("the machine was read").clone()
}

#[tokio::test]
async fn a_machine_as_documented() {
    let log_group = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/states/orders";
    let scan = one(json!({
        "description": "takes orders",
        "tracingConfiguration": { "enabled": true },
        "loggingConfiguration": {
            "level": "ERROR", "includeExecutionData": true,
            "destinations": [{ "cloudWatchLogsLogGroup": { "logGroupArn": format!("{log_group}:*") } }],
        },
        "encryptionConfiguration": { "type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "alias/orders" },
    }))
    .await;
    let details = details(&scan);
    assert_eq!(details.role_arn.whole().unwrap().as_str(), ROLE);
    assert!(details.tracing_enabled && details.logging.include_execution_data);
    assert_eq!(details.logging.level, LogLevel::Error);
    assert_eq!(details.logging.destination.unwrap().as_str(), log_group);
    assert_eq!(details.encryption, Encryption::Customer { kms_key_id: "alias/orders".to_owned() });
    assert_eq!(details.description.unwrap().get(), "takes orders");
    assert_eq!(scan.run(HOME, "state_machines").gap, None);
}

#[tokio::test]
async fn what_is_not_configured_is_off() {
    let details = details(&one(json!({})).await);
    assert_eq!(details.logging.level, LogLevel::Off);
    assert!(details.logging.destination.is_none() && !details.tracing_enabled && details.description.is_none());
    assert_eq!(details.encryption, Encryption::AwsOwned);
}

#[tokio::test]
async fn words_that_aws_may_add_later_are_unknown_not_wrong() {
    let mut list = listing(&["orders"]);
    list["stateMachines"][0]["type"] = "QUANTUM".into();
    let fields = json!({ "type": "QUANTUM", "status": "DREAMING", "loggingConfiguration": { "level": "VERBOSE" } });
    let scan =
        scan([on("ListStateMachines", ok(list)), on("DescribeStateMachine", ok(described("orders", &fields)))]).await;
    assert_eq!(machine(&machines(&scan), "orders").kind, MachineKind::Unknown);
    assert_eq!(details(&scan).logging.level, LogLevel::Unknown);
}

#[tokio::test]
async fn an_encryption_type_that_is_not_known_is_not_taken_for_an_aws_key() {
    let fields = json!({ "encryptionConfiguration": { "type": "QUANTUM_KEY", "kmsKeyId": "alias/orders" } });
    let named = Encryption::Customer { kms_key_id: "alias/orders".to_owned() };
    assert_eq!(details(&one(fields).await).encryption, named);
    let fields = json!({ "encryptionConfiguration": { "type": "QUANTUM_KEY" } });
    assert_eq!(details(&one(fields).await).encryption, Encryption::Unknown { kind: "QUANTUM_KEY".to_owned() });
    for configuration in [json!({}), json!({ "kmsDataKeyReusePeriodSeconds": 60 })] {
        let fields = json!({ "encryptionConfiguration": configuration });
        assert!(matches!(details(&one(fields).await).encryption, Encryption::Unknown { .. }));
    }
}

#[tokio::test]
async fn without_a_role_the_role_is_unknown_and_the_rest_is_not() {
    let scan = one(json!({ "roleArn": null })).await;
    let details = details(&scan);
    assert_eq!(scan.run(HOME, "state_machines").gap.as_ref(), details.role_arn.gap());
    assert_eq!(brief(details.role_arn.gap().unwrap()), ("error", "states:DescribeStateMachine", None));
    assert!(details.definition.whole().is_ok());
}

#[tokio::test]
async fn a_definition_that_cannot_be_read_is_missing() {
    for definition in ["", "{}", "[]", "3", "{\"StartAt\": \"Done\"", "{\"StartAt\": \"Done\"}", "{\"States\": 1}"] {
        let scan = one(json!({ "definition": definition })).await;
        let machines = machines(&scan);
        let details = machine(&machines, "orders").details.whole().unwrap();
        let gap = details.definition.gap().unwrap_or_else(|| panic!("{definition} was taken for a definition"));
        assert_eq!((gap.reason.as_str(), gap.resource.as_deref()), ("error", Some(arn("orders").as_str())));
        assert!(machines.definitions.is_empty());
        assert!(details.role_arn.whole().is_ok());
    }
}

#[tokio::test]
async fn a_machine_deleted_since_it_was_listed_is_dropped() {
    let scan = scan([
        on("ListStateMachines", ok(listing(&["gone", "orders"]))),
        on("DescribeStateMachine", error("StateMachineDoesNotExist", "State Machine Does Not Exist")).with("gone"),
        on("DescribeStateMachine", ok(described("orders", &json!({})))),
    ])
    .await;
    let names: Vec<_> = machines(&scan).machines.iter().map(|machine| machine.arn.name().to_owned()).collect();
    assert_eq!(names, ["orders"]);
    assert_eq!(scan.run(HOME, "state_machines").gap, None);
}

#[tokio::test]
async fn one_machine_denied_leaves_the_others_and_equal_definitions_stand_once() {
    let names = ["a", "b", "c", "secret"];
    let mut rules: Vec<Rule> = vec![
        on("ListStateMachines", ok(listing(&names))),
        on("DescribeStateMachine", denied()).with("stateMachine:secret"),
        on("DescribeStateMachine", ok(described("c", &json!({ "definition": definition("another") }))))
            .with("stateMachine:c"),
    ];
    rules.push(on("DescribeStateMachine", ok(described("a", &json!({})))));
    let scan = scan(rules).await;
    let machines = machines(&scan);
    let gap = machine(&machines, "secret").details.gap().unwrap();
    let needed = ("denied", "states:DescribeStateMachine", Some("states:DescribeStateMachine"));
    assert_eq!(brief(gap), needed);
    assert_eq!(gap.resource.as_deref(), Some(arn("secret").as_str()));
    assert_eq!(brief(scan.run(HOME, "state_machines").gap.as_ref().unwrap()), needed);
    let definition = |name| machine(&machines, name).details.whole().unwrap().definition.whole().unwrap().clone();
    assert_eq!(definition("a"), definition("b"));
    assert_ne!(definition("a").sha256, definition("c").sha256);
    assert_eq!(machines.definitions.len(), 2);
}

/// <https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html>: `METADATA_ONLY` needs no key, and
/// then the definition, a required field, is `{}`.
#[tokio::test]
async fn without_the_key_all_but_the_definition_is_known() {
    for code in ["KmsAccessDeniedException", "KmsInvalidStateException"] {
        let metadata = json!({
            "definition": "{}",
            "encryptionConfiguration": { "type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "alias/orders" },
        });
        let scan = scan([
            on("ListStateMachines", ok(listing(&["orders"]))),
            on("DescribeStateMachine", ok(described("orders", &metadata))).with("METADATA_ONLY"),
            on("DescribeStateMachine", error(code, "no")),
        ])
        .await;
        let details = details(&scan);
        assert_eq!(details.role_arn.whole().unwrap().as_str(), ROLE);
        assert_eq!(details.encryption, Encryption::Customer { kms_key_id: "alias/orders".to_owned() });
        let gap = details.definition.gap().unwrap();
        assert_eq!(brief(gap), ("encrypted", "states:DescribeStateMachine", Some("kms:Decrypt")));
        assert_eq!(gap.resource.as_deref(), Some(arn("orders").as_str()));
        assert_eq!(scan.run(HOME, "state_machines").gap.as_ref(), Some(gap));
        assert!(machines(&scan).definitions.is_empty());
        assert_eq!(scan.replay.count("DescribeStateMachine"), 2);
    }
}

#[tokio::test]
async fn without_the_key_and_without_metadata_the_machine_stays_unread() {
    let scan = scan([
        on("ListStateMachines", ok(listing(&["orders"]))),
        on("DescribeStateMachine", denied()).with("METADATA_ONLY"),
        on("DescribeStateMachine", error("KmsAccessDeniedException", "no")),
    ])
    .await;
    let machines = machines(&scan);
    assert!(matches!(machine(&machines, "orders").details, Observed::Missing { .. }));
}
