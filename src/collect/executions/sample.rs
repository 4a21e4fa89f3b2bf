//! Which executions are read.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::super::settings::ExecutionSettings;
use super::listing::{Listed, Listing};
use crate::model::{Cursor, OpenExecution};

/// A failed execution can be redriven for 14 days.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html>.
const REDRIVABLE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// A list is consistent in the end; what started within this time may not stand in it yet.
const SETTLING: SignedDuration = SignedDuration::from_mins(1);
/// An execution can run for a year, and takes up data meanwhile: one that still runs is read again after this time.
const RUNNING_ON: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Executions of a machine that are remembered as open.
const MOST_OPEN: usize = 500;

/// An execution to read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pick<'l> {
    pub(super) listed: &'l Listed,
    /// It has changed since it was read.
    pub(super) again: bool,
}

/// An execution that was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Read<'l> {
    pub(super) mark: &'l str,
    /// With its children: else it is read again.
    pub(super) whole: bool,
}

/// New executions and those that have changed: the newest of each status, then what has changed, then the newest.
pub(super) fn choose<'l>(
    listed: &'l [Listed],
    cursor: &Cursor,
    settings: &ExecutionSettings,
    now: Timestamp,
) -> Vec<Pick<'l>> {
    let oldest = now - SignedDuration::from_hours(24 * i64::from(settings.max_age_days));
    let pick = |listed: &'l Listed| match cursor.open.get(&listed.mark) {
        Some(open) => has_changed(open, listed, now).then_some(Pick { listed, again: true }),
        None => cursor.until.is_none_or(|until| listed.started > until).then_some(Pick { listed, again: false }),
    };
    let mut picks: Vec<_> = listed.iter().filter(|listed| listed.last(now) >= oldest).filter_map(pick).collect();
    picks.sort_by_key(|pick| std::cmp::Reverse(pick.listed.started));
    let (mut statuses, mut ranked) = (Vec::new(), Vec::new());
    for pick in picks {
        let first = !statuses.contains(&&pick.listed.status);
        statuses.extend(first.then_some(&pick.listed.status));
        ranked.push(((!first, !pick.again), pick));
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, pick)| pick).take(settings.per_machine).collect()
}

fn has_changed(open: &OpenExecution, listed: &Listed, now: Timestamp) -> bool {
    let due = || open.read_at.is_none_or(|read_at| now.duration_since(read_at) >= RUNNING_ON);
    (open.running && (!listed.is_running() || due())) || listed.redrives > open.redrives
}

