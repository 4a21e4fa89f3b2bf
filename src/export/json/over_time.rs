//! What a report tells beyond the moment: what went, what is accepted, how the accounts stood before.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::v1::DateTime;
use super::words::SeverityV1;
use crate::audit::{Passed, Resolved, Suppression, SuppressionUse, TrendPoint};

/// A finding that is no longer there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ResolvedV1 {
    /// The finding's id.
    pub id: String,
    /// The id of its check, which may be one of an earlier version.
    pub check: String,
    /// As it was last told; absent where an earlier version did not remember it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<SeverityV1>,
    /// The 12 digits of the account.
    pub account_id: String,
    /// The Region, or `global` for IAM.
    pub region: String,
    /// The ARN of the resource.
    pub resource: String,
    /// When it was first observed.
    #[schemars(with = "DateTime")]
    pub first_seen: Timestamp,
    /// When it was last observed.
    #[schemars(with = "DateTime")]
    pub last_seen: Timestamp,
    /// Always `resolved`.
    pub change: String,
}

/// Why a finding is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SuppressionV1 {
    /// In the words of whoever accepted it.
    pub reason: String,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The day (UTC, `YYYY-MM-DD`) from which on it no longer holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

/// One suppression of the configuration, and what it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SuppressionUseV1 {
    /// The suppression.
    #[serde(flatten)]
    pub suppression: SuppressionV1,
    /// What it speaks about, as it stands in the configuration.
    pub selects: String,
    /// Its day has come: it hides nothing any more.
    pub expired: bool,
    /// Findings that it hid; of an expired one, those that it would have hidden.
    pub findings: usize,
    /// There is nothing that it could hide, and all that it speaks about was looked at.
    #[serde(default)]
    pub unused: bool,
}

/// How an account stood at one time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrendPointV1 {
    /// The 12 digits of the account.
    pub account_id: String,
    /// When the scan ended.
    #[schemars(with = "DateTime")]
    pub at: Timestamp,
    /// The account's score, 0 to 100; absent where no state machine could be evaluated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<f64>,
    /// Non-compliant findings by severity; one without any is absent.
    pub findings: BTreeMap<SeverityV1, usize>,
}

/// What was found compliant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PassedV1 {
    /// The id of the check.
    pub check: String,
    /// The 12 digits of the account.
    pub account_id: String,
    /// The Region, or `global` for IAM.
    pub region: String,
    /// The ARN of the resource.
    pub resource: String,
}

impl From<&Resolved> for ResolvedV1 {
    fn from(finding: &Resolved) -> Self {
        Self {
            id: finding.id.clone(),
            check: finding.check.clone(),
            severity: finding.severity.map(Into::into),
            account_id: finding.account_id.clone(),
            region: finding.region.clone(),
            resource: finding.resource.clone(),
            first_seen: finding.first_seen,
            last_seen: finding.last_seen,
            change: "resolved".to_owned(),
        }
    }
}

impl From<&Suppression> for SuppressionV1 {
    fn from(suppression: &Suppression) -> Self {
        Self {
            reason: suppression.reason.clone(),
            owner: suppression.owner.clone(),
            expires: suppression.expires.map(|day| day.to_string()),
        }
    }
}

impl From<&SuppressionUse> for SuppressionUseV1 {
    fn from(used: &SuppressionUse) -> Self {
        Self {
            suppression: (&used.suppression).into(),
            selects: used.selects.clone(),
            expired: used.expired,
            findings: used.findings,
            unused: used.unused,
        }
    }
}

impl From<&TrendPoint> for TrendPointV1 {
    fn from(point: &TrendPoint) -> Self {
        Self {
            account_id: point.account_id.clone(),
            at: point.at,
            risk: point.risk,
            findings: point.findings.iter().map(|(severity, count)| ((*severity).into(), *count)).collect(),
        }
    }
}

impl From<&Passed> for PassedV1 {
    fn from(passed: &Passed) -> Self {
        Self {
            check: passed.check.to_owned(),
            account_id: passed.account_id.to_string(),
            region: passed.region.to_string(),
            resource: passed.resource.to_string(),
        }
    }
}
