//! <https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListStateMachineVersions.html>: newest first.

use serde_json::{Value, json};
use stepwarden::model::{Published, Version};
use stepwarden::types::{Arn, Observed};

use super::machines::{arn, described, listing as machines};
use super::{HOME, Scan, brief, scan};
use crate::replay::{Rule, denied, error, ok, on};

/// The versions of `orders` with these numbers.
pub(super) fn listing(numbers: &[u32]) -> Value {
    let item = |number: &u32| json!({ "stateMachineVersionArn": qualified(*number), "creationDate": 1.5 });
    json!({ "stateMachineVersions": numbers.iter().map(item).collect::<Vec<_>>() })
}

pub(super) fn aliases(names: &[&str]) -> Value {
    let item =
        |name: &&str| json!({ "stateMachineAliasArn": format!("{}:{name}", arn("orders")), "creationDate": 1.5 });
    json!({ "stateMachineAliases": names.iter().map(item).collect::<Vec<_>>() })
}

pub(super) fn routing(name: &str, routes: &[(u32, u8)]) -> Value {
    let route =
        |(number, weight): &(u32, u8)| json!({ "stateMachineVersionArn": qualified(*number), "weight": weight });
    json!({ "name": name, "routingConfiguration": routes.iter().map(route).collect::<Vec<_>>() })
}

fn qualified(number: u32) -> String {
    format!("{}:{number}", arn("orders"))
}

fn holding(text: &str) -> Value {
    let definition = json!({ "Comment": text, "StartAt": "Done", "States": { "Done": { "Type": "Succeed" } } });
    json!({ "definition": definition.to_string() })
}

async fn orders(rules: impl IntoIterator<Item = Rule>) -> Scan {
    let rest = [
        on("ListStateMachines", ok(machines(&["orders"]))),
        on("DescribeStateMachine", ok(described("orders", &json!({})))),
    ];
    scan(rules.into_iter().chain(rest).collect::<Vec<_>>()).await
}

fn published(scan: &Scan) -> Observed<Published> {
    let versions = scan.home().versions();
    versions.seen().0.expect("versions were read")[&Arn::parse(arn("orders")).expect("an ARN")].clone()
}

#[tokio::test]
async fn old_versions_are_inspected_and_what_aliases_lead_to() {
    let token = format!("ghp_{}", "a1B2".repeat(9));
    let scan = orders([
        on("ListStateMachineVersions", ok(listing(&[9, 8, 7, 6, 5, 4, 3, 2, 1]))),
        on("ListStateMachineAliases", ok(aliases(&["live"]))),
        on("DescribeStateMachineAlias", ok(routing("live", &[(9, 90), (2, 10)]))),
        on("DescribeStateMachine", ok(described("orders", &holding(&token)))).with("orders:2"),
    ])
    .await;
    let published = published(&scan);
    let published = published.whole().unwrap();
    let read: Vec<_> =
        published.versions.iter().filter(|one| one.definition.whole().is_ok()).map(Version::number).collect();
    assert_eq!(read, ["9", "8", "7", "6", "5", "2"]);
    let unread = published.versions[5].definition.gap().unwrap();
    assert_eq!(unread.reason.as_str(), "not_sampled");
    let two = published.versions.iter().find(|one| one.number() == "2").unwrap();
    let seen = &two.definition.whole().unwrap().observations;
    assert_eq!((seen[0].kind.as_str(), seen[0].pointer.as_str()), ("GITHUB_TOKEN", "/Comment"));
    assert_eq!(published.aliases_of(&two.arn).collect::<Vec<_>>(), ["live"]);
    assert_eq!(scan.run(HOME, "versions").gap, None);
}

#[tokio::test]
async fn a_machine_without_versions_costs_one_call() {
    let scan = orders([on("ListStateMachineVersions", ok(listing(&[])))]).await;
    assert!(published(&scan).whole().unwrap().versions.is_empty());
    assert_eq!(scan.replay.count("ListStateMachineVersions"), 1);
    assert_eq!(scan.replay.count("ListStateMachineAliases"), 0);
    assert_eq!(scan.run(HOME, "versions").gap, None);
}

#[tokio::test]
async fn where_there_is_no_such_call_one_machine_is_asked_about() {
    let scan = scan([
        on("ListStateMachines", ok(machines(&["a", "b", "c"]))),
        on("DescribeStateMachine", ok(described("a", &json!({})))),
        on("ListStateMachineVersions", error("UnknownOperationException", "no")),
    ])
    .await;
    assert_eq!(scan.replay.count("ListStateMachineVersions"), 1);
    assert_eq!(brief(scan.home().versions().gap().unwrap()), ("unsupported", "states:ListStateMachineVersions", None));
}

#[tokio::test]
async fn what_is_denied_is_a_gap_where_it_was_asked() {
    let action = "states:ListStateMachineVersions";
    let scan = orders([on("ListStateMachineVersions", denied())]).await;
    assert_eq!(brief(published(&scan).gap().unwrap()), ("denied", action, Some(action)));
    let action = "states:DescribeStateMachineAlias";
    let scan = orders([
        on("ListStateMachineVersions", ok(listing(&[1]))),
        on("ListStateMachineAliases", ok(aliases(&["live"]))),
        on("DescribeStateMachineAlias", denied()),
    ])
    .await;
    let published = published(&scan);
    let gap = published.whole().unwrap().aliases.gap().cloned().unwrap();
    assert_eq!(brief(&gap), ("denied", action, Some(action)));
    assert_eq!(scan.run(HOME, "versions").gap.as_ref(), Some(&gap));
}

#[tokio::test]
async fn a_version_under_a_key_that_may_not_be_used_is_not_read() {
    let scan = orders([
        on("ListStateMachineVersions", ok(listing(&[1]))),
        on("ListStateMachineAliases", ok(aliases(&[]))),
        on("DescribeStateMachine", error("KmsAccessDeniedException", "no")).with("orders:1"),
    ])
    .await;
    let published = published(&scan);
    let gap = published.whole().unwrap().versions[0].definition.gap().cloned().unwrap();
    assert_eq!(brief(&gap), ("encrypted", "states:DescribeStateMachine", Some("kms:Decrypt")));
}
