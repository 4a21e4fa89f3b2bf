use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::counters::Counters;
use super::facts::Facts;
use super::http::{self, Web};
use super::latest::Latest;
use super::ticks;
use crate::audit::{self, Inspected, LastState, RunFacts};
use crate::aws::{Budget, Session};
use crate::collect::{self, CollectError, Environment, Silent};
use crate::config::{Config, Group, ServeSettings};
use crate::detect::{Door, HashKey};
use crate::model::PartName;
use crate::store::{SeenExecutions, SeenQuotas, Store};

/// How long what is under way may take to end.
const PATIENCE: Duration = Duration::from_secs(8);

/// What is left running: collectors on schedules, and HTTP.
pub struct Service {
    config: RwLock<Arc<Config>>,
    /// Reads the configuration again; what is wrong with it, in words.
    load: Box<dyn Fn() -> Result<Config, String> + Send + Sync>,
    session: Session,
    pub(super) budget: Arc<Budget>,
    store: Option<Store>,
    door: Door,
    hash_key: HashKey,
    facts: Mutex<Facts>,
    memory: Mutex<Memory>,
    pub(super) latest: RwLock<Option<Arc<Latest>>>,
    pub(super) counters: Counters,
    web: RwLock<Web>,
    /// Told to schedules: they may be other ones now.
    pub(super) reloaded: Notify,
    /// Reports are made one after the other: a later one never knows less.
    publishing: Mutex<()>,
    /// The first pass over all groups is over.
    ready: AtomicBool,
    now: fn() -> Timestamp,
}

/// What ticks remember where there is no store.
#[derive(Default)]
struct Memory {
    executions: SeenExecutions,
    quotas: SeenQuotas,
    state: LastState,
    /// What was inspected since the process began: counters go up only.
    inspected: Vec<Inspected>,
}

impl Memory {
    /// Adds what a tick inspected, and tells the report the sums.
    fn count(&mut self, group: Group, report: &mut audit::Report) {
        for one in report.inspected.iter().filter(|_| group == Group::Executions) {
            let same = |known: &&mut Inspected| known.account_id == one.account_id && known.region == one.region;
            match self.inspected.iter_mut().find(same) {
                Some(known) => {
                    known.executions += one.executions;
                    known.bytes += one.bytes;
                }
                None => self.inspected.push(one.clone()),
            }
        }
        let here = |known: &&Inspected| {
            report.inspected.iter().any(|one| known.account_id == one.account_id && known.region == one.region)
        };
        report.inspected = self.inspected.iter().filter(here).cloned().collect();
    }
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service").finish_non_exhaustive()
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    #[error("cannot listen on {address}: {source}")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("the web configuration: {0}")]
    Web(String),
    #[error("the service failed: {0}")]
    Ended(tokio::task::JoinError),
}

impl Service {
    pub fn new(
        config: Config,
        load: Box<dyn Fn() -> Result<Config, String> + Send + Sync>,
        session: Session,
        store: Option<Store>,
        hash_key: HashKey,
        now: fn() -> Timestamp,
    ) -> Self {
        Self {
            budget: Arc::new(Budget::new(config.aws.budget.clone())),
            config: RwLock::new(Arc::new(config)),
            load,
            session,
            store,
            door: Door::new(hash_key.clone()),
            hash_key,
            facts: Mutex::default(),
            memory: Mutex::default(),
            latest: RwLock::default(),
            counters: Counters::new(now()),
            web: RwLock::default(),
            reloaded: Notify::new(),
            publishing: Mutex::default(),
            ready: AtomicBool::new(false),
            now,
        }
    }

