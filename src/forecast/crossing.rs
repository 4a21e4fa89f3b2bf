use super::choice::SLACK;
use super::series::{DAY, HOUR, Series};
use super::trend::Trend;
use super::{DAYS_OF_A_CYCLE, Exhaustion};

/// How far is looked ahead, by how far the window looks back.
const AHEAD: f64 = 4.0;
/// The same of a window of hours where no daily cycle could be taken out. Over days it is noise like any other.
const AHEAD_WITHOUT_CYCLE: f64 = 0.5;
/// The end of the interval may lie so many times farther ahead.
const INTERVAL_AHEAD: f64 = 3.0;
const STEPS: u32 = 4_000;

/// When the trend meets the limit; none where that is farther ahead than can be seen.
pub(super) fn crossing(series: &Series, trend: &Trend, limit: f64, now: i64) -> Option<Exhaustion> {
    let days = trend.span >= DAYS_OF_A_CYCLE * DAY * SLACK;
    let horizon = trend.span * if days || series.cycle.is_some() { AHEAD } else { AHEAD_WITHOUT_CYCLE };
    // What is below the limit now cannot have met it.
    let level = trend.level.min(limit);
    let middle = |ahead: f64| level + trend.slope * ahead + series.cycle_at(ahead);
    let band = |ahead: f64| {
        let wander = trend.wander * ahead * trend.t.powi(2);
        ((trend.error * ahead).powi(2) + wander).sqrt()
    };
    let farthest = horizon * INTERVAL_AHEAD;
    let at = meets(horizon, limit, middle)?;
    // Between two points nothing is known.
    let points = u32::try_from(series.window(trend.span).len()).unwrap_or(u32::MAX);
    let apart = trend.span / f64::from(points.max(1));
    let earliest = meets(at, limit, |ahead| middle(ahead) + band(ahead)).unwrap_or(at).min((at - apart).max(0.0));
    let latest = meets(farthest, limit, |ahead| middle(ahead) - band(ahead)).unwrap_or(farthest).max(at + apart);
    #[allow(clippy::cast_possible_truncation, reason = "some months in seconds")]
    let whole = |seconds: f64| seconds.round() as i64;
    Some(Exhaustion {
        at: now.saturating_add(whole(at)),
        earliest: now.saturating_add(whole(earliest)),
        latest: now.saturating_add(whole(latest)),
        per_day: trend.slope * DAY,
        window: whole(trend.span),
    })
}

/// How many seconds from now `value` is first at the limit, within `horizon`.
fn meets(horizon: f64, limit: f64, value: impl Fn(f64) -> f64) -> Option<f64> {
    let step = (horizon / f64::from(STEPS)).min(HOUR);
    let mut before = value(0.0);
    if before >= limit {
        return Some(0.0);
    }
    let mut ahead = 0.0;
    while ahead < horizon {
        let after = value(ahead + step);
        if after >= limit {
            let share = (limit - before) / (after - before);
            return Some(ahead + step * share);
        }
        (before, ahead) = (after, ahead + step);
    }
    None
}
