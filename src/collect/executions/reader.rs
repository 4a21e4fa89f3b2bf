use std::sync::atomic::{AtomicU64, Ordering};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::super::collector::Context;
use super::super::settings::ExecutionSettings;
use super::tally::Tally;
use crate::aws::{Api, Failure};
use crate::detect::{Detectors, SettingsError};
use crate::types::{Arn, Gap, GapReason};

/// What all machines of a Region are read with: one purse of calls for all of them.
pub(super) struct Reader<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) settings: &'a ExecutionSettings,
    calls_left: AtomicU64,
}

/// Why reading came to an end early.
#[derive(Debug)]
pub(super) enum Stop {
    /// `executions.calls` are spent.
    Calls,
    /// `executions.max_bytes` are.
    Bytes,
    Failed(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(context: &'a Context<'a>) -> Result<Self, SettingsError> {
        let settings = context.inspection.settings;
        Detectors::new(context.inspection.detection)?;
        Ok(Self { context, settings, calls_left: AtomicU64::new(settings.calls) })
    }

    /// Detectors remember what keys say and stay on one thread: they are made anew for each page.
    pub(super) fn detectors(&self) -> Detectors {
        let detectors = Detectors::new(self.context.inspection.detection);
        detectors
            .expect("the reader was made with these settings")
            .with_hash_key(self.context.inspection.hash_key.clone())
            .knowing_account(self.context.account_id)
    }

    /// One call out of the purse, within the request budget.
    pub(super) async fn call<T, E, F, A>(&self, api: &'static Api, send: F) -> Result<T, Stop>
    where
        F: Fn() -> A + Sync,
        A: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
        E: ProvideErrorMetadata,
    {
        let one_less = |left: u64| left.checked_sub(1);
        if self.calls_left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_err() {
            return Err(Stop::Calls);
        }
        Ok(self.context.call(api, send).await?)
    }

    /// Whether more of this machine's data may be read.
    pub(super) fn room(&self, tally: &Tally) -> Result<(), Stop> {
        if tally.bytes < self.settings.max_bytes { Ok(()) } else { Err(Stop::Bytes) }
    }

    /// What stands for an execution where it is remembered: its ARN may hold a person's name.
    pub(super) fn mark(&self, execution_arn: &str) -> String {
        self.context.inspection.hash_key.hash(execution_arn)
    }

    pub(super) fn gap(&self, stop: &Stop, machine: &Arn) -> Gap {
        let gap = match stop {
            Stop::Failed(failure) => failure.gap(),
            Stop::Calls => Gap::new(
                GapReason::Budget,
                format!(
                    "the calls for execution data were spent on other state machines (executions.calls = {})",
                    self.settings.calls
                ),
            ),
            Stop::Bytes => Gap::new(
                GapReason::NotSampled,
                format!(
                    "one execution holds more data than is read (executions.max_bytes = {})",
                    self.settings.max_bytes
                ),
            ),
        };
        self.context.locate(gap).about(machine.as_str())
    }
}
