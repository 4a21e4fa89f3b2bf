use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Band, Judged, Picture};
use crate::exposure::Exposure;
use crate::finding::settings::Thresholds;
use crate::finding::{Change, Confidence, Family, Location, Severity};
use crate::model::{CollectorRun, MachineKind, QuotaStatus};
use crate::types::{AccountId, ApiUsage, Arn, Gap, GapReason, Region};

/// All that exporters read.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The version of stepwarden that wrote it.
    pub version: String,
    pub started_at: Timestamp,
    pub finished_at: Timestamp,
    /// The newest observation that it rests on.
    pub as_of: Timestamp,
    /// False where a signal ended the collection early.
    pub complete: bool,
    /// Worst first.
    pub findings: Vec<Finding>,
    pub coverage: Vec<Coverage>,
    pub scores: Vec<Score>,
    pub inventory: Vec<Inventory>,
    /// Worst first.
    pub machines: Vec<MachineReport>,
    /// Of what was collected alone.
    pub quotas: Vec<QuotaReport>,
    /// By Region; those of which CloudWatch did not wholly answer are left out.
    pub throttled: Vec<Throttled>,
    /// By Region; those of which no execution data was collected are left out.
    pub inspected: Vec<Inspected>,
    pub collectors: Vec<CollectorRun>,
    pub api_usage: Vec<ApiUsage>,
    /// Findings that stood in the store's last state and that this audit settled.
    pub resolved: Vec<Resolved>,
    /// What became of each suppression of the configuration.
    pub suppressions: Vec<SuppressionUse>,
    /// Risk of the accounts in earlier reports of the store and in this one, oldest first.
    pub trend: Vec<TrendPoint>,
    /// What was found compliant; empty unless it is asked for.
    pub passed: Vec<Passed>,
    /// Where verdicts were reached; not exported.
    pub judged: Judged,
}

/// An evaluation that is not compliant.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// 32 hex digits, stable between runs and versions.
    pub id: String,
    pub check: &'static str,
    pub family: Family,
    pub title: &'static str,
    pub severity: Severity,
    pub confidence: Confidence,
    /// 0 to 100; 0 for insufficient data.
    pub score: f64,
    pub status: Status,
    pub account_id: AccountId,
    pub region: Region,
    pub resource: Arn,
    pub location: Location,
    /// State machines that it bears on.
    pub machines: Vec<Arn>,
    /// What is so and why it matters here, or what could not be read.
    pub message: String,
    pub evidence: Vec<(&'static str, String)>,
    /// For insufficient data.
    pub gap: Option<Gap>,
    pub remediation: String,
    pub change: Option<Change>,
    pub references: &'static [&'static str],
    /// Checks whose finding of the same defect was folded into this one.
    pub folded: Vec<&'static str>,
    pub console_url: String,
    pub owner: Option<String>,
    pub stack: Option<String>,
    pub first_seen: Timestamp,
    pub last_seen: Timestamp,
    pub since_last: ChangeSince,
    /// Only where `status` is [`Status::Suppressed`].
    pub suppression: Option<Suppression>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    NonCompliant,
    InsufficientData,
    /// It is so, and whoever owns it accepts that: shown, counted apart, out of scores and exit codes.
    Suppressed,
}

/// Why a finding is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Suppression {
    pub reason: String,
    pub owner: Option<String>,
    /// From this day on (UTC) it no longer holds.
    pub expires: Option<Date>,
}

/// One suppression of the configuration, and what it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuppressionUse {
    pub suppression: Suppression,
    /// What it speaks about, as it stands in the configuration.
    pub selects: String,
    /// Its day has come: it hides nothing any more.
    pub expired: bool,
    /// Findings that it hid; of an expired one, those that it would have hidden.
    pub findings: usize,
    /// There is nothing that it could hide, and all that it speaks about was looked at.
    pub unused: bool,
}

/// A finding that is no longer there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    pub id: String,
    /// The check may be of an earlier version.
    pub check: String,
    /// As it was last told; unknown of what an earlier version remembered.
    pub severity: Option<Severity>,
    pub account_id: String,
    pub region: String,
    pub resource: String,
    pub first_seen: Timestamp,
    pub last_seen: Timestamp,
}

