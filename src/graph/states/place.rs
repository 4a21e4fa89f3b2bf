use super::order::{Ranks, mean};

/// Between two in a row.
const GAP: f64 = 26.0;
const SWEEPS: usize = 10;

/// The middle of each node from left to right, none over another in its row: near the mean of its neighbours.
pub(super) fn place(rows: &Ranks, width: &dyn Fn(usize) -> f64) -> Vec<f64> {
    let mut x = vec![0.0; rows.below.len()];
    for row in &rows.rows {
        let wanted = vec![0.0; row.len()];
        settle(row, &wanted, width, &mut x);
    }
    for sweep in 0..SWEEPS {
        let down = sweep % 2 == 0;
        let neighbours = if down { &rows.above } else { &rows.below };
        for step in 0..rows.rows.len() {
            let row = &rows.rows[if down { step } else { rows.rows.len() - 1 - step }];
            let wanted: Vec<_> = row
                .iter()
                .map(|node| mean(neighbours[*node].iter().map(|other| x[*other])).unwrap_or(x[*node]))
                .collect();
            settle(row, &wanted, width, &mut x);
        }
    }
    x
}

/// The places nearest to those wanted (by squares) that keep order and gaps: neighbours that want to pass each other
/// are pooled at their mean.
fn settle(row: &[usize], wanted: &[f64], width: &dyn Fn(usize) -> f64, x: &mut [f64]) {
    let (mut offset, mut offsets) = (0.0, Vec::with_capacity(row.len()));
    for (at, node) in row.iter().enumerate() {
        if at > 0 {
            offset += f64::midpoint(width(row[at - 1]), width(*node)) + GAP;
        }
        offsets.push(offset);
    }
    let mut pools: Vec<(f64, f64)> = Vec::with_capacity(row.len());
    for (at, want) in wanted.iter().enumerate() {
        let mut pool = (want - offsets[at], 1.0);
        while let Some(before) = pools.pop_if(|before| before.0 >= pool.0) {
            let count = before.1 + pool.1;
            pool = ((before.0 * before.1 + pool.0 * pool.1) / count, count);
        }
        pools.push(pool);
    }
    let mut at = 0;
    for (value, count) in pools {
        let mut left = count;
        while left > 0.5 {
            x[row[at]] = value + offsets[at];
            (at, left) = (at + 1, left - 1.0);
        }
    }
}
