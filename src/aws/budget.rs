use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::api::Api;
use super::settings::{BudgetSettings, Rate};
use crate::types::{AccountId, ApiUsage, Region};

/// A throttle answer halves the share, down to this part of the configured one.
const LOWEST_FACTOR: f64 = 1.0 / 16.0;
/// Throttle answers to calls that were in flight together are one throttling.
const ONE_THROTTLING: Duration = Duration::from_secs(1);
/// No rate is so low, and no wait so long, that a call would come to nothing: one call an hour, and one hour.
const LONGEST_WAIT: Duration = Duration::from_hours(1);
/// How much of the configured share comes back each second after a throttle answer: all of it in ten minutes.
const RECOVERY_PER_SECOND: f64 = 1.0 / 600.0;

/// The request budget: one token bucket per account, Region and API, filled at a configured share of what AWS refills.
///
/// Every AWS call takes a token here before it is sent; what was spent is counted here too.
#[derive(Debug)]
pub struct Budget {
    settings: BudgetSettings,
    buckets: Mutex<BTreeMap<Key, Bucket>>,
}

/// Whose bucket. The account is absent for calls made before it is known.
type Key = (Option<AccountId>, Region, &'static str);

#[derive(Debug)]
struct Bucket {
    rate: Rate,
    /// Below zero while calls wait for tokens that they have already taken.
    tokens: f64,
    /// 1 without throttle answers.
    factor: f64,
    lowered: Option<Instant>,
    updated: Instant,
    usage: ApiUsage,
    /// A call was answered that the credentials are not known here.
    unknown: bool,
}

/// How a call ended, as it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Ok,
    Throttled,
    Denied,
    /// AWS does not know the credentials here; counted among the errors.
    Unknown,
    Error,
}

impl Budget {
    pub fn new(settings: BudgetSettings) -> Self {
        Self { settings, buckets: Mutex::new(BTreeMap::new()) }
    }

    /// Takes a token and says how long to wait until it is there.
    pub(super) fn take(
        &self,
        account: Option<&AccountId>,
        region: &Region,
        api: &'static Api,
        now: Instant,
    ) -> Duration {
        self.with(account, region, api, now, |bucket, unlimited| {
            if unlimited {
                return Duration::ZERO;
            }
            let wait = bucket.take(now);
            bucket.usage.waited_seconds += wait.as_secs_f64();
            wait
        })
    }

    pub(super) fn record(
        &self,
        account: Option<&AccountId>,
        region: &Region,
        api: &'static Api,
        now: Instant,
        outcome: Outcome,
    ) {
        self.with(account, region, api, now, |bucket, _| {
            let count = match outcome {
                Outcome::Ok => &mut bucket.usage.ok,
                Outcome::Throttled => &mut bucket.usage.throttled,
                Outcome::Denied => &mut bucket.usage.denied,
                Outcome::Unknown | Outcome::Error => &mut bucket.usage.errors,
            };
            *count += 1;
            bucket.unknown |= outcome == Outcome::Unknown;
            if outcome == Outcome::Throttled {
                bucket.lower(now);
            }
        });
    }

    /// AWS took the account's credentials in no call to the Region, and said of some that it does not know them.
    pub(super) fn is_unknown(&self, account: Option<&AccountId>, region: &Region) -> bool {
        let buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let here = || buckets.iter().filter(|(key, _)| key.0.as_ref() == account && key.1 == *region).map(|(_, it)| it);
        here().any(|bucket| bucket.unknown) && here().all(|bucket| bucket.usage.calls() == bucket.usage.errors)
    }

    /// How long so many calls of an API take, of one account and Region, from a full bucket and without a throttle answer.
    pub fn time_for(&self, api: &'static Api, calls: u64) -> Duration {
        if self.settings.unlimited {
            return Duration::ZERO;
        }
        let rate = self.rate(api);
        #[allow(clippy::cast_precision_loss, reason = "less than 2^53 calls")]
        let waiting = (calls as f64 - rate.bucket).max(0.0);
        Duration::try_from_secs_f64(waiting / rate.refill_per_second).unwrap_or(Duration::MAX)
    }

    /// What was spent so far, by account, Region and API.
    pub fn usage(&self) -> Vec<ApiUsage> {
        let buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.values().map(|bucket| bucket.usage.clone()).filter(|usage| usage.calls() > 0).collect()
    }

    fn with<T>(
        &self,
        account: Option<&AccountId>,
        region: &Region,
        api: &'static Api,
        now: Instant,
        act: impl FnOnce(&mut Bucket, bool) -> T,
    ) -> T {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (account.cloned(), region.clone(), api.name);
        let bucket = buckets.entry(key).or_insert_with(|| self.bucket(account, region, api, now));
        act(bucket, self.settings.unlimited)
    }

    /// The share of what AWS allows.
    fn rate(&self, api: &'static Api) -> Rate {
        let full = self.settings.rates.get(api.name).copied().unwrap_or(api.rate);
        let share = self.settings.share;
        let refill_per_second = (full.refill_per_second * share).max(1.0 / LONGEST_WAIT.as_secs_f64());
        Rate { bucket: (full.bucket * share).max(1.0), refill_per_second }
    }

    fn bucket(&self, account: Option<&AccountId>, region: &Region, api: &'static Api, now: Instant) -> Bucket {
        let rate = self.rate(api);
        let usage = ApiUsage {
            account_id: account.cloned(),
            region: region.clone(),
            api: api.name,
            ok: 0,
            throttled: 0,
            denied: 0,
            errors: 0,
            waited_seconds: 0.0,
        };
        Bucket { rate, tokens: rate.bucket, factor: 1.0, lowered: None, updated: now, usage, unknown: false }
    }
}

