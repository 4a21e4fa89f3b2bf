use aws_sdk_sfn::types::{ExecutionListItem, ExecutionStatus};
use aws_smithy_types::DateTime;
use jiff::Timestamp;

use super::super::pages::{Tokens, named};
use super::reader::{Reader, Stop};
use crate::aws::apis::SFN_LIST_EXECUTIONS as LIST;
use crate::model::Cursor;
use crate::types::Arn;

/// The largest page that the service hands out.
const PAGE: i32 = 1000;
/// Failed executions that are asked for where none stands among the newest.
const FAILURES: i32 = 100;
/// Pages that are read to meet executions again that were open when they were read.
const MOST_PAGES: usize = 4;

/// An execution as it is listed: all but what it holds.
#[derive(Debug, Clone)]
pub(super) struct Listed {
    pub(super) arn: String,
    /// What stands for its ARN where it is remembered.
    pub(super) mark: String,
    pub(super) name: String,
    pub(super) status: ExecutionStatus,
    pub(super) started: Timestamp,
    pub(super) stopped: Option<Timestamp>,
    pub(super) redrives: u32,
}

impl Listed {
    pub(super) fn is_running(&self) -> bool {
        self.stopped.is_none() && matches!(self.status, ExecutionStatus::Running | ExecutionStatus::PendingRedrive)
    }

    /// It failed in some way.
    pub(super) fn may_be_redriven(&self) -> bool {
        matches!(self.status, ExecutionStatus::Failed | ExecutionStatus::TimedOut | ExecutionStatus::Aborted)
    }

    /// Its end, or now, while it runs.
    pub(super) fn last(&self, now: Timestamp) -> Timestamp {
        self.stopped.unwrap_or(if self.is_running() { now } else { self.started })
    }
}

/// The newest executions.
#[derive(Debug)]
pub(super) struct Listing {
    pub(super) items: Vec<Listed>,
    /// There are no others.
    pub(super) whole: bool,
    /// What kept it from being read as far as was meant.
    pub(super) failure: Option<Stop>,
}

/// Of a machine: one page, and more only while executions are missed that were open when they were read.
pub(super) async fn of_machine(reader: &Reader<'_>, machine: &Arn, cursor: &Cursor) -> Result<Listing, Stop> {
    let client = reader.context.clients.sfn();
    let (mut items, mut token, mut tokens) = (Vec::new(), None, Tokens::new(&LIST));
    for page in 0..MOST_PAGES {
        let request = client.list_executions().state_machine_arn(machine.as_str()).max_results(PAGE);
        let request = request.set_next_token(token.clone());
        let answer = match reader.call(&LIST, || request.clone().send()).await {
            Ok(answer) => answer,
            Err(stop) if page == 0 => return Err(stop),
            Err(stop) => return Ok(Listing { items, whole: false, failure: Some(stop) }),
        };
        let (listed, failure) = named_items(reader, answer.executions);
        items.extend(listed);
        let next = failure.map_or_else(|| tokens.follow(answer.next_token), Err);
        token = match next {
            Ok(None) => return Ok(Listing { items, whole: true, failure: None }),
            Ok(next) => next,
            Err(failure) => return Ok(Listing { items, whole: false, failure: Some(failure.into()) }),
        };
        if !misses_one(&items, cursor) {
            break;
        }
    }
    let mut listing = Listing { items, whole: false, failure: None };
    if !listing.items.iter().any(Listed::may_be_redriven) {
        add_failed(reader, machine, &mut listing).await;
    }
    Ok(listing)
}

/// The newest failures, which may stand behind thousands that succeeded.
async fn add_failed(reader: &Reader<'_>, machine: &Arn, listing: &mut Listing) {
    let request = reader.context.clients.sfn().list_executions().state_machine_arn(machine.as_str());
    let request = request.status_filter(ExecutionStatus::Failed).max_results(FAILURES);
    match reader.call(&LIST, || request.clone().send()).await {
        Ok(answer) => listing.items.extend(named_items(reader, answer.executions).0),
        Err(stop) => listing.failure = Some(stop),
    }
}

/// The newest children of a Map Run.
pub(super) async fn of_map_run(reader: &Reader<'_>, map_run: &str, most: i32) -> Result<Vec<Listed>, Stop> {
    let request = reader.context.clients.sfn().list_executions().map_run_arn(map_run).max_results(most);
    let answer = reader.call(&LIST, || request.clone().send()).await?;
    let (listed, failure) = named_items(reader, answer.executions);
    failure.map_or(Ok(listed), |failure| Err(failure.into()))
}

fn named_items(reader: &Reader<'_>, items: Vec<ExecutionListItem>) -> (Vec<Listed>, Option<crate::aws::Failure>) {
    named(&LIST, items.into_iter().map(|item| listed(reader, item)), "executionArn and startDate", None)
}

fn listed(reader: &Reader<'_>, item: ExecutionListItem) -> Option<Listed> {
    let arn = Some(item.execution_arn).filter(|arn| arn.starts_with("arn:"))?;
    Some(Listed {
        mark: reader.mark(&arn),
        arn,
        name: item.name,
        status: item.status,
        started: timestamp(&item.start_date)?,
        stopped: item.stop_date.as_ref().and_then(timestamp),
        redrives: item.redrive_count.and_then(|count| u32::try_from(count).ok()).unwrap_or(0),
    })
}

fn timestamp(time: &DateTime) -> Option<Timestamp> {
    time.to_millis().ok().and_then(|millis| Timestamp::from_millisecond(millis).ok())
}

/// Whether an execution that was open may stand on a page that has not been read: the newest come first.
fn misses_one(items: &[Listed], cursor: &Cursor) -> bool {
    let Some(reached) = items.last().map(|item| item.started) else { return false };
    let met = |mark: &String| items.iter().any(|item| item.mark == *mark);
    cursor.open.iter().any(|(mark, open)| open.started_at <= reached && !met(mark))
}
