use std::collections::HashMap;

use crate::asl::{Definition, EdgeKind, Integration, State, Task};

/// The states of a definition and how they lead to one another, without where they stand on the paper.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chart {
    /// As in the definition: a state comes before those inside it.
    pub states: Vec<ChartState>,
    /// The machine itself first; a scope comes before those inside it.
    pub scopes: Vec<Scope>,
    pub arrows: Vec<Arrow>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartState {
    pub name: String,
    /// `Type`, and of a task what it calls: `Task · lambda:invoke`.
    pub told: String,
    /// `Type` as written.
    pub kind: String,
    pub scope: usize,
    pub is_start: bool,
    pub is_end: bool,
    /// It has a `Retry`.
    pub retries: bool,
}

/// States that run beside or inside others: the machine itself, a branch, or what a Map runs for each item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The Map or Parallel state around it.
    pub owner: Option<usize>,
}

/// One state leads to another of its scope. What leads to the same state in the same manner is one arrow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrow {
    pub from: usize,
    pub to: usize,
    /// An error leads there.
    pub catch: bool,
    /// Which rules of a Choice or which errors; empty for what always comes next.
    pub label: String,
}

impl Chart {
    /// What leads to a state that is not there is left out.
    pub fn of(definition: &Definition) -> Self {
        let tasks: HashMap<_, _> = definition.tasks.iter().map(|task| (task.pointer.as_str(), task)).collect();
        let mut chart = Self::default();
        let mut scopes: HashMap<&str, usize> = HashMap::new();
        let mut named: HashMap<(usize, &str), usize> = HashMap::new();
        let mut pointers: HashMap<&str, usize> = HashMap::new();
        for (index, state) in definition.states.iter().enumerate() {
            let outside = above(state.pointer.as_str(), 2);
            let scope = *scopes.entry(outside).or_insert_with(|| {
                chart.scopes.push(Scope { owner: owner(outside, &pointers) });
                chart.scopes.len() - 1
            });
            pointers.insert(state.pointer.as_str(), index);
            named.insert((scope, &state.name), index);
            chart.states.push(chart_state(state, scope, tasks.get(state.pointer.as_str()).copied()));
        }
        for (from, state) in definition.states.iter().enumerate() {
            let scope = chart.states[from].scope;
            let target = |to: &str| named.get(&(scope, to)).copied();
            chart.arrows.extend(arrows(from, state, target));
        }
        chart
    }
}

/// A pointer less its last tokens.
fn above(pointer: &str, tokens: usize) -> &str {
    (0..tokens).fold(pointer, |rest, _| rest.rfind('/').map_or("", |at| &rest[..at]))
}

/// A branch stands two tokens below its state (`Branches/0`), an item processor one.
fn owner(scope: &str, states: &HashMap<&str, usize>) -> Option<usize> {
    states.get(above(scope, 1)).or_else(|| states.get(above(scope, 2))).copied()
}

fn chart_state(state: &State, scope: usize, task: Option<&Task>) -> ChartState {
    let calls = task.map(|task| match &task.integration {
        Integration::LambdaFunction { .. } => "lambda".to_owned(),
        Integration::Unknown => String::new(),
        other => other.name().clone(),
    });
    let told = match calls.filter(|calls| !calls.is_empty()) {
        Some(calls) => format!("{} · {calls}", state.kind),
        None => state.kind.clone(),
    };
    ChartState {
        name: state.name.clone(),
        told,
        kind: state.kind.clone(),
        scope,
        is_start: state.is_start,
        is_end: state.is_end,
        retries: !state.retry.is_empty(),
    }
}

/// Rules of a Choice are told by their number: their conditions can hold what nobody is to read.
fn arrows(from: usize, state: &State, target: impl Fn(&str) -> Option<usize>) -> Vec<Arrow> {
    let (mut arrows, mut rules, mut catchers): (Vec<(Arrow, Vec<String>)>, usize, usize) = Default::default();
    for edge in &state.edges {
        let words = match edge.kind {
            EdgeKind::Next => Vec::new(),
            EdgeKind::Choice => {
                rules += 1;
                vec![format!("rule {rules}")]
            }
            EdgeKind::Default => vec!["otherwise".to_owned()],
            EdgeKind::Catch => {
                catchers += 1;
                state.catch.get(catchers - 1).map(|catcher| catcher.errors.clone()).unwrap_or_default()
            }
        };
        let Some(to) = target(&edge.to) else { continue };
        let catch = edge.kind == EdgeKind::Catch;
        match arrows.iter_mut().find(|(arrow, _)| (arrow.to, arrow.catch) == (to, catch)) {
            Some((_, known)) => known.extend(words),
            None => arrows.push((Arrow { from, to, catch, label: String::new() }, words)),
        }
    }
    arrows.into_iter().map(|(arrow, words)| Arrow { label: words.join(", "), ..arrow }).collect()
}
