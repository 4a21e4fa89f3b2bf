use std::sync::Arc;
use std::time::Instant;

use futures_util::StreamExt;
use futures_util::future::join_all;
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::collector::{Collector, Context, Scope};
use super::known::{KnownExecutions, KnownQuotas};
use super::place::Place;
use super::progress::{Event, Progress};
use super::regions::regions;
use super::settings::{AccountSource, CollectSettings, Regions};
use super::{
    activities, alarms, data_protection, event_rules, executions, function_policies, functions, iam, identity,
    kms_keys, last_accessed, last_starts, log_groups, log_subscriptions, quota_holders, quotas, result_buckets,
    running, start_rates, state_machines, tables, tags, versions, xray,
};
use crate::aws::apis::{ACCOUNT_LIST_REGIONS, STS_ASSUME_ROLE};
use crate::aws::{Api, AwsClock, Budget, Caller, Failure, Session, SessionError};
use crate::detect::{self, Door, HashKey};
use crate::model::{CollectorRun, PartName, PartValue, Snapshot};
use crate::types::{AccountId, Arn, Gap, GapReason, Region};

/// Every collector, in the order of the snapshot's parts.
pub static COLLECTORS: &[&Collector] = &[
    &identity::COLLECTOR,
    &iam::COLLECTOR,
    &last_accessed::COLLECTOR,
    &state_machines::COLLECTOR,
    &activities::COLLECTOR,
    &tags::COLLECTOR,
    &versions::COLLECTOR,
    &xray::COLLECTOR,
    &log_groups::COLLECTOR,
    &data_protection::COLLECTOR,
    &log_subscriptions::COLLECTOR,
    &result_buckets::COLLECTOR,
    &tables::COLLECTOR,
    &kms_keys::COLLECTOR,
    &event_rules::COLLECTOR,
    &alarms::COLLECTOR,
    &function_policies::COLLECTOR,
    &functions::COLLECTOR,
    &executions::COLLECTOR,
    &running::COLLECTOR,
    &quotas::COLLECTOR,
    &quota_holders::COLLECTOR,
    &start_rates::COLLECTOR,
    &last_starts::COLLECTOR,
];

/// Accounts that are collected at once; their Regions all are.
pub const ACCOUNTS_AT_ONCE: usize = 4;

/// What a collection works with.
pub struct Environment<'a> {
    pub session: &'a Session,
    pub settings: &'a CollectSettings,
    pub max_attempts: u32,
    pub budget: Arc<Budget>,
    pub door: &'a Door,
    /// What counts as sensitive in execution data.
    pub detection: &'a detect::Settings,
    /// The key of the hashes in evidence.
    pub hash_key: &'a HashKey,
    /// What earlier collections saw in execution data.
    pub known: &'a KnownExecutions,
    /// What usage of quotas earlier collections saw.
    pub known_quotas: &'a KnownQuotas,
    /// What earlier collections found: collectors that are switched off this time are taken to have found it.
    pub base: &'a [Snapshot],
    pub progress: &'a dyn Progress,
    pub cancel: CancellationToken,
    pub now: fn() -> Timestamp,
}

/// What was collected, and how each collector fared.
#[derive(Debug)]
pub struct Collection {
    pub snapshots: Vec<Snapshot>,
    pub runs: Vec<CollectorRun>,
    /// False where a signal ended it.
    pub complete: bool,
}

/// Nothing could be collected at all.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    #[error("{0}")]
    Identity(Failure),
    #[error(transparent)]
    Session(#[from] SessionError),
}

impl std::fmt::Debug for Environment<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment").field("settings", self.settings).finish_non_exhaustive()
    }
}

/// The collectors that the settings leave on.
pub fn collectors(settings: &CollectSettings) -> impl Iterator<Item = &'static Collector> {
    COLLECTORS.iter().copied().filter(|collector| !settings.leaves_out(collector.part))
}

impl Environment<'_> {
    pub(super) fn begin(&self, account_id: AccountId, region: Region) -> Snapshot {
        let same = |known: &&Snapshot| known.account_id == account_id && known.region == region;
        self.base.iter().find(same).cloned().unwrap_or_else(|| Snapshot::new(account_id, region))
    }

    /// The APIs that a collection with these settings may call, with what gets it into other accounts.
    pub fn apis(settings: &CollectSettings) -> impl Iterator<Item = &'static Api> {
        let assume = (!settings.accounts.is_empty()).then_some(&STS_ASSUME_ROLE);
        let needed = |api: &&'static Api| settings.regions == Regions::AllEnabled || **api != ACCOUNT_LIST_REGIONS;
        let called = move |collector: &'static Collector| {
            let may = move |api: &&'static Api| match collector.part {
                PartName::Executions => executions::may_call(&settings.executions, api),
                PartName::Running => running::may_call(settings, api),
                _ => true,
            };
            collector.apis.iter().copied().filter(may)
        };
        collectors(settings).flat_map(called).filter(needed).chain(assume)
    }
}

