//! Version 1 of the report. Fields may be added; none is renamed, retyped or removed.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::exposure::ExposureV1;
use super::over_time::{PassedV1, ResolvedV1, SuppressionUseV1, SuppressionV1, TrendPointV1};
use super::quotas::QuotaV1;
use super::words::{BandV1, ChangeSinceV1, ConfidenceV1, FamilyV1, MachineKindV1, ReasonWordV1, SeverityV1, StatusV1};

/// What stepwarden found in the AWS accounts and Regions that it audited.
///
/// The lists of findings and machines are parameters so that a report is written one item at a time; what is read has
/// them as vectors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(
    title = "stepwarden report",
    description = "What stepwarden found in the AWS accounts and Regions that it audited."
)]
pub struct ReportV1<Findings = Vec<FindingV1>, Machines = Vec<MachineV1>> {
    /// The version of this format, `major.minor`. A minor version adds fields or words, a major one may change them.
    pub schema_version: String,
    /// The version of stepwarden that wrote the report.
    pub stepwarden_version: String,
    /// When the collection began.
    #[schemars(with = "DateTime")]
    pub started_at: Timestamp,
    /// When the audit was done.
    #[schemars(with = "DateTime")]
    pub finished_at: Timestamp,
    /// The newest observation that the report rests on.
    #[schemars(with = "DateTime")]
    pub as_of: Timestamp,
    /// False where a signal ended the collection early.
    pub complete: bool,
    /// Evaluations that are not compliant, worst first.
    pub findings: Findings,
    /// How many evaluations each check made in each account and Region.
    pub coverage: Vec<CoverageV1>,
    /// Risk by account and Region.
    pub scores: Vec<ScoreV1>,
    /// What there is, by account and Region.
    pub inventory: Vec<InventoryV1>,
    /// State machines, worst first.
    pub machines: Machines,
    /// Quotas with their usage, by account and Region.
    pub quotas: Vec<QuotaV1>,
    /// How each collector fared in each account and Region.
    pub collectors: Vec<CollectorV1>,
    /// What the audit spent of the account's API budget.
    pub api_usage: Vec<ApiUsageV1>,
    /// Findings that stood in the last report of the same store and that this audit settled.
    #[serde(default)]
    pub resolved: Vec<ResolvedV1>,
    /// The suppressions of the configuration, and what each did.
    #[serde(default)]
    pub suppressions: Vec<SuppressionUseV1>,
    /// How the accounts stood in earlier reports of the same store and in this one, oldest first.
    #[serde(default)]
    pub trend: Vec<TrendPointV1>,
    /// What was found compliant; only where it was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed: Vec<PassedV1>,
}

/// One evaluation that is not compliant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FindingV1 {
    /// 32 hexadecimal digits, stable between runs and versions.
    pub id: String,
    /// The id of the check; `stepwarden explain` takes it.
    pub check: String,
    /// What the check is about.
    pub family: FamilyV1,
    /// The check in a few words.
    pub title: String,
    /// How bad it is where it is real.
    pub severity: SeverityV1,
    /// How sure it is that it is real.
    pub confidence: ConfidenceV1,
    /// 0 to 100; 0 for insufficient data.
    pub score: f64,
    /// What was found out.
    pub status: StatusV1,
    /// The 12 digits of the account.
    pub account_id: String,
    /// The Region, or `global` for IAM.
    pub region: String,
    /// The ARN of the resource.
    pub resource: String,
    /// Where in the resource.
    pub location: LocationV1,
    /// ARNs of the state machines that it bears on.
    pub machines: Vec<String>,
    /// What is so and why it matters here, or what could not be read.
    pub message: String,
    /// Facts that the verdict rests on, in reading order. Never a payload.
    pub evidence: Vec<EvidenceV1>,
    /// Why it could not be judged; only where `status` is `insufficient_data`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReasonV1>,
    /// What mends it.
    pub remediation: RemediationV1,
    /// URLs of pages that say why.
    pub references: Vec<String>,
    /// Ids of checks whose finding of the same defect was folded into this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub folded: Vec<String>,
    /// Where to see the resource in the AWS console.
    pub console_url: String,
    /// Whom the tags of the state machines concerned name; absent where these do not agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// What the tags of the state machines concerned name; absent where these do not agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack: Option<String>,
    /// When it was first observed, as far as the store remembers.
    #[schemars(with = "DateTime")]
    pub first_seen: Timestamp,
    /// When it was last observed.
    #[schemars(with = "DateTime")]
    pub last_seen: Timestamp,
    /// What became of it since the last report of the same store.
    pub change: ChangeSinceV1,
    /// Why it is accepted; only where `status` is `suppressed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppression: Option<SuppressionV1>,
}

