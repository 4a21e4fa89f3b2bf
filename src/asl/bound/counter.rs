//! Whether a Choice compares a number that the next execution is given changed. By names: that of the last field of what
//! is compared, and of what is calculated.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::asl::QueryLanguage;
use crate::asl::facts;
use crate::asl::jsonata::{self, Expr};
use crate::asl::machine::{Machine, Node};
use crate::asl::path::{Path, Root, Step};

pub(super) fn counts(machine: &Machine<'_>, choice: usize, start: usize) -> bool {
    let compared = compared(&machine.nodes[choice]);
    if compared.is_empty() {
        return false;
    }
    let Some((language, arguments)) = facts::arguments(&machine.nodes[start]) else { return false };
    let Some((key, input)) = input(arguments) else { return false };
    let given = given(key, input, language, &compared);
    given.calculated
        || given.passed && machine.nodes.iter().any(|node| is_calculated(node, &compared, machine.nodes[start].name))
}

/// The argument `Input`, in either spelling.
fn input(arguments: &Value) -> Option<(&str, &Value)> {
    let is_input = |key: &str| key.strip_suffix(".$").unwrap_or(key).eq_ignore_ascii_case("Input");
    let (key, value) = arguments.as_object()?.iter().find(|(key, _)| is_input(key))?;
    Some((key, value))
}

/// What a template does with the names.
#[derive(Default)]
struct Given {
    /// One is given calculated.
    calculated: bool,
    /// One is given, alone or with all else.
    passed: bool,
}

fn given(key: &str, value: &Value, language: QueryLanguage, names: &BTreeSet<String>) -> Given {
    match value {
        Value::Object(map) => merged(map.iter().map(|(key, value)| given(key, value, language, names))),
        Value::Array(items) => merged(items.iter().map(|item| given(key, item, language, names))),
        Value::String(text) if is_expression(key, text, language) => {
            let named = names.contains(bare(key)) || names.iter().any(|name| mentions(text, name));
            let whole = matches!(text.trim(), "$" | "$$.Execution.Input" | "{% $states.input %}");
            Given { calculated: named && calculates(text, language), passed: named || whole }
        }
        _ => Given::default(),
    }
}

fn merged(all: impl Iterator<Item = Given>) -> Given {
    all.fold(Given::default(), |a, b| Given { calculated: a.calculated || b.calculated, passed: a.passed || b.passed })
}

/// Another state writes one of the names from a calculation.
fn is_calculated(node: &Node<'_>, names: &BTreeSet<String>, start: &str) -> bool {
    let fields = ["Parameters", "Arguments", "ResultSelector", "Assign", "Output"];
    let written = |object: &Map<String, Value>| {
        fields
            .iter()
            .filter_map(|field| object.get(*field))
            .any(|value| given("", value, node.language, names).calculated)
    };
    node.name != start && (written(node.json) || node.objects("Choices").any(|(_, rule)| written(rule)))
}

fn bare(key: &str) -> &str {
    key.strip_suffix(".$").unwrap_or(key)
}

fn is_expression(key: &str, text: &str, language: QueryLanguage) -> bool {
    match language {
        QueryLanguage::JsonPath => key.ends_with(".$"),
        QueryLanguage::Jsonata => jsonata::expression(text).is_some(),
    }
}

/// The name stands in the text as a word.
fn mentions(text: &str, name: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).any(|(at, _)| !text[..at].ends_with(word) && !text[at + name.len()..].starts_with(word))
}

fn calculates(text: &str, language: QueryLanguage) -> bool {
    match language {
        QueryLanguage::JsonPath => text.contains("States.MathAdd("),
        QueryLanguage::Jsonata => parsed(text).is_some_and(|root| {
            let mut sums = false;
            walk(&root, &mut |expr| sums |= matches!(expr, Expr::Binary("+" | "-", ..)));
            sums
        }),
    }
}

fn parsed(text: &str) -> Option<Expr> {
    Some(jsonata::parse(jsonata::expression(text)?).ok()?.into_root())
}

/// The last names of the numbers that a Choice compares.
fn compared(choice: &Node<'_>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (_, rule) in choice.objects("Choices") {
        match rule.get("Condition").and_then(Value::as_str) {
            Some(condition) => {
                parsed(condition).iter().for_each(|root| walk(root, &mut |expr| in_jsonata(expr, &mut names)))
            }
            None => in_json_path(rule, &mut names),
        }
    }
    names
}

/// Rules nest as deep as a JSON text does, which is bounded.
fn in_json_path(rule: &Map<String, Value>, names: &mut BTreeSet<String>) {
    if rule.keys().any(|key| key.starts_with("Numeric"))
        && let Some(Ok(path)) = rule.get("Variable").and_then(Value::as_str).map(Path::parse)
    {
        names.extend(last(path));
    }
    for field in ["And", "Or", "Not"] {
        let inner = match rule.get(field) {
            Some(Value::Array(rules)) => rules.as_slice(),
            Some(rule) => std::slice::from_ref(rule),
            None => continue,
        };
        inner.iter().filter_map(Value::as_object).for_each(|rule| in_json_path(rule, names));
    }
}

fn last(path: Path) -> Option<String> {
    let key = path.steps.into_iter().rev().find_map(|step| match step {
        Step::Key(key) => Some(key),
        Step::Index(_) | Step::Many => None,
    });
    key.or(match path.root {
        Root::Variable(name) => Some(name),
        Root::Input | Root::Context => None,
    })
}

fn in_jsonata(expr: &Expr, names: &mut BTreeSet<String>) {
    let Expr::Binary(operator, left, right) = expr else { return };
    let number = |expr: &Expr| matches!(expr, Expr::Number(_));
    let compares = match *operator {
        "<" | "<=" | ">" | ">=" => true,
        "=" | "!=" => number(left) || number(right),
        _ => false,
    };
    if compares {
        for side in [left, right] {
            match &**side {
                Expr::Variable(name) => _ = names.insert(name.clone()),
                Expr::Step(_, field) => match &**field {
                    Expr::Field(name) | Expr::Text(name) => _ = names.insert(name.clone()),
                    _ => {}
                },
                _ => {}
            }
        }
    }
}

/// An expression and all in it; how deep one can be is bounded where it is read.
fn walk(expr: &Expr, see: &mut dyn FnMut(&Expr)) {
    see(expr);
    match expr {
        Expr::Step(a, b) | Expr::Filter(a, b) | Expr::Binary(_, a, b) => {
            [a, b].into_iter().for_each(|one| walk(one, see))
        }
        Expr::Array(all) | Expr::Block(all) | Expr::Opaque(all) => all.iter().for_each(|one| walk(one, see)),
        Expr::Object(pairs) => pairs.iter().for_each(|(key, value)| {
            walk(key, see);
            walk(value, see);
        }),
        Expr::Bind(_, value) => walk(value, see),
        Expr::If(condition, then, otherwise) => {
            [Some(condition), Some(then), otherwise.as_ref()].into_iter().flatten().for_each(|one| walk(one, see));
        }
        Expr::Call(function, arguments) => {
            walk(function, see);
            arguments.iter().for_each(|one| walk(one, see));
        }
        Expr::Number(_) | Expr::Text(_) | Expr::Bool(_) | Expr::Null | Expr::Variable(_) | Expr::Field(_) => {}
    }
}
