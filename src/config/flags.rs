//! What the command line sets: the keys of the file, held to the same rules, and named as they were given.

use std::collections::BTreeMap;

use super::faults::{Fault, Faults, Place};
use super::key::Kind;
use super::keys::KEYS;
use super::value::{Complaint, Refusal, Shape, Value};
use super::{Config, Known, cross};

/// Flags over a configuration. A key that no flag gives stays as it is.
#[derive(Debug)]
pub struct Flags<'a> {
    config: &'a mut Config,
    /// The flag that set a key.
    given: BTreeMap<&'static str, &'static str>,
    faults: Vec<Fault>,
}

impl<'a> Flags<'a> {
    pub fn over(config: &'a mut Config) -> Self {
        Self { config, given: BTreeMap::new(), faults: Vec::new() }
    }

    /// A flag that is given at most once.
    pub fn text(&mut self, flag: &'static str, key: &'static str, text: Option<String>) {
        if let Some(text) = text {
            self.set(key, &Value::plain(text), |_| flag);
        }
    }

    /// A flag that is repeatable.
    pub fn texts(&mut self, flag: &'static str, key: &'static str, texts: &[String]) {
        if !texts.is_empty() {
            let items = texts.iter().cloned().map(Value::plain).collect();
            self.set(key, &Value::unplaced(Shape::List(items)), |_| flag);
        }
    }

    /// More of the checks that the configuration already skips.
    pub fn skip(&mut self, flag: &'static str, ids: &[String]) {
        if !ids.is_empty() {
            let all: Vec<_> = self.config.selection.skip.iter().chain(ids).cloned().collect();
            self.texts(flag, "checks.skip", &all);
        }
    }

    /// Roles to assume, all with the same external id.
    pub fn roles(&mut self, flag: &'static str, roles: &[String], id_flag: &'static str, external_id: Option<&str>) {
        if !roles.is_empty() {
            let field = |name: &str, text: &str| (name.to_owned(), Value::plain(text.to_owned()));
            let source = |role: &String| {
                let role = field("role_arn", role);
                let id = external_id.map(|id| field("external_id", id));
                Value::unplaced(Shape::Table([role].into_iter().chain(id).collect()))
            };
            let sources = Value::unplaced(Shape::List(roles.iter().map(source).collect()));
            self.set("accounts", &sources, |part| if part.ends_with(".external_id") { id_flag } else { flag });
        }
    }

    fn set(&mut self, path: &'static str, value: &Value, flag_of: impl Fn(&str) -> &'static str) {
        let key = KEYS.iter().find(|key| key.path == path).expect("flags name settings");
        self.given.insert(path, flag_of(""));
        match (key.set)(self.config, value) {
            Ok(()) => {}
            Err(Refusal::Unexpected) => {
                let message = format!("expected {}{}", key.expected, value.got(key.kind == Kind::Private));
                self.faults.push(Fault::value(path, Place::Flag(flag_of("")), message));
            }
            Err(Refusal::Inside(complaints)) => {
                let fault = |Complaint { inside, message, suggestion, .. }| {
                    let message = message.expect("flags make no keys of their own");
                    Fault { suggestion, ..Fault::value(path, Place::Flag(flag_of(&inside)), message) }
                };
                let mut faults: Vec<_> = complaints.into_iter().map(fault).collect();
                // One external id is that of every role.
                faults.dedup();
                self.faults.extend(faults);
            }
        }
    }

    /// Looks at each flag, and again at what has to agree with each other, now that the command line had its say.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn check(self, known: &Known) -> Result<(), Faults> {
        if !self.faults.is_empty() {
            return Faults::check(self.faults);
        }
        let fault = |conflict: cross::Conflict| {
            let flag = conflict.keys.iter().find_map(|key| self.given.get(key));
            conflict.at(flag.map_or(Place::Elsewhere, |flag| Place::Flag(flag)))
        };
        Faults::check(cross::conflicts(self.config, known).into_iter().map(fault).collect())
    }
}
