//! What one state does to what enters it. Where the documentation leaves open what an expression sees, every reading is
//! evaluated, and what they agree in is known.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::Entry;
use crate::asl::QueryLanguage;
use crate::asl::abs::Abs;
use crate::asl::evaluate::{Sight, Variables};
use crate::asl::machine::Node;
use crate::asl::path::{Path, Root, Step};

/// What leaves a state.
#[derive(Debug, Default)]
pub(super) struct Outputs<'a> {
    pub(super) next: Vec<(&'a str, Entry)>,
    /// What it gives where it is an end.
    pub(super) end: Option<Abs>,
}

/// The input after `InputPath`.
pub(super) fn effective_input(node: &Node<'_>, sight: &Sight<'_>) -> Abs {
    match node.language {
        QueryLanguage::JsonPath => selected(node, "InputPath", &sight.input, sight),
        QueryLanguage::Jsonata => sight.input.clone(),
    }
}

/// What `InputPath` or `OutputPath` leaves of `value`: all, a part, or `{}` for null.
fn selected(node: &Node<'_>, field: &str, value: &Abs, sight: &Sight<'_>) -> Abs {
    match node.json.get(field) {
        None => value.clone(),
        Some(Value::Null) => Abs::empty_object(),
        Some(Value::String(path)) => match Path::parse(path) {
            Ok(path) => seeing(sight, value.clone()).path(&path),
            Err(_) => Abs::Unknown,
        },
        Some(_) => Abs::Unknown,
    }
}

fn seeing<'a>(sight: &Sight<'a>, input: Abs) -> Sight<'a> {
    Sight { input, result: sight.result.clone(), item: sight.item.clone(), ..*sight }
}

/// What a branch or what a Map runs is started with.
pub(super) fn inner_input(node: &Node<'_>, _index: usize, sight: &Sight<'_>) -> Abs {
    let language = node.language;
    let effective = effective_input(node, sight);
    let mut sight = seeing(sight, effective.clone());
    if node.kind != "Map" {
        let field = if language == QueryLanguage::Jsonata { "Arguments" } else { "Parameters" };
        return node.json.get(field).map_or(effective, |value| sight.template(value, language));
    }
    let items = match (node.json.get("ItemReader"), node.json.get("Items"), node.text("ItemsPath")) {
        (Some(_), ..) => Abs::Unknown,
        (None, Some(items), _) => sight.template(items, language),
        (None, None, Some(path)) => sight.expression(path, QueryLanguage::JsonPath).unwrap_or(Abs::Unknown),
        (None, None, None) => effective,
    };
    let item = items.items(sight.budget).and_then(|items| {
        let mut items = items.into_iter();
        let first = items.next()?;
        Some(items.fold(first, |all, item| all.joined(&item, sight.budget)))
    });
    sight.item = item.unwrap_or(Abs::Unknown);
    let selector = node.json.get("ItemSelector").or_else(|| node.json.get("Parameters"));
    let one = selector.map_or_else(|| sight.item.clone(), |value| sight.template(value, language));
    match node.json.get("ItemBatcher") {
        None => one,
        Some(batcher) => {
            let shared = batcher.get("BatchInput").map(|value| sight.template(value, language));
            let known: BTreeMap<_, _> = shared.map(|shared| ("BatchInput".to_owned(), shared)).into_iter().collect();
            Abs::object(known, true, sight.budget)
        }
    }
}

/// `result` is what the state's own work gives; `None` where it cannot come to an end.
pub(super) fn outputs<'a>(node: &Node<'a>, entry: &Entry, result: Option<&Abs>, sight: &Sight<'_>) -> Outputs<'a> {
    let mut out = Outputs::default();
    if matches!(node.kind, "Task" | "Map" | "Parallel") {
        catches(node, entry, sight, &mut out);
    }
    let Some(result) = result else { return out };
    let done = match node.language {
        QueryLanguage::JsonPath => json_path(node, result, sight),
        QueryLanguage::Jsonata => jsonata(node, result, sight),
    };
    match node.kind {
        "Choice" => choices(node, entry, &done, &mut out),
        "Fail" => {}
        "Succeed" => out.end = Some(done.output),
        _ => {
            let variables = assign(entry, node.json.get("Assign"), node.language, &done.sights);
            if let Some(next) = node.text("Next") {
                out.next.push((next, Entry { input: done.output.clone(), variables }));
            }
            if node.ends() {
                out.end = Some(done.output);
            }
        }
    }
    out
}

