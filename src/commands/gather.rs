use std::io::IsTerminal;
use std::sync::Arc;

use anyhow::Context;
use jiff::Timestamp;
use tokio::runtime::Runtime;

use super::outcome::Stopped;
use super::progress::Bars;
use super::signals::Signals;
use crate::audit::RunFacts;
use crate::aws::{Budget, Session};
use crate::collect::{self, Environment, KnownExecutions, KnownQuotas, Progress, Silent};
use crate::config::Config;
use crate::detect::{Door, HashKey};
use crate::model::Snapshot;
use crate::store::{SeenExecutions, SeenQuotas, Store, random_key};

/// What a collection brought, and the signal that ended it.
pub(super) struct Gathered {
    pub(super) snapshots: Vec<Snapshot>,
    pub(super) facts: RunFacts,
    /// The exit code of the signal.
    pub(super) signal: Option<u8>,
    /// While it is held, a signal ends the process.
    pub(super) listening: Listening,
}

/// The runtime in which signals are listened for: without it they would be caught and forgotten.
pub(super) struct Listening(Option<Runtime>);

impl Drop for Listening {
    /// What hangs there, such as the look-up of a host, is not waited for.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// What was read from AWS, and the exit code of the signal that ended it.
pub(super) struct Asked<T> {
    pub(super) answer: T,
    pub(super) signal: Option<u8>,
    listening: Listening,
}

/// With what is looked at what AWS answers.
pub(super) struct Eyes {
    door: Door,
    hash_key: HashKey,
    /// What was seen in execution data before.
    known: KnownExecutions,
    /// What usage of quotas was seen before.
    known_quotas: KnownQuotas,
}

impl Eyes {
    /// Without a memory.
    pub(super) fn new(hash_key: HashKey) -> Self {
        Self {
            door: Door::new(hash_key.clone()),
            hash_key,
            known: KnownExecutions::new(),
            known_quotas: KnownQuotas::new(),
        }
    }
}

/// Lets `read` ask AWS as configured, within `budget`, until a signal comes.
pub(super) fn ask<T>(
    config: &Config,
    budget: &Arc<Budget>,
    eyes: &Eyes,
    progress: &dyn Progress,
    read: impl AsyncFnOnce(&Environment<'_>) -> T,
) -> anyhow::Result<Asked<T>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let handle = runtime.handle().clone();
    let listening = Listening(Some(runtime));
    let (answer, signal) = handle.block_on(async {
        let signals = Signals::listen()?;
        let session = tokio::select! {
            session = Session::load(&config.aws) => session,
            () = signals.cancel.cancelled() => {
                return Err(Stopped(signals.collected().expect("only a signal cancels")).into());
            }
        };
        let environment = Environment {
            session: &session,
            settings: &config.collect,
            max_attempts: config.aws.max_attempts,
            budget: budget.clone(),
            door: &eyes.door,
            detection: &config.detect,
            hash_key: &eyes.hash_key,
            known: &eyes.known,
            known_quotas: &eyes.known_quotas,
            base: &[],
            progress,
            cancel: signals.cancel.clone(),
            now,
        };
        let answer = read(&environment).await;
        anyhow::Ok((answer, signals.collected()))
    })?;
    Ok(Asked { answer, signal, listening })
}

/// Collects from AWS.
pub(super) fn gather(config: &Config, store: Option<&Store>) -> anyhow::Result<Gathered> {
    let known = store.map(Store::remembered::<SeenExecutions>).unwrap_or_default().known();
    let known_quotas = store.map(Store::remembered::<SeenQuotas>).unwrap_or_default().known();
    let eyes = Eyes { known, known_quotas, ..Eyes::new(hash_key(config, store)?) };
    let bars = std::io::stderr().is_terminal().then(Bars::new);
    let progress: &dyn Progress = bars.as_ref().map_or(&Silent, |bars| bars);
    let started_at = now();
    let budget = Arc::new(Budget::new(config.aws.budget.clone()));
    let asked = ask(config, &budget, &eyes, progress, async |environment| collect::collect(environment).await)?;
    let Asked { answer: collection, signal, listening } = asked;
    if let Some(bars) = bars {
        bars.clear();
    }
    let collection = match (collection, signal) {
        (Err(_), Some(code)) => return Err(Stopped(code).into()),
        (collection, _) => collection.context("nothing could be collected")?,
    };
    let facts = RunFacts {
        started_at,
        finished_at: now(),
        complete: collection.complete,
        collectors: collection.runs,
        api_usage: budget.usage(),
    };
    Ok(Gathered { snapshots: collection.snapshots, facts, signal, listening })
}

/// To the millisecond: finer is of no use to a reader.
pub(super) fn now() -> Timestamp {
    let now = Timestamp::now();
    now.round(jiff::Unit::Millisecond).unwrap_or(now)
}

/// The key of the hashes: from the environment, else the store's own, else one for this run.
pub(super) fn hash_key(config: &Config, store: Option<&Store>) -> anyhow::Result<HashKey> {
    let given = std::env::var(&config.store.hash_key_env).ok().filter(|key| !key.is_empty());
    match (given, store) {
        (Some(key), _) => Ok(HashKey::new(key)),
        (None, Some(store)) => Ok(store.hash_key()?),
        (None, None) => Ok(HashKey::new(random_key())),
    }
}
