//! What bounds a chain of executions that start one another: what decides, before the state that starts the next, that
//! none is started.

use std::collections::{BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::counter::{self, must_leave};
use super::machine::{EdgeKind, Machine, Node};
use super::reads::{Dollar, Write, writes};
use super::{QueryLanguage, facts};

/// What stands between the beginning of an execution and the state that starts the next; the greater bounds better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// Nothing: every execution that does not fail starts the next.
    None,
    /// The next is started only after an error.
    Catch,
    /// A Choice, or a Map that may have no items.
    Choice,
    /// A Choice that compares a number which the next execution is given changed.
    Counter,
}

impl Bound {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Catch => "catch",
            Self::Choice => "choice",
            Self::Counter => "counter",
        }
    }
}

#[derive(Debug)]
pub(super) struct Bounded<'a> {
    pub(super) bound: Bound,
    /// The state that does it.
    pub(super) by: Option<&'a str>,
    /// The names of the numbers that are compared, and handed on changed.
    pub(super) counts: BTreeSet<String>,
    pub(super) in_map: bool,
}

/// Of each state, those that may come after it where nothing fails.
pub(super) fn ways(machine: &Machine<'_>) -> Vec<Vec<usize>> {
    let next = |(index, node): (usize, &Node<'_>)| {
        let to = match node.kind {
            "Choice" => counter::ways(node),
            _ => node.edges().into_iter().filter(|(kind, _)| *kind != EdgeKind::Catch).map(|(_, to)| to).collect(),
        };
        to.into_iter().filter_map(|to| machine.sibling(index, to)).collect()
    };
    machine.nodes.iter().enumerate().map(next).collect()
}

/// What bounds the state.
pub(super) fn of<'a>(machine: &Machine<'a>, ways: &[Vec<usize>], index: usize) -> Bounded<'a> {
    let counted = counted(machine, index);
    let mut best = Bounded { bound: Bound::None, by: None, counts: BTreeSet::new(), in_map: false };
    let mut at = index;
    loop {
        let node = &machine.nodes[at];
        let here = Scope { machine, ways, target: at }.bounded(&counted, &mut best.counts);
        let empty = (at != index && may_be_empty(machine, at)).then_some((Bound::Choice, node.name));
        best.in_map |= at != index && node.kind == "Map";
        for (bound, by) in here.into_iter().chain(empty) {
            if bound > best.bound {
                (best.bound, best.by) = (bound, Some(by));
            }
        }
        match machine.scope_of(at).owner {
            Some(owner) => at = owner,
            None => return best,
        }
    }
}

/// A Map whose items are not written there.
fn may_be_empty(machine: &Machine<'_>, index: usize) -> bool {
    let node = &machine.nodes[index];
    let written = node.json.get("Items").and_then(Value::as_array);
    node.kind == "Map" && written.is_none_or(Vec::is_empty)
}

/// The states beside one that must be passed.
struct Scope<'m, 'a> {
    machine: &'m Machine<'a>,
    ways: &'m [Vec<usize>],
    target: usize,
}

