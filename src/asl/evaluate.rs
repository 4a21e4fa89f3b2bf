//! Templates, paths and intrinsic functions, evaluated as far as the definition alone allows.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::abs::{Abs, Budget};
use super::intrinsic::{Call, Term};
use super::path::{Path, Root, Step};
use super::{QueryLanguage, apply, jsonata, start};

/// Variables by name; what is not there is not known.
pub(super) type Variables = BTreeMap<String, Abs>;

/// What the expressions of one field of one state see.
#[derive(Debug)]
pub(super) struct Sight<'a> {
    /// `$` of JSONPath; `$states.input` of JSONata.
    pub(super) input: Abs,
    /// `$states.result`
    pub(super) result: Abs,
    /// The item of the innermost Map.
    pub(super) item: Abs,
    pub(super) variables: &'a Variables,
    /// Every variable that any state assigns.
    pub(super) assigned: &'a BTreeSet<String>,
    pub(super) own: Own,
    pub(super) budget: &'a Budget,
}

/// How the context object tells of the machine and its execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Own {
    /// Not at all: in the children of a Distributed Map these are their own.
    Children,
    /// By the name of the member.
    Named,
    /// As a text that functions can be followed through.
    Spelled,
}

/// Members of the context object that are the machine's own, its execution's or its role's.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html>.
const OWN: [&str; 5] = ["StateMachine.Id", "StateMachine.Name", "Execution.Id", "Execution.Name", "Execution.RoleArn"];

impl Sight<'_> {
    /// A field's value, with every expression in it.
    pub(super) fn template(&self, value: &Value, language: QueryLanguage) -> Abs {
        self.budget.spend(1);
        match value {
            Value::Object(map) => {
                let mut known = BTreeMap::new();
                for (key, value) in map {
                    match (language, key.strip_suffix(".$"), value) {
                        (QueryLanguage::JsonPath, Some(key), Value::String(text)) => {
                            known.insert(key.to_owned(), self.expression(text, language).unwrap_or(Abs::Unknown));
                        }
                        (QueryLanguage::JsonPath, Some(key), _) => {
                            known.insert(key.to_owned(), Abs::Unknown);
                        }
                        // Both spellings of one field: which wins is not known.
                        (QueryLanguage::JsonPath, None, _) if map.contains_key(&format!("{key}.$")) => {}
                        _ => {
                            known.insert(key.clone(), self.template(value, language));
                        }
                    }
                }
                Abs::object(known, false, self.budget)
            }
            Value::Array(items) => {
                Abs::array(items.iter().map(|item| self.template(item, language)).collect(), self.budget)
            }
            Value::String(text) if language == QueryLanguage::Jsonata => {
                self.expression(text, language).unwrap_or_else(|| Abs::constant(value.clone(), self.budget))
            }
            value => Abs::constant(value.clone(), self.budget),
        }
    }

    /// The value of a path, call or `{% … %}`; `None` where the text is none.
    pub(super) fn expression(&self, text: &str, language: QueryLanguage) -> Option<Abs> {
        match language {
            QueryLanguage::Jsonata => {
                let inner = jsonata::expression(text)?;
                Some(jsonata::parse(inner).map_or(Abs::Unknown, |parsed| jsonata::evaluate(&parsed, self)))
            }
            QueryLanguage::JsonPath if text.starts_with('$') => {
                Some(Path::parse(text).map_or(Abs::Unknown, |path| self.path(&path)))
            }
            QueryLanguage::JsonPath if text.starts_with("States.") => {
                Some(Call::parse(text).map_or(Abs::Unknown, |call| self.call(&call)))
            }
            QueryLanguage::JsonPath => None,
        }
    }

    /// The value that a path selects.
    pub(super) fn path(&self, path: &Path) -> Abs {
        self.budget.spend(1 + path.steps.len());
        let root = match &path.root {
            Root::Input => self.input.clone(),
            Root::Variable(name) => self.variables.get(name).cloned().unwrap_or(Abs::Unknown),
            Root::Context => return path.dotted().map_or(Abs::Unknown, |path| self.context(&path)),
        };
        let mut value = root;
        for step in &path.steps {
            value = match step {
                Step::Key(key) => value.member(key, self.budget),
                Step::Index(index) => value.item(*index, self.budget),
                Step::Many => Abs::Unknown,
            };
        }
        value
    }

    fn context(&self, path: &str) -> Abs {
        match path.strip_prefix("Map.Item.Value") {
            Some("") => self.item.clone(),
            Some(rest) if rest.starts_with('.') => {
                rest[1..].split('.').fold(self.item.clone(), |value, key| value.member(key, self.budget))
            }
            _ if !OWN.contains(&path) => Abs::Unknown,
            _ => match self.own {
                Own::Children => Abs::Unknown,
                Own::Named => Abs::Context(path.into()),
                Own::Spelled => start::spelled(path),
            },
        }
    }

    fn call(&self, call: &Call) -> Abs {
        let arguments: Vec<_> = call.arguments.iter().map(|term| self.term(term)).collect();
        self.budget.spend(arguments.len());
        match (call.name.as_str(), call.arguments.first()) {
            ("Format", Some(Term::Text(format))) => apply::format(format, &arguments[1..], self.budget),
            _ => apply::function(&call.name, &arguments, self.budget),
        }
    }

    fn term(&self, term: &Term) -> Abs {
        match term {
            Term::Text(text) => Abs::constant(super::intrinsic::unescaped(text).into(), self.budget),
            Term::Literal(value) => Abs::constant(value.clone(), self.budget),
            Term::Path(path) => self.path(path),
            Term::Call(call) => self.call(call),
        }
    }
}

impl jsonata::Env for Sight<'_> {
    fn variable(&self, name: &str) -> Option<Abs> {
        let known = self.variables.get(name).cloned();
        known.or_else(|| self.assigned.contains(name).then_some(Abs::Unknown))
    }

    fn states(&self, path: &[String]) -> Abs {
        let Some((first, rest)) = path.split_first() else { return Abs::Unknown };
        let root = match first.as_str() {
            "input" => self.input.clone(),
            "result" => self.result.clone(),
            "context" => return self.context(&rest.join(".")),
            _ => return Abs::Unknown,
        };
        rest.iter().fold(root, |value, key| value.member(key, self.budget))
    }

    fn budget(&self) -> &Budget {
        self.budget
    }
}
