use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::model::{
    Holder, PartName, Quota, QuotaStatus, Quotas, Reading, RememberedQuotas, SlowQuotas, Snapshot, Usage,
};
use crate::types::{AccountId, Observed, Region};

/// Of so long the last value of each minute is remembered.
const BY_MINUTE: SignedDuration = SignedDuration::from_hours(3);
/// Of so long the last value of each hour.
const BY_HOUR: SignedDuration = SignedDuration::from_hours(14 * 24);

/// What usage of quotas was seen so far, by account, Region and quota: what forecasts of quotas without a metric are made
/// of. At most 516 values a quota.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SeenQuotas {
    places: Vec<Place>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Place {
    account_id: AccountId,
    region: Region,
    #[serde(flatten)]
    known: RememberedQuotas,
}

impl SeenQuotas {
    /// As a collection takes it.
    pub fn known(&self) -> BTreeMap<(AccountId, Region), RememberedQuotas> {
        let known = |place: &Place| ((place.account_id.clone(), place.region.clone()), place.known.clone());
        self.places.iter().map(known).collect()
    }

    /// Remembers the usage that was collected, where it is exact, or a lower bound that CloudWatch measured: one that a list
    /// was counted to where it broke off says more of the list than of the usage. `now` is when the collection ended.
    pub fn take(&mut self, snapshots: &[Snapshot], now: Timestamp) {
        for snapshot in snapshots {
            let collected = snapshot.ages().into_iter().find(|(part, ..)| *part == PartName::Quotas);
            let (Ok(quotas), Some((_, collected, _))) = (snapshot.quotas().whole().copied(), collected) else {
                continue;
            };
            let slow = slow(quotas, collected);
            let known = &mut self.place(snapshot).known.slow;
            // Of two collections at once, the later one may be the first to be remembered.
            if known.as_ref().is_none_or(|known| {
                known.asked_at > now || slow.as_ref().is_none_or(|slow| slow.asked_at >= known.asked_at)
            }) {
                *known = slow;
            }
            for status in QuotaStatus::of(snapshot).into_iter().filter(|status| status.quota.is_forecast()) {
                let (value, at) = match status.usage {
                    Usage::Exact { value, at, .. } | Usage::AtLeast { value, source: "OpenExecutionCount", at } => {
                        (value, at)
                    }
                    Usage::AtLeast { .. } | Usage::Unknown(_) => continue,
                };
                let readings = self.place(snapshot).known.usage.entry(status.quota).or_default();
                readings.push(Reading { at: at.unwrap_or(collected), value });
                thin(readings, now);
            }
        }
    }

    fn place(&mut self, snapshot: &Snapshot) -> &mut Place {
        let Snapshot { account_id, region, .. } = snapshot;
        let here = |place: &Place| place.account_id == *account_id && place.region == *region;
        let index = self.places.iter().position(here).unwrap_or_else(|| {
            let (account_id, region) = (account_id.clone(), region.clone());
            self.places.push(Place { account_id, region, known: RememberedQuotas::default() });
            self.places.len() - 1
        });
        &mut self.places[index]
    }
}

/// What was read whole.
fn slow(quotas: &Quotas, collected: Timestamp) -> Option<SlowQuotas> {
    let known = |(quota, holders): (&Quota, &Observed<Vec<Holder>>)| Some((*quota, (*holders.whole().ok()?).clone()));
    Some(SlowQuotas {
        asked_at: quotas.slow_at.unwrap_or(collected),
        hours: quotas.hours.whole().ok()?.clone(),
        highest: quotas.highest.iter().map(known).collect::<Option<_>>()?,
    })
}

/// Keeps the last reading of each minute, of what is older of each hour, and forgets what is older still. A clock that was put
/// back leaves nothing behind in the future.
fn thin(readings: &mut Vec<Reading>, now: Timestamp) {
    readings.retain(|reading| reading.at <= now && now.duration_since(reading.at) <= BY_HOUR);
    readings.sort_by_key(|reading| reading.at);
    let bin = |at: Timestamp| {
        let width = if now.duration_since(at) <= BY_MINUTE { 60 } else { 3_600 };
        (width, at.as_second().div_euclid(width))
    };
    readings.reverse();
    readings.dedup_by_key(|reading| bin(reading.at));
    readings.reverse();
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::thin;
    use crate::model::Reading;

    #[test]
    fn a_scan_every_40_seconds_for_16_days_leaves_two_weeks_by_the_hour_and_3_hours_by_the_minute() {
        let mut readings = Vec::new();
        let start = Timestamp::from_second(1_767_225_600).unwrap();
        for index in 0..16 * 24 * 90_i32 {
            let at = start + SignedDuration::from_secs(i64::from(index) * 40);
            readings.push(Reading { at, value: f64::from(index) });
            thin(&mut readings, at);
        }
        let last = readings[readings.len() - 1];
        assert!((510..=518).contains(&readings.len()), "{}", readings.len());
        assert!((last.value - 34_559.0).abs() < 0.5, "the newest is kept");
        let oldest = last.at.duration_since(readings[0].at);
        assert!(oldest > SignedDuration::from_hours(14 * 24 - 2) && oldest <= SignedDuration::from_hours(14 * 24));
        assert!(readings.is_sorted_by_key(|reading| reading.at));
    }

    #[test]
    fn a_clock_that_was_put_back_is_followed() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut readings = vec![Reading { at: at(9_000), value: 1.0 }, Reading { at: at(600), value: 2.0 }];
        thin(&mut readings, at(600));
        assert_eq!(readings, [Reading { at: at(600), value: 2.0 }]);
    }
}
