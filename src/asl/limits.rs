//! What limits mean to an execution.

use super::{Definition, DistributedMap, Limit, Loop, Pause};
use crate::types::JsonPointer;

/// A Standard execution ends after a year whatever its definition says.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>.
pub const LONGEST_EXECUTION_SECONDS: u64 = 365 * 24 * 60 * 60;

/// Events after which a Standard execution fails.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>.
pub const MOST_HISTORY_EVENTS: u64 = 25_000;

impl Limit {
    /// It comes before the end that every execution has; 99999999, the default of a task written out, does not. One that
    /// is chosen at run time counts as one.
    pub fn is_set(self) -> bool {
        match self {
            Self::None => false,
            Self::Seconds(seconds) => seconds < LONGEST_EXECUTION_SECONDS,
            Self::AtRunTime => true,
        }
    }
}

impl Loop {
    /// Turns after which an execution's history is full, at the most.
    pub fn turns_until_full(&self) -> u64 {
        MOST_HISTORY_EVENTS / self.events_per_turn.max(1)
    }

    /// Seconds that it pauses until the history is full; `None` where the pauses are not known before.
    pub fn seconds_until_full(&self) -> Option<u64> {
        match self.pause {
            Pause::None => Some(0),
            Pause::Seconds(seconds) => Some(self.turns_until_full().saturating_mul(seconds)),
            Pause::AtRunTime | Pause::Growing => None,
        }
    }
}

impl Definition {
    /// The innermost Distributed Map whose children run the state at `pointer`.
    pub fn distributed_around(&self, pointer: &JsonPointer) -> Option<&DistributedMap> {
        let around = self.distributed_maps.iter().filter(|map| map.runs(pointer));
        around.max_by_key(|map| map.pointer.as_str().len())
    }

    /// The history that a state writes into ends with the machine's own execution, or with a Standard child of it; that
    /// of an Express child ends after five minutes, and nobody counts its events.
    pub fn is_in_express_child(&self, pointer: &JsonPointer) -> bool {
        self.distributed_around(pointer).is_some_and(|map| map.execution_type.as_deref() == Some("EXPRESS"))
    }
}

impl DistributedMap {
    /// Whether the state at `pointer` is one that its items run through.
    pub fn runs(&self, pointer: &JsonPointer) -> bool {
        let inner = pointer.as_str().strip_prefix(self.pointer.as_str());
        inner.is_some_and(|rest| rest.starts_with("/ItemProcessor/") || rest.starts_with("/Iterator/"))
    }
}
