//! What is tried again, how often, and how it is counted.

use serde_json::json;
use stepwarden::types::ApiUsage;

use super::{HOME, MAX_ATTEMPTS, brief, quiet, scan};
use crate::replay::{Answer, Rule, denied, error, ok, on, raw, throttled};

const LIST: &str = "states:ListStateMachines";

fn with_list(rule: Rule) -> Vec<Rule> {
    std::iter::once(rule).chain(quiet()).collect()
}

fn counts(usage: &ApiUsage) -> [u64; 4] {
    [usage.ok, usage.throttled, usage.denied, usage.errors]
}

#[tokio::test]
async fn a_throttled_call_is_tried_again() {
    let rule = on("ListStateMachines", throttled()).then(ok(json!({ "stateMachines": [] })));
    let scan = scan(with_list(rule)).await;
    assert!(scan.home().state_machines().whole().is_ok());
    assert_eq!(counts(scan.spent(LIST)), [1, 1, 0, 0]);
}

#[tokio::test]
async fn what_stays_throttled_or_broken_is_a_gap_after_all_attempts() {
    let unavailable = Answer::Error { status: 503, code: "ServiceUnavailable", message: "later".to_owned() };
    for (answer, reason, spent) in [
        (throttled(), "throttled", [0, 2, 0, 0]),
        (raw(429, "slow down"), "throttled", [0, 2, 0, 0]),
        (unavailable, "error", [0, 0, 0, 2]),
        (raw(502, "<html>Bad Gateway</html>"), "error", [0, 0, 0, 2]),
    ] {
        let scan = scan(with_list(on("ListStateMachines", answer))).await;
        assert_eq!(brief(&scan.home().state_machines().gap().cloned().unwrap()), (reason, LIST, None));
        assert_eq!(scan.replay.count("ListStateMachines"), MAX_ATTEMPTS as usize);
        assert_eq!(counts(scan.spent(LIST)), spent);
    }
}

#[tokio::test]
async fn what_will_not_change_is_asked_once() {
    for (answer, reason, spent) in [
        (denied(), "denied", [0, 0, 1, 0]),
        (error("ValidationException", "no"), "error", [0, 0, 0, 1]),
        (error("UnknownOperationException", "what?"), "unsupported", [0, 0, 0, 1]),
        (raw(404, "<html>Not Found</html>"), "unsupported", [0, 0, 0, 1]),
        (raw(403, "<html>Forbidden</html>"), "error", [0, 0, 0, 1]),
    ] {
        let scan = scan(with_list(on("ListStateMachines", answer))).await;
        assert_eq!(scan.run(HOME, "state_machines").gap.as_ref().unwrap().reason.as_str(), reason);
        assert_eq!(scan.replay.count("ListStateMachines"), 1);
        assert_eq!(counts(scan.spent(LIST)), spent);
    }
}

#[tokio::test]
async fn calls_are_counted_for_their_account_and_region() {
    let scan = scan(quiet()).await;
    let usage = scan.spent(LIST);
    assert_eq!(usage.account_id.as_ref().unwrap().as_str(), super::ACCOUNT);
    assert_eq!(usage.region.as_str(), HOME);
}
