//! Lists that break off: <https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListStateMachines.html>.

use serde_json::{Value, json};
use stepwarden::model::{Quota, QuotaStatus, Usage};
use stepwarden::types::Observed;

use super::machines::{described, listing};
use super::{HOME, Scan, brief, now, quiet, scan};
use crate::replay::{Answer, denied, error, ok, on, throttled};

fn page(names: &[&str], token: &str) -> Value {
    let mut page = listing(names);
    page["nextToken"] = token.into();
    page
}

/// The first page names one machine; what follows is `next`.
async fn second_page(next: Answer) -> Scan {
    scan([
        on("ListStateMachines", next).with("page-2"),
        on("ListStateMachines", ok(page(&["orders"], "page-2"))),
        on("DescribeStateMachine", ok(described("orders", &json!({})))),
    ])
    .await
}

/// A half-read list with one machine in it, and why it is half read.
fn half_read(scan: &Scan) -> (&'static str, String) {
    match scan.home().state_machines() {
        Observed::Partial { value, gap } => {
            assert_eq!(value.machines.len(), 1);
            assert!(value.machines[0].details.whole().is_ok());
            assert_eq!(scan.run(HOME, "state_machines").gap, Some(gap.clone()));
            (gap.reason.as_str(), gap.detail)
        }
        other => panic!("not half read: {other:?}"),
    }
}

#[tokio::test]
async fn pages_are_read_to_the_end() {
    let scan = second_page(ok(listing(&["refunds"]))).await;
    assert_eq!(scan.home().state_machines().whole().unwrap().machines.len(), 2);
    assert_eq!(scan.replay.count("ListStateMachines"), 2);
}

#[tokio::test]
async fn a_page_token_that_expires_leaves_half_a_list() {
    let (reason, detail) = half_read(&second_page(error("InvalidToken", "Invalid Token: 'page-2'")).await);
    assert_eq!(reason, "partial");
    assert!(detail.contains("InvalidToken") && !detail.contains("page-2"), "{detail}");
}

#[tokio::test]
async fn a_second_page_that_stays_throttled_leaves_half_a_list() {
    let scan = second_page(throttled()).await;
    assert_eq!(half_read(&scan).0, "throttled");
    let usage = &QuotaStatus::of(scan.home())[0];
    assert_eq!(usage.quota, Quota::StateMachines);
    let at_least = Usage::AtLeast { value: 1.0, source: "ListStateMachines", at: Some(now()) };
    assert_eq!(usage.usage, at_least, "a half-read list is a lower bound");
}

#[tokio::test]
async fn the_same_token_over_and_over_comes_to_an_end() {
    let scan = second_page(ok(page(&[], "page-2"))).await;
    assert_eq!(half_read(&scan).0, "partial");
    assert_eq!(scan.replay.count("ListStateMachines"), 2);
}

#[tokio::test]
async fn tokens_that_take_turns_come_to_an_end() {
    let scan = scan([
        on("ListStateMachines", ok(page(&[], "page-3"))).with("page-2"),
        on("ListStateMachines", ok(page(&[], "page-2"))).with("page-3"),
        on("ListStateMachines", ok(page(&["orders"], "page-2"))),
        on("DescribeStateMachine", ok(described("orders", &json!({})))),
    ])
    .await;
    assert_eq!(half_read(&scan).0, "partial");
    assert_eq!(scan.replay.count("ListStateMachines"), 3);
}

#[tokio::test]
async fn a_list_denied_is_missing_and_says_what_opens_it() {
    let mut rules = vec![on("ListStateMachines", denied())];
    rules.extend(quiet());
    let scan = scan(rules).await;
    let Observed::Missing { gap } = scan.home().state_machines() else { panic!("the list was refused") };
    let needed = ("denied", "states:ListStateMachines", Some("states:ListStateMachines"));
    assert_eq!(brief(&gap), needed);
    assert_eq!((gap.account_id.unwrap().as_str(), gap.region.unwrap().as_str()), (super::ACCOUNT, HOME));
    assert!(matches!(QuotaStatus::of(scan.home())[0].usage, Usage::Unknown(_)), "not seen is not none");
    assert_eq!(brief(&scan.home().log_groups().gap().cloned().unwrap()), needed, "nor is what hangs on the list");
}
