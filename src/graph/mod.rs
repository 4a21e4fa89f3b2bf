//! Floor 3: which state machines of a Region start which, and the cycles among them; and the states of one, laid out
//! ([`states`]).
//!
//! Edges stay within an account and a Region: no integration starts executions in another Region, and what another account
//! starts is not seen.
#![deny(clippy::disallowed_types, clippy::disallowed_methods)]

mod aim;
mod components;
mod cycle;
mod edge;
mod event;
pub mod states;

pub use aim::{Aim, aim};
pub use cycle::Cycle;
pub use edge::{Edge, How, Likelihood, Way};
pub use event::event_edges;

use crate::types::Arn;

/// Machines and what starts what. Edges that name no machine of `machines` are left out.
#[derive(Debug)]
pub struct Graph<'a> {
    /// Sorted.
    machines: Vec<&'a Arn>,
    edges: Vec<Edge<'a>>,
}

impl<'a> Graph<'a> {
    /// `machines` are those that were seen, in any order.
    pub fn new(machines: impl IntoIterator<Item = &'a Arn>) -> Self {
        let mut machines: Vec<_> = machines.into_iter().collect();
        machines.sort_unstable();
        machines.dedup();
        Self { machines, edges: Vec::new() }
    }

    pub fn machines(&self) -> &[&'a Arn] {
        &self.machines
    }

    pub fn index(&self, machine: &Arn) -> Option<usize> {
        self.machines.binary_search(&machine).ok()
    }

    pub fn edges(&self) -> &[Edge<'a>] {
        &self.edges
    }

    /// Tasks that start one machine from another are one edge; each rule and each function is one of its own.
    pub fn add(&mut self, from: &Arn, to: &Arn, way: Way<'a>) {
        let (Some(from), Some(to)) = (self.index(from), self.index(to)) else { return };
        let task = matches!(way.how, How::Task { .. });
        let same = |edge: &&mut Edge<'a>| {
            task && (edge.from, edge.to) == (from, to) && matches!(edge.ways[0].how, How::Task { .. })
        };
        match self.edges.iter_mut().rev().find(same) {
            Some(edge) => edge.add(way),
            None => self.edges.push(Edge { from, to, ways: vec![way] }),
        }
    }

    /// Of each machine, one of `marked` that its executions can come to start, or that it is itself.
    pub fn leading_to(&self, marked: impl IntoIterator<Item = usize>) -> Vec<Option<usize>> {
        let mut before = vec![Vec::new(); self.machines.len()];
        for edge in &self.edges {
            before[edge.to].push(edge.from);
        }
        let mut to = vec![None; self.machines.len()];
        for mark in marked {
            // Every machine is its own mark, so that its own gap is the one that is told.
            to[mark] = Some(mark);
        }
        let mut open: Vec<_> = to.iter().flatten().copied().collect();
        while let Some(node) = open.pop() {
            for from in &before[node] {
                if to[*from].is_none() {
                    to[*from] = to[node];
                    open.push(*from);
                }
            }
        }
        to
    }

    /// Through every edge that is on a cycle, a shortest one of edges that are at least as likely.
    pub fn cycles(&self) -> Vec<Cycle<'_, 'a>> {
        cycle::all(self)
    }
}
