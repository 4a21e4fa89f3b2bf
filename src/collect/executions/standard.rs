//! Machines whose executions the service keeps.

use super::children;
use super::history::{Subject, description, history};
use super::listing::{self, Listing};
use super::memory::{Visit, merged};
use super::reader::{Reader, Stop};
use super::sample::{Pick, Read, advance, choose};
use super::tally::{Holder, Tally, id_of};
use crate::asl::DistributedMap;
use crate::aws::FailureKind;
use crate::model::{Cursor, DataField, ExecutionData, Source};
use crate::types::{Arn, Observed};

/// How the executions that were chosen were read.
#[derive(Default)]
struct Progress<'l> {
    read: Vec<Read<'l>>,
    starts: Vec<jiff::Timestamp>,
    /// What ended or troubled it.
    stop: Option<Stop>,
    /// All that were chosen were read or are passed over.
    done: bool,
}

/// Reads what is new of a machine. An error: its executions could not be listed.
pub(super) async fn read(
    reader: &Reader<'_>,
    machine: &Arn,
    maps: &[DistributedMap],
    earlier: Option<ExecutionData>,
) -> Result<Observed<ExecutionData>, (Stop, Option<ExecutionData>)> {
    let source = if reader.settings.states { Source::History } else { Source::Execution };
    let earlier = earlier.map(|data| from_source(data, source));
    let cursor = earlier.as_ref().map(|data| data.cursor.clone()).unwrap_or_default();
    let listing = match listing::of_machine(reader, machine, &cursor).await {
        Ok(listing) => listing,
        Err(stop) => return Err((stop, earlier)),
    };
    let now = reader.context.now;
    let picks = choose(&listing.items, &cursor, reader.settings, now);
    let mut tally = Tally::default();
    let progress = read_all(reader, &picks, maps, &mut tally).await;
    let cursor = advance(cursor, &listing, &progress.read, progress.done, now);
    let unread = progress.read.is_empty() && !picks.is_empty() && earlier.is_none();
    let Progress { starts, stop, .. } = progress;
    let Listing { items, whole, failure } = &listing;
    let gap = stop.as_ref().or(failure.as_ref()).map(|stop| reader.gap(stop, machine));
    let listed = u64::try_from(items.len()).unwrap_or(u64::MAX);
    let data = merged(earlier, tally, Visit { source, listed, listed_whole: *whole, starts, cursor });
    Ok(match gap {
        Some(gap) if unread => Observed::missing(gap),
        gap => Observed::listed(data, gap),
    })
}

/// What was read by another way is no measure of this one: everything is read by it, and what was seen stays.
pub(super) fn from_source(data: ExecutionData, source: Source) -> ExecutionData {
    if data.sample.source == source {
        return data;
    }
    ExecutionData { cursor: Cursor { looked_at: data.cursor.looked_at, ..Cursor::default() }, ..data }
}

async fn read_all<'l>(
    reader: &Reader<'_>,
    picks: &[Pick<'l>],
    mut maps: &[DistributedMap],
    tally: &mut Tally,
) -> Progress<'l> {
    let mut progress = Progress { done: true, ..Progress::default() };
    for Pick { listed, again } in picks.iter().copied() {
        let (first, last) = (listed.started, listed.last(reader.context.now));
        let holder = Holder { id: id_of(&listed.arn), first, last, again };
        match one(reader, Subject { listed, holder, state: None }, tally).await {
            // Gone since it was listed.
            Err(Stop::Failed(failure)) if failure.kind == FailureKind::NotFound => continue,
            Err(Stop::Bytes) => progress.stop = Some(Stop::Bytes),
            Ok(()) => {}
            Err(stop) => {
                progress.done = false;
                let goes_on = matches!(&stop, Stop::Failed(failure) if is_its_own(failure.kind));
                progress.stop = Some(stop);
                if goes_on {
                    continue;
                }
                return progress;
            }
        }
        tally.count(&holder);
        progress.starts.push(listed.started);
        let mut read = Read { mark: &listed.mark, whole: true };
        if let Err(stop) = children::of(reader, listed, holder, maps, tally).await {
            // Their parents are read nevertheless.
            maps = &[];
            read.whole = matches!(stop, Stop::Bytes);
            progress.stop = progress.stop.take().or(Some(stop).filter(|stop| !matches!(stop, Stop::Bytes)));
        }
        progress.read.push(read);
        if reader.room(tally).is_err() {
            break;
        }
    }
    progress
}

/// Whether the failure may be one of this execution alone.
fn is_its_own(kind: FailureKind) -> bool {
    matches!(kind, FailureKind::Transient | FailureKind::Other | FailureKind::PageToken)
}

async fn one(reader: &Reader<'_>, subject: Subject<'_>, tally: &mut Tally) -> Result<(), Stop> {
    tally.desk(reader).inspect(&subject.holder, None, DataField::Name, &subject.listed.name);
    match reader.settings.states {
        true => history(reader, subject, tally).await,
        false => description(reader, subject, tally).await,
    }
}
