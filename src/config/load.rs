//! Two stages: what is written and where (file, then environment over it), and what it means.

use std::collections::{BTreeMap, BTreeSet};

use toml::de::{DeTable, DeValue};

use super::cross::{self, Item};
use super::faults::{Fault, Faults, PREFIX, Place, did_you_mean, join, nearest};
use super::key::{Key, Kind};
use super::keys::KEYS;
use super::value::{Complaint, Refusal, Shape, Value};
use super::{Config, FILE_VARIABLE, Known};
use crate::collect::settings::Warnings;
use crate::finding::CheckSettings;
use crate::model::{Quota, StatesApi};

/// A setting as it was written.
struct Leaf {
    key: &'static Key,
    value: Value,
    place: Place,
}

impl Leaf {
    /// Where the line of the file is; the variable is one place.
    fn at(&self, line: usize) -> Place {
        match &self.place {
            Place::Line { file, .. } => Place::Line { file: file.clone(), line },
            other => other.clone(),
        }
    }

    /// Where one of the items of a list or a table is.
    fn place_of(&self, item: Option<&Item>) -> Place {
        let value = match (&self.value.shape, item) {
            (Shape::List(items), Some(Item::Index(index))) => items.get(*index),
            (Shape::Table(fields), Some(Item::Name(name))) => {
                fields.iter().find(|(field, _)| field == name).map(|(_, value)| value)
            }
            _ => None,
        };
        value.map_or_else(|| self.place.clone(), |value| self.at(value.line))
    }
}

/// What was written, by path.
type Leaves = BTreeMap<&'static str, Leaf>;

pub(super) fn load(
    file: Option<(&str, &str)>,
    env: impl Iterator<Item = (String, String)>,
    known: &Known,
) -> Result<Config, Faults> {
    let (mut leaves, mut faults) = (Leaves::new(), Vec::new());
    if let Some((name, text)) = file {
        File { name, text, leaves: &mut leaves, faults: &mut faults }.read();
    }
    let strangers = read_environment(env, &mut leaves);
    let mut config = Config::default();
    let refused = apply(&leaves, &mut config, &mut faults);
    config.collect.warnings = warnings(&config.checks);
    let secret = config.store.hash_key_env.clone();
    let strangers = strangers.into_iter().filter(|name| *name != secret);
    faults.extend(strangers.map(|name| stranger(name, &secret)));
    for conflict in cross::conflicts(&config, known) {
        // What was refused kept its default: it does not disagree with anything.
        if !conflict.keys.iter().any(|key| refused.contains(key)) {
            let leaf = conflict.keys.iter().find_map(|key| leaves.get(key));
            let place = leaf.map_or(Place::Elsewhere, |leaf| leaf.place_of(conflict.item.as_ref()));
            faults.push(conflict.at(place));
        }
    }
    Faults::check(faults).map(|()| config)
}

/// Stage one of a file.
struct File<'a> {
    name: &'a str,
    text: &'a str,
    leaves: &'a mut Leaves,
    faults: &'a mut Vec<Fault>,
}

impl File<'_> {
    fn read(mut self) {
        match DeTable::parse(self.text) {
            Ok(table) => self.walk("", table.get_ref()),
            Err(error) => {
                let place = self.place(error.span().map_or(0, |span| span.start));
                self.faults.push(Fault::value("", place, error.message()));
            }
        }
    }

    fn line(&self, offset: usize) -> usize {
        1 + self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
    }

    fn place(&self, offset: usize) -> Place {
        Place::Line { file: self.name.to_owned(), line: self.line(offset) }
    }

    fn walk(&mut self, section: &str, table: &DeTable<'_>) {
        for (name, value) in table {
            let path = join(section, name.get_ref());
            let place = self.place(name.span().start);
            match (KEYS.iter().find(|key| key.path == path), value.get_ref()) {
                (Some(key), _) => {
                    let value = Value::of(value, self.line(name.span().start), &|offset| self.line(offset));
                    self.leaves.insert(key.path, Leaf { key, value, place });
                }
                (None, DeValue::Table(table)) if is_section(&path) || is_misspelt(&path, table) => {
                    self.walk(&path, table);
                }
                (None, _) if is_section(&path) => {
                    let message = format!("expected a section, [{path}]");
                    self.faults.push(Fault::value(path, place, message));
                }
                (None, value) => {
                    let noun = if value.is_table() { "section" } else { "key" };
                    let hint = hint(&path);
                    self.faults.push(Fault::unknown(noun, path, place, hint));
                }
            }
        }
    }
}

