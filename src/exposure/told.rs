//! What was seen, in words. Never a value: types, places, counts, lengths, keyed hashes.

use super::Carried;
use crate::model::{DataField, DataPlace, Sample, Sighting, Source};

/// How many places a finding spells out.
const SPELLED_OUT: usize = 10;

/// `the input of Charge`, `the execution's input`.
pub fn place(place: &DataPlace) -> String {
    let field = place.field.as_str();
    match &place.state {
        _ if place.field == DataField::Other => {
            format!("{field} of {}", place.state.as_deref().unwrap_or("the execution"))
        }
        Some(state) => format!("the {field} of {state}"),
        None => format!("the execution's {field}"),
    }
}

/// The types, without doubles.
pub fn kinds<'c>(carried: impl IntoIterator<Item = &'c Carried>) -> String {
    let mut kinds: Vec<_> = carried.into_iter().map(|one| one.kind.as_str()).collect();
    kinds.dedup();
    kinds.join(", ")
}

/// Fields of states that hold it: `the execution's input, the output of Charge and 3 more places`.
pub fn spots(carried: &[Carried]) -> String {
    let mut spots: Vec<_> = carried.iter().flat_map(|one| &one.places).map(|seen| &seen.place).collect();
    spots.sort_unstable();
    spots.dedup();
    let told: Vec<_> = spots.iter().take(3).map(|spot| place(spot)).collect();
    match spots.len().saturating_sub(3) {
        0 => told.join(", "),
        1 => format!("{} and 1 more place", told.join(", ")),
        more => format!("{} and {more} more places", told.join(", ")),
    }
}

/// Each place with its pointer and how often.
pub fn places(carried: &[Carried]) -> String {
    let one = |carried: &Carried, seen: &Sighting| {
        let pointer = seen.seen.pointer.as_str();
        let pointer = if pointer.is_empty() { "as a whole" } else { pointer };
        let times =
            if seen.executions == 1 { "1 execution".to_owned() } else { format!("{} executions", seen.executions) };
        format!("{} in {} {pointer} ({times})", carried.kind, place(&seen.place))
    };
    let all: Vec<_> =
        carried.iter().flat_map(|carried| carried.places.iter().map(move |seen| one(carried, seen))).collect();
    let more = all.len().saturating_sub(SPELLED_OUT);
    let told = all.into_iter().take(SPELLED_OUT).collect::<Vec<_>>().join("; ");
    if more == 0 { told } else { format!("{told}; and {more} more") }
}

/// `4 of 10 executions`, or at least so many where several places hold it.
pub fn share(carried: &[Carried], sample: &Sample) -> String {
    let most = carried.iter().map(|one| one.executions).max().unwrap_or_default();
    let exact = matches!(carried, [one] if one.is_exact()) || most >= sample.executions;
    let at_least = if exact { "" } else { "at least " };
    let what = match sample.source {
        Source::Log => "logged executions that were read",
        _ => "executions that were read",
    };
    format!("in {at_least}{most} of {} {what}", sample.executions)
}

/// What was looked at: the denominator of all that is said.
pub fn sample(sample: &Sample) -> String {
    let by = match sample.source {
        Source::History => "GetExecutionHistory",
        Source::Execution => "DescribeExecution",
        Source::Log => "its log group",
        Source::None => "nothing",
    };
    let at_least = if sample.listed_whole { "" } else { "at least " };
    let days = match (sample.oldest, sample.newest) {
        (Some(oldest), Some(newest)) => {
            format!(", of {} to {}", oldest.strftime("%Y-%m-%d"), newest.strftime("%Y-%m-%d"))
        }
        _ => String::new(),
    };
    let listed = sample.listed.max(sample.executions);
    format!("{} of {at_least}{listed} executions{days}, {} bytes, by {by}", sample.executions, sample.bytes)
}
