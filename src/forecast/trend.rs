use super::series::median;

/// Below that there is no trend to speak of.
pub(super) const FEWEST_POINTS: usize = 10;
/// A slope that is less than 5 % slower is as fast: it may be rounding.
pub(super) const NOT_SLOWER: f64 = 0.95;
const MOST_BLOCKS: usize = 12;
const FEWEST_BLOCKS: usize = 5;
/// The slopes of all pairs of more points would take too long.
const MOST_POINTS: usize = 180;
/// Steps between the blocks of a random walk go along with each other by a quarter: the variance of their mean is half
/// as large again.
const CORRELATED: f64 = 1.25;

/// Student's t by degrees of freedom from 4 on: of a one-sided test at 99.5 %, and of both sides of an interval of 90 %.
const T: [(f64, f64); 8] =
    [(4.60, 2.13), (4.03, 2.02), (3.71, 1.94), (3.50, 1.89), (3.36, 1.86), (3.25, 1.83), (3.17, 1.81), (3.11, 1.80)];

/// How values go up or down in one window. Times are in seconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trend {
    /// A second.
    pub(super) slope: f64,
    /// Half of the width of the slope's interval.
    pub(super) error: f64,
    /// Positive beyond doubt.
    pub(super) grows: bool,
    /// From the first to the last point.
    pub(super) span: f64,
    /// The value at the time 0.
    pub(super) level: f64,
    /// How far the value may wander from the trend: variance a second.
    pub(super) wander: f64,
    /// How many times its standard error the interval is wide to each side.
    pub(super) t: f64,
}

impl Trend {
    /// None of too few points.
    pub(super) fn of(points: &[(f64, f64)]) -> Option<Self> {
        if points.len() < FEWEST_POINTS {
            return None;
        }
        let span = points[points.len() - 1].0 - points[0].0;
        let blocks = blocks(points, (points.len() / 3).clamp(FEWEST_BLOCKS, MOST_BLOCKS));
        let steps: Vec<_> = blocks.windows(2).map(|pair| slope(pair[0], pair[1])).collect();
        let count = f64::from(u8::try_from(steps.len()).ok()?);
        let mean = steps.iter().sum::<f64>() / count;
        let deviation = (steps.iter().map(|step| (step - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt();
        let error = CORRELATED * deviation / count.sqrt();
        let (test, t) = T[(steps.len() + 1 - FEWEST_BLOCKS).min(T.len() - 1)];
        let slope = theil_sen(points);
        let step = (blocks[blocks.len() - 1].0 - blocks[0].0) / count;
        // The level of now, by the last quarter: a trend that bends is followed.
        let recent = &points[points.len() - points.len().div_ceil(4)..];
        let level = median(recent.iter().map(|&(at, value)| value - slope * at));
        let grows = slope > 0.0 && mean > 0.0 && slope.min(mean) > test * error;
        let finite = [slope, error, level].iter().all(|number| number.is_finite());
        (finite && span > 0.0).then_some(Self {
            slope,
            error: t * error,
            grows,
            span,
            level,
            wander: deviation.powi(2) * step,
            t,
        })
    }

    pub(super) fn slower_than(&self, other: &Self) -> bool {
        self.slope + self.error < (other.slope - other.error) * NOT_SLOWER
    }

    pub(super) fn rise(&self) -> f64 {
        self.slope * self.span
    }
}

/// The medians of `count` runs of as many points.
fn blocks(points: &[(f64, f64)], count: usize) -> Vec<(f64, f64)> {
    let block = |index: usize| {
        let block = &points[index * points.len() / count..(index + 1) * points.len() / count];
        (median(block.iter().map(|point| point.0)), median(block.iter().map(|point| point.1)))
    };
    (0..count).map(block).collect()
}

fn slope(a: (f64, f64), b: (f64, f64)) -> f64 {
    (b.1 - a.1) / (b.0 - a.0)
}

/// The median of the slopes of all pairs.
fn theil_sen(points: &[(f64, f64)]) -> f64 {
    let thinned;
    let points = if points.len() > MOST_POINTS {
        thinned = blocks(points, MOST_POINTS);
        &thinned
    } else {
        points
    };
    let pairs = points.iter().enumerate().flat_map(|(index, &a)| points[index + 1..].iter().map(move |&b| slope(a, b)));
    median(pairs)
}