/// `checks` and `checks.state-machine-quota`, each once.
fn sections() -> BTreeSet<&'static str> {
    let above = |key: &'static Key| key.path.match_indices('.').map(|(end, _)| &key.path[..end]);
    KEYS.iter().flat_map(above).collect()
}

fn is_section(path: &str) -> bool {
    sections().contains(path)
}

/// Whether the keys below it say better what was meant.
fn is_misspelt(path: &str, table: &DeTable<'_>) -> bool {
    !table.is_empty() && nearest(path, sections()).is_some()
}

/// What an unknown key or section was meant to be, or what there is beside it.
fn hint(path: &str) -> Option<String> {
    let known = KEYS.iter().map(|key| key.path).chain(sections());
    did_you_mean(path, known).or_else(|| {
        let (section, siblings) = match path.rsplit_once('.') {
            Some((section, _)) => (format!("[{section}]"), format!("{section}.")),
            None => ("the top level".to_owned(), String::new()),
        };
        let below = KEYS.iter().filter_map(|key| key.path.strip_prefix(&siblings));
        let names: BTreeSet<_> = below.filter_map(|rest| rest.split('.').next()).collect();
        let names: Vec<_> = names.into_iter().collect();
        (!names.is_empty()).then(|| format!("{section} has {}", names.join(", ")))
    })
}

/// Stage one of the environment; what sets nothing comes back.
fn read_environment(env: impl Iterator<Item = (String, String)>, leaves: &mut Leaves) -> Vec<String> {
    let mut strangers = Vec::new();
    for (name, text) in env {
        if !name.starts_with(PREFIX) || name == FILE_VARIABLE || text.is_empty() || is_service_link(&name) {
            continue;
        }
        match KEYS.iter().find(|key| key.variable() == name) {
            Some(key) => {
                let value = Value::of_variable(key.kind, &text);
                leaves.insert(key.path, Leaf { key, value, place: Place::Variable(name) });
            }
            None => strangers.push(name),
        }
    }
    strangers
}

/// Whether Kubernetes made the variable, for a Service whose name begins with `stepwarden`.
/// Source: <https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables>.
pub(super) fn is_service_link(name: &str) -> bool {
    let ends = ["_SERVICE_HOST", "_SERVICE_PORT", "_PORT"].iter().any(|end| name.ends_with(end));
    ends || name.contains("_SERVICE_PORT_") || name.contains("_PORT_")
}

fn stranger(name: String, secret: &str) -> Fault {
    let known: Vec<_> = KEYS.iter().map(Key::variable).chain([FILE_VARIABLE.to_owned(), secret.to_owned()]).collect();
    let known = known.iter().filter_map(|known| known.strip_prefix(PREFIX));
    let meant = nearest(name.trim_start_matches(PREFIX), known);
    let suggestion = meant.map(|meant| format!("did you mean {PREFIX}{meant}?"));
    Fault { suggestion, ..Fault::value("", Place::Variable(name), "no setting has this name") }
}

/// Stage two; returns the paths whose value was refused.
fn apply(leaves: &Leaves, config: &mut Config, faults: &mut Vec<Fault>) -> BTreeSet<&'static str> {
    let mut refused = BTreeSet::new();
    for leaf in leaves.values() {
        let Err(refusal) = (leaf.key.set)(config, &leaf.value) else { continue };
        refused.insert(leaf.key.path);
        match refusal {
            Refusal::Unexpected => {
                let private = matches!(leaf.key.kind, Kind::Private | Kind::Table);
                let message = format!("expected {}{}", leaf.key.expected, leaf.value.got(private));
                faults.push(Fault::value(leaf.key.path, leaf.place.clone(), message));
            }
            Refusal::Inside(complaints) => {
                faults.extend(complaints.into_iter().map(|complaint| inside(leaf, complaint)));
            }
        }
    }
    refused
}

fn inside(leaf: &Leaf, complaint: Complaint) -> Fault {
    let (key, place) = (format!("{}{}", leaf.key.path, complaint.inside), leaf.at(complaint.line));
    match complaint.message {
        None => Fault::unknown("key", key, place, complaint.suggestion),
        Some(message) => Fault { suggestion: complaint.suggestion, ..Fault::value(key, place, message) },
    }
}

/// Who holds a quota is asked for from where its check begins to warn.
fn warnings(checks: &CheckSettings) -> Warnings {
    let held =
        [Quota::OpenExecutions, Quota::OpenMapRuns, Quota::StateTransitions, Quota::Api(StatesApi::StartExecution)];
    let own = held.map(|quota| (quota, checks.thresholds_of(quota).warning));
    let is_default = |share: f64| (share - Warnings::DEFAULT).abs() < f64::EPSILON;
    Warnings(own.into_iter().filter(|(_, share)| !is_default(*share)).collect())
}