impl Bucket {
    fn take(&mut self, now: Instant) -> Duration {
        self.refill(now);
        self.tokens -= 1.0;
        let seconds = (-self.tokens).max(0.0) / (self.rate.refill_per_second * self.factor);
        Duration::try_from_secs_f64(seconds).map_or(LONGEST_WAIT, |wait| wait.min(LONGEST_WAIT))
    }

    fn refill(&mut self, now: Instant) {
        let seconds = now.saturating_duration_since(self.updated).as_secs_f64();
        let refilled = seconds.mul_add(self.rate.refill_per_second * self.factor, self.tokens);
        self.tokens = refilled.min(self.rate.bucket * self.factor.max(1.0 / self.rate.bucket));
        self.factor = seconds.mul_add(RECOVERY_PER_SECOND, self.factor).min(1.0);
        self.updated = now;
    }

    /// AWS's own bucket is empty, whatever ours says.
    fn lower(&mut self, now: Instant) {
        self.refill(now);
        self.tokens = self.tokens.min(0.0);
        let again = self.lowered.is_some_and(|before| now.saturating_duration_since(before) < ONE_THROTTLING);
        if !again {
            self.factor = (self.factor / 2.0).max(LOWEST_FACTOR);
            self.lowered = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::{Duration, Instant};

    use super::{Budget, Outcome};
    use crate::aws::api::apis::SFN_DESCRIBE_STATE_MACHINE as DESCRIBE;
    use crate::aws::settings::{BudgetSettings, Rate};
    use crate::types::{AccountId, Region};

    fn budget(unlimited: bool) -> Budget {
        Budget::new(BudgetSettings { share: 0.25, unlimited, rates: BTreeMap::new() })
    }

    fn region() -> Region {
        Region::parse("eu-west-1").unwrap()
    }

    /// Calls `DescribeStateMachine` (200 / 20 a second) until `seconds` have passed, and counts.
    fn calls_within(budget: &Budget, seconds: u64) -> u32 {
        let start = Instant::now();
        let (mut now, mut calls) = (start, 0);
        loop {
            now += budget.take(None, &region(), &DESCRIBE, now);
            if now > start + Duration::from_secs(seconds) {
                return calls;
            }
            calls += 1;
        }
    }

    #[test]
    fn a_quarter_of_the_documented_bucket_and_refill() {
        assert_eq!(calls_within(&budget(false), 0), 50);
        let calls = calls_within(&budget(false), 100);
        assert!((549..=551).contains(&calls), "{calls}");
    }

    #[test]
    fn the_time_that_is_foretold_is_the_time_it_takes() {
        let budget = budget(false);
        for calls in [1, 50, 51, 500] {
            let (start, foretold) = (Instant::now(), budget.time_for(&DESCRIBE, calls));
            let fresh = Budget::new(budget.settings.clone());
            let last = (0..calls).map(|_| fresh.take(None, &region(), &DESCRIBE, start)).last().unwrap();
            assert!(foretold.abs_diff(last) < Duration::from_millis(1), "{calls}: {foretold:?} {last:?}");
        }
    }

    #[test]
    fn buckets_are_apart_by_account_and_region() {
        let budget = budget(false);
        let account = AccountId::parse("123456789012").unwrap();
        calls_within(&budget, 0);
        assert_eq!(budget.take(Some(&account), &region(), &DESCRIBE, Instant::now()), Duration::ZERO);
        assert_eq!(budget.take(None, &Region::parse("us-east-1").unwrap(), &DESCRIBE, Instant::now()), Duration::ZERO);
    }

    #[test]
    fn a_throttle_answer_halves_the_rate_and_it_recovers() {
        let budget = budget(false);
        let start = Instant::now();
        for _ in 0..16 {
            budget.record(None, &region(), &DESCRIBE, start, Outcome::Throttled);
        }
        let first = budget.take(None, &region(), &DESCRIBE, start);
        assert_eq!(first, Duration::from_secs_f64(1.0 / 2.5));
        let later = start + Duration::from_mins(10);
        let burst = (0..1_000).take_while(|_| budget.take(None, &region(), &DESCRIBE, later) == Duration::ZERO).count();
        assert!(burst >= 25, "{burst}");
        assert_eq!(budget.usage()[0].throttled, 16);
    }

    #[test]
    fn no_configured_rate_makes_a_wait_that_never_ends() {
        let odd = [0.0, f64::MIN_POSITIVE, 1e-300, -1.0, f64::MAX, f64::INFINITY, f64::NAN];
        for (share, refill_per_second) in odd.iter().flat_map(|share| odd.map(|refill| (*share, refill))) {
            let rates =
                BTreeMap::from([(DESCRIBE.name.to_owned(), Rate { bucket: refill_per_second, refill_per_second })]);
            let budget = Budget::new(BudgetSettings { share, unlimited: false, rates });
            let now = Instant::now();
            for call in 0..100 {
                budget.record(None, &region(), &DESCRIBE, now, Outcome::Throttled);
                let wait = budget.take(None, &region(), &DESCRIBE, now + Duration::from_secs(call));
                assert!(wait <= Duration::from_hours(1), "{share} {refill_per_second}");
            }
        }
    }

    #[test]
    fn unlimited_never_waits_and_still_counts() {
        let budget = budget(true);
        for _ in 0..1_000 {
            assert_eq!(budget.take(None, &region(), &DESCRIBE, Instant::now()), Duration::ZERO);
            budget.record(None, &region(), &DESCRIBE, Instant::now(), Outcome::Ok);
        }
        assert_eq!(budget.usage()[0].ok, 1_000);
    }
}
