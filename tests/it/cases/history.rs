//! What was before: usage along straight lines between points `[days from the collection, value]`.

use std::collections::BTreeMap;

use stepwarden::model::{Quota, Reading};
use stepwarden::types::{Gap, GapReason, Observed};

use super::account::at;

pub(super) type Past = Vec<(f64, f64)>;

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;

/// Of the last 3 hours, where the lines reach so far.
pub(super) fn minutes(history: &BTreeMap<String, Past>) -> BTreeMap<String, Vec<Reading>> {
    let recent = |past| (0..180).rev().filter_map(move |ago| reading(past, -ago * MINUTE)).collect();
    history.iter().map(|(name, past)| (name.clone(), recent(past))).collect()
}

/// Of the last 14 days, dated to where an hour begins, with its end's value.
pub(super) fn hours(
    history: &BTreeMap<String, Past>,
    gap: Option<GapReason>,
) -> Observed<BTreeMap<String, Vec<Reading>>> {
    let past = |past| {
        let ended = move |ago: i64| Some(Reading { at: at(-ago * HOUR - HOUR), ..reading(past, -ago * HOUR)? });
        (0..14 * 24).rev().filter_map(ended).collect()
    };
    match gap {
        Some(reason) => Observed::missing(Gap { api: "cloudwatch:GetMetricData".to_owned(), ..Gap::new(reason, "no") }),
        None => Observed::known(history.iter().map(|(name, series)| (name.clone(), past(series))).collect()),
    }
}

/// By the hour.
pub(super) fn remembered(usage: &BTreeMap<Quota, Past>) -> BTreeMap<Quota, Vec<Reading>> {
    let past = |past| (1..14 * 24).rev().filter_map(move |ago| reading(past, -ago * HOUR)).collect();
    usage.iter().map(|(quota, series)| (*quota, past(series))).collect()
}

#[allow(clippy::cast_precision_loss)]
fn reading(past: &Past, second: i64) -> Option<Reading> {
    let day = second as f64 / 86_400.0;
    let (a, b) = past.windows(2).map(|pair| (pair[0], pair[1])).find(|(a, b)| (a.0..=b.0).contains(&day))?;
    let value = a.1 + (b.1 - a.1) * (day - a.0) / (b.0 - a.0);
    Some(Reading { at: at(second), value })
}
