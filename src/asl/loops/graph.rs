//! The states of one scope as a graph: what is reached, what goes round, and its shortest turn.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::asl::machine::Machine;

/// The states of one machine, branch or processor, by their indexes, and where each leads.
#[derive(Debug)]
pub(super) struct Graph {
    next: BTreeMap<usize, Vec<usize>>,
    /// Those that its start leads to, nearest first.
    order: Vec<usize>,
    /// Their places in that order.
    rank: BTreeMap<usize, usize>,
}

/// States from which the shortest turn of a loop is looked for.
const TRIED: usize = 64;

impl Graph {
    pub(super) fn of(machine: &Machine<'_>, scope: usize) -> Self {
        let mut graph = Self { next: BTreeMap::new(), order: Vec::new(), rank: BTreeMap::new() };
        let mut waiting: VecDeque<_> = machine.start(scope).into_iter().collect();
        let mut met: BTreeSet<_> = waiting.iter().copied().collect();
        while let Some(node) = waiting.pop_front() {
            graph.rank.insert(node, graph.order.len());
            graph.order.push(node);
            let edges = machine.nodes[node].edges();
            let next: Vec<_> = edges.iter().filter_map(|(_, to)| machine.sibling(node, to)).collect();
            waiting.extend(next.iter().copied().filter(|next| met.insert(*next)));
            graph.next.insert(node, next);
        }
        graph
    }

    pub(super) fn order(&self) -> &[usize] {
        &self.order
    }

    pub(super) fn next(&self, node: usize) -> impl Iterator<Item = usize> {
        self.next.get(&node).into_iter().flatten().copied()
    }

    /// The largest sets of `among` whose states all lead to one another, by Tarjan's walk without recursion.
    pub(super) fn loops(&self, among: &BTreeSet<usize>) -> Vec<BTreeSet<usize>> {
        let mut walk = Tarjan::default();
        for root in self.order.iter().filter(|node| among.contains(node)) {
            walk.from(*root, self, among);
        }
        walk.found.sort_by_key(|states| states.iter().filter_map(|node| self.rank.get(node)).min().copied());
        walk.found
    }

    /// Whether `node` leads back to itself within `states`, past those of `without`.
    pub(super) fn returns(&self, node: usize, states: &BTreeSet<usize>, without: &BTreeSet<usize>) -> bool {
        if without.contains(&node) {
            return false;
        }
        let goes = |to: &usize| states.contains(to) && !without.contains(to);
        let mut waiting: Vec<_> = self.next(node).filter(goes).collect();
        let mut met: BTreeSet<_> = waiting.iter().copied().collect();
        while let Some(at) = waiting.pop() {
            if at == node {
                return true;
            }
            waiting.extend(self.next(at).filter(goes).filter(|next| met.insert(*next)));
        }
        false
    }

    /// The turn with the fewest states, from the state that executions come to first.
    pub(super) fn shortest_turn(&self, states: &BTreeSet<usize>) -> Vec<usize> {
        let mut starts: Vec<_> = states.iter().copied().collect();
        starts.sort_by_key(|node| self.rank.get(node));
        let turns = starts.into_iter().take(TRIED).filter_map(|start| self.turn(start, states));
        let mut turn = turns.min_by_key(Vec::len).unwrap_or_default();
        let first = (0..turn.len()).min_by_key(|at| self.rank.get(&turn[*at]));
        turn.rotate_left(first.unwrap_or(0));
        turn
    }

    fn turn(&self, start: usize, states: &BTreeSet<usize>) -> Option<Vec<usize>> {
        let mut from: BTreeMap<usize, usize> = BTreeMap::new();
        let mut waiting = VecDeque::from([start]);
        while let Some(at) = waiting.pop_front() {
            for next in self.next(at).filter(|next| states.contains(next)) {
                if next == start {
                    let mut turn = vec![at];
                    while let Some(before) = from.get(&turn[turn.len() - 1]) {
                        turn.push(*before);
                    }
                    turn.reverse();
                    return Some(turn);
                }
                from.entry(next).or_insert_with(|| {
                    waiting.push_back(next);
                    at
                });
            }
        }
        None
    }
}

#[derive(Debug, Default)]
struct Tarjan {
    /// Number and lowest number reached, by node.
    numbers: BTreeMap<usize, (usize, usize)>,
    stack: Vec<usize>,
    on_stack: BTreeSet<usize>,
    found: Vec<BTreeSet<usize>>,
}

impl Tarjan {
    fn open(&mut self, node: usize) {
        let number = self.numbers.len();
        self.numbers.insert(node, (number, number));
        self.stack.push(node);
        self.on_stack.insert(node);
    }

    fn lower(&mut self, node: usize, to: usize) {
        if let Some((_, low)) = self.numbers.get_mut(&node) {
            *low = to.min(*low);
        }
    }

    fn from(&mut self, root: usize, graph: &Graph, among: &BTreeSet<usize>) {
        if self.numbers.contains_key(&root) {
            return;
        }
        self.open(root);
        let mut path = vec![(root, 0)];
        while let Some((node, at)) = path.pop() {
            let next = graph.next.get(&node).and_then(|next| next.get(at)).copied();
            if let Some(next) = next {
                path.push((node, at + 1));
                match self.numbers.get(&next) {
                    _ if !among.contains(&next) => {}
                    None => {
                        self.open(next);
                        path.push((next, 0));
                    }
                    Some((number, _)) if self.on_stack.contains(&next) => self.lower(node, *number),
                    Some(_) => {}
                }
                continue;
            }
            let (number, low) = self.numbers[&node];
            if let Some((parent, _)) = path.last() {
                self.lower(*parent, low);
            }
            if number == low {
                self.close(node, graph);
            }
        }
    }

    fn close(&mut self, root: usize, graph: &Graph) {
        let mut states = BTreeSet::new();
        while let Some(node) = self.stack.pop() {
            self.on_stack.remove(&node);
            states.insert(node);
            if node == root {
                break;
            }
        }
        if states.len() > 1 || graph.next(root).any(|next| next == root) {
            self.found.push(states);
        }
    }
}
