//! Subscriptions: where CloudWatch Logs sends what is written to log groups.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::detect::Clean;
use crate::types::{Arn, Observed};

/// The subscriptions of the log groups to which machines write execution data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscriptions {
    pub groups: BTreeMap<Arn, Observed<Vec<Subscription>>>,
    /// The account's own, for many log groups at once.
    pub account: Observed<Vec<AccountSubscription>>,
}

/// Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_SubscriptionFilter.html>.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    pub name: Clean<String>,
    /// A stream, a delivery stream, a function, or a destination of this or another account.
    pub destination: Arn,
    /// It sends only what matches a pattern.
    pub filters: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSubscription {
    pub subscription: Subscription,
    pub selection: Selection,
}

/// The log groups that a policy of the account is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    AllBut(BTreeSet<String>),
    /// Criteria that this version does not know.
    Unknown,
}

impl Selection {
    /// `None`: not known.
    pub fn takes(&self, group: &str) -> Option<bool> {
        match self {
            Self::AllBut(names) => Some(!names.contains(group)),
            Self::Unknown => None,
        }
    }

    /// `LogGroupName NOT IN ["a", "b"]`, the one form of criteria that there is; absent for all.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutAccountPolicy.html>.
    pub fn parse(criteria: Option<&str>) -> Self {
        let Some(criteria) = criteria.map(str::trim).filter(|criteria| !criteria.is_empty()) else {
            return Self::AllBut(BTreeSet::new());
        };
        let mut words = criteria.splitn(4, char::is_whitespace);
        let head = [words.next(), words.next(), words.next()];
        let names = words.next().and_then(|list| serde_json::from_str::<BTreeSet<String>>(list).ok());
        match (head, names) {
            ([Some("LogGroupName"), Some("NOT"), Some("IN")], Some(names)) => Self::AllBut(names),
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Selection;

    #[test]
    fn criteria() {
        for (criteria, takes) in [
            (None, Some(true)),
            (Some(""), Some(true)),
            (Some("LogGroupName NOT IN [\"other\"]"), Some(true)),
            (Some("LogGroupName NOT IN [\"g\", \"other\"]"), Some(false)),
            (Some("LogGroupName IN [\"g\"]"), None),
            (Some("LogGroupNamePrefix NOT IN [\"g\"]"), None),
            (Some("LogGroupName NOT IN g"), None),
        ] {
            assert_eq!(Selection::parse(criteria).takes("g"), takes, "{criteria:?}");
        }
    }
}
