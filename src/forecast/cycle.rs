use super::series::{DAY, HOUR, median};

/// Days of history from which on a daily cycle can be told from a trend.
pub const DAYS_OF_A_CYCLE: f64 = 3.0;
const HOURS_OF_A_DAY: usize = 24;

/// What each hour of the day adds to a running median of 24 hours.
#[derive(Debug)]
pub(super) struct Cycle {
    /// By the whole hours before now, around which each is centred.
    hours: [f64; HOURS_OF_A_DAY],
}

impl Cycle {
    /// None where there is too little history, or an hour of the day that it says nothing of.
    pub(super) fn of(hours: &[(f64, f64)]) -> Option<Self> {
        let (first, last) = (hours.first()?.0, hours.last()?.0);
        if last - first < DAYS_OF_A_CYCLE * DAY - 2.0 * HOUR {
            return None;
        }
        let mut beside: [Vec<f64>; HOURS_OF_A_DAY] = Default::default();
        for &(at, value) in hours {
            if at - first >= DAY / 2.0 - HOUR && last - at >= DAY / 2.0 - HOUR {
                beside[hour(at)].push(value - around(hours, at));
            }
        }
        if beside.iter().any(Vec::is_empty) {
            return None;
        }
        Some(Self { hours: beside.map(median) })
    }

    /// Between the middles of two hours along a straight line.
    pub(super) fn at(&self, at: f64) -> f64 {
        let middle = at - HOUR / 2.0;
        let share = (middle / HOUR).rem_euclid(1.0);
        let (before, after) = (self.hours[hour(middle)], self.hours[hour(middle + HOUR)]);
        before + (after - before) * share
    }

    /// From the lowest to the highest hour.
    pub(super) fn height(&self) -> f64 {
        let (low, high) = (
            self.hours.iter().copied().fold(f64::INFINITY, f64::min),
            self.hours.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        );
        high - low
    }
}

/// The hour of the day of now is the last one.
fn hour(at: f64) -> usize {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "24 at most, and not below 0")]
    let hour = (at.rem_euclid(DAY) / HOUR) as usize;
    hour.min(HOURS_OF_A_DAY - 1)
}

/// The median of the 24 hours around a time: 12 before and 12 after it.
fn around(hours: &[(f64, f64)], at: f64) -> f64 {
    let from = hours.partition_point(|hour| hour.0 < at - DAY / 2.0);
    let to = hours.partition_point(|hour| hour.0 <= at + DAY / 2.0);
    median(hours[from..to].iter().map(|hour| hour.1))
}
