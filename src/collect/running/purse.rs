use std::sync::atomic::{AtomicU64, Ordering};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::super::collector::Context;
use crate::aws::{Api, Failure};
use crate::types::{Arn, Gap, GapReason};

/// Calls about Map Runs in a Region and collection: AWS refills them at one a second, and others need them too.
const MAP_RUN_CALLS: u64 = 20;

/// What may be spent on a Region.
pub(super) struct Purse<'a> {
    pub(super) context: &'a Context<'a>,
    left: AtomicU64,
    /// Of `left`, for what is asked beyond counting: other machines are to be counted too.
    details: AtomicU64,
    map_runs: AtomicU64,
}

/// What a call is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum For {
    Counting,
    Details,
    MapRuns,
}

/// Why asking came to an end early.
#[derive(Debug)]
pub(super) enum Stop {
    /// The calls are spent.
    Calls,
    Failed(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl<'a> Purse<'a> {
    pub(super) fn new(context: &'a Context<'a>) -> Self {
        let calls = context.running.calls;
        let purse = |calls| AtomicU64::new(calls);
        Self { context, left: purse(calls), details: purse(calls / 2), map_runs: purse(MAP_RUN_CALLS) }
    }

    /// One call out of the purse, within the request budget.
    pub(super) async fn call<T, E, F, A>(&self, what: For, api: &'static Api, send: F) -> Result<T, Stop>
    where
        F: Fn() -> A + Sync,
        A: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
        E: ProvideErrorMetadata,
    {
        if what == For::MapRuns {
            take(&self.map_runs)?;
        }
        if what != For::Counting {
            take(&self.details)?;
        }
        take(&self.left)?;
        Ok(self.context.call(api, send).await?)
    }

    pub(super) fn gap(&self, stop: &Stop, machine: &Arn) -> Gap {
        let gap = match stop {
            Stop::Failed(failure) => failure.gap(),
            Stop::Calls => {
                let calls = self.context.running.calls;
                let detail =
                    format!("the calls for what runs were spent on other executions (running.calls = {calls})");
                Gap::new(GapReason::Budget, detail)
            }
        };
        self.context.locate(gap).about(machine.as_str())
    }

    /// It was left out with intent.
    pub(super) fn unasked(&self, machine: &Arn, why: &str) -> Gap {
        self.context.locate(Gap::new(GapReason::NotSampled, why)).about(machine.as_str())
    }
}

fn take(calls: &AtomicU64) -> Result<(), Stop> {
    let one_less = |left: u64| left.checked_sub(1);
    calls.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).map(drop).map_err(|_| Stop::Calls)
}