/// A place in a resource; empty where the resource as a whole is meant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct LocationV1 {
    /// The name of a state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// An RFC 6901 JSON pointer into the definition or policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json_pointer: Option<String>,
    /// A policy statement: its Sid, or the hash of its canonical form where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<String>,
}

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EvidenceV1 {
    /// In snake case.
    pub name: String,
    /// For a person to read.
    pub value: String,
}

/// Why something was not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReasonV1 {
    /// The word that also labels the metric `stepwarden_insufficient_data`.
    pub reason: ReasonWordV1,
    /// The AWS call, as `service:Operation`; absent where no call was involved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api: Option<String>,
    /// One line for a person.
    pub detail: String,
    /// The IAM action that would make it readable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iam_action: Option<String>,
    /// The ARN or name of what was not read; absent where it is a whole list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
}

/// What mends a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RemediationV1 {
    /// What to do, in one or two sentences.
    pub text: String,
    /// The change itself, ready to apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<ChangeV1>,
}

/// A change that a person can paste.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", content = "content", rename_all = "snake_case")]
pub enum ChangeV1 {
    /// Commands for a shell with the AWS CLI.
    Command(String),
    /// A policy document or statement.
    Policy(Value),
    /// A piece of a state machine definition.
    Definition(Value),
}

/// What one check could say in one account and Region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CoverageV1 {
    /// The 12 digits of the account.
    pub account_id: String,
    /// The Region, or `global` for IAM.
    pub region: String,
    /// The id of the check.
    pub check: String,
    /// What the check is about.
    pub family: FamilyV1,
    /// Evaluations that found nothing wrong.
    pub compliant: usize,
    /// Evaluations that found something wrong.
    pub non_compliant: usize,
    /// Evaluations that could not be made.
    pub insufficient: usize,
    /// The insufficient ones by reason.
    pub reasons: BTreeMap<ReasonWordV1, usize>,
}

/// Risk of a Region, or of a whole account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScoreV1 {
    /// The 12 digits of the account.
    pub account_id: String,
    /// The Region, or `global` for the whole account.
    pub region: String,
    /// 0 to 100: the mean over the state machines that could be read; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<f64>,
    /// State machines that could be read.
    pub machines_evaluated: usize,
    /// State machines that are known but could not be read.
    pub machines_unread: usize,
    /// The state machines that could be read, by band; a band without one is absent.
    pub by_band: BTreeMap<BandV1, usize>,
}

/// What there is in one account and Region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InventoryV1 {
    /// The 12 digits of the account.
    pub account_id: String,
    /// The Region.
    pub region: String,
    /// State machines by type; absent where the list was not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_machines: Option<BTreeMap<MachineKindV1, usize>>,
    /// False where the list was not read to its end: there may be more.
    pub complete: bool,
}

/// One state machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MachineV1 {
    /// Its ARN.
    pub arn: String,
    /// The 12 digits of the account.
    pub account_id: String,
    /// The Region.
    pub region: String,
    /// Its type.
    pub kind: MachineKindV1,
    /// 0 to 100; absent where it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<f64>,
    /// The band of its risk; absent where it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<BandV1>,
    /// Ids of the findings that bear on it, non-compliant ones first.
    pub findings: Vec<String>,
    /// From its tags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// From its tags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack: Option<String>,
    /// The sensitive data that its executions carry; absent where none was seen in what was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exposure: Option<ExposureV1>,
}

/// How one collector fared in one account and Region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CollectorV1 {
    /// The 12 digits of the account.
    pub account_id: String,
    /// The Region, or `global` for IAM.
    pub region: String,
    /// The collector's name.
    pub collector: String,
    /// In seconds; absent where a snapshot file was audited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<f64>,
    /// When it looked.
    #[schemars(with = "DateTime")]
    pub observed_at: Timestamp,
    /// Why it did not read all that it was to read; absent where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReasonV1>,
}

/// Calls of one API in one account and Region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ApiUsageV1 {
    /// The 12 digits of the account; absent for calls made before the account was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// The Region, or `global` for IAM.
    pub region: String,
    /// As `service:Operation`.
    pub api: String,
    /// Calls that were answered.
    pub ok: u64,
    /// Calls that were answered with a throttling error.
    pub throttled: u64,
    /// Calls that were refused.
    pub denied: u64,
    /// Calls that failed otherwise.
    pub errors: u64,
    /// Seconds that calls waited for the request budget.
    pub waited_seconds: f64,
}

/// The schema of a [`Timestamp`].
pub(super) struct DateTime;

impl JsonSchema for DateTime {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "DateTime".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}
