use aws_sdk_sfn::types::{ExecutionListItem, ExecutionStatus};
use aws_smithy_types::DateTime;
use jiff::{SignedDuration, Timestamp};

use super::super::pages::{Tokens, named};
use super::purse::{For, Purse, Stop};
use crate::aws::apis::SFN_LIST_EXECUTIONS as LIST;
use crate::model::{Durations, Older, RunningExecutions};
use crate::types::{Arn, Gap, Observed};

/// The largest page that the service hands out.
const PAGE: i32 = 1000;
/// Executions of a machine that may be asked about, the oldest.
const ELDEST: usize = 10;

/// A running execution, while it is asked about.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) arn: String,
    pub(super) started: Timestamp,
}

/// The running executions of a machine.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) count: u64,
    pub(super) oldest: Option<Timestamp>,
    pub(super) newest: Option<Timestamp>,
    pub(super) older: Vec<Older>,
    /// Oldest first.
    pub(super) eldest: Vec<Run>,
    /// Why there may be others.
    pub(super) gap: Option<Gap>,
}

impl Listing {
    fn take(&mut self, now: Timestamp, runs: Vec<Run>) {
        for Run { started, .. } in &runs {
            self.count += 1;
            self.oldest = Some(self.oldest.map_or(*started, |oldest| oldest.min(*started)));
            self.newest = self.newest.max(Some(*started));
            let age = now.duration_since(*started);
            let over = |days: &u32| age > SignedDuration::from_hours(24 * i64::from(*days));
            for days in RunningExecutions::DAYS.into_iter().filter(over) {
                match self.older.iter_mut().find(|older| older.days == days) {
                    Some(older) => older.count += 1,
                    None => self.older.push(Older { days, count: 1 }),
                }
            }
        }
        self.eldest.extend(runs);
        self.eldest.sort_by_key(|run| run.started);
        self.eldest.truncate(ELDEST);
    }
}

/// AWS lists the newest first, so what a list that broke off lacks is older. An error: not one page was read.
pub(super) async fn running(purse: &Purse<'_>, machine: &Arn) -> Result<Listing, Stop> {
    let client = purse.context.clients.sfn();
    let (mut listing, mut token, mut tokens) = (Listing::default(), None, Tokens::new(&LIST));
    for page in 0..purse.context.running.pages.max(1) {
        let request = client.list_executions().state_machine_arn(machine.as_str()).max_results(PAGE);
        let request = request.status_filter(ExecutionStatus::Running).set_next_token(token.clone());
        let answer = match purse.call(For::Counting, &LIST, || request.clone().send()).await {
            Ok(answer) => answer,
            Err(stop) if page == 0 => return Err(stop),
            Err(stop) => return Ok(Listing { gap: Some(purse.gap(&stop, machine)), ..listing }),
        };
        let running = answer.executions.into_iter().filter(|item| item.status == ExecutionStatus::Running);
        let (runs, failure) = named(&LIST, running.map(run), "executionArn and startDate", None);
        listing.take(purse.context.now, runs);
        token = match failure.map_or_else(|| tokens.follow(answer.next_token), Err) {
            Ok(None) => return Ok(listing),
            Ok(next) => next,
            Err(failure) => return Ok(Listing { gap: Some(purse.gap(&failure.into(), machine)), ..listing }),
        };
    }
    let detail = format!(
        "more executions run than {} pages of 1,000 hold (running.pages), and the oldest come last",
        purse.context.running.pages
    );
    listing.gap = Some(purse.unasked(machine, &detail));
    Ok(listing)
}

fn run(item: ExecutionListItem) -> Option<Run> {
    let started = timestamp(&item.start_date)?;
    Some(item.execution_arn).filter(|arn| arn.starts_with("arn:")).map(|arn| Run { arn, started })
}

/// How long the newest took that succeeded.
pub(super) async fn durations(purse: &Purse<'_>, machine: &Arn) -> Observed<Option<Durations>> {
    let request = purse.context.clients.sfn().list_executions().state_machine_arn(machine.as_str());
    let request = request.status_filter(ExecutionStatus::Succeeded).max_results(PAGE);
    let answer = purse.call(For::Details, &LIST, || request.clone().send()).await;
    answer
        .map_err(|stop| purse.gap(&stop, machine))
        .map(|answer| Durations::of(answer.executions.iter().filter_map(took).collect()))
        .into()
}

fn took(item: &ExecutionListItem) -> Option<u64> {
    let succeeded = item.status == ExecutionStatus::Succeeded;
    let (started, stopped) = (timestamp(&item.start_date)?, timestamp(item.stop_date.as_ref().filter(|_| succeeded)?)?);
    u64::try_from(stopped.duration_since(started).as_secs()).ok()
}

pub(super) fn timestamp(time: &DateTime) -> Option<Timestamp> {
    time.to_millis().ok().and_then(|millis| Timestamp::from_millisecond(millis).ok())
}
