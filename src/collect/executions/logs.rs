//! Machines whose data stands in their log group alone.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;
use jiff::{SignedDuration, Timestamp};

use super::super::pages::{Tokens, required};
use super::insights;
use super::log_event::LogEvent;
use super::memory::{Visit, merged};
use super::reader::{Reader, Stop};
use super::standard::from_source;
use super::states::{States, Step};
use super::tally::{Holder, Tally, id_of};
use crate::aws::apis::LOGS_FILTER_LOG_EVENTS as FILTER;
use crate::detect::Shield;
use crate::model::{Cursor, DataField, ExecutionData, Source};
use crate::types::{Arn, Observed};

/// Events reach a log group some seconds after they happen.
const SETTLING: SignedDuration = SignedDuration::from_mins(1);
/// The first window backwards; each that follows is twice as long.
const FIRST_WINDOW: SignedDuration = SignedDuration::from_mins(1);
/// Executions whose states are followed at once.
const MOST_FOLLOWED: usize = 2_000;

/// A log group that can be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group<'g> {
    pub(super) name: &'g str,
    /// Only Logs Insights reads its class.
    pub(super) by_insights: bool,
}

/// What has been read of a machine's log.
#[derive(Debug, Default)]
pub(super) struct Log {
    tally: Tally,
    states: HashMap<u64, States>,
    executions: BTreeSet<u64>,
    latest: Option<u64>,
    times: Vec<Timestamp>,
}

/// From when to when, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

/// Reads what is new in the machine's log, newest first.
pub(super) async fn read(
    reader: &Reader<'_>,
    machine: &Arn,
    group: Group<'_>,
    earlier: Option<ExecutionData>,
) -> Observed<ExecutionData> {
    let earlier = earlier.map(|data| from_source(data, Source::Log));
    let cursor = earlier.as_ref().map(|data| data.cursor.clone()).unwrap_or_default();
    let now = reader.context.now;
    let reaches = now - SignedDuration::from_hours(i64::from(reader.settings.log_hours));
    let all = Window {
        from: cursor.until.map_or(reaches, |until| reaches.max(until + SignedDuration::from_millis(1))),
        to: now - SETTLING,
    };
    let mut log = Log::default();
    let ended = match group.by_insights {
        _ if all.from > all.to => Ok(true),
        true => insights::read(reader, machine, group.name, all, &mut log).await,
        false => filter(reader, machine, group.name, all, &mut log).await,
    };
    let Log { tally, executions, times, .. } = log;
    let stop = ended.as_ref().err();
    if let (Some(stop), true, None) = (stop, executions.is_empty(), &earlier) {
        return Observed::missing(reader.gap(stop, machine));
    }
    // What a sample leaves out is passed over; after a failure, the next collection begins there again.
    let until = if stop.is_none() { Some(all.to) } else { cursor.until };
    let visit = Visit {
        source: Source::Log,
        listed: u64::try_from(executions.len()).unwrap_or(u64::MAX),
        listed_whole: ended.as_ref().is_ok_and(|whole| *whole),
        starts: times,
        cursor: Cursor { until: until.max(cursor.until), looked_at: Some(now), ..cursor },
    };
    let gap = stop.map(|stop| reader.gap(stop, machine));
    Observed::listed(merged(earlier, tally, visit), gap)
}

/// Ever longer windows backwards from `all.to`.
fn windows(all: Window) -> impl Iterator<Item = Window> {
    let (mut to, mut length) = (all.to, FIRST_WINDOW);
    std::iter::from_fn(move || {
        (to >= all.from).then(|| {
            let window = Window { from: all.from.max(to - length), to };
            to = window.from - SignedDuration::from_millis(1);
            length *= 2;
            window
        })
    })
}

/// Whether all of it was read. A little log is read by one call; a long one, which AWS gives oldest first, by windows.
async fn filter(reader: &Reader<'_>, machine: &Arn, group: &str, all: Window, log: &mut Log) -> Result<bool, Stop> {
    let (events, next) = page(reader, machine, group, all, None).await?;
    if next.is_none() {
        log.take(reader, events.iter().filter_map(message));
        return Ok(true);
    }
    drop(events);
    for window in windows(all) {
        let (mut token, mut tokens) = (None, Tokens::new(&FILTER));
        loop {
            if log.executions.len() >= reader.settings.per_machine || reader.room(&log.tally).is_err() {
                return Ok(false);
            }
            let (events, next) = page(reader, machine, group, window, token).await?;
            log.take(reader, events.iter().filter_map(message));
            token = tokens.follow(next)?;
            if token.is_none() {
                break;
            }
        }
    }
    Ok(true)
}

