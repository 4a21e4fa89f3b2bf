/// The states of one scope in rows, each arrow leading to a lower row, those that go back turned round.
#[derive(Debug, Default)]
pub(super) struct Layers {
    /// The row of each state.
    pub(super) row: Vec<usize>,
    /// In the order in which they are first met from the start.
    pub(super) met: Vec<usize>,
    /// Whether an arrow leads back, by its place in the list.
    pub(super) back: Vec<bool>,
}

/// `starts` are looked at first. An arrow from a state to itself has no part in it.
pub(super) fn layers(states: usize, starts: &[usize], arrows: &[(usize, usize)]) -> Layers {
    let mut out = vec![Vec::new(); states];
    for (index, (from, to)) in arrows.iter().enumerate().filter(|(_, (from, to))| from != to) {
        out[*from].push((index, *to));
    }
    let (mut met, mut done) = (Vec::with_capacity(states), Vec::with_capacity(states));
    let mut back: Vec<_> = arrows.iter().map(|_| false).collect();
    let mut color = vec![Color::New; states];
    for root in starts.iter().copied().chain(0..states) {
        if color[root] != Color::New {
            continue;
        }
        // A stack of its own: a chain of thousands of states would be too deep for recursion.
        let mut open = vec![(root, 0)];
        color[root] = Color::Open;
        met.push(root);
        while let Some((state, next)) = open.pop() {
            let Some((arrow, to)) = out[state].get(next).copied() else {
                color[state] = Color::Done;
                done.push(state);
                continue;
            };
            open.push((state, next + 1));
            match color[to] {
                Color::New => {
                    color[to] = Color::Open;
                    met.push(to);
                    open.push((to, 0));
                }
                Color::Open => back[arrow] = true,
                Color::Done => {}
            }
        }
    }
    Layers { row: rows(&done, &out, &back), met, back }
}

#[derive(Clone, Copy, PartialEq)]
enum Color {
    New,
    Open,
    Done,
}

/// One below the lowest of those before; in the reverse of the order in which a depth-first search leaves the states,
/// all of those come first.
fn rows(done: &[usize], out: &[Vec<(usize, usize)>], back: &[bool]) -> Vec<usize> {
    let mut row = vec![0; out.len()];
    let turned =
        |state: usize| out[state].iter().filter(|(arrow, _)| !back[*arrow]).map(|(_, to)| *to).collect::<Vec<_>>();
    for state in done.iter().rev() {
        for to in turned(*state) {
            row[to] = row[to].max(row[*state] + 1);
        }
    }
    row
}
