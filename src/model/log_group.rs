use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::types::{Arn, Observed};

/// The log groups that state machines name as destinations, by ARN. `Known` of nothing: the group does not exist.
pub type LogGroups = BTreeMap<Arn, Observed<Option<LogGroup>>>;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogGroup {
    pub name: String,
    /// Days; absent means that events never expire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    /// `STANDARD`, `INFREQUENT_ACCESS` or `DELIVERY`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// `ACTIVATED`, `DELETED`, `ARCHIVED` or `DISABLED`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_protection: Option<String>,
    /// The account's own data protection policy applies too.
    #[serde(default)]
    pub account_data_protection: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stored_bytes: Option<u64>,
}

impl LogGroup {
    /// Whether a data protection policy, its own or the account's, masks anything in it. One that was deleted, archived
    /// or disabled masks no more.
    pub fn is_masked(&self) -> bool {
        self.account_data_protection || self.data_protection.as_deref() == Some("ACTIVATED")
    }
}
