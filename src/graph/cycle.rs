use std::collections::{BTreeSet, VecDeque};

use super::components::components;
use super::{Edge, Graph, How, Likelihood};
use crate::asl::{Bound, Start};
use crate::types::Arn;

/// Machines that start one another in a circle, or one that starts itself: each edge leads to the next one's machine.
#[derive(Debug)]
pub struct Cycle<'g, 'a> {
    graph: &'g Graph<'a>,
    /// From the machine with the smallest ARN on; never empty.
    pub edges: Vec<&'g Edge<'a>>,
}

impl<'a> Cycle<'_, 'a> {
    /// In the order of the edges.
    pub fn machines(&self) -> Vec<&'a Arn> {
        self.edges.iter().map(|edge| self.graph.machines[edge.from]).collect()
    }

    /// `a -Next-> b -rule nightly-> a`.
    pub fn spelled(&self) -> String {
        self.told(Edge::label)
    }

    /// The same without names of states: what tells cycles apart in an id.
    pub fn key(&self) -> String {
        self.told(Edge::kind)
    }

    fn told(&self, edge: impl Fn(&Edge<'a>) -> String) -> String {
        let name = |index: usize| self.graph.machines[index].name();
        let first = name(self.edges[0].from).to_owned();
        self.edges.iter().fold(first, |text, one| format!("{text} -{}-> {}", edge(one), name(one.to)))
    }

    pub fn likelihood(&self) -> Likelihood {
        self.edges.iter().map(|edge| edge.way().likelihood).min().unwrap_or(Likelihood::May)
    }

    /// A circle ends where one of its edges does: the edge that is bounded best.
    pub fn bounded(&self) -> &Edge<'a> {
        self.edges.iter().max_by_key(|edge| (edge.way().bound, self.counts(edge))).expect("a cycle has an edge")
    }

    /// A number bounds it only where each of its starts counts it or hands it on, and those of one edge at least count:
    /// another machine of the circle may set it anew.
    pub fn bound(&self) -> Bound {
        match self.bounded().way().bound {
            Bound::Counter if !self.edges.iter().any(|edge| self.counts(edge)) => Bound::Choice,
            bound => bound,
        }
    }

    /// Every start of the edge counts one number, which all others of the circle count or hand on.
    fn counts(&self, edge: &Edge<'a>) -> bool {
        let all = |edge: &Edge<'a>, does: &dyn Fn(&Start) -> bool| {
            edge.ways.iter().all(|way| matches!(way.how, How::Task { start, .. } if does(start)))
        };
        let How::Task { start, .. } = &edge.way().how else { return false };
        start.counts.iter().any(|name| {
            let keeps = |start: &Start| start.counts.contains(name) || start.handed.has(name);
            all(edge, &|start| start.counts.contains(name)) && self.edges.iter().all(|other| all(other, &keeps))
        })
    }
}

pub(super) fn all<'g, 'a>(graph: &'g Graph<'a>) -> Vec<Cycle<'g, 'a>> {
    let component = components(graph.machines.len(), &graph.edges);
    let inside: Vec<_> = graph.edges.iter().filter(|edge| component[edge.from] == component[edge.to]).collect();
    let mut next: Vec<Vec<&Edge<'a>>> = vec![Vec::new(); graph.machines.len()];
    for edge in &inside {
        next[edge.from].push(*edge);
    }
    for edges in &mut next {
        edges.sort_by_key(|edge| (std::cmp::Reverse(edge.way().likelihood), edge.way().bound, edge.kind()));
    }
    let (mut seen, mut cycles) = (BTreeSet::new(), Vec::new());
    for edge in inside {
        let Some(mut edges) = back(&next, edge) else { continue };
        let smallest = (0..edges.len()).min_by_key(|at| edges[*at].from).unwrap_or(0);
        edges.rotate_left(smallest);
        let cycle = Cycle { graph, edges };
        if seen.insert((cycle.machines(), cycle.key())) {
            cycles.push(cycle);
        }
    }
    cycles
}

/// The edge and a shortest way back.
fn back<'g, 'a>(next: &[Vec<&'g Edge<'a>>], edge: &'g Edge<'a>) -> Option<Vec<&'g Edge<'a>>> {
    let mut by: Vec<Option<&Edge<'a>>> = vec![None; next.len()];
    let mut open = VecDeque::from([edge.to]);
    by[edge.to] = Some(edge);
    while by[edge.from].is_none() {
        let node = open.pop_front()?;
        for step in next[node].iter().filter(|step| step.way().likelihood >= edge.way().likelihood) {
            if by[step.to].is_none() {
                by[step.to] = Some(step);
                open.push_back(step.to);
            }
        }
    }
    let mut edges = Vec::new();
    let mut at = edge.from;
    loop {
        let step = by[at]?;
        edges.push(step);
        if std::ptr::eq(step, edge) {
            break;
        }
        at = step.from;
    }
    edges.reverse();
    Some(edges)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::{Edge, Graph, How, Likelihood, Way};
    use crate::asl::{Bound, Definition, Task};
    use crate::types::Arn;

    fn arn(index: usize) -> Arn {
        Arn::parse(format!("arn:aws:states:eu-west-1:123456789012:stateMachine:m{index}")).unwrap()
    }

    fn way<'a>(task: &'a Task, role: &'a Arn, name: usize) -> Way<'a> {
        let function = Arn::parse(format!("arn:aws:lambda:eu-west-1:123456789012:function:f{name}")).unwrap();
        Way { how: How::Function { task, function, role }, likelihood: Likelihood::Sure, bound: Bound::None }
    }

    proptest! {
        /// Every edge that leads back is on a cycle that is told, no other is, and each cycle is one.
        #[test]
        fn every_edge_that_leads_back_is_told(pairs in prop::collection::vec((0_usize..7, 0_usize..7), 0..20)) {
            let machines: Vec<_> = (0..7).map(arn).collect();
            let document = json!({"StartAt": "S", "States": {"S": {"Type": "Task", "Resource": "r", "End": true}}});
            let task = Definition::parse(&document).unwrap().tasks.remove(0);
            let mut graph = Graph::new(&machines);
            for (name, (from, to)) in pairs.iter().enumerate() {
                graph.add(&machines[*from], &machines[*to], way(&task, &machines[0], name));
            }
            let cycles = graph.cycles();
            for cycle in &cycles {
                let turn: Vec<_> = cycle.edges.iter().skip(1).chain(cycle.edges.first()).collect();
                prop_assert!(cycle.edges.iter().zip(turn).all(|(edge, next)| edge.to == next.from));
            }
            for edge in graph.edges() {
                let leads_back = edge.from == edge.to || graph.leading_to([edge.from])[edge.to].is_some();
                let told = |other: &&Edge<'_>| (other.from, other.to) == (edge.from, edge.to);
                prop_assert_eq!(leads_back, cycles.iter().any(|cycle| cycle.edges.iter().any(&told)));
            }
        }
    }
}
