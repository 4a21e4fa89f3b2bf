use super::series::{DAY, HOUR, Series};
use super::trend::Trend;

/// Seconds that are looked back, longest first.
const WINDOWS: [f64; 8] = [14.0 * DAY, 7.0 * DAY, 3.0 * DAY, DAY, 6.0 * HOUR, 3.0 * HOUR, HOUR, HOUR / 3.0];
/// A window that begins later than all history by less is all of the history.
pub(super) const SLACK: f64 = 0.9;
/// Of the daily cycle's height: what is left of it after it was taken out.
const REMAINDER: f64 = 0.05;

/// As many times as high as ever before.
const BEYOND: f64 = 1.25;

/// The trend that holds now.
pub(super) fn choose(series: &Series) -> Option<Trend> {
    let trends: Vec<_> =
        WINDOWS.iter().map(|span| Trend::of(&series.window(*span)).filter(|trend| trend.span >= span / 2.0)).collect();
    let mut chosen: Option<Trend> = None;
    for (index, trend) in trends.iter().enumerate() {
        let Some(trend) = trend.filter(|trend| trend.grows) else { continue };
        let slowed =
            trends[index + 1..].iter().flatten().next().is_some_and(|next| next.slope + next.error < trend.slope);
        if slowed || trend.rise() <= risen_before(series, trend.span) {
            continue;
        }
        if chosen.is_none_or(|chosen| chosen.slower_than(&trend)) {
            chosen = Some(trend);
        }
    }
    chosen
}

/// The most that usage rose by in as long a time and came down by again, before the last `span` seconds.
fn risen_before(series: &Series, span: f64) -> f64 {
    let hours = &series.hours;
    let mut most = series.cycle.as_ref().map_or(0.0, |cycle| cycle.height() * REMAINDER);
    if span >= -hours[0].0 * SLACK {
        return most;
    }
    let lag = span.max(HOUR);
    let mut lowest_after = f64::INFINITY;
    for (index, &(at, value)) in hours.iter().enumerate().rev() {
        lowest_after = lowest_after.min(value);
        if at > -span {
            continue;
        }
        let from = hours[..index].partition_point(|hour| hour.0 < at - lag - HOUR / 2.0);
        let lowest_before = hours[from..index].iter().map(|hour| hour.1).fold(value, f64::min);
        most = most.max(value - lowest_before.max(lowest_after));
    }
    most * BEYOND
}
