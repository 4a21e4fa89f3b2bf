//! A state that is tried again for so long that it is a loop.

use serde_json::{Map, Value};

use super::events::ATTEMPT;
use super::{Loop, LoopBound, LoopKind, Pause};
use crate::asl::machine::Node;

/// Attempts from which a Retry has no end that an execution lives to see: 25,000 events at three an attempt.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>.
const ENDLESS: u64 = 25_000 / ATTEMPT;

/// The first retrier of a state that goes on and on.
pub(super) fn retry(node: &Node<'_>) -> Option<Loop> {
    if !matches!(node.kind, "Task" | "Map" | "Parallel") {
        return None;
    }
    let attempts = |retrier: &Map<String, Value>| retrier.get("MaxAttempts").and_then(Value::as_u64);
    let (_, retrier) = node.objects("Retry").find(|(_, one)| attempts(one).is_some_and(|most| most >= ENDLESS))?;
    Some(Loop {
        states: vec![node.name.to_owned()],
        pointer: node.pointer.clone(),
        kind: LoopKind::Retry,
        bound: LoopBound::Data,
        exits: Vec::new(),
        events_per_turn: ATTEMPT,
        pause: pause(retrier),
        pages: false,
    })
}

/// The pause between two attempts; by default each is twice the one before.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>.
fn pause(retrier: &Map<String, Value>) -> Pause {
    let number = |field: &str| retrier.get(field).and_then(Value::as_u64);
    let interval = number("IntervalSeconds").unwrap_or(1);
    let grows = retrier.get("BackoffRate").and_then(Value::as_f64).unwrap_or(2.0) > 1.0;
    match number("MaxDelaySeconds") {
        _ if !grows => Pause::Seconds(interval),
        Some(most) => Pause::Seconds(most.max(interval)),
        None => Pause::Growing,
    }
}
