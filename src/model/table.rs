use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::types::{Arn, Gap, Observed};

/// The `DynamoDB` tables that definitions put items into or get items from, by ARN. `Known` of nothing: there is no such
/// table.
pub type Tables = BTreeMap<Arn, Observed<Option<Table>>>;

/// How a table is guarded. No item of it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// The ARN of its KMS key, which may be the AWS managed one of `DynamoDB`; absent for the default, a key that AWS
    /// owns. Source: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SSEDescription.html>.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Point-in-time recovery is on.
    pub point_in_time_recovery: Observed<bool>,
    /// Items expire by an attribute of theirs. Whether each has it is another matter.
    pub expires: Observed<bool>,
}

impl Table {
    /// What of it was not read, if anything.
    pub fn gap(&self) -> Option<&Gap> {
        self.point_in_time_recovery.gap().or(self.expires.gap())
    }
}
