//! The collectors on the real SDK clients, with mocked answers, hand-written after AWS's documentation: what no emulator
//! has, or has wrong.

mod accounts;
mod activities;
mod alarms;
mod cancellation;
mod data_protection;
mod event_rules;
mod executions;
mod function_policies;
mod functions;
mod hostile;
mod iam;
mod identity;
mod kms_keys;
mod last_accessed;
mod last_starts;
mod live;
mod log_groups;
mod log_subscriptions;
mod machines;
mod paging;
mod quota_holders;
mod quotas;
mod regions;
mod running;
mod secrets;
mod start_rates;
mod stores;
mod tags;
mod throttling;
mod versions;
mod xray;

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_credential_types::provider::SharedCredentialsProvider;
use jiff::Timestamp;
use serde_json::json;
use stepwarden::aws::{Budget, BudgetSettings};
use stepwarden::collect::settings::{AccountSource, ExecutionSettings, Regions, RunningSettings};
use stepwarden::collect::{
    CollectError, CollectSettings, Collection, Environment, KnownExecutions, KnownQuotas, Silent, collect,
};
use stepwarden::detect::{Door, HashKey, Settings};
use stepwarden::model::{CollectorRun, Executions, PartName, RememberedQuotas, Snapshot};
use stepwarden::types::{AccountId, ApiUsage, Gap, Region};
use tokio_util::sync::CancellationToken;

use crate::replay::{Replay, Rule, credentials, ok, on, xml};

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const HOME: &str = "eu-west-1";
/// Every attempt that fails for lack of patience is tried once more, 200 ms later.
const MAX_ATTEMPTS: u32 = 2;

/// An account as a test describes it.
pub(crate) struct Aws {
    replay: Replay,
    settings: CollectSettings,
    cancel: CancellationToken,
    credentials: SharedCredentialsProvider,
    detection: Settings,
    known: KnownExecutions,
    known_quotas: KnownQuotas,
}

/// What a collection brought, and what it took.
pub(crate) struct Scan {
    pub(crate) result: Result<Collection, CollectError>,
    pub(crate) replay: Replay,
    pub(crate) usage: Vec<ApiUsage>,
}

/// Collects eu-west-1 of an account that answers as the rules say.
pub(crate) async fn scan(rules: impl Into<Vec<Rule>>) -> Scan {
    Aws::new(rules).scan().await
}

/// Who the credentials belong to; every account of the tests answers this unless a rule before says otherwise.
pub(crate) fn caller_identity(account: &str) -> Rule {
    let arn = format!("arn:aws:sts::{account}:assumed-role/Audit/jane@example.com");
    on(
        "GetCallerIdentity",
        xml(format!("<Arn>{arn}</Arn><UserId>AROAEXAMPLE:jane</UserId><Account>{account}</Account>")),
    )
}

/// An account in which there is nothing, and nothing is refused: any gap is the test's own.
pub(crate) fn quiet() -> Vec<Rule> {
    vec![
        caller_identity(ACCOUNT),
        on("ListRegions", ok(json!({ "Regions": [{ "RegionName": HOME, "RegionOptStatus": "ENABLED_BY_DEFAULT" }] }))),
        on("ListStateMachines", ok(json!({ "stateMachines": [] }))),
        on("ListStateMachineVersions", ok(json!({ "stateMachineVersions": [] }))),
        on("GetResources", ok(json!({ "ResourceTagMappingList": [], "PaginationToken": "" }))),
        on("DescribeLogGroups", ok(json!({ "logGroups": [] }))),
        on("DescribeAccountPolicies", ok(json!({ "accountPolicies": [] }))),
        on("DescribeSubscriptionFilters", ok(json!({ "subscriptionFilters": [] }))),
        on("ListRules", ok(json!({ "Rules": [] }))),
        on("DescribeAlarms", ok(json!({ "MetricAlarms": [], "CompositeAlarms": [] }))),
        on("GetEncryptionConfig", ok(json!({ "EncryptionConfig": { "Type": "NONE", "Status": "ACTIVE" } }))),
        on("GetTraceSegmentDestination", ok(json!({ "Destination": "XRay", "Status": "ACTIVE" }))),
        on("ListServiceQuotas", ok(json!({ "Quotas": [] }))),
        on("ListAWSDefaultServiceQuotas", ok(json!({ "Quotas": [] }))),
        on("ListExecutions", ok(json!({ "executions": [] }))),
        on("ListActivities", ok(json!({ "activities": [] }))),
        on("ListTagsForResource", ok(json!({ "tags": [] }))),
        on("DescribeResourcePolicies", ok(json!({ "resourcePolicies": [] }))),
        on("ListMetrics", ok(json!({ "Metrics": [] }))),
        on("GetMetricData", ok(json!({ "MetricDataResults": [] }))),
        on(
            "GetAccountAuthorizationDetails",
            xml("<UserDetailList/><GroupDetailList/><RoleDetailList/><Policies/><IsTruncated>false</IsTruncated>"),
        ),
    ]
}

impl Aws {
    pub(crate) fn new(rules: impl Into<Vec<Rule>>) -> Self {
        let mut rules: Vec<Rule> = rules.into();
        rules.push(caller_identity(ACCOUNT));
        let regions = Regions::Named(vec![region(HOME)]);
        let settings = CollectSettings { regions, ..CollectSettings::default() };
        Self {
            replay: Replay::new(rules),
            settings,
            cancel: CancellationToken::new(),
            credentials: credentials(),
            detection: Settings::default(),
            known: KnownExecutions::new(),
            known_quotas: KnownQuotas::new(),
        }
    }

