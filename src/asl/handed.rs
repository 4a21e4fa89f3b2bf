//! What of an execution's own input a start hands on as it is.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::QueryLanguage;
use super::bound::input;
use super::machine::{Machine, Node};
use super::reads::{Dollar, writes};

/// What a start gives as input, as far as it tells how a field may be added.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Given {
    Nothing,
    /// An object, written there.
    Fields,
    /// What stands at a path, or in a variable.
    Path(String),
    #[default]
    Other,
}

impl Given {
    /// By a start of the optimised integration: the SDK takes texts only.
    pub(super) fn of(node: &Node<'_>) -> Self {
        let sent = super::facts::arguments(node).is_some_and(|(_, arguments)| arguments.is_object());
        match input(node).map(|(language, _, input)| (language, input)) {
            None if sent => Self::Nothing,
            Some((_, Value::Object(_))) => Self::Fields,
            Some((language, Value::String(text))) => {
                let path = match language {
                    QueryLanguage::JsonPath => Some(text.as_str()),
                    QueryLanguage::Jsonata => super::jsonata::expression(text).map(str::trim),
                };
                let is_plain = |path: &&str| {
                    path.starts_with('$')
                        && path.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '$' | '.' | '_'))
                };
                path.filter(is_plain).map_or(Self::Other, |path| Self::Path(path.to_owned()))
            }
            _ => Self::Other,
        }
    }
}

/// Fields of the input that the next execution is given under the same name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handed {
    names: BTreeSet<String>,
    /// The whole is handed on but for these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    all_but: Option<BTreeSet<String>>,
}

impl Handed {
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name) || self.all_but.as_ref().is_some_and(|but| !but.contains(name))
    }

    pub(super) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// By the start at `index`.
    pub(super) fn of(machine: &Machine<'_>, index: usize) -> Self {
        let node = &machine.nodes[index];
        let Some((language, template, input)) = input(node) else { return Self::default() };
        let all_but = match input.as_str().map(str::trim) {
            Some("$$.Execution.Input" | "{% $states.context.Execution.Input %}") => Some(BTreeSet::new()),
            Some("$" | "{% $states.input %}") => changed(machine, index),
            _ => None,
        };
        let changed = changed(machine, index);
        let kept = |name: &str| changed.as_ref().is_some_and(|changed| !changed.contains(name));
        let given = writes(&template, "", language, Dollar::Input);
        let once = |name: &str| given.iter().filter(|write| write.name == name).count() == 1;
        let names = given.iter().filter(|write| {
            let is_kept = kept(&write.name) && write.reads.is_field(&write.name, Some("$"));
            once(&write.name) && (is_kept || write.reads.is_field(&write.name, None))
        });
        Self { names: names.map(|write| write.name.clone()).collect(), all_but }
    }
}

/// The fields of the execution's input that may have changed when it comes to a state; `None` where all of it may have.
fn changed(machine: &Machine<'_>, index: usize) -> Option<BTreeSet<String>> {
    let own = &machine.nodes[index];
    if machine.scope_of(index).owner.is_some() || own.text("InputPath").is_some_and(|path| path != "$") {
        return None;
    }
    let mut changed = BTreeSet::new();
    let before = machine.scope_of(index).states.values().filter(|other| **other != index);
    for other in before {
        changed.extend(places(&machine.nodes[*other])?);
    }
    Some(changed)
}

/// The fields that a state sets; `None` where it may set the whole.
fn places(node: &Node<'_>) -> Option<Vec<String>> {
    let calls = matches!(node.kind, "Task" | "Map" | "Parallel");
    let catchers: Vec<_> = node.objects("Catch").map(|(_, catcher)| catcher).collect();
    if node.language == QueryLanguage::Jsonata {
        let shapes =
            node.json.contains_key("Output") || node.objects("Choices").any(|(_, rule)| rule.contains_key("Output"));
        return (!shapes && !calls).then(Vec::new);
    }
    let cuts = |field: &str| node.json.get(field).is_some_and(|path| path != "$");
    if cuts("OutputPath") || (!calls && cuts("InputPath")) {
        return None;
    }
    let makes = calls
        || (node.kind == "Pass"
            && ["Result", "Parameters", "ResultPath"].iter().any(|field| node.json.contains_key(*field)));
    let paths =
        makes.then(|| node.json.get("ResultPath")).into_iter().chain(catchers.iter().map(|one| one.get("ResultPath")));
    let mut places = Vec::new();
    for path in paths {
        match path? {
            Value::Null => {}
            path => places.push(path.as_str()?.strip_prefix("$.")?.split(['.', '[']).next()?.to_owned()),
        }
    }
    Some(places)
}
