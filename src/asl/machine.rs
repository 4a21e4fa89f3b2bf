//! The states of a document and how they are nested, borrowed from it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::DefinitionError;
use crate::types::JsonPointer;

/// The language of a state's expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum QueryLanguage {
    #[default]
    #[serde(rename = "JSONPath")]
    JsonPath,
    #[serde(rename = "JSONata")]
    Jsonata,
}

impl QueryLanguage {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::JsonPath => "JSONPath",
            Self::Jsonata => "JSONata",
        }
    }

    fn of(object: &Map<String, Value>) -> Option<Self> {
        match object.get("QueryLanguage")?.as_str()? {
            "JSONata" => Some(Self::Jsonata),
            "JSONPath" => Some(Self::JsonPath),
            _ => None,
        }
    }
}

/// One set of states with a start: the machine itself, a branch, or what a Map runs for each item.
#[derive(Debug)]
pub(super) struct Scope<'a> {
    pub(super) pointer: JsonPointer,
    pub(super) json: &'a Map<String, Value>,
    pub(super) states: BTreeMap<&'a str, usize>,
    /// The Map or Parallel state that holds it.
    pub(super) owner: Option<usize>,
    /// It runs in executions of its own: no variable of outside is seen.
    pub(super) distributed: bool,
    /// Whether it, or a scope around it, is distributed.
    pub(super) child_execution: bool,
}

/// One state.
#[derive(Debug)]
pub(super) struct Node<'a> {
    pub(super) name: &'a str,
    pub(super) pointer: JsonPointer,
    pub(super) json: &'a Map<String, Value>,
    /// `Type` as written, or nothing.
    pub(super) kind: &'a str,
    pub(super) language: QueryLanguage,
    pub(super) scope: usize,
    /// What it runs, in the order of the document.
    pub(super) inner: Vec<usize>,
}

#[derive(Debug)]
pub(super) struct Machine<'a> {
    pub(super) language: QueryLanguage,
    pub(super) scopes: Vec<Scope<'a>>,
    /// A state comes before those inside it.
    pub(super) nodes: Vec<Node<'a>>,
}

/// AWS takes 80; much longer ones are refused, for every pointer below would carry them.
const LONGEST_NAME: usize = 320;

impl<'a> Machine<'a> {
    pub(super) fn read(document: &'a Value) -> Result<Self, DefinitionError> {
        let root = JsonPointer::root();
        let Value::Object(json) = document else {
            return Err(DefinitionError { pointer: root, message: "a definition is a JSON object".to_owned() });
        };
        let language = QueryLanguage::of(json).unwrap_or_default();
        let mut machine = Self { language, scopes: Vec::new(), nodes: Vec::new() };
        machine.scope(json, root, None, false)?;
        Ok(machine)
    }

    /// `serde_json` refuses documents nested deeper than 128 levels, so this recursion is bounded.
    fn scope(
        &mut self,
        json: &'a Map<String, Value>,
        pointer: JsonPointer,
        owner: Option<usize>,
        distributed: bool,
    ) -> Result<(), DefinitionError> {
        let at = pointer.join("States");
        let Some(Value::Object(states)) = json.get("States") else {
            return Err(DefinitionError { pointer: at, message: "an object of states is required".to_owned() });
        };
        let index = self.scopes.len();
        let outer = owner.map(|owner| self.nodes[owner].scope);
        let child_execution = distributed || outer.is_some_and(|outer| self.scopes[outer].child_execution);
        if let Some(owner) = owner {
            self.nodes[owner].inner.push(index);
        }
        self.scopes.push(Scope { pointer, json, states: BTreeMap::new(), owner, distributed, child_execution });
        for (name, state) in states {
            if name.len() > LONGEST_NAME {
                let message = "the name of a state has at most 80 characters".to_owned();
                return Err(DefinitionError { pointer: at, message });
            }
            let pointer = at.join(name);
            let Value::Object(state) = state else {
                return Err(DefinitionError { pointer, message: "a state is an object".to_owned() });
            };
            let node = self.nodes.len();
            self.scopes[index].states.insert(name, node);
            self.nodes.push(Node {
                name,
                pointer: pointer.clone(),
                json: state,
                kind: state.get("Type").and_then(Value::as_str).unwrap_or_default(),
                language: QueryLanguage::of(state).unwrap_or(self.language),
                scope: index,
                inner: Vec::new(),
            });
            for nested in ["ItemProcessor", "Iterator"] {
                if let Some(Value::Object(processor)) = state.get(nested) {
                    self.scope(processor, pointer.join(nested), Some(node), is_distributed(processor))?;
                }
            }
            if let Some(Value::Array(branches)) = state.get("Branches") {
                for (index, branch) in branches.iter().enumerate() {
                    if let Value::Object(branch) = branch {
                        self.scope(branch, pointer.join("Branches").index(index), Some(node), false)?;
                    }
                }
            }
        }
        Ok(())
    }

    pub(super) fn scope_of(&self, node: usize) -> &Scope<'a> {
        &self.scopes[self.nodes[node].scope]
    }

    /// A state of the same scope as `node`.
    pub(super) fn sibling(&self, node: usize, name: &str) -> Option<usize> {
        self.scope_of(node).states.get(name).copied()
    }

    /// Where a scope starts.
    pub(super) fn start(&self, scope: usize) -> Option<usize> {
        let scope = &self.scopes[scope];
        scope.states.get(scope.json.get("StartAt")?.as_str()?).copied()
    }
}

/// A mode that is not known may be a distributed one, which sees less.
fn is_distributed(processor: &Map<String, Value>) -> bool {
    let mode = processor.get("ProcessorConfig").and_then(|config| config.get("Mode"));
    mode.is_some_and(|mode| mode.as_str() != Some("INLINE"))
}

impl<'a> Node<'a> {
    pub(super) fn text(&self, field: &str) -> Option<&'a str> {
        self.json.get(field).and_then(Value::as_str)
    }

    /// The objects of a list such as `Catch`, `Retry` or `Choices`, each with its index.
    pub(super) fn objects(&self, field: &str) -> impl Iterator<Item = (usize, &'a Map<String, Value>)> + use<'a> {
        let list = self.json.get(field).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        list.iter().enumerate().filter_map(|(index, item)| Some((index, item.as_object()?)))
    }

    /// The states that may come next, and how.
    pub(super) fn edges(&self) -> Vec<(EdgeKind, &'a str)> {
        let mut edges = Vec::new();
        let next = |object: &'a Map<String, Value>| object.get("Next").and_then(Value::as_str);
        if self.kind == "Choice" {
            let choices = self.objects("Choices");
            edges.extend(choices.filter_map(|(_, rule)| Some((EdgeKind::Choice, next(rule)?))));
            edges.extend(self.text("Default").map(|to| (EdgeKind::Default, to)));
        } else if !matches!(self.kind, "Succeed" | "Fail") {
            edges.extend(next(self.json).map(|to| (EdgeKind::Next, to)));
        }
        if matches!(self.kind, "Task" | "Map" | "Parallel") {
            let catchers = self.objects("Catch");
            edges.extend(catchers.filter_map(|(_, catcher)| Some((EdgeKind::Catch, next(catcher)?))));
        }
        edges
    }

    pub(super) fn ends(&self) -> bool {
        matches!(self.kind, "Succeed" | "Fail") || self.json.get("End") == Some(&Value::Bool(true))
    }
}

/// How one state leads to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EdgeKind {
    Next,
    Choice,
    Default,
    Catch,
}