    pub(crate) fn regions(mut self, regions: Regions) -> Self {
        self.settings.regions = regions;
        self
    }

    /// Only these collectors run, beside the one that says who audits.
    pub(crate) fn only(mut self, parts: &[&str]) -> Self {
        let off = |part: &&PartName| **part != PartName::Identity && !parts.contains(&part.as_str());
        self.settings.disabled = PartName::ALL.iter().filter(off).copied().collect();
        self
    }

    pub(crate) fn executions(mut self, executions: ExecutionSettings) -> Self {
        self.settings.executions = executions;
        self
    }

    pub(crate) fn running(mut self, calls: u64, pages: u32) -> Self {
        self.settings.running = RunningSettings { calls, pages };
        self
    }

    /// What an earlier collection saw in execution data of eu-west-1.
    pub(crate) fn knowing(mut self, executions: Executions) -> Self {
        let account = AccountId::parse(ACCOUNT).expect("the tests' account is one");
        self.known.insert((account, region(HOME)), executions);
        self
    }

    /// What of quotas earlier collections saw in eu-west-1.
    pub(crate) fn remembering(mut self, known: RememberedQuotas) -> Self {
        let account = AccountId::parse(ACCOUNT).expect("the tests' account is one");
        self.known_quotas.insert((account, region(HOME)), known);
        self
    }

    pub(crate) fn accounts(mut self, accounts: Vec<AccountSource>) -> Self {
        self.settings.accounts = accounts;
        self
    }

    pub(crate) fn replay(&self) -> Replay {
        self.replay.clone()
    }

    pub(crate) fn cancelled_by(self, cancel: CancellationToken) -> Self {
        Self { cancel, ..self }
    }

    pub(crate) fn credentials(self, credentials: SharedCredentialsProvider) -> Self {
        Self { credentials, ..self }
    }

    pub(crate) async fn scan(self) -> Scan {
        let replay = self.replay();
        let (result, budget) = self.ask(async |environment| collect(environment).await).await;
        Scan { result, replay, usage: budget.usage() }
    }

    pub(crate) async fn ask<T>(self, read: impl AsyncFnOnce(&Environment<'_>) -> T) -> (T, Arc<Budget>) {
        let budget = BudgetSettings { share: 1.0, unlimited: true, rates: BTreeMap::new() };
        let budget = Arc::new(Budget::new(budget));
        let key = HashKey::new(*b"the key of the tests");
        let environment = Environment {
            session: &self.replay.session(self.credentials),
            settings: &self.settings,
            max_attempts: MAX_ATTEMPTS,
            budget: budget.clone(),
            door: &Door::new(key.clone()),
            detection: &self.detection,
            hash_key: &key,
            known: &self.known,
            known_quotas: &self.known_quotas,
            base: &[],
            progress: &Silent,
            cancel: self.cancel,
            now,
        };
        (read(&environment).await, budget)
    }
}

impl Scan {
    pub(crate) fn collection(&self) -> &Collection {
        self.result.as_ref().expect("the account was entered")
    }

    pub(crate) fn snapshot(&self, account: &str, place: &str) -> &Snapshot {
        let mut snapshots = self.collection().snapshots.iter();
        let found = snapshots.find(|one| one.account_id.as_str() == account && one.region.as_str() == place);
        found.unwrap_or_else(|| panic!("no snapshot of {account} {place}"))
    }

    /// What is in eu-west-1.
    pub(crate) fn home(&self) -> &Snapshot {
        self.snapshot(ACCOUNT, HOME)
    }

    /// What the account has once.
    pub(crate) fn global(&self) -> &Snapshot {
        self.snapshot(ACCOUNT, Region::GLOBAL)
    }

    pub(crate) fn run(&self, place: &str, collector: &str) -> &CollectorRun {
        let mut runs = self.collection().runs.iter();
        runs.find(|run| run.region.as_str() == place && run.collector == collector).expect("the collector ran")
    }

    /// All that leaves the collection: the lines of the snapshots, and what is told of the runs.
    pub(crate) fn text(&self) -> String {
        let collection = self.collection();
        let lines = collection.snapshots.iter().flat_map(|snapshot| snapshot.clone().into_lines());
        let lines: String = lines.map(|line| serde_json::to_string(&line).expect("a line is JSON") + "\n").collect();
        format!("{lines}{:#?}", collection.runs)
    }

    pub(crate) fn spent(&self, api: &str) -> &ApiUsage {
        self.usage.iter().find(|usage| usage.api == api).expect("the API was called")
    }
}

/// Reason, API and the IAM action that would open it.
pub(crate) fn brief(gap: &Gap) -> (&'static str, &str, Option<&str>) {
    (gap.reason.as_str(), gap.api.as_str(), gap.iam_action.as_deref())
}

pub(crate) fn region(name: &str) -> Region {
    Region::parse(name).expect("tests name real Regions")
}

/// 2026-01-01T00:00:00Z.
pub(crate) const NOW: i64 = 1_767_225_600;

fn now() -> Timestamp {
    Timestamp::from_second(NOW).expect("the tests' date is one")
}
