//! A signal ends the collection while calls hang.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::machines::{described, listing};
use super::{Aws, HOME, Scan, quiet};
use crate::replay::{Replay, Rule, never, ok, on, throttled};

/// Cancels as soon as AWS has seen a call of `operation`.
async fn cancelled_at(operation: &str, rules: impl IntoIterator<Item = Rule>) -> Scan {
    let cancel = CancellationToken::new();
    let rules: Vec<_> = rules.into_iter().chain(quiet()).collect();
    let aws = Aws::new(rules).cancelled_by(cancel.clone());
    let replay = aws.replay();
    let watch = async {
        wait_for(&replay, operation).await;
        cancel.cancel();
        Instant::now()
    };
    let (scan, cancelled) = tokio::join!(aws.scan(), watch);
    assert!(cancelled.elapsed() < Duration::from_secs(1), "it returned late");
    scan
}

async fn wait_for(replay: &Replay, operation: &str) {
    while replay.count(operation) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_list_that_hangs_is_a_gap() {
    let scan = cancelled_at("ListStateMachines", [on("ListStateMachines", never())]).await;
    assert!(!scan.collection().complete);
    let gap = scan.home().state_machines().gap().cloned().unwrap();
    assert_eq!(gap.reason.as_str(), "partial");
    assert_eq!(scan.run(HOME, "state_machines").gap, Some(gap));
    assert!(scan.home().state_machines().last_known().is_none());
}

#[tokio::test]
async fn what_was_read_before_the_signal_is_kept() {
    let scan = cancelled_at(
        "DescribeStateMachine",
        [
            on("ListStateMachines", ok(listing(&["orders"]))),
            on("DescribeStateMachine", never()),
            on("DescribeStateMachine", ok(described("orders", &json!({})))),
        ],
    )
    .await;
    assert!(!scan.collection().complete);
    let machines = scan.home().state_machines();
    let machines = machines.last_known().unwrap();
    assert_eq!(machines.machines[0].details.gap().unwrap().reason.as_str(), "partial");
    assert!(scan.home().activities().whole().is_ok(), "others were done before");
}

#[tokio::test]
async fn a_wait_between_attempts_ends_too() {
    let scan = cancelled_at("ListStateMachines", [on("ListStateMachines", throttled())]).await;
    assert!(!scan.collection().complete);
    assert_eq!(scan.replay.count("ListStateMachines"), 1);
}

#[tokio::test]
async fn before_the_account_is_known_there_is_nothing_to_keep() {
    let scan = cancelled_at("GetCallerIdentity", [on("GetCallerIdentity", never())]).await;
    assert!(scan.result.unwrap_err().to_string().contains("interrupted"));
}

#[tokio::test]
async fn without_a_signal_a_collection_is_complete() {
    assert!(Aws::new(quiet()).scan().await.collection().complete);
}
