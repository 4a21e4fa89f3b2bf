//! Loops within a definition: states that lead back to themselves, what lets an execution out, and how many events a turn
//! writes into its history.

mod counting;
mod events;
mod graph;
mod retry;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use self::counting::Counting;
use self::graph::Graph;
use super::definition::limit;
use super::flow::Flow;
use super::machine::{EdgeKind, Machine};
use super::{Integration, Limit, Pattern};
use crate::types::JsonPointer;

/// States that an execution can go round in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loop {
    /// The states of the shortest turn, in order.
    pub states: Vec<String>,
    /// The first of them.
    pub pointer: JsonPointer,
    pub kind: LoopKind,
    pub bound: LoopBound,
    /// What leads out of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exits: Vec<LoopExit>,
    /// Events that the shortest turn writes into the history, at the least.
    pub events_per_turn: u64,
    /// How long the shortest turn waits.
    pub pause: Pause,
    /// It looks as if it fetched page after page, or emptied a list: what is left grows less.
    #[serde(default)]
    pub pages: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoopKind {
    /// States that lead back to themselves.
    Cycle,
    /// One state that is tried again, by its `Retry`.
    Retry,
}

/// What brings a loop to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoopBound {
    /// A Choice compares what the loop itself changes: a count, a list that it eats up, a flag, the time.
    Counter,
    /// What calls answer or the input says; nothing of the loop's own.
    Data,
    /// Nothing but a fault: a Catch, a Choice without a rule that matches, a branch beside it that fails.
    Fault,
    /// Nothing leads out of it; or something does, but nothing changes from turn to turn: who goes round once goes on.
    None,
    /// The definition is too large for it to be looked at.
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoopExit {
    /// The state of the loop that it leads out of.
    pub state: String,
    pub kind: EdgeKind,
    pub to: String,
}

/// How long one turn waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pause {
    None,
    Seconds(u64),
    /// A path or an expression decides, or it waits for a job or an answer.
    AtRunTime,
    /// Each is longer than the one before.
    Growing,
}

/// Steps that one definition may cost: some hundred times what the largest real ones need.
const WORK: usize = 2_000_000;

/// Every loop of every machine, branch and Map processor that an execution can come to.
pub(super) fn loops(machine: &Machine<'_>, flow: &Flow) -> Vec<Loop> {
    let mut found = Vec::new();
    let mut reached = vec![false; machine.scopes.len()];
    let (least, fails) = (events::least(machine), fails(machine));
    let mut work = WORK;
    for (index, scope) in machine.scopes.iter().enumerate() {
        let graph = Graph::of(machine, index);
        let runs = scope.owner.is_none() || reached[index];
        for node in graph.order().iter().filter(|_| runs) {
            machine.nodes[*node].inner.iter().for_each(|inner| reached[*inner] = true);
            found.extend(retry::retry(&machine.nodes[*node]));
        }
        let walk = Walk { machine, flow, graph: &graph, least: &least, fails: &fails };
        if runs {
            walk.examine(&graph.order().iter().copied().collect(), &mut work, &mut found);
        }
    }
    found
}

/// Of each state whether a Fail state stands in what it runs.
fn fails(machine: &Machine<'_>) -> Vec<bool> {
    let mut fails = vec![false; machine.nodes.len()];
    for (mut at, _) in machine.nodes.iter().enumerate().filter(|(_, node)| node.kind == "Fail") {
        while let Some(owner) = machine.scope_of(at).owner.filter(|owner| !fails[*owner]) {
            fails[owner] = true;
            at = owner;
        }
    }
    fails
}

struct Walk<'a> {
    machine: &'a Machine<'a>,
    flow: &'a Flow,
    graph: &'a Graph,
    least: &'a [u64],
    fails: &'a [bool],
}

