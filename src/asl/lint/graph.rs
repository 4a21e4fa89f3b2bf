//! Where states lead.

use serde_json::Value;

use super::{fields, marked};
use crate::asl::machine::{Machine, Node};
use crate::asl::problem::{Problems, Sort};
use crate::types::JsonPointer;

pub(super) fn scopes(machine: &Machine<'_>, problems: &mut Problems) {
    let mut seen = std::collections::BTreeSet::new();
    for node in &machine.nodes {
        if !seen.insert(node.name) {
            problems.add(&node.pointer, "another state has this name: names are unique in a machine");
        }
    }
    super::language(machine.scopes[0].json, &JsonPointer::root(), problems);
    for (index, scope) in machine.scopes.iter().enumerate() {
        let known = if index == 0 { fields::of_machine } else { fields::of_inner };
        for field in scope.json.keys().filter(|field| !known(field)) {
            problems.add_of(Sort::Unknown, &scope.pointer.join(field), "no field of this name is known here");
        }
        let at = scope.pointer.join("StartAt");
        match scope.json.get("StartAt") {
            Some(Value::String(_)) if machine.start(index).is_some() => {}
            Some(Value::String(_)) => problems.add(&at, "StartAt names no state of the same scope"),
            _ => problems.add(&at, "StartAt names the first state"),
        }
        if scope.states.is_empty() {
            problems.add(&scope.pointer.join("States"), "there is no state");
        }
        reachable(machine, index, problems);
    }
}

/// Every state can be reached, and some end can be.
fn reachable(machine: &Machine<'_>, scope: usize, problems: &mut Problems) {
    let Some(start) = machine.start(scope).filter(|_| !marked::names(machine)) else { return };
    let (mut reached, mut waiting, mut ends) = (std::collections::BTreeSet::from([start]), vec![start], false);
    while let Some(index) = waiting.pop() {
        let node = &machine.nodes[index];
        ends |= node.ends();
        for (_, to) in node.edges() {
            if let Some(next) = machine.sibling(index, to).filter(|next| reached.insert(*next)) {
                waiting.push(next);
            }
        }
    }
    let at = &machine.scopes[scope].pointer;
    if !ends {
        problems.add(&at.join("States"), "no end can be reached: no state that follows the start ends");
    }
    for index in machine.scopes[scope].states.values().filter(|index| !reached.contains(index)) {
        problems.add_of(Sort::Unreachable, &machine.nodes[*index].pointer, "no state leads here");
    }
    for index in machine.scopes[scope].states.values() {
        let node = &machine.nodes[*index];
        for (place, to) in targets(node) {
            if machine.sibling(*index, to).is_none() {
                problems.add(&place, "it names no state of the same scope");
            }
        }
    }
}

/// What names another state, and where.
fn targets<'a>(node: &Node<'a>) -> Vec<(JsonPointer, &'a str)> {
    let mut targets = Vec::new();
    for field in ["Next", "Default"] {
        targets.extend(node.text(field).map(|to| (node.pointer.join(field), to)));
    }
    for list in ["Choices", "Catch"] {
        for (index, object) in node.objects(list) {
            let next = object.get("Next").and_then(Value::as_str);
            targets.extend(next.map(|to| (node.pointer.join(list).index(index).join("Next"), to)));
        }
    }
    targets
}

pub(super) fn ways_out(node: &Node<'_>, problems: &mut Problems) {
    if matches!(node.kind, "Choice" | "Succeed" | "Fail") {
        return;
    }
    if node.json.get("End").is_some_and(|end| !end.is_boolean()) {
        problems.add(&node.pointer.join("End"), "End is true or false");
    } else if node.json.get("Next").is_some_and(|next| !next.is_string()) {
        problems.add(&node.pointer.join("Next"), "Next names a state");
    } else if !node.ends() && !node.json.contains_key("Next") {
        problems.add(&node.pointer, "the state has neither Next nor End");
    }
}
