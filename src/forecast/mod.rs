//! Floor 1: when a usage that grows meets its limit, and whether it grows at all.
//!
//! The method, in the order in which it is applied:
//!
//! 1. **Clean.** Points that are no number, below 0 or of the future are dropped; of one second the last one counts. What is
//!    below the line under which the source is blind is unknown: no trend is drawn through it, but that usage was no higher
//!    than the line then is known, and used in 2 and 6.
//! 2. **Daily cycle.** From [`DAYS_OF_A_CYCLE`] days on, the median of each hour of the day, of what lies beside a running
//!    median of 24 hours, is taken out, and put back when the limit is looked for: it is met at a peak first.
//! 3. **Windows.** The last 14, 7, 3 and 1 days, 6, 3 and 1 hours and 20 minutes are looked at, each by itself. The slope
//!    is Theil and Sen's, the median of the slopes between all pairs, which spikes do not move.
//! 4. **Significance.** The window is cut into up to 12 blocks of as many points; the median of each is taken, and the steps
//!    from one to the next have to be positive by a t-test at 99.5 %. Sen's own interval supposes independent noise and finds a
//!    trend in every random walk; steps between blocks are nearly independent in both. A single jump, a reset, a ramp that
//!    fills half of the window are one large step among small ones: not significant, and so not extrapolated.
//! 5. **Now.** A window counts only where the next shorter one does not say that the growth has slowed down.
//! 6. **Never before.** A window that is not all of the history counts only where it rose by more than any stretch as long
//!    has risen before. What rose as high before and came down again (a sawtooth, a busy morning) is no forecast.
//! 7. **Resets.** Usage that grew and was taken down again, by half of its range within two hours and more than once, has a
//!    ceiling: growth counts only above it.
//! 8. **Choice.** The longest window that counts; a shorter one instead where it counts too, is significantly faster and
//!    meets the limit as far as it may look ahead. So a ramp that began an hour ago is seen in the minutes, and noise in the
//!    minutes does not shake the trend of days.
//! 9. **The limit.** The trend is prolonged until it meets the limit: at most 4 times as far as the window looks back; a window
//!    of hours half as far where no daily cycle could be taken out, since it may be the morning of one. The interval is meant
//!    to hold the true time 9 times in 10; it has the error of the slope and a wander as large as the steps between blocks
//!    scatter.
//!
//! Limits of the method: cycles of a week are not kept apart; growth that accelerates meets the limit sooner than named, and
//! growth that saturates later or never; stairs of few steps are not seen as growth. `make bench` prints how it does on series
//! with known answers (`benches/forecast.rs`).
#![deny(clippy::disallowed_types, clippy::disallowed_methods)]

mod choice;
mod crossing;
mod cycle;
mod resets;
mod series;
mod trend;

pub use cycle::DAYS_OF_A_CYCLE;

/// Usage at a time, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub at: i64,
    pub value: f64,
}

/// What is to be expected of a usage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Outlook {
    /// Too little history to tell whether it grows.
    Unknown,
    /// The limit is reached already.
    Full,
    /// It does not grow, or not to the limit as far as can be seen.
    Steady,
    Exhausts(Exhaustion),
}

/// When a usage that grows meets its limit; times are in seconds since 1970, and `earliest <= at <= latest`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exhaustion {
    pub at: i64,
    /// The true time lies between `earliest` and `latest` 9 times in 10, as far as the growth stays what it was.
    pub earliest: i64,
    pub latest: i64,
    /// How much the usage grows by in a day.
    pub per_day: f64,
    /// Seconds of history that the growth was taken from.
    pub window: i64,
}

/// What is to be expected of a usage of which `points` are known, in whatever order, at the time `now`. Readings lower than
/// `blind_below` tell no more than that usage was not higher than that.
pub fn outlook(points: &[Point], blind_below: f64, limit: f64, now: i64) -> Outlook {
    let Some(series) = series::Series::of(points, blind_below, now) else { return Outlook::Unknown };
    if !limit.is_finite() {
        return Outlook::Unknown;
    }
    if series.last() >= limit {
        return Outlook::Full;
    }
    let ceiling = resets::ceiling(&series);
    let mut trends = choice::choose(&series);
    trends.retain(|trend| ceiling.is_none_or(|ceiling| trend.level > ceiling));
    match trends.iter().rev().find_map(|trend| crossing::crossing(&series, trend, limit, now)) {
        Some(exhaustion) => Outlook::Exhausts(exhaustion),
        None if series.tells() => Outlook::Steady,
        None => Outlook::Unknown,
    }
}