impl Walk<'_> {
    /// The loops among `nodes`. Where some Choices bound a loop, what goes round without coming to them is looked at next.
    fn examine(&self, nodes: &BTreeSet<usize>, work: &mut usize, found: &mut Vec<Loop>) {
        for states in self.graph.loops(nodes) {
            let counting = Counting::of(self.machine, &states);
            let choices: Vec<_> = states.iter().filter(|node| self.machine.nodes[**node].kind == "Choice").collect();
            let cost = self.graph.order().len() + states.len() * (1 + choices.len());
            if cost > *work {
                *work = 0;
                found.push(self.describe(&states, LoopBound::Unknown));
                continue;
            }
            *work -= cost;
            let counted: BTreeSet<_> =
                choices.into_iter().copied().filter(|choice| counting.bounds(*choice, self.graph)).collect();
            if counted.is_empty() {
                let idle = counting.is_idle() && !self.may_fail_beside(&states);
                let bound = if idle { LoopBound::None } else { self.bound(&states) };
                found.push(self.describe(&states, bound));
            } else {
                found.push(self.describe(&states, LoopBound::Counter));
                self.examine(&states.difference(&counted).copied().collect(), work, found);
            }
        }
    }

    fn exits(&self, states: &BTreeSet<usize>) -> impl Iterator<Item = LoopExit> {
        states.iter().flat_map(move |index| {
            let node = &self.machine.nodes[*index];
            let stays = |to: &str| self.machine.sibling(*index, to).is_some_and(|to| states.contains(&to));
            let exits: Vec<_> = node.edges().into_iter().filter(|(_, to)| !stays(to)).collect();
            exits.into_iter().map(|(kind, to)| LoopExit { state: node.name.to_owned(), kind, to: to.to_owned() })
        })
    }

    fn bound(&self, states: &BTreeSet<usize>) -> LoopBound {
        let mut bound = if self.may_fail(states) { LoopBound::Fault } else { LoopBound::None };
        for exit in self.exits(states) {
            match exit.kind {
                EdgeKind::Catch if bound == LoopBound::None => bound = LoopBound::Fault,
                EdgeKind::Catch => {}
                EdgeKind::Next | EdgeKind::Choice | EdgeKind::Default => bound = LoopBound::Data,
            }
        }
        bound
    }

    /// By itself, or by what runs beside it in the same Map or Parallel state.
    fn may_fail(&self, states: &BTreeSet<usize>) -> bool {
        let no_rule = |node: &usize| {
            let node = &self.machine.nodes[*node];
            node.kind == "Choice" && !node.json.contains_key("Default")
        };
        states.iter().any(no_rule) || self.may_fail_beside(states)
    }

    fn may_fail_beside(&self, states: &BTreeSet<usize>) -> bool {
        let owner = states.first().and_then(|node| self.machine.scope_of(*node).owner);
        owner.is_some_and(|owner| self.fails[owner])
    }

    fn describe(&self, states: &BTreeSet<usize>, bound: LoopBound) -> Loop {
        let turn = self.graph.shortest_turn(states);
        let nodes = || turn.iter().map(|node| &self.machine.nodes[*node]);
        Loop {
            states: nodes().map(|node| node.name.to_owned()).collect(),
            pointer: nodes().next().map(|node| node.pointer.clone()).unwrap_or_default(),
            kind: LoopKind::Cycle,
            bound,
            exits: self.exits(states).collect(),
            events_per_turn: turn.iter().map(|node| self.least[*node]).sum(),
            pause: turn.iter().map(|node| self.pause(*node)).fold(Pause::None, Pause::and),
            pages: states.iter().any(|node| counting::pages(&self.machine.nodes[*node])),
        }
    }

    fn pause(&self, index: usize) -> Pause {
        let node = &self.machine.nodes[index];
        match node.kind {
            // A time that stands there is over after the first turn.
            "Wait" if node.text("Timestamp").is_some_and(|time| !time.starts_with("{%")) => Pause::None,
            "Wait" => match limit(node, "Seconds", &self.flow.before(self.machine, index)) {
                Limit::Seconds(0) => Pause::None,
                Limit::Seconds(seconds) => Pause::Seconds(seconds),
                Limit::None | Limit::AtRunTime => Pause::AtRunTime,
            },
            "Task" => match node.text("Resource").map(|resource| (Pattern::of(resource), Integration::of(resource))) {
                Some((Pattern::RequestResponse, _)) | None => Pause::None,
                Some(_) => Pause::AtRunTime,
            },
            "Map" | "Parallel" => Pause::AtRunTime,
            _ => Pause::None,
        }
    }
}

impl Pause {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::None, one) | (one, Self::None) => one,
            (Self::Seconds(a), Self::Seconds(b)) => Self::Seconds(a.saturating_add(b)),
            (Self::Growing, _) | (_, Self::Growing) => Self::Growing,
            (Self::AtRunTime, _) | (_, Self::AtRunTime) => Self::AtRunTime,
        }
    }
}

#[cfg(test)]
mod tests;