/// A state's output, and the readings under which its `Assign` is evaluated.
struct Done<'a> {
    output: Abs,
    sights: Vec<Sight<'a>>,
}

fn json_path<'a>(node: &Node<'_>, result: &Abs, sight: &Sight<'a>) -> Done<'a> {
    let raw = sight.input.clone();
    let effective = effective_input(node, sight);
    let mut seen = vec![raw.clone(), effective.clone()];
    let output = match node.kind {
        "Pass" | "Task" | "Map" | "Parallel" => {
            let result = match (node.kind, node.json.get("Result"), node.json.get("Parameters")) {
                ("Pass", Some(result), _) => Abs::constant(result.clone(), sight.budget),
                ("Pass", None, Some(parameters)) => {
                    seeing(sight, effective.clone()).template(parameters, QueryLanguage::JsonPath)
                }
                ("Pass", None, None) => effective.clone(),
                _ => result.clone(),
            };
            let selected = match node.json.get("ResultSelector") {
                Some(selector) => seeing(sight, result.clone()).template(selector, QueryLanguage::JsonPath),
                None => result.clone(),
            };
            let placed = placed(&base(node, &raw), node.json.get("ResultPath"), selected.clone(), sight);
            seen.extend([result, selected, placed.clone()]);
            placed
        }
        _ => raw.joined(&effective, sight.budget),
    };
    let output = match node.kind {
        // Whether these see the input or the effective input matters only where there is an InputPath.
        "Choice" | "Wait" | "Succeed" if node.json.contains_key("InputPath") => {
            let both = [&raw, &effective].map(|value| selected(node, "OutputPath", value, sight));
            both[0].joined(&both[1], sight.budget)
        }
        _ => selected(node, "OutputPath", &output, sight),
    };
    Done { output, sights: seen.into_iter().map(|value| seeing(sight, value)).collect() }
}

/// What a result is placed into: the input, of which nothing is claimed where `InputPath` takes a part.
fn base(node: &Node<'_>, raw: &Abs) -> Abs {
    match node.json.get("InputPath") {
        None => raw.clone(),
        Some(path) if path == "$" => raw.clone(),
        Some(_) => Abs::Unknown,
    }
}

/// Steps of a `ResultPath`; what is placed deeper is not followed.
const DEEPEST_PLACE: usize = 32;

/// `ResultPath`: in place of the input, nowhere, or at a place within it.
fn placed(base: &Abs, path: Option<&Value>, result: Abs, sight: &Sight<'_>) -> Abs {
    match path {
        None => result,
        Some(Value::Null) => base.clone(),
        Some(Value::String(text)) => match Path::parse(text) {
            Ok(Path { root: Root::Input, steps }) => {
                let key = |step: &Step| match step {
                    Step::Key(key) => Some(key.clone()),
                    Step::Index(_) | Step::Many => None,
                };
                let keys: Option<Vec<_>> = steps.iter().map(key).collect();
                let keys = keys.filter(|keys| keys.len() <= DEEPEST_PLACE);
                keys.map_or(Abs::Unknown, |keys| base.with(&keys, result, sight.budget))
            }
            _ => Abs::Unknown,
        },
        Some(_) => Abs::Unknown,
    }
}

