use super::Point;
use super::cycle::{Cycle, DAYS_OF_A_CYCLE};

pub(super) const HOUR: f64 = 3600.0;
pub(super) const DAY: f64 = 24.0 * HOUR;
/// Older points are of another time.
const OLDEST: f64 = 15.0 * DAY;

/// Points in order, with times in seconds from now: 0 is now, and all are before it. Differences of that size are exact, so that
/// nothing depends on when now is.
#[derive(Debug)]
pub(super) struct Series {
    /// Where a number is known.
    pub(super) points: Vec<(f64, f64)>,
    /// The median of each hour, without the daily cycle, of all points; where the source was blind, its line.
    pub(super) hours: Vec<(f64, f64)>,
    /// The daily cycle, where there is enough history to tell it.
    pub(super) cycle: Option<Cycle>,
}

impl Series {
    pub(super) fn of(points: &[Point], blind_below: f64, now: i64) -> Option<Self> {
        let usable = |point: &Point| point.value.is_finite() && point.value >= 0.0 && point.at <= now;
        let mut known: Vec<Point> = points.iter().copied().filter(usable).collect();
        // Stable, so that of one second the last given point is the one that stays.
        known.sort_by_key(|point| std::cmp::Reverse(point.at));
        known.reverse();
        known.dedup_by_key(|point| point.at);
        let seen: Vec<_> = known.iter().map(|point| (before(now, point.at), point.value)).collect();
        let seen: Vec<_> = seen.into_iter().filter(|(at, _)| *at >= -OLDEST).collect();
        let floor = if blind_below.is_finite() { blind_below.max(0.0) } else { 0.0 };
        let points: Vec<_> = seen.iter().copied().filter(|point| point.1 >= floor).collect();
        // Usage that is not known now has no future.
        if seen.last()?.1 < floor {
            return None;
        }
        let raised: Vec<_> = seen.into_iter().map(|(at, value)| (at, value.max(floor))).collect();
        let hours = by_hour(&raised);
        let cycle = Cycle::of(&hours);
        let without = |(at, value): (f64, f64)| (at, value - cycle.as_ref().map_or(0.0, |cycle| cycle.at(at)));
        Some(Self { points, hours: hours.into_iter().map(without).collect(), cycle })
    }

    pub(super) fn last(&self) -> f64 {
        self.points.last().map_or(0.0, |point| point.1)
    }

    /// Whether there is enough history to say that it does not grow.
    pub(super) fn tells(&self) -> bool {
        self.hours.len() >= super::trend::FEWEST_POINTS && -self.hours[0].0 >= DAYS_OF_A_CYCLE * DAY
    }

    /// The points of the last `span` seconds without the daily cycle; by the hour where that is fine enough.
    pub(super) fn window(&self, span: f64) -> Vec<(f64, f64)> {
        let known_since = self.points[0].0;
        if span >= DAY {
            let inside = |point: &&(f64, f64)| point.0 >= -span && point.0 >= known_since;
            return self.hours.iter().filter(inside).copied().collect();
        }
        let inside = self.points.iter().filter(|point| point.0 >= -span);
        inside.map(|&(at, value)| (at, value - self.cycle_at(at))).collect()
    }

    pub(super) fn cycle_at(&self, at: f64) -> f64 {
        self.cycle.as_ref().map_or(0.0, |cycle| cycle.at(at))
    }
}

/// Seconds from now, not above 0.
fn before(now: i64, at: i64) -> f64 {
    let seconds = i32::try_from(at.saturating_sub(now)).unwrap_or(i32::MIN);
    f64::from(seconds)
}

/// The median of each hour that has points, at the median of their times.
fn by_hour(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let middle =
        |hour: &[(f64, f64)]| (median(hour.iter().map(|point| point.0)), median(hour.iter().map(|point| point.1)));
    let same = |a: &(f64, f64), b: &(f64, f64)| (a.0 / HOUR).floor().total_cmp(&(b.0 / HOUR).floor()).is_eq();
    points.chunk_by(same).map(middle).collect()
}

/// Of no values: 0.
pub(super) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.into_iter().collect();
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    let even = values.len().is_multiple_of(2);
    let (below, upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let upper = *upper;
    if !even {
        return upper;
    }
    let lower = below.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    lower + (upper - lower) / 2.0
}
