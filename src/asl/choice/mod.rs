//! Whether the rules of a Choice cover all that it may meet, and which of its ways are never taken.

mod cover;
mod formula;
mod rule;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::machine::{Machine, Node};
use super::{QueryLanguage, jsonata};
use crate::types::JsonPointer;
use cover::Cover;
pub(super) use formula::{Atom, Formula, Mark, Op};

/// A Choice state that has no default, or a way that is never taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    pub state: String,
    pub pointer: JsonPointer,
    pub otherwise: Otherwise,
    /// States that its rules or its default name and that none of them ever leads to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub never: Vec<String>,
}

/// What becomes of an execution that fits no rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Otherwise {
    Default,
    /// There is none: for values of the types that the rules compare with, one of them holds.
    Covered,
    /// It fails with `States.NoChoiceMatched`.
    Fails,
    /// There are too many rules for it to be told.
    Unfollowed,
}

/// Those that something is to be said of.
pub(super) fn decisions(machine: &Machine<'_>) -> Vec<Decision> {
    let choices = machine.nodes.iter().filter(|node| node.kind == "Choice");
    let mut budget = cover::MOST_OF_ALL;
    choices
        .map(|node| decision(node, &mut budget))
        .filter(|one| one.otherwise != Otherwise::Default || !one.never.is_empty())
        .collect()
}

fn decision(node: &Node<'_>, budget: &mut usize) -> Decision {
    let mut ways = Vec::new();
    let mut rules = Vec::new();
    for (index, rule) in node.objects("Choices") {
        rules.push(match node.language {
            QueryLanguage::JsonPath => rule::formula(rule),
            QueryLanguage::Jsonata => condition(rule.get("Condition"), index),
        });
        ways.push(rule.get("Next").and_then(Value::as_str));
    }
    let cover = Cover::of(&rules, budget);
    let default = node.text("Default");
    let otherwise = match (default, &cover) {
        (Some(_), _) => Otherwise::Default,
        (None, None) => Otherwise::Unfollowed,
        (None, Some(cover)) if cover.whole => Otherwise::Covered,
        (None, Some(_)) => Otherwise::Fails,
    };
    let mut never = Vec::new();
    if let Some(cover) = cover {
        let open = cover.falls_through.then_some(default).flatten();
        let taken: Vec<_> = ways
            .iter()
            .zip(&cover.taken)
            .filter(|(_, taken)| **taken)
            .filter_map(|(way, _)| *way)
            .chain(open)
            .collect();
        let named = ways.into_iter().flatten().chain(default);
        never.extend(named.filter(|way| !taken.contains(way)).map(str::to_owned));
        never.sort_unstable();
        never.dedup();
    }
    Decision { state: node.name.to_owned(), pointer: node.pointer.clone(), otherwise, never }
}

/// A condition of JSONata; what cannot be read may be anything.
fn condition(condition: Option<&Value>, index: usize) -> Formula {
    let unread = || Formula::fact(format!("rule {index}"));
    match condition {
        Some(Value::Bool(value)) => Formula::Constant(*value),
        Some(Value::String(text)) => {
            let parsed = jsonata::expression(text).and_then(|text| jsonata::parse(text).ok());
            parsed.map_or_else(unread, |parsed| jsonata::formula(&parsed, index))
        }
        _ => unread(),
    }
}

#[cfg(test)]
mod tests;