/// How an account stood at one time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrendPoint {
    pub account_id: String,
    /// The end of the scan.
    pub at: Timestamp,
    /// The account's score; absent where no machine could be evaluated.
    pub risk: Option<f64>,
    /// Non-compliant findings by severity.
    pub findings: BTreeMap<Severity, usize>,
}

/// A check that found a resource compliant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    pub check: &'static str,
    pub account_id: AccountId,
    pub region: Region,
    pub resource: Arn,
}

/// Against the store's last state; everything is new where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeSince {
    New,
    Reopened,
    Unchanged,
}

/// What one check could say in one account and Region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    pub account_id: AccountId,
    pub region: Region,
    pub check: &'static str,
    pub family: Family,
    /// The check's default.
    pub severity: Severity,
    pub compliant: usize,
    pub non_compliant: usize,
    pub insufficient: usize,
    pub reasons: BTreeMap<GapReason, usize>,
}

/// Risk of a Region, or of the whole account where the Region is [`Region::GLOBAL`].
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    pub account_id: AccountId,
    pub region: Region,
    /// Mean over the machines that could be read; absent where there is none.
    pub risk: Option<f64>,
    pub machines_evaluated: usize,
    pub machines_unread: usize,
    pub by_band: BTreeMap<Band, usize>,
}

/// What there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inventory {
    pub account_id: AccountId,
    pub region: Region,
    /// Absent where the list was not read.
    pub state_machines: Option<BTreeMap<MachineKind, usize>>,
    /// The list is whole.
    pub complete: bool,
}

/// One state machine.
#[derive(Debug, Clone, PartialEq)]
pub struct MachineReport {
    pub arn: Arn,
    pub account_id: AccountId,
    pub region: Region,
    pub kind: MachineKind,
    /// Absent where no check reached a verdict about the machine.
    pub risk: Option<f64>,
    pub band: Option<Band>,
    /// AWS described it.
    pub readable: bool,
    /// Ids of its findings, non-compliant ones first.
    pub findings: Vec<String>,
    pub owner: Option<String>,
    pub stack: Option<String>,
    /// Absent where no sensitive data was seen in what was read of its executions.
    pub exposure: Option<Exposure>,
    /// Only where a format shows it: see [`draw`](super::draw).
    pub picture: Option<Box<Picture>>,
}

/// What the last collection read of executions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    pub account_id: AccountId,
    pub region: Region,
    /// Executions that were not read before.
    pub executions: u64,
    /// Bytes of payload and text behind all that is told of executions.
    pub bytes: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct QuotaReport {
    pub account_id: AccountId,
    pub region: Region,
    pub status: QuotaStatus,
    /// From which shares of the limit its check speaks.
    pub thresholds: Thresholds,
    /// How long before the collection usage was so, where its source tells.
    pub age_seconds: Option<f64>,
}

/// What had to wait because too much happened at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Throttled {
    pub account_id: AccountId,
    pub region: Region,
    /// States and retries of Standard executions, in the last 3 hours.
    pub executions: f64,
}

impl Status {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NonCompliant => "non_compliant",
            Self::InsufficientData => "insufficient_data",
            Self::Suppressed => "suppressed",
        }
    }
}

impl ChangeSince {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Reopened => "reopened",
            Self::Unchanged => "unchanged",
        }
    }
}

impl Report {
    pub fn of_status(&self, status: Status) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.status == status)
    }

    /// Whether the store remembers an earlier scan.
    pub fn has_past(&self) -> bool {
        self.trend.iter().any(|point| point.at != self.finished_at)
            || !self.resolved.is_empty()
            || self.findings.iter().any(|finding| finding.since_last != ChangeSince::New)
    }

    /// Part of what was asked for could not be evaluated.
    pub fn is_incomplete(&self) -> bool {
        !self.complete
            || self.collectors.iter().any(|run| run.gap.is_some())
            || self.of_status(Status::InsufficientData).next().is_some()
    }
}