fn jsonata<'a>(node: &Node<'_>, result: &Abs, sight: &Sight<'a>) -> Done<'a> {
    let mut sight = seeing(sight, sight.input.clone());
    sight.result = result.clone();
    let output = match node.json.get("Output") {
        Some(output) => sight.template(output, QueryLanguage::Jsonata),
        None if matches!(node.kind, "Task" | "Map" | "Parallel") => result.clone(),
        None => sight.input.clone(),
    };
    Done { output, sights: vec![sight] }
}

/// The variables after `assign`, known where all readings agree.
fn assign(entry: &Entry, assign: Option<&Value>, language: QueryLanguage, sights: &[Sight<'_>]) -> Arc<Variables> {
    let Some(Value::Object(map)) = assign else {
        // An Assign that is no object is none that is known.
        return if assign.is_some() { Arc::default() } else { entry.variables.clone() };
    };
    if let Some(sight) = sights.first() {
        sight.budget.keep(entry.variables.len() + map.len());
        if sight.budget.is_spent() {
            return Arc::default();
        }
    }
    let mut variables = (*entry.variables).clone();
    for (name, value) in values(map, language, sights) {
        variables.insert(name, value);
    }
    Arc::new(variables)
}

fn values(map: &Map<String, Value>, language: QueryLanguage, sights: &[Sight<'_>]) -> Vec<(String, Abs)> {
    let Some((first, others)) = sights.split_first() else { return Vec::new() };
    let whole = Value::Object(map.clone());
    let mut all = first.template(&whole, language);
    for sight in others {
        all = all.joined(&sight.template(&whole, language), sight.budget);
    }
    let names = map.keys().map(|key| match language {
        QueryLanguage::JsonPath => key.strip_suffix(".$").unwrap_or(key),
        QueryLanguage::Jsonata => key,
    });
    names.map(|name| (name.to_owned(), all.member(name, first.budget))).collect()
}

fn choices<'a>(node: &Node<'a>, entry: &Entry, done: &Done<'_>, out: &mut Outputs<'a>) {
    let Some(sight) = done.sights.first() else { return };
    let common = assign(entry, node.json.get("Assign"), node.language, &done.sights);
    for (_, rule) in node.objects("Choices") {
        let Some(next) = rule.get("Next").and_then(Value::as_str) else { continue };
        // Whether the state's own Assign and Output count beside a rule's is left open.
        let without = assign(entry, rule.get("Assign"), node.language, &done.sights);
        let after = Entry { input: Abs::Unknown, variables: common.clone() };
        let with = assign(&after, rule.get("Assign"), node.language, &done.sights);
        let (variables, _) = super::join_variables(&without, &with, sight.budget);
        let input = match (node.language, rule.get("Output"), node.json.get("Output")) {
            (QueryLanguage::Jsonata, Some(output), _) => sight.template(output, node.language),
            (QueryLanguage::Jsonata, None, Some(_)) => sight.input.joined(&done.output, sight.budget),
            _ => done.output.clone(),
        };
        out.next.push((next, Entry { input, variables }));
    }
    if let Some(default) = node.text("Default") {
        out.next.push((default, Entry { input: done.output.clone(), variables: common }));
    }
}

/// After a fault the state's own Assign and output did not happen; the error is not known.
fn catches<'a>(node: &Node<'a>, entry: &Entry, sight: &Sight<'_>, out: &mut Outputs<'a>) {
    for (_, catcher) in node.objects("Catch") {
        let Some(next) = catcher.get("Next").and_then(Value::as_str) else { continue };
        let (input, sights) = match node.language {
            QueryLanguage::JsonPath => {
                let placed = placed(&base(node, &sight.input), catcher.get("ResultPath"), Abs::Unknown, sight);
                (placed, vec![seeing(sight, Abs::Unknown)])
            }
            QueryLanguage::Jsonata => {
                let output = catcher.get("Output").map(|output| sight.template(output, node.language));
                (output.unwrap_or(Abs::Unknown), vec![seeing(sight, sight.input.clone())])
            }
        };
        let variables = assign(entry, catcher.get("Assign"), node.language, &sights);
        out.next.push((next, Entry { input, variables }));
    }
}