/// Collects every configured account. One that cannot be entered is a gap; only where none can is it an error.
pub async fn collect(environment: &Environment<'_>) -> Result<Collection, CollectError> {
    let home = environment.session.home_region()?;
    let caller = Caller::new(environment.budget.clone(), home, environment.max_attempts, environment.cancel.clone());
    let mut sources: Vec<Option<&AccountSource>> = environment.settings.accounts.iter().map(Some).collect();
    if sources.is_empty() {
        sources.push(None);
    }
    let enter = |source| account(environment, &caller, source);
    let answers: Vec<_> =
        futures_util::stream::iter(sources).map(enter).buffer_unordered(ACCOUNTS_AT_ONCE).collect().await;
    let (mut snapshots, mut runs, mut refusals, mut refused) = (Vec::new(), Vec::new(), Vec::new(), None);
    for answer in answers {
        match answer {
            Ok((account_snapshots, account_runs)) => {
                snapshots.extend(account_snapshots);
                runs.extend(account_runs);
            }
            Err((failure, run)) => {
                refusals.extend(run);
                refused = Some(failure);
            }
        }
    }
    match refused {
        Some(failure) if snapshots.is_empty() => return Err(CollectError::Identity(failure)),
        _ => {}
    }
    for run in refusals {
        // Another role may have got in.
        let entered = snapshots.iter().any(|snapshot: &Snapshot| snapshot.account_id == run.account_id);
        snapshots.extend((!entered).then(|| refusal(&run)).flatten());
        runs.push(run);
    }
    snapshots.sort_by(|a: &Snapshot, b| (&a.account_id, &a.region).cmp(&(&b.account_id, &b.region)));
    runs.sort_by(|a: &CollectorRun, b| {
        (&a.account_id, &a.region, a.collector).cmp(&(&b.account_id, &b.region, b.collector))
    });
    Ok(Collection { snapshots, runs, complete: !environment.cancel.is_cancelled() })
}

type Collected = (Vec<Snapshot>, Vec<CollectorRun>);

/// One account: who we are there, then its IAM and its Regions at once.
async fn account(
    environment: &Environment<'_>,
    caller: &Caller,
    source: Option<&AccountSource>,
) -> Result<Collected, (Failure, Option<CollectorRun>)> {
    let Entered { session, account_id, principal } = match enter(environment, caller, source).await {
        Ok(entered) => entered,
        Err(failure) => return Err(not_entered(environment, source, failure)),
    };
    let caller = caller.on_behalf_of(Some(account_id.clone()), caller.region().clone());
    let mut global = environment.begin(account_id.clone(), Region::global());
    let place = Place { environment, session: &session, caller: &caller, principal: &principal };
    let mut runs = vec![place.collect(&mut global, &identity::COLLECTOR).await];
    let regions = regions(environment.settings, &global, &principal, caller.region());
    let (iam_runs, regional) = tokio::join!(
        place.collect_scope(&mut global, Scope::Account),
        join_all(regions.into_iter().map(|region| place.region(account_id.clone(), region)))
    );
    runs.extend(iam_runs);
    let mut snapshots = vec![global];
    for (snapshot, region_runs) in regional {
        snapshots.push(snapshot);
        runs.extend(region_runs);
    }
    Ok((snapshots, runs))
}

/// An account, and who we are there.
pub(super) struct Entered {
    pub(super) session: Session,
    pub(super) account_id: AccountId,
    pub(super) principal: Arn,
}

/// With the caller's own credentials where there is no `source`.
pub(super) async fn enter(
    environment: &Environment<'_>,
    caller: &Caller,
    source: Option<&AccountSource>,
) -> Result<Entered, Failure> {
    let session = match source {
        None => environment.session.clone(),
        Some(source) => environment.session.assume(source.role_arn.clone(), source.external_id.clone(), caller.clone()),
    };
    let clients = session.clients(caller.region());
    let (account_id, principal) = identity::whoami(caller, &clients, environment.door, &AwsClock::default()).await?;
    Ok(Entered { session, account_id, principal })
}

