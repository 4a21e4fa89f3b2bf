//! What is known of every state's input and variables: a dataflow over the graph of states. A value is known where it is
//! the same on every path; loops are followed until nothing changes.

mod state;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::abs::{Abs, Budget};
use super::evaluate::{Own, Sight, Variables};
use super::machine::{Machine, Node};

/// What enters a state.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) input: Abs,
    pub(super) variables: Arc<Variables>,
}

impl Entry {
    fn unknown() -> Self {
        Self { input: Abs::Unknown, variables: Arc::default() }
    }
}

/// What enters each state, and what the evaluation of its fields needs.
#[derive(Debug)]
pub(super) struct Flow {
    /// A state that nothing leads to is entered by anything.
    entries: Vec<Entry>,
    items: Vec<Abs>,
    assigned: BTreeSet<String>,
    own: Own,
    budget: Budget,
    /// The definition was too large to be followed: nothing is known.
    pub(super) given_up: bool,
}

impl Flow {
    pub(super) fn of(machine: &Machine<'_>, own: Own) -> Self {
        let assigned = assigned(machine);
        let budget = Budget::new();
        let mut run = Run {
            machine,
            assigned: &assigned,
            own,
            budget: &budget,
            entries: vec![None; machine.nodes.len()],
            items: vec![None; machine.nodes.len()],
            exits: vec![None; machine.scopes.len()],
            waiting: BTreeSet::new(),
        };
        run.enter_scope(0, Entry::unknown());
        while let Some(node) = run.waiting.pop_first() {
            if budget.is_spent() {
                break;
            }
            run.step(node);
        }
        let given_up = budget.is_spent();
        let (entries, items) = (std::mem::take(&mut run.entries), std::mem::take(&mut run.items));
        let entry = |entry: Option<Entry>| entry.filter(|_| !given_up).unwrap_or_else(Entry::unknown);
        let item = |item: Option<Abs>| item.filter(|_| !given_up).unwrap_or(Abs::Unknown);
        Self {
            entries: entries.into_iter().map(entry).collect(),
            items: items.into_iter().map(item).collect(),
            assigned,
            own,
            // What is left to do looks at each field once.
            budget: Budget::new(),
            given_up,
        }
    }

    /// What the fields of `node` see that stand before its work: `Parameters`, `Arguments`, `Credentials`.
    pub(super) fn before(&self, machine: &Machine<'_>, node: usize) -> Sight<'_> {
        let entry = &self.entries[node];
        let mut sight = Sight {
            input: entry.input.clone(),
            result: Abs::Unknown,
            item: self.items[node].clone(),
            variables: &entry.variables,
            assigned: &self.assigned,
            own: own(machine, node, self.own),
            budget: &self.budget,
        };
        sight.input = state::effective_input(&machine.nodes[node], &sight);
        sight
    }
}

fn own(machine: &Machine<'_>, node: usize, own: Own) -> Own {
    if machine.scope_of(node).child_execution { Own::Children } else { own }
}

/// Every variable that some state assigns, wherever.
fn assigned(machine: &Machine<'_>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut collect = |assign: Option<&Value>| {
        let keys = assign.and_then(Value::as_object).into_iter().flat_map(|map| map.keys());
        names.extend(keys.map(|key| key.strip_suffix(".$").unwrap_or(key).to_owned()));
    };
    for node in &machine.nodes {
        collect(node.json.get("Assign"));
        for list in ["Choices", "Catch"] {
            node.objects(list).for_each(|(_, object)| collect(object.get("Assign")));
        }
    }
    names
}

struct Run<'a> {
    machine: &'a Machine<'a>,
    assigned: &'a BTreeSet<String>,
    own: Own,
    budget: &'a Budget,
    entries: Vec<Option<Entry>>,
    /// Of each state, the item of the Map that it runs in.
    items: Vec<Option<Abs>>,
    /// What the ends of each scope give.
    exits: Vec<Option<Abs>>,
    waiting: BTreeSet<usize>,
}

impl<'a> Run<'a> {
    fn sight<'b>(&'b self, node: usize, entry: &'b Entry) -> Sight<'b> {
        Sight {
            input: entry.input.clone(),
            result: Abs::Unknown,
            // An inner item is not followed into what the Map runs: only its own fields see it.
            item: Abs::Unknown,
            variables: &entry.variables,
            assigned: self.assigned,
            own: own(self.machine, node, self.own),
            budget: self.budget,
        }
    }

    fn enter_scope(&mut self, scope: usize, entry: Entry) {
        if let Some(start) = self.machine.start(scope) {
            self.enter(start, entry);
        }
    }

    fn enter(&mut self, node: usize, entry: Entry) {
        self.budget.spend(1);
        let (joined, changed) = match &self.entries[node] {
            None => (entry, true),
            Some(before) => {
                let (input, less) = before.input.join(&entry.input, self.budget);
                let (variables, fewer) = join_variables(&before.variables, &entry.variables, self.budget);
                (Entry { input, variables }, less || fewer)
            }
        };
        if changed {
            self.entries[node] = Some(joined);
            self.waiting.insert(node);
        }
    }

    fn step(&mut self, node: usize) {
        self.budget.spend(1);
        let machine: &'a Machine<'a> = self.machine;
        let Some(entry) = self.entries[node].clone() else { return };
        let this: &Node<'a> = &machine.nodes[node];
        for (index, scope) in this.inner.iter().enumerate() {
            let input = state::inner_input(this, index, &self.sight(node, &entry));
            let distributed = machine.scopes[*scope].distributed;
            let variables = if distributed { Arc::default() } else { entry.variables.clone() };
            self.enter_scope(*scope, Entry { input, variables });
        }
        // A Parallel state gives what its branches give, once each has an end.
        let result = match this.kind {
            "Parallel" => {
                let ends: Option<Vec<_>> = this.inner.iter().map(|scope| self.exits[*scope].clone()).collect();
                ends.map(|ends| Abs::array(ends, self.budget))
            }
            _ => Some(Abs::Unknown),
        };
        let out = state::outputs(this, &entry, result.as_ref(), &self.sight(node, &entry));
        for (name, entry) in out.next {
            if let Some(target) = machine.sibling(node, name) {
                self.enter(target, entry);
            }
        }
        if let Some(end) = out.end {
            self.exit(this.scope, end);
        }
    }

    fn exit(&mut self, scope: usize, output: Abs) {
        let (joined, changed) = match &self.exits[scope] {
            None => (output, true),
            Some(before) => before.join(&output, self.budget),
        };
        if changed {
            self.exits[scope] = Some(joined);
            self.waiting.extend(self.machine.scopes[scope].owner);
        }
    }
}

fn join_variables(a: &Arc<Variables>, b: &Arc<Variables>, budget: &Budget) -> (Arc<Variables>, bool) {
    if Arc::ptr_eq(a, b) {
        return (a.clone(), false);
    }
    budget.keep(a.len());
    if budget.is_spent() {
        return (Arc::default(), true);
    }
    let (mut joined, mut changed) = (Variables::new(), false);
    for (name, value) in a.iter() {
        budget.spend(1);
        let other = b.get(name).unwrap_or(&Abs::Unknown);
        let (value, less) = value.join(other, budget);
        changed |= less;
        joined.insert(name.clone(), value);
    }
    if changed { (Arc::new(joined), true) } else { (a.clone(), false) }
}
