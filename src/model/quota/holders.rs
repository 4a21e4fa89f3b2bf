//! Which state machines hold a quota.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Holder, Quota, QuotaStatus};
use crate::model::Snapshot;
use crate::types::{Arn, Observed};

/// Who holds the quotas that are at or above their warning level. A quota that is not there was below it, or its usage is
/// not known.
pub type QuotaHolders = BTreeMap<Quota, Observed<Holders>>;

/// The state machines that use most of one quota.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Holders {
    /// Those that hold the most, the likeliest first. Of open executions and Map Runs `value` counts them; of token buckets
    /// it is the most that the machine took a second, as a mean over five minutes, since `since`.
    pub most: Vec<Holder>,
    /// Those whose part grows fastest, fastest first: only such as grow.
    pub fastest: Vec<Holder>,
    /// The API or the CloudWatch metric that told the values.
    pub source: String,
    /// From when on metrics were added up.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Executions that CloudWatch saw start since `since`, less those that it saw end, by machine: what orders `most` where a
    /// list was not followed to its end. CloudWatch's points can be late or missing, so this is no bound.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub net_starts: BTreeMap<Arn, f64>,
}

impl Holders {
    /// State machines that are named, of each kind.
    pub const MOST: usize = 10;
}

/// Puts beside each quota who holds it, as far as that was read.
pub(super) fn name_holders(statuses: &mut [QuotaStatus], snapshot: &Snapshot) {
    let held = snapshot.quota_holders();
    let Some(held) = held.seen().0 else { return };
    for status in statuses {
        let Some(held) = held.get(&status.quota) else { continue };
        (status.holders, status.holders_gap) = (held.seen().0.cloned(), held.gap().cloned());
    }
}
