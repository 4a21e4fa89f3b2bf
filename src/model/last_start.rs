use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::types::Arn;

/// When state machines were last started, by CloudWatch; one that is not there was not asked about.
pub type LastStarts = BTreeMap<Arn, LastStart>;

/// When one state machine was last started, as far back as was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastStart {
    /// What began before is not known.
    pub since: Timestamp,
    /// When the day or the hour began of the last start; none where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Timestamp>,
}
