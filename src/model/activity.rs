use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Encryption;
use crate::types::{Arn, Observed};

/// The activities of one account and Region, by ARN.
pub type Activities = BTreeMap<Arn, Activity>;

/// A queue of a state machine's tasks, from which workers fetch input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    pub created_at: Option<Timestamp>,
    /// What DescribeActivity answered. It cannot be changed: an activity keeps its key for life.
    /// Source: <https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateActivity.html>.
    pub encryption: Observed<Encryption>,
}