/// Where the next collection goes on. `done` says that nothing of what was chosen is
/// left to be read.
pub(super) fn advance(cursor: Cursor, listing: &Listing, read: &[Read<'_>], done: bool, now: Timestamp) -> Cursor {
    let until = if done { cursor.until.max(Some(now - SETTLING)) } else { cursor.until };
    let mut before = cursor.open;
    let mut open = BTreeMap::new();
    for listed in &listing.items {
        let known = before.remove(&listed.mark);
        let now_known = read.iter().find(|read| read.mark == listed.mark).map(|read| OpenExecution {
            started_at: listed.started,
            redrives: listed.redrives,
            read_at: Some(now),
            running: listed.is_running() || !read.whole,
        });
        let Some(entry) = now_known.or(known) else { continue };
        let redrivable = listed.may_be_redriven() && listed.last(now) + REDRIVABLE > now;
        if entry.running || redrivable || until.is_none_or(|until| listed.started > until) {
            open.insert(listed.mark.clone(), entry);
        }
    }
    if !listing.whole {
        open.extend(before);
    }
    Cursor { until, open: newest(open), looked_at: Some(now), days: cursor.days }
}

/// What is remembered of more than are kept: running executions, then the newest.
fn newest(open: BTreeMap<String, OpenExecution>) -> BTreeMap<String, OpenExecution> {
    let mut open: Vec<_> = open.into_iter().collect();
    open.sort_by_key(|(_, open)| std::cmp::Reverse((open.running, open.started_at)));
    open.truncate(MOST_OPEN);
    open.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use aws_sdk_sfn::types::ExecutionStatus;
    use jiff::{SignedDuration, Timestamp};

    use super::{Listed, Listing, Read, advance, choose};
    use crate::collect::settings::ExecutionSettings;
    use crate::model::Cursor;

    fn now() -> Timestamp {
        Timestamp::from_second(1_767_225_600).unwrap()
    }

    fn execution(mark: &str, status: ExecutionStatus, minutes_ago: i64) -> Listed {
        let started = now() - SignedDuration::from_mins(minutes_ago);
        let stopped = (status != ExecutionStatus::Running).then_some(started);
        let (arn, name) = (format!("arn:{mark}"), mark.to_owned());
        Listed { arn, mark: mark.to_owned(), name, status, started, stopped, redrives: 0 }
    }

    fn chosen(items: &[Listed], cursor: &Cursor, per_machine: usize) -> Vec<String> {
        let settings = ExecutionSettings { per_machine, ..ExecutionSettings::default() };
        choose(items, cursor, &settings, now()).iter().map(|pick| pick.listed.mark.clone()).collect()
    }

    fn whole<'l>(marks: &[&'l str]) -> Vec<Read<'l>> {
        marks.iter().map(|mark| Read { mark, whole: true }).collect()
    }

    fn after(cursor: Cursor, items: &[Listed], read: &[&str], all: bool) -> Cursor {
        let listing = Listing { items: items.to_vec(), whole: all, failure: None };
        advance(cursor, &listing, &whole(read), true, now())
    }

    #[test]
    fn the_newest_of_each_status_come_first() {
        use ExecutionStatus::{Failed, Running, Succeeded};
        let items = [
            execution("s1", Succeeded, 1),
            execution("s2", Succeeded, 2),
            execution("r", Running, 3),
            execution("s3", Succeeded, 4),
            execution("f", Failed, 5),
            execution("old", Succeeded, 91 * 24 * 60),
        ];
        assert_eq!(chosen(&items, &Cursor::default(), 4), ["s1", "r", "f", "s2"]);
        assert_eq!(chosen(&items, &Cursor::default(), 9), ["s1", "r", "f", "s2", "s3"]);
    }

    #[test]
    fn what_was_read_is_read_again_only_where_it_has_changed() {
        use ExecutionStatus::{Failed, Running, Succeeded};
        let items = [
            execution("new", Succeeded, 0),
            execution("r", Running, 30),
            execution("f", Failed, 40),
            execution("s", Succeeded, 50),
        ];
        let cursor = after(Cursor::default(), &items, &["new", "r", "f", "s"], true);
        assert_eq!(cursor.open.keys().collect::<Vec<_>>(), ["f", "new", "r"]);
        assert!(chosen(&items, &cursor, 9).is_empty());
        let mut items = items.to_vec();
        items[1] = execution("r", Succeeded, 30);
        items[2].redrives = 1;
        assert_eq!(chosen(&items, &cursor, 9), ["r", "f"]);
    }

    #[test]
    fn what_was_passed_over_stays_so() {
        let items = [execution("a", ExecutionStatus::Succeeded, 5), execution("b", ExecutionStatus::Succeeded, 6)];
        let cursor = after(Cursor::default(), &items, &["a"], true);
        assert!(chosen(&items, &cursor, 9).is_empty());
        let left = advance(
            Cursor::default(),
            &Listing { items: items.to_vec(), whole: true, failure: None },
            &whole(&["a"]),
            false,
            now(),
        );
        assert_eq!(chosen(&items, &left, 9), ["b"], "what could not be read is chosen again");
        let listing = Listing { items: items.to_vec(), whole: true, failure: None };
        let half = advance(Cursor::default(), &listing, &[Read { mark: "a", whole: false }], true, now());
        assert_eq!(chosen(&items, &half, 9), ["a"], "and so is what was read without its children");
    }

    #[test]
    fn an_open_execution_that_was_not_met_is_remembered_while_the_list_is_not_whole() {
        let items = [execution("r", ExecutionStatus::Running, 30)];
        let cursor = after(Cursor::default(), &items, &["r"], true);
        assert!(after(cursor.clone(), &[], &[], false).open.contains_key("r"));
        assert!(after(cursor, &[], &[], true).open.is_empty());
    }
}
