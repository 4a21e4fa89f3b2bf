//! What is remembered of a machine, and how a visit adds to it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::tally::{Entry, Key, Tally, day};
use crate::model::{Cursor, DataPlace, ExecutionData, Largest, Sample, Sighting, Source};

/// A closed execution's history stays for 90 days.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>.
pub(super) const HISTORY_DAYS: u32 = 90;

/// What a visit says about how much there is.
#[derive(Debug)]
pub(super) struct Visit {
    pub(super) source: Source,
    pub(super) listed: u64,
    pub(super) listed_whole: bool,
    /// Starts of the executions that were inspected.
    pub(super) starts: Vec<Timestamp>,
    pub(super) cursor: Cursor,
}

/// Without what came from executions or log events that are gone. `days`: how long they stay; none: for ever.
pub(super) fn unexpired(data: ExecutionData, days: Option<u32>, now: Timestamp) -> ExecutionData {
    let Some(days) = days else { return data };
    let oldest = now - SignedDuration::from_hours(24 * i64::from(days));
    let ExecutionData { mut sample, sightings, mut cursor, .. } = data;
    let sightings: Vec<_> = sightings.into_iter().filter(|sighting| sighting.last >= oldest).collect();
    cursor.days.retain(|date, _| *date >= day(oldest));
    count(&mut sample, &cursor);
    let inspected = sample.executions > 0;
    sample.oldest = sample.oldest.filter(|_| inspected).map(|start| start.max(oldest));
    sample.newest = sample.newest.filter(|_| inspected);
    let shields = if inspected { data.shields } else { BTreeMap::new() };
    let largest = data.largest.into_iter().filter(|largest| largest.at >= oldest).collect();
    ExecutionData { sample, sightings, more: data.more && inspected, shields, largest, cursor }
}

fn count(sample: &mut Sample, cursor: &Cursor) {
    sample.executions = cursor.days.values().map(|day| day.executions).sum();
    sample.bytes = cursor.days.values().map(|day| day.bytes).sum();
}

/// Where nothing was ever read, nothing is known.
pub(super) fn nothing(source: Source) -> ExecutionData {
    let sample = Sample {
        source,
        executions: 0,
        new: 0,
        listed: 0,
        listed_whole: true,
        bytes: 0,
        new_bytes: 0,
        oldest: None,
        newest: None,
    };
    ExecutionData {
        sample,
        sightings: Vec::new(),
        more: false,
        shields: BTreeMap::new(),
        largest: Vec::new(),
        cursor: Cursor::default(),
    }
}

/// What was known, and what this visit has seen.
pub(super) fn merged(earlier: Option<ExecutionData>, tally: Tally, visit: Visit) -> ExecutionData {
    let Tally { places, shields, days, executions, bytes, largest, more, .. } = tally;
    let known = earlier.unwrap_or_else(|| nothing(visit.source));
    let mut cursor = visit.cursor;
    for (date, inspected) in days {
        let day = cursor.days.entry(date).or_default();
        day.executions += inspected.executions;
        day.bytes += inspected.bytes;
    }
    let (starts, before) = (&visit.starts, &known.sample);
    let mut sample = Sample {
        source: visit.source,
        new: executions,
        listed: visit.listed,
        listed_whole: visit.listed_whole,
        new_bytes: bytes,
        oldest: starts.iter().copied().chain(before.oldest).min(),
        newest: starts.iter().copied().chain(before.newest).max(),
        ..*before
    };
    count(&mut sample, &cursor);
    let mut all_shields = known.shields;
    for (shield, times) in shields {
        *all_shields.entry(shield).or_default() += times;
    }
    let (sightings, cut) = sightings(known.sightings, places);
    let largest = largest_of(known.largest, largest);
    ExecutionData { sample, sightings, more: known.more || more || cut, shields: all_shields, largest, cursor }
}

/// Of a place the larger one, of places the largest.
fn largest_of(known: Vec<Largest>, seen: BTreeMap<DataPlace, (u64, Timestamp)>) -> Vec<Largest> {
    let mut all = seen;
    for Largest { place, bytes, at } in known {
        let largest = all.entry(place).or_insert((bytes, at));
        *largest = (bytes, at).max(*largest);
    }
    let mut all: Vec<_> = all.into_iter().map(|(place, (bytes, at))| Largest { place, bytes, at }).collect();
    all.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.place.cmp(&b.place)));
    all.truncate(ExecutionData::MOST_LARGE);
    all
}

fn sightings(known: Vec<Sighting>, places: BTreeMap<Key, Entry>) -> (Vec<Sighting>, bool) {
    let key = |sighting: &Sighting| Key {
        place: sighting.place.clone(),
        pointer: sighting.seen.pointer.clone(),
        kind: sighting.seen.kind.clone(),
    };
    let mut all: BTreeMap<Key, Sighting> = known.into_iter().map(|sighting| (key(&sighting), sighting)).collect();
    for (key, entry) in places {
        let sighting = match all.remove(&key) {
            Some(earlier) => joined(earlier, entry),
            None => {
                let Entry { seen, fresh, again, first, last } = entry;
                Sighting { place: key.place.clone(), seen, executions: fresh + again, first, last }
            }
        };
        all.insert(key, sighting);
    }
    let cut = all.len() > ExecutionData::MOST;
    let mut all: Vec<_> = all.into_iter().collect();
    if cut {
        // Secrets first, then what is surest.
        all.sort_by_key(|(_, sighting)| std::cmp::Reverse((sighting.seen.data, sighting.seen.confidence)));
        all.truncate(ExecutionData::MOST);
        all.sort_by(|a, b| a.0.cmp(&b.0));
    }
    (all.into_iter().map(|(_, sighting)| sighting).collect(), cut)
}

/// An execution that is read again was counted when it was read first.
fn joined(earlier: Sighting, entry: Entry) -> Sighting {
    let Entry { seen, fresh, first, last, .. } = entry;
    let count = earlier.seen.count.saturating_add(seen.count);
    let confidence = earlier.seen.confidence.max(seen.confidence);
    let newest = if last >= earlier.last { seen } else { earlier.seen };
    Sighting {
        place: earlier.place,
        seen: crate::types::Observation { count, confidence, ..newest },
        executions: earlier.executions + fresh,
        first: earlier.first.min(first),
        last: earlier.last.max(last),
    }
}
