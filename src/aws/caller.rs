use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use tokio_util::sync::CancellationToken;

use super::api::Api;
use super::budget::{Budget, Outcome};
use super::error::{Failure, FailureKind};
use crate::types::{AccountId, Region};

/// Waits between attempts start here and double.
const FIRST_BACKOFF: Duration = Duration::from_millis(200);
/// They end here.
const LONGEST_BACKOFF: Duration = Duration::from_secs(20);

/// The one way to call AWS: takes a token, sends, classifies, tries again where that is of use.
///
/// The SDK's own retries are off, as they would pass the budget by.
#[derive(Debug, Clone)]
pub struct Caller {
    budget: Arc<Budget>,
    account_id: Option<AccountId>,
    region: Region,
    max_attempts: u32,
    cancel: CancellationToken,
}

impl Caller {
    pub fn new(budget: Arc<Budget>, region: Region, max_attempts: u32, cancel: CancellationToken) -> Self {
        Self { budget, account_id: None, region, max_attempts: max_attempts.max(1), cancel }
    }

    /// The same caller on behalf of an account and Region: their buckets are used.
    #[must_use]
    pub fn on_behalf_of(&self, account_id: Option<AccountId>, region: Region) -> Self {
        Self { account_id, region, ..self.clone() }
    }

    pub fn region(&self) -> &Region {
        &self.region
    }

    /// AWS took the credentials in no call to this Region, and said of some that it does not know them.
    pub fn is_unknown_here(&self) -> bool {
        self.budget.is_unknown(self.account_id.as_ref(), &self.region)
    }

    /// Calls `send` until it answers, at most `max_attempts` times.
    pub async fn call<T, E, F, A>(&self, api: &'static Api, send: F) -> Result<T, Failure>
    where
        F: Fn() -> A + Sync,
        A: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
        E: ProvideErrorMetadata,
    {
        let mut backoff = FIRST_BACKOFF;
        for attempt in 1.. {
            let failure = match self.attempt(api, &send).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            // What an assumed role's own call already tried as often as it may is not tried that often again.
            let own = failure.api.name == api.name;
            let again = own && matches!(failure.kind, FailureKind::Throttled | FailureKind::Transient);
            if !again || attempt >= self.max_attempts {
                return Err(failure);
            }
            tracing::debug!(api = api.name, region = %self.region, attempt, reason = ?failure.kind, "trying again");
            self.wait(api, backoff).await?;
            backoff = (backoff * 2).min(LONGEST_BACKOFF);
        }
        unreachable!("the loop has no end of its own")
    }

    async fn attempt<T, E, F, A>(&self, api: &'static Api, send: &F) -> Result<T, Failure>
    where
        F: Fn() -> A + Sync,
        A: Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
        E: ProvideErrorMetadata,
    {
        let account = self.account_id.as_ref();
        let wait = self.budget.take(account, &self.region, api, Instant::now());
        self.wait(api, wait).await?;
        let answer = tokio::select! {
            biased;
            () = self.cancel.cancelled() => return Err(Failure::interrupted(api)),
            answer = send() => answer.map_err(|error| Failure::of(api, &error)),
        };
        let outcome = match &answer {
            Ok(_) => Outcome::Ok,
            Err(failure) if failure.kind == FailureKind::Throttled => Outcome::Throttled,
            Err(failure) if matches!(failure.kind, FailureKind::Denied | FailureKind::Encrypted) => Outcome::Denied,
            Err(failure) if failure.kind == FailureKind::UnknownHere && failure.api.name == api.name => {
                Outcome::Unknown
            }
            Err(_) => Outcome::Error,
        };
        self.budget.record(account, &self.region, api, Instant::now(), outcome);
        answer
    }

    /// Waits before a call of `api`, unless the collection is interrupted.
    pub async fn wait(&self, api: &'static Api, wait: Duration) -> Result<(), Failure> {
        if self.cancel.is_cancelled() {
            return Err(Failure::interrupted(api));
        }
        if wait.is_zero() {
            return Ok(());
        }
        tokio::select! {
            () = self.cancel.cancelled() => Err(Failure::interrupted(api)),
            () = tokio::time::sleep(wait) => Ok(()),
        }
    }
}