fn not_entered(
    environment: &Environment<'_>,
    source: Option<&AccountSource>,
    failure: Failure,
) -> (Failure, Option<CollectorRun>) {
    let account = source.and_then(|source| AccountId::parse(source.role_arn.account()).ok());
    let run = account.map(|account_id| CollectorRun {
        region: Region::global(),
        collector: PartName::Identity.as_str(),
        duration_seconds: None,
        observed_at: (environment.now)(),
        gap: Some(Gap { account_id: Some(account_id.clone()), region: Some(Region::global()), ..failure.gap() }),
        succeeded_before: None,
        account_id,
    });
    if let Some(CollectorRun { account_id, gap: Some(gap), .. }) = &run {
        tracing::warn!(%account_id, "the account could not be entered: {gap}");
    }
    (failure, run)
}

/// What a snapshot file says of an account that could not be entered, so that whoever audits it knows.
fn refusal(run: &CollectorRun) -> Option<Snapshot> {
    let mut snapshot = Snapshot::new(run.account_id.clone(), run.region.clone());
    snapshot.put(run.observed_at, PartName::Identity.missing(run.gap.clone()?));
    Some(snapshot)
}

/// STS took the credentials, and the Region took them in no call: what failed there failed for that.
fn disabled(snapshot: &mut Snapshot, run: &mut CollectorRun) {
    let part = PartName::ALL.iter().find(|part| part.as_str() == run.collector);
    let (Some(gap), Some(part)) = (run.gap.take_if(|gap| gap.reason == GapReason::Error), part) else { return };
    let detail = "the Region is not enabled for the account, or AWS no longer takes the credentials".to_owned();
    let gap = Gap { reason: GapReason::Disabled, detail, ..gap };
    snapshot.put(run.observed_at, part.missing(gap.clone()));
    run.gap = Some(gap);
}

impl Place<'_> {
    async fn region(&self, account_id: AccountId, region: Region) -> (Snapshot, Vec<CollectorRun>) {
        let mut snapshot = self.environment.begin(account_id, region);
        let mut runs = self.collect_scope(&mut snapshot, Scope::Region).await;
        let here = self.caller.on_behalf_of(Some(snapshot.account_id.clone()), snapshot.region.clone());
        if here.is_unknown_here() {
            for run in &mut runs {
                disabled(&mut snapshot, run);
            }
        }
        (snapshot, runs)
    }

    /// All collectors of a scope, in rounds: at once those that wait for no other that is still to run.
    async fn collect_scope(&self, snapshot: &mut Snapshot, scope: Scope) -> Vec<CollectorRun> {
        let due = |collector: &&Collector| collector.scope == scope && collector.part != PartName::Identity;
        let mut left: Vec<_> = collectors(self.environment.settings).filter(due).collect();
        let mut runs = Vec::new();
        while !left.is_empty() {
            let waits = |collector: &&Collector| left.iter().any(|other| collector.after.contains(&other.part));
            let (later, round) = left.iter().partition(|collector| waits(collector));
            left = later;
            assert!(!Vec::is_empty(&round), "no collector waits for itself: a test looks");
            let answers = join_all(round.into_iter().map(|collector| self.run(snapshot, collector))).await;
            for (run, part) in answers {
                snapshot.put(run.observed_at, part);
                runs.push(run);
            }
        }
        runs
    }

    pub(super) async fn collect(&self, snapshot: &mut Snapshot, collector: &'static Collector) -> CollectorRun {
        let (run, part) = self.run(snapshot, collector).await;
        snapshot.put(run.observed_at, part);
        run
    }

    /// The caller, not the collector, measures, and logs a failure once.
    async fn run(&self, snapshot: &Snapshot, collector: &'static Collector) -> (CollectorRun, PartValue) {
        let (account_id, region) = (&snapshot.account_id, &snapshot.region);
        let started = Instant::now();
        let run = async |context: &Context<'_>| {
            context.tell(Event::Started);
            let part = (collector.run)(context).await;
            context.tell(Event::Finished);
            part
        };
        let part = self.within(snapshot, collector.part, run).await;
        let duration = started.elapsed().as_secs_f64();
        let gap = part.gap().cloned();
        let name = collector.part.as_str();
        // What goes on as it did was told when it began.
        match (&gap, self.environment.last_gap(account_id, region, collector.part)) {
            (Some(gap), Some(last)) if gap.reason == last.reason && gap.api == last.api => {
                tracing::debug!(%account_id, %region, collector = name, "{gap}");
            }
            (Some(gap), _) => tracing::warn!(%account_id, %region, collector = name, "{gap}"),
            (None, Some(_)) => tracing::info!(%account_id, %region, collector = name, "read again"),
            (None, None) => tracing::debug!(%account_id, %region, collector = name, duration, "collected"),
        }
        let run = CollectorRun {
            account_id: account_id.clone(),
            region: region.clone(),
            collector: name,
            duration_seconds: Some(duration),
            observed_at: (self.environment.now)(),
            gap,
            succeeded_before: None,
        };
        (run, part)
    }
}