    /// Serves until `cancel`; what is under way then has a few seconds to end.
    pub async fn run(self: Arc<Self>, cancel: CancellationToken) -> Result<(), ServiceError> {
        let listener = self.listen().await?;
        let (service, handle, stop) = (self.clone(), tokio::runtime::Handle::current(), cancel.clone());
        let mut ticking = tokio::task::spawn_blocking(move || handle.block_on(ticks::run(service, stop)));
        let (service, stop) = (self.clone(), cancel.clone());
        let answering = tokio::spawn(async move { service.answer(listener, &stop).await });
        // Without ticks what is answered would only grow old.
        let early = tokio::select! {
            ended = &mut ticking => Some(ended),
            () = cancel.cancelled() => None,
        };
        cancel.cancel();
        let rest = async {
            let ticked = if let Some(ended) = early { ended } else { ticking.await };
            ticked.and(answering.await)
        };
        match tokio::time::timeout(PATIENCE, rest).await {
            Ok(ended) => ended.map_err(ServiceError::Ended),
            Err(_) => {
                tracing::warn!("what was under way did not end in {} seconds", PATIENCE.as_secs());
                Ok(())
            }
        }
    }

    /// Takes the address, with what the web configuration says.
    pub async fn listen(&self) -> Result<TcpListener, ServiceError> {
        let settings = self.config().serve.clone();
        *self.web.write().unwrap_or_else(PoisonError::into_inner) = read_web(&settings).map_err(ServiceError::Web)?;
        let address = settings.listen;
        let listener = TcpListener::bind(address).await.map_err(|source| ServiceError::Listen { address, source })?;
        let address = listener.local_addr().map_err(|source| ServiceError::Listen { address, source })?;
        if self.web().is_open() && !address.ip().is_loopback() {
            tracing::warn!(
                %address,
                "whoever reaches this address reads the report: serve.web_config_file asks for a password or a token"
            );
        }
        tracing::info!(%address, "listening");
        Ok(listener)
    }

    /// Answers until `cancel`.
    pub async fn answer(self: &Arc<Self>, listener: TcpListener, cancel: &CancellationToken) {
        http::serve(listener, http::router(self.clone()), || (self.web(), self.config().serve.hosts.clone()), cancel)
            .await;
    }

