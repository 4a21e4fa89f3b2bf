use std::fmt;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde_json::Value;

use super::progress::{Event, Progress};
use super::settings::{ExecutionSettings, Regions, RunningSettings, VersionSettings, Warnings};
use crate::aws::{Api, Caller, Clients, Failure};
use crate::detect::{Clean, Door, HashKey, Settings};
use crate::iam::Policy;
use crate::model::{Executions, PartName, PartValue, RememberedQuotas, Snapshot, StateMachines};
use crate::types::{AccountId, Arn, Gap, GapReason, Observed, Region};

/// One part of a snapshot, and how it is read.
pub struct Collector {
    pub part: PartName,
    pub scope: Scope,
    /// Parts of the same snapshot that must be there first.
    pub after: &'static [PartName],
    /// All that it may call: the auditor's own policy is made of it.
    pub apis: &'static [&'static Api],
    pub run: for<'a> fn(&'a Context<'a>) -> BoxFuture<'a, PartValue>,
}

/// Whether a part is read once an account or once a Region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    Account,
    Region,
}

impl Collector {
    /// The IAM actions that it needs.
    pub fn actions(&self) -> impl Iterator<Item = &'static str> {
        self.apis.iter().filter_map(|api| api.iam_action)
    }
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Collector({})", self.part.as_str())
    }
}

/// What a failure says, through the door: AWS's messages may repeat what was sent.
pub(super) fn clean(door: &Door, failure: &Failure) -> Failure {
    Failure { detail: door.text(&failure.detail).clean.into_inner(), ..*failure }
}

/// A policy document, through the door and parsed.
pub(super) fn policy(door: &Door, api: &'static Api, text: &str) -> Result<Clean<Policy>, Gap> {
    let not_one = |why: String| Gap { api: api.name.to_owned(), ..Gap::new(GapReason::Error, why) };
    let document: Value =
        serde_json::from_str(text).map_err(|error| not_one(format!("the policy is not JSON: {error}")))?;
    let clean = door.json(document).clean;
    clean.read(Policy::parse).map_err(|error| not_one(format!("the policy is not valid: {error}")))
}

/// A principal's ARN without its session name, which can be a person's.
pub(super) fn without_session(arn: &str) -> String {
    if let Some((head, _)) = arn.split_once(":federated-user/") {
        return format!("{head}:federated-user");
    }
    match arn.split_once(":assumed-role/") {
        Some((head, tail)) => format!("{head}:assumed-role/{}", tail.split('/').next().unwrap_or_default()),
        None => arn.to_owned(),
    }
}

/// What a collector works with.
pub struct Context<'a> {
    pub account_id: &'a AccountId,
    pub region: &'a Region,
    /// Who asks, without a session name, which can be a person's.
    pub principal: &'a Arn,
    pub clients: &'a Clients,
    pub caller: &'a Caller,
    pub door: &'a Door,
    /// What earlier collectors found in this account and Region.
    pub snapshot: &'a Snapshot,
    /// How execution data is inspected.
    pub inspection: Inspection<'a>,
    /// What usage of quotas earlier collections saw here.
    pub remembered: Option<&'a RememberedQuotas>,
    /// Which Regions are to be audited.
    pub regions: &'a Regions,
    pub versions: VersionSettings,
    /// Activities of a Region that are described.
    pub activities: usize,
    pub running: RunningSettings,
    /// Histories of executions may be asked for.
    pub reads_histories: bool,
    /// From which share of a quota its holders are asked for.
    pub warnings: &'a Warnings,
    /// Calls in flight.
    pub concurrency: usize,
    /// When the collection began.
    pub now: Timestamp,
    pub(super) part: PartName,
    pub(super) progress: &'a dyn Progress,
}

/// How execution data is inspected, and what earlier collections saw in it.
#[derive(Debug, Clone, Copy)]
pub struct Inspection<'a> {
    pub settings: &'a ExecutionSettings,
    pub detection: &'a Settings,
    /// The key of the hashes in evidence, and of what stands for executions.
    pub hash_key: &'a HashKey,
    /// Of this account and Region.
    pub known: Option<&'a Executions>,
}

impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Context({} {} {})", self.account_id, self.region, self.part.as_str())
    }
}

impl Context<'_> {
    /// One call within the budget; what a failure says has passed the door.
    pub async fn call<T, E, F, A>(&self, api: &'static Api, send: F) -> Result<T, Failure>
    where
        F: Fn() -> A + Sync,
        A: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
        E: ProvideErrorMetadata,
    {
        self.caller.call(api, send).await.map_err(|failure| clean(self.door, &failure))
    }

    pub fn gap(&self, failure: &Failure) -> Gap {
        self.locate(failure.gap())
    }

    pub fn locate(&self, gap: Gap) -> Gap {
        Gap { account_id: Some(self.account_id.clone()), region: Some(self.region.clone()), ..gap }
    }

    /// A list with the failure that broke it off: nothing at all where the first page already failed.
    pub fn listed<T>(&self, items: Vec<T>, failure: Option<&Failure>) -> Observed<Vec<T>> {
        match failure {
            Some(failure) if items.is_empty() => Observed::missing(self.gap(failure)),
            failure => Observed::listed(items, failure.map(|failure| self.gap(failure))),
        }
    }

    /// The machines of the Region that were listed, and why there may be others; or why none were.
    pub(super) fn machines(&self) -> Result<(&StateMachines, Option<Gap>), Gap> {
        match self.snapshot.state_machines() {
            Observed::Known { value } => Ok((value, None)),
            Observed::Partial { value, gap } => Ok((value, Some(gap))),
            Observed::Stale { gap, .. } | Observed::Missing { gap } => Err(gap),
        }
    }

    /// Whether something is of this account and Region, and may be asked for here.
    pub fn owns(&self, arn: &Arn) -> bool {
        arn.account() == self.account_id.as_str() && arn.region() == self.region.as_str()
    }

    pub fn tell(&self, event: Event) {
        self.progress.tell(self.region, self.part.as_str(), event);
    }
}

#[cfg(test)]
mod tests {
    use super::without_session;

    #[test]
    fn a_session_name_is_not_kept() {
        assert_eq!(
            without_session("arn:aws:sts::123456789012:assumed-role/Audit/jane@example.com"),
            "arn:aws:sts::123456789012:assumed-role/Audit"
        );
        assert_eq!(without_session("arn:aws:iam::123456789012:user/audit"), "arn:aws:iam::123456789012:user/audit");
        assert_eq!(
            without_session("arn:aws:sts::123456789012:federated-user/jane.doe"),
            "arn:aws:sts::123456789012:federated-user"
        );
    }
}