async fn page(
    reader: &Reader<'_>,
    machine: &Arn,
    group: &str,
    window: Window,
    token: Option<String>,
) -> Result<(Vec<FilteredLogEvent>, Option<String>), Stop> {
    let client = reader.context.clients.logs();
    let request = client
        .filter_log_events()
        .log_group_name(group)
        .log_stream_name_prefix(stream_prefix(machine))
        .start_time(window.from.as_millisecond())
        .end_time(window.to.as_millisecond())
        .set_next_token(token);
    let page = reader.call(&FILTER, || request.clone().send()).await?;
    Ok((required(&FILTER, page.events, "events")?, page.next_token.filter(|token| !token.is_empty())))
}

fn message(event: &FilteredLogEvent) -> Option<(i64, &str)> {
    Some((event.timestamp?, event.message.as_deref()?))
}

/// Streams of a machine are called `states/<machine>/<time>/<number>`.
pub(super) fn stream_prefix(machine: &Arn) -> String {
    format!("states/{}/", machine.name())
}

impl Log {
    /// Inspects messages, each with its time in milliseconds.
    pub(super) fn take<'e>(&mut self, reader: &Reader<'_>, messages: impl Iterator<Item = (i64, &'e str)>) {
        let mut desk = self.tally.desk(reader);
        let mut met = Vec::new();
        for (time, message) in messages {
            let event = LogEvent::parse(message);
            let logged = event.as_ref().map(LogEvent::time).filter(|time| *time > 0).unwrap_or(time);
            let Ok(at) = Timestamp::from_millisecond(logged) else { continue };
            let arn = event.as_ref().and_then(LogEvent::execution_arn).unwrap_or_default();
            // What broke off names no execution: it counts as the one before it.
            let id = if arn.is_empty() { self.latest.unwrap_or_else(|| id_of(arn)) } else { id_of(arn) };
            self.latest = Some(id);
            let holder = Holder { id, first: at, last: at, again: false };
            let new = self.executions.insert(id);
            if new {
                met.push(holder);
            }
            self.times.push(at);
            let Some(event) = event else {
                if message.contains("*****") {
                    desk.shield(Shield::Masked);
                }
                desk.inspect(&holder, None, DataField::Other, message);
                continue;
            };
            if let Some(name) = event.execution_name().filter(|_| new) {
                desk.inspect(&holder, None, DataField::Name, name);
            }
            if self.states.len() >= MOST_FOLLOWED {
                self.states.clear();
            }
            let named = event.state().map(|name| reader.context.door.text(name).clean.into_inner());
            let step = Step { id: event.id(), previous: event.previous(), kind: event.kind() };
            let state = self.states.entry(holder.id).or_default().of(step, named);
            for (field, text) in event.fields() {
                desk.inspect(&holder, state.as_deref(), field, &text);
            }
        }
        drop(desk);
        for holder in &met {
            self.tally.count(holder);
        }
        let ends = [self.times.iter().min(), self.times.iter().max()].map(Option::<&Timestamp>::copied);
        self.times = ends.into_iter().flatten().collect();
    }

    /// Executions that were met.
    pub(super) fn executions(&self) -> usize {
        self.executions.len()
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Window, windows};

    #[test]
    fn windows_grow_backwards_without_a_hole_or_an_overlap() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let all = Window { from: at(0), to: at(600) };
        let windows: Vec<_> = windows(all).collect();
        assert_eq!(windows.first().unwrap(), &Window { from: at(540), to: at(600) });
        assert_eq!(windows.last().unwrap().from, at(0));
        assert_eq!(windows.len(), 4);
        for pair in windows.windows(2) {
            assert_eq!(pair[1].to.as_millisecond() + 1, pair[0].from.as_millisecond());
        }
    }
}
