use std::collections::HashMap;

use super::layers::Layers;

/// States and the bends of long arrows, row by row.
#[derive(Debug, Default)]
pub(super) struct Ranks {
    /// Each row from left to right; those below the number of states are states, the others bends.
    pub(super) rows: Vec<Vec<usize>>,
    /// From the upper to the lower row: neighbours of each.
    pub(super) below: Vec<Vec<usize>>,
    pub(super) above: Vec<Vec<usize>>,
    /// The bends of each arrow from the upper to the lower end.
    pub(super) bends: Vec<Vec<usize>>,
}

/// Bends beyond which long arrows are drawn straight: a drawing with more cannot be read, and would take long.
const MOST_BENDS: usize = 20_000;

const SWEEPS: usize = 8;

/// Puts bends where an arrow crosses a row, and orders the rows so that few arrows cross. Arrows to one state share
/// their bends.
pub(super) fn order(layers: &Layers, arrows: &[(usize, usize)]) -> Ranks {
    let states = layers.row.len();
    let mut rows = Ranks { bends: vec![Vec::new(); arrows.len()], ..Ranks::default() };
    rows.rows = vec![Vec::new(); layers.row.iter().max().map_or(0, |last| last + 1)];
    for state in &layers.met {
        rows.rows[layers.row[*state]].push(*state);
    }
    (rows.below, rows.above) = (vec![Vec::new(); states], vec![Vec::new(); states]);
    let mut shared: HashMap<(usize, bool, usize), usize> = HashMap::new();
    for (index, (from, to)) in arrows.iter().enumerate().filter(|(_, (from, to))| from != to) {
        let back = layers.back[index];
        let (upper, lower) = if back { (*to, *from) } else { (*from, *to) };
        let mut last = upper;
        for row in layers.row[upper] + 1..layers.row[lower] {
            if rows.below.len() - states >= MOST_BENDS {
                break;
            }
            let bend = *shared.entry((*to, back, row)).or_insert_with(|| {
                rows.rows[row].push(rows.below.len());
                rows.below.push(Vec::new());
                rows.above.push(Vec::new());
                rows.below.len() - 1
            });
            rows.join(last, bend);
            rows.bends[index].push(bend);
            last = bend;
        }
        rows.join(last, lower);
    }
    rows.uncross();
    rows
}

impl Ranks {
    fn join(&mut self, upper: usize, lower: usize) {
        if !self.below[upper].contains(&lower) {
            self.below[upper].push(lower);
            self.above[lower].push(upper);
        }
    }

    /// Each row by the mean place of its neighbours, downwards and upwards in turns.
    fn uncross(&mut self) {
        let mut place = vec![0.0; self.below.len()];
        for sweep in 0..SWEEPS {
            let down = sweep % 2 == 0;
            for step in 0..self.rows.len() {
                let row = if down { step } else { self.rows.len() - 1 - step };
                let neighbours = if down { &self.above } else { &self.below };
                let mut keyed: Vec<_> = self.rows[row]
                    .iter()
                    .enumerate()
                    .map(|(at, node)| {
                        (
                            mean(neighbours[*node].iter().map(|other| place[*other]))
                                .unwrap_or(scaled(at, self.rows[row].len())),
                            *node,
                        )
                    })
                    .collect();
                keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
                self.rows[row] = keyed.into_iter().map(|(_, node)| node).collect();
                let count = self.rows[row].len();
                for (at, node) in self.rows[row].iter().enumerate() {
                    place[*node] = scaled(at, count);
                }
            }
        }
    }
}

/// Between 0 and 1, so that rows of different lengths compare.
#[expect(clippy::cast_precision_loss, reason = "places in a row are few")]
fn scaled(at: usize, count: usize) -> f64 {
    (at as f64 + 0.5) / count as f64
}

pub(super) fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    (count > 0.0).then(|| sum / count)
}
