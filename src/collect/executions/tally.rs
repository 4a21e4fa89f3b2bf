use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::reader::Reader;
use crate::detect::{Detectors, Finding, Seen, Shield};
use crate::model::{DataField, DataPlace, ExecutionData, Inspected};
use crate::types::{Data, JsonPointer, Observation};

/// Findings below this confidence are not kept, in hundredths.
const LEAST_CONFIDENCE: u8 = 50;
/// Places that are told apart while a machine is read; of them the most telling are kept.
const MOST_PLACES: usize = 4 * ExecutionData::MOST;
/// Pairs of place and execution that are remembered, so that an execution counts once for each place.
const MOST_PAIRS: usize = 100_000;

/// What one visit to a machine has seen. Value-free.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) places: BTreeMap<Key, Entry>,
    pub(super) shields: BTreeMap<String, u64>,
    pub(super) days: BTreeMap<Date, Inspected>,
    /// Executions that were inspected for the first time.
    pub(super) executions: u64,
    pub(super) bytes: u64,
    /// The largest payload of each place.
    pub(super) largest: BTreeMap<DataPlace, (u64, Timestamp)>,
    /// There were more places than are told apart.
    pub(super) more: bool,
    counted: HashSet<(u64, u64)>,
}

/// What makes two findings one sighting.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key {
    pub(super) place: DataPlace,
    pub(super) pointer: JsonPointer,
    pub(super) kind: String,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) seen: Observation,
    /// Executions that were read for the first time.
    pub(super) fresh: u64,
    /// Executions that were read before: they may have been counted then.
    pub(super) again: u64,
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
}

/// The execution (or its log event) whose data is inspected.
#[derive(Debug, Clone, Copy)]
pub(super) struct Holder {
    /// Tells executions apart within one collection.
    pub(super) id: u64,
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
    /// It was read by an earlier collection.
    pub(super) again: bool,
}

/// A tally with detectors at hand, for as long as one page is read.
pub(super) struct Desk<'t> {
    tally: &'t mut Tally,
    detectors: Detectors,
}

pub(super) fn id_of(execution_arn: &str) -> u64 {
    hashed(execution_arn)
}

fn hashed(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

pub(super) fn day(time: Timestamp) -> Date {
    time.to_zoned(TimeZone::UTC).date()
}

impl Tally {
    pub(super) fn desk(&mut self, reader: &Reader<'_>) -> Desk<'_> {
        Desk { tally: self, detectors: reader.detectors() }
    }

    /// An execution was inspected.
    pub(super) fn count(&mut self, holder: &Holder) {
        if !holder.again {
            self.executions += 1;
            self.days.entry(day(holder.last)).or_default().executions += 1;
        }
    }

    pub(super) fn shield(&mut self, shield: Shield) {
        *self.shields.entry(word(shield).to_owned()).or_default() += 1;
    }

    fn measure(&mut self, place: &DataPlace, bytes: u64, at: Timestamp) {
        if let Some(largest) = self.largest.get_mut(place) {
            *largest = (bytes, at).max(*largest);
        } else if self.largest.len() < MOST_PLACES {
            self.largest.insert(place.clone(), (bytes, at));
        }
    }

    fn sight(&mut self, holder: &Holder, place: &DataPlace, finding: Finding) {
        if finding.confidence < LEAST_CONFIDENCE {
            return;
        }
        let pointer = normalised(&finding.pointer);
        let key = Key { place: place.clone(), pointer: pointer.clone(), kind: finding.kind.clone() };
        // What came first leaves room for secrets.
        let most = if finding.data == Data::Secret { 2 * MOST_PLACES } else { MOST_PLACES };
        if self.places.len() >= most && !self.places.contains_key(&key) {
            self.more = true;
            return;
        }
        let pair = (holder.id, hashed(&key));
        let counts = self.counted.len() >= MOST_PAIRS || self.counted.insert(pair);
        let seen = Observation { pointer, count: 0, ..finding.into() };
        let entry = self.places.entry(key).or_insert_with(|| Entry {
            seen: seen.clone(),
            fresh: 0,
            again: 0,
            first: holder.first,
            last: holder.last,
        });
        entry.take(holder, seen, counts);
    }
}

impl Entry {
    fn take(&mut self, holder: &Holder, seen: Observation, counts: bool) {
        let count = self.seen.count.saturating_add(1);
        let confidence = self.seen.confidence.max(seen.confidence);
        if holder.last >= self.last {
            self.seen = seen;
        }
        self.seen = Observation { count, confidence, ..self.seen.clone() };
        self.first = self.first.min(holder.first);
        self.last = self.last.max(holder.last);
        match (counts, holder.again) {
            (true, true) => self.again += 1,
            (true, false) => self.fresh += 1,
            (false, _) => {}
        }
    }
}

impl Desk<'_> {
    /// Inspects one payload or text of an execution.
    pub(super) fn inspect(&mut self, holder: &Holder, state: Option<&str>, field: DataField, text: &str) {
        let Self { tally, detectors } = self;
        let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
        tally.bytes += bytes;
        tally.days.entry(day(holder.last)).or_default().bytes += bytes;
        let place = DataPlace { state: state.map(str::to_owned), field };
        if field.is_payload() {
            tally.measure(&place, bytes, holder.last);
        }
        detectors.inspect_payload(text, &mut |seen| match seen {
            Seen::Finding(finding) => tally.sight(holder, &place, finding),
            Seen::Protection(protection) => tally.shield(protection.shield),
        });
    }

    pub(super) fn shield(&mut self, shield: Shield) {
        self.tally.shield(shield);
    }
}

fn word(shield: Shield) -> &'static str {
    match shield {
        Shield::Masked => "masked",
        Shield::Hashed => "hashed",
        Shield::Encrypted => "encrypted",
        Shield::Tokenised => "tokenised",
        Shield::Reference => "reference",
        Shield::Template => "template",
    }
}

/// A pointer for all elements of an array: `/items/-/email`, as RFC 6901 writes the element that is none of them. Keys of
/// digits alone are ids as often as not, and go the same way.
fn normalised(pointer: &JsonPointer) -> JsonPointer {
    let token = |token: &str| {
        let (number, nested) = token.strip_suffix('#').map_or((token, ""), |number| (number, "#"));
        match !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
            true => format!("-{nested}"),
            false => token.to_owned(),
        }
    };
    JsonPointer::written(pointer.as_str().split('/').map(token).collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::normalised;
    use crate::types::JsonPointer;

    #[test]
    fn elements_of_an_array_are_one_place() {
        for (pointer, expected) in [
            ("/items/17/email", "/items/-/email"),
            ("/Records/0/body#/customer/3", "/Records/-/body#/customer/-"),
            ("/bodies/2#/email", "/bodies/-#/email"),
            ("/v2/x", "/v2/x"),
            ("", ""),
        ] {
            assert_eq!(normalised(&JsonPointer::written(pointer)).as_str(), expected);
        }
    }
}