impl<'a> Scope<'_, 'a> {
    /// `counted`: the names of numbers that tell one execution from the next.
    /// Those of them that bound it go into `counts`.
    fn bounded(&self, counted: &BTreeSet<String>, counts: &mut BTreeSet<String>) -> Option<(Bound, &'a str)> {
        let nodes = &self.machine.nodes;
        let beginning = self.machine.start(nodes[self.target].scope)?;
        let Some(path) = self.path(beginning, false) else {
            let path = self.path(beginning, true)?;
            let fails = path.windows(2).find(|pair| !self.next(pair[0], false).contains(&pair[1]))?;
            // A Choice among these never leads there, by what is known of its rules.
            let bound = if nodes[fails[0]].kind == "Choice" { Bound::Choice } else { Bound::Catch };
            return Some((bound, nodes[fails[0]].name));
        };
        let ends = self.ends_without();
        let choices: Vec<_> =
            self.on_every_way(&path).into_iter().filter(|at| nodes[*at].kind == "Choice" && ends[*at]).collect();
        let leads = self.leading();
        let leaves = |choice: usize, name: &str| self.machine.sibling(choice, name).is_none_or(|next| !leads[next]);
        let bounds = |choice: usize, name: &str| {
            let ends = |test: &counter::Test| test.numeric && test.reads.tells(name);
            must_leave(&nodes[choice], &|next| leaves(choice, next), &ends)
        };
        let mut by = None;
        for choice in &choices {
            for name in counted.iter().filter(|name| bounds(*choice, name)) {
                counts.insert(name.clone());
                by.get_or_insert((Bound::Counter, nodes[*choice].name));
            }
        }
        by.or_else(|| choices.last().map(|choice| (Bound::Choice, nodes[*choice].name)))
    }

    fn next(&self, node: usize, errors: bool) -> Vec<usize> {
        if !errors {
            return self.ways[node].clone();
        }
        let edges = self.machine.nodes[node].edges().into_iter();
        edges.filter_map(|(_, to)| self.machine.sibling(node, to)).collect()
    }

    /// A shortest way to the target.
    fn path(&self, beginning: usize, errors: bool) -> Option<Vec<usize>> {
        let mut from = vec![usize::MAX; self.machine.nodes.len()];
        from[beginning] = beginning;
        let mut open = VecDeque::from([beginning]);
        while let Some(node) = open.pop_front() {
            if node == self.target {
                let mut path = vec![node];
                while path[path.len() - 1] != beginning {
                    path.push(from[path[path.len() - 1]]);
                }
                path.reverse();
                return Some(path);
            }
            for next in self.next(node, errors) {
                if from[next] == usize::MAX {
                    from[next] = node;
                    open.push_back(next);
                }
            }
        }
        None
    }

    /// Of a way to the target, the states that every way passes.
    fn on_every_way(&self, path: &[usize]) -> Vec<usize> {
        let mut place = vec![usize::MAX; self.machine.nodes.len()];
        for (index, node) in path.iter().enumerate() {
            place[*node] = index;
        }
        let mut seen = vec![false; self.machine.nodes.len()];
        let (mut found, mut furthest) = (Vec::new(), 0);
        for (index, node) in path.iter().enumerate() {
            if furthest <= index {
                found.push(*node);
            }
            let mut open = vec![*node];
            while let Some(node) = open.pop() {
                for next in self.next(node, false) {
                    if place[next] != usize::MAX {
                        furthest = furthest.max(place[next]);
                    } else if !std::mem::replace(&mut seen[next], true) {
                        open.push(next);
                    }
                }
            }
        }
        found
    }

    /// Of each state, whether the target can come after it.
    fn leading(&self) -> Vec<bool> {
        self.before(None, [self.target])
    }

    /// Of each state, whether an execution can come to its end from there without the target and without an error.
    fn ends_without(&self) -> Vec<bool> {
        let nodes = &self.machine.nodes;
        let siblings = self.machine.scope_of(self.target).states.values().copied();
        self.before(Some(self.target), siblings.filter(|node| *node != self.target && nodes[*node].ends()))
    }

    /// Of each state, whether one of `ends` can come after it, or is it, by ways that avoid `avoided`.
    fn before(&self, avoided: Option<usize>, ends: impl IntoIterator<Item = usize>) -> Vec<bool> {
        let siblings = self.machine.scope_of(self.target).states.values().copied();
        let mut before: Vec<Vec<usize>> = vec![Vec::new(); self.machine.nodes.len()];
        for node in siblings.filter(|node| Some(*node) != avoided) {
            for next in self.next(node, false) {
                before[next].push(node);
            }
        }
        let mut found = vec![false; self.machine.nodes.len()];
        let mut open: Vec<_> = ends.into_iter().collect();
        while let Some(node) = open.pop() {
            if !std::mem::replace(&mut found[node], true) {
                open.extend(&before[node]);
            }
        }
        found
    }
}

/// What a start gives: all of it, in its language, and its `Input` alone.
pub(super) fn input<'a>(node: &Node<'a>) -> Option<(QueryLanguage, Value, &'a Value)> {
    let (language, arguments) = facts::arguments(node)?;
    let is_input = |key: &str| key.strip_suffix(".$").unwrap_or(key).eq_ignore_ascii_case("Input");
    let (key, input) = arguments.as_object()?.iter().find(|(key, _)| is_input(key))?;
    Some((language, serde_json::json!({ key: input }), input))
}

/// The names of numbers that each start hands on changed: calculated there, or before by another state.
fn counted(machine: &Machine<'_>, start: usize) -> BTreeSet<String> {
    let Some((language, template, input)) = input(&machine.nodes[start]) else { return BTreeSet::new() };
    let whole = input.as_str().is_some_and(|text| matches!(text.trim(), "$" | "{% $states.input %}"));
    let given = writes(&template, "", language, Dollar::Input);
    let stepped: BTreeSet<_> = (0..machine.nodes.len())
        .filter(|index| *index != start)
        .flat_map(|index| written(&machine.nodes[index]))
        .filter(Write::steps)
        .map(|write| write.name)
        .collect();
    let handed = given.iter().filter(|write| write.reads.names.iter().any(|name| stepped.contains(name)));
    let mut counted: BTreeSet<_> =
        given.iter().filter(|write| write.steps()).chain(handed).map(|write| write.name.clone()).collect();
    if whole {
        counted.extend(stepped);
    }
    counted
}

/// What a state makes of its input and variables, beside the answer of a call.
fn written(node: &Node<'_>) -> Vec<Write> {
    let sends = node.kind == "Task";
    let fields = ["Parameters", "Arguments", "Assign", "Output"];
    let kept = fields.into_iter().filter(|field| !(sends && matches!(*field, "Parameters" | "Arguments")));
    let dollar = if sends { Dollar::Answer } else { Dollar::Input };
    kept.filter_map(|field| node.json.get(field)).flat_map(|value| writes(value, "", node.language, dollar)).collect()
}