    fn web(&self) -> Web {
        self.web.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Certificates and passwords are renewed under a service: their files are read with each tick.
    pub(super) fn read_web_again(&self) {
        match read_web(&self.config().serve) {
            // What is as it was knows which passwords were right.
            Ok(web) if web.is_as(&self.web()) => {}
            Ok(web) => *self.web.write().unwrap_or_else(PoisonError::into_inner) = web,
            Err(fault) => tracing::error!("the web configuration was not loaded, the old one stays in force: {fault}"),
        }
    }

    pub(super) fn config(&self) -> Arc<Config> {
        self.config.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn latest(&self) -> Option<Arc<Latest>> {
        self.latest.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn is_ready(&self) -> bool {
        self.has_passed() && self.latest().is_some()
    }

    fn has_passed(&self) -> bool {
        self.ready.load(Ordering::Acquire)
    }

    pub(super) fn passed(&self) {
        self.ready.store(true, Ordering::Release);
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// Reads the configuration again. One that is wrong leaves the old one in force.
    pub fn reload(&self) -> Result<(), String> {
        match (self.load)() {
            Ok(config) => {
                let web = read_web(&config.serve).inspect_err(|fault| self.not_loaded(fault))?;
                *self.web.write().unwrap_or_else(PoisonError::into_inner) = web;
                *self.config.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(config);
                self.counters.reloaded(true, self.now());
                self.reloaded.notify_waiters();
                tracing::info!("the configuration was loaded again");
                Ok(())
            }
            Err(fault) => {
                self.not_loaded(&fault);
                Err(fault)
            }
        }
    }

    fn not_loaded(&self, fault: &str) {
        self.counters.reloaded(false, self.now());
        tracing::error!("the configuration was not loaded, the old one stays in force: {fault}");
    }

    /// One tick of a group: collects what is due, and publishes a report of all that is known.
    pub(super) async fn tick(self: &Arc<Self>, group: Group, cancel: &CancellationToken) -> Result<(), CollectError> {
        let (config, started_at) = (self.config(), self.now());
        let mut settings = config.collect.clone();
        settings.disabled.extend(PartName::ALL.iter().filter(|part| Group::of(**part) != group));
        settings.disabled.remove(&PartName::Identity);
        let (base, known, known_quotas) = {
            let facts = lock(&self.facts).snapshots();
            let memory = lock(&self.memory);
            (facts, memory.executions.known(), memory.quotas.known())
        };
        let environment = Environment {
            session: &self.session,
            settings: &settings,
            max_attempts: config.aws.max_attempts,
            budget: self.budget.clone(),
            door: &self.door,
            detection: &config.detect,
            hash_key: &self.hash_key,
            known: &known,
            known_quotas: &known_quotas,
            base: &base,
            progress: &Silent,
            cancel: cancel.clone(),
            now: self.now,
        };
        let collection = collect::collect(&environment).await?;
        if !collection.complete {
            return Ok(());
        }
        lock(&self.facts).take(&collection, group);
        let service = self.clone();
        let publish = tokio::task::spawn_blocking(move || service.publish(&config, group, started_at));
        if let Err(error) = publish.await {
            tracing::error!(schedule = group.as_str(), "the report could not be made: {error}");
        }
        Ok(())
    }

    /// Judges all that is known now.
    fn publish(&self, config: &Config, group: Group, started_at: Timestamp) {
        let _turn = lock(&self.publishing);
        let (snapshots, collectors) = {
            let facts = lock(&self.facts);
            (facts.aged(self.now(), &config.schedule), facts.runs())
        };
        let api_usage = self.budget.usage();
        let facts = RunFacts { started_at, finished_at: self.now(), complete: true, collectors, api_usage };
        let mut report = audit::audit(&snapshots, &config.checks, &config.selection, &config.accepted, facts);
        audit::draw(&mut report, &snapshots, &config.checks);
        self.remember(config, group, &snapshots, &mut report);
        self.show(report);
    }

    /// From now on this is what is answered with.
    pub fn show(&self, report: audit::Report) {
        *self.latest.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(Latest::new(report)));
    }

    /// Dates the report by what is remembered. A store that cannot be written to costs its memory, not the report.
    fn remember(
        &self,
        config: &Config,
        group: Group,
        snapshots: &[crate::model::Snapshot],
        report: &mut audit::Report,
    ) {
        let mut memory = lock(&self.memory);
        memory.count(group, report);
        let date = |state: &mut LastState, report: &mut audit::Report| {
            state.date(report);
            match group == Group::Inventory || !self.has_passed() {
                true => state.trace(report),
                false => state.recount(report),
            }
        };
        let Some(store) = &self.store else {
            memory.executions.take(snapshots);
            memory.quotas.take(snapshots, report.finished_at);
            if self.is_first(group) {
                return date(&mut LastState::default(), report);
            }
            return date(&mut memory.state, report);
        };
        let kept = (|| {
            store.update(|seen: &mut SeenExecutions| seen.take(snapshots))?;
            store.update(|seen: &mut SeenQuotas| seen.take(snapshots, report.finished_at))?;
            if self.is_first(group) {
                date(&mut store.remembered(), report);
                return Ok(());
            }
            store.update(|state: &mut LastState| date(state, report))?;
            if group == Group::Inventory {
                let text = {
                    let mut text = Vec::new();
                    crate::export::json::write(report, &mut text).expect("writing to memory");
                    text
                };
                store.keep_report(report.finished_at, &text)?;
                store.forget_reports(report.finished_at, config.store.keep_days)?;
            }
            Ok::<_, crate::store::StoreError>(())
        })();
        if let Err(error) = kept {
            tracing::error!("the store was not written to: {error}");
        }
        memory.executions = store.remembered();
        memory.quotas = store.remembered();
    }

    /// A report of the first pass that lacks most: what it does not tell yet is not new when the next one does.
    fn is_first(&self, group: Group) -> bool {
        !self.has_passed() && group != Group::ALL[Group::ALL.len() - 1]
    }

    /// What the store remembers from before.
    pub(super) fn recall(&self) {
        if let Some(store) = &self.store {
            let mut memory = lock(&self.memory);
            memory.executions = store.remembered();
            memory.quotas = store.remembered();
        }
    }
}

fn read_web(settings: &ServeSettings) -> Result<Web, String> {
    settings.web_config_file.as_deref().map_or_else(|| Ok(Web::default()), Web::read)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
