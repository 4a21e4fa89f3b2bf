use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::types::{Arn, Observed};

/// What the roles that Step Functions may assume were last seen to use, by role.
pub type LastAccessed = BTreeMap<Arn, Observed<RoleAccess>>;

/// How far back IAM looks, in days, or to where it began to track a service or an action, if that is later; and its
/// newest hours may be missing, usually no more than four.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html>.
pub const TRACKED_DAYS: u32 = 400;

/// One report of IAM about one role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleAccess {
    /// When IAM finished the report: it says nothing of later.
    pub reported_at: Timestamp,
    /// By the prefix of their actions, the services that the role's policies allowed something of when the report was
    /// made. Of a service that is not among them nothing is known.
    pub services: BTreeMap<String, ServiceAccess>,
}

/// What a role did with a service. An attempt that was denied counts as well.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ServiceAccess {
    /// Absent: not within the time that IAM looks back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Timestamp>,
    /// When the actions that IAM tracks were last used, by their names without the prefix. Of an action that is not
    /// among them nothing is known: IAM tracks the actions of some services, and of those not all.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub actions: BTreeMap<String, Option<Timestamp>>,
}
