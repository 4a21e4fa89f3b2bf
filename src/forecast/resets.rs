use super::series::Series;

/// Of the range of usage, what a reset takes it down by at least.
const FALL: f64 = 0.5;
/// Of the fall, how far below its height usage may have been an hour before: what rose and fell within an hour is a spike.
const RISE: f64 = 2.0 / 3.0;
/// Of the range, what has to be exceeded: peaks differ.
const ABOVE: f64 = 0.1;

/// The height up to which usage has grown and was taken down again more than once; none where it was not. Growth below it
/// will be taken down again.
pub(super) fn ceiling(series: &Series) -> Option<f64> {
    let hours: Vec<_> = series.hours.iter().map(|hour| hour.1).collect();
    let (low, high) =
        hours.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &hour| (low.min(hour), high.max(hour)));
    let range = high - low;
    let (mut resets, mut highest, mut after) = (0, f64::NEG_INFINITY, 0);
    for (index, around) in hours.windows(4).enumerate() {
        let [before, at, next, next_but_one] = *around else { continue };
        let fall = at - f64::min(next, next_but_one);
        if index >= after && range > 0.0 && fall >= range * FALL && before >= at - fall * RISE {
            (resets, highest, after) = (resets + 1, highest.max(at), index + 2);
        }
    }
    (resets > 1).then_some(highest + range * ABOVE)
}
