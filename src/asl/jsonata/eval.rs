use std::collections::BTreeMap;

use serde_json::Value;

use super::parse::{Expr, Expression};
use crate::asl::abs::{Abs, Budget};

/// What an expression sees.
pub(in crate::asl) trait Env {
    /// A variable of the workflow; `None` where no state assigns such a one.
    fn variable(&self, name: &str) -> Option<Abs>;
    /// `$states.…`, by its path: `input.a`, `context.StateMachine.Id`.
    fn states(&self, path: &[String]) -> Abs;
    fn budget(&self) -> &Budget;
}

/// Trees that are deeper are not known.
const DEEPEST: usize = 200;

/// What is known of an expression's value.
pub(in crate::asl) fn evaluate(expression: &Expression, env: &dyn Env) -> Abs {
    if expression.binds_inside {
        return Abs::Unknown;
    }
    Evaluator { env, locals: Vec::new(), depth: 0 }.evaluate(&expression.root)
}

struct Evaluator<'a> {
    env: &'a dyn Env,
    locals: Vec<(String, Abs)>,
    depth: usize,
}

impl Evaluator<'_> {
    fn evaluate(&mut self, expr: &Expr) -> Abs {
        self.env.budget().spend(1);
        if self.depth >= DEEPEST || self.env.budget().is_spent() {
            return Abs::Unknown;
        }
        self.depth += 1;
        let value = self.known(expr);
        self.depth -= 1;
        value
    }

    fn constant(&self, value: impl Into<Value>) -> Abs {
        Abs::constant(value.into(), self.env.budget())
    }

    fn known(&mut self, expr: &Expr) -> Abs {
        match expr {
            Expr::Number(number) => match whole(*number) {
                Some(whole) => self.constant(whole),
                None => Abs::Unknown,
            },
            Expr::Text(text) => self.constant(text.as_str()),
            Expr::Bool(value) => self.constant(*value),
            Expr::Null => Abs::null(),
            Expr::Variable(_) | Expr::Step(..) => self.path(expr),
            Expr::Filter(list, index) => {
                let index = self.evaluate(index);
                match self.evaluate(list) {
                    list @ (Abs::Array(_) | Abs::Const(_)) => self.item(&list, &index),
                    _ => Abs::Unknown,
                }
            }
            Expr::Binary("&", left, right) => {
                let (left, right) = (self.evaluate(left), self.evaluate(right));
                self.concatenation([&left, &right])
            }
            Expr::Array(items) => {
                let items = items.iter().map(|item| (self.evaluate(item), spreads(item))).collect::<Vec<_>>();
                // An array among the items that is no literal is spread out, and nothing is left out.
                if items.iter().any(|(item, spreads)| *spreads && !is_scalar(item)) {
                    return Abs::Unknown;
                }
                Abs::array(items.into_iter().map(|(item, _)| item).collect(), self.env.budget())
            }
            Expr::Object(pairs) => self.object(pairs),
            Expr::Block(statements) => {
                let outer = self.locals.len();
                let mut last = Abs::Unknown;
                for statement in statements {
                    last = match statement {
                        Expr::Bind(name, value) => {
                            let value = self.evaluate(value);
                            self.locals.push((name.clone(), value.clone()));
                            value
                        }
                        statement => self.evaluate(statement),
                    };
                }
                self.locals.truncate(outer);
                last
            }
            Expr::If(condition, then, otherwise) => {
                let condition = self.evaluate(condition);
                let then = self.evaluate(then);
                let otherwise = otherwise.as_ref().map_or(Abs::Unknown, |otherwise| self.evaluate(otherwise));
                match condition.value() {
                    Some(Value::Bool(true)) => then,
                    Some(Value::Bool(false)) => otherwise,
                    _ => then.joined(&otherwise, self.env.budget()),
                }
            }
            Expr::Call(function, arguments) => self.call(function, arguments),
            Expr::Field(_) | Expr::Binary(..) | Expr::Bind(..) | Expr::Opaque(_) => Abs::Unknown,
        }
    }

    /// A variable and the fields that follow it, each perhaps with an index.
    fn path(&mut self, expr: &Expr) -> Abs {
        let mut steps = Vec::new();
        let mut root = expr;
        while let Expr::Step(left, right) = root {
            steps.push(match &**right {
                Expr::Field(name) | Expr::Text(name) => (name.clone(), None),
                Expr::Filter(field, index) => match (&**field, &**index) {
                    (Expr::Field(name), Expr::Number(index)) => (name.clone(), whole(*index)),
                    _ => return Abs::Unknown,
                },
                _ => return Abs::Unknown,
            });
            root = left;
        }
        steps.reverse();
        let mut value = match root {
            Expr::Variable(name) => match self.locals.iter().rev().find(|(local, _)| local == name) {
                Some((_, value)) => value.clone(),
                None if name == "states" => {
                    let plain = steps.iter().position(|(_, index)| index.is_some()).unwrap_or(steps.len());
                    let keys: Vec<_> = steps.drain(..plain).map(|(key, _)| key).collect();
                    if keys.is_empty() {
                        return Abs::Unknown;
                    }
                    self.env.states(&keys)
                }
                None => self.env.variable(name).unwrap_or(Abs::Unknown),
            },
            root => self.evaluate(root),
        };
        for (key, index) in &steps {
            value = value.member(key, self.env.budget());
            if let Some(index) = index {
                value = self.item(&value, &self.constant(*index));
            }
        }
        settled(value)
    }

    /// Only of arrays of scalars, by a literal index: others are filtered, flattened or counted from the end.
    fn item(&self, list: &Abs, index: &Abs) -> Abs {
        let Some(index) = index.value().and_then(Value::as_u64).and_then(|index| usize::try_from(index).ok()) else {
            return Abs::Unknown;
        };
        let items = list.items(self.env.budget());
        match items.and_then(|items| items.get(index).cloned()) {
            Some(item) if !matches!(&item, Abs::Array(_)) && !item.value().is_some_and(Value::is_array) => item,
            _ => Abs::Unknown,
        }
    }

    fn concatenation<'a>(&self, parts: impl IntoIterator<Item = &'a Abs>) -> Abs {
        let (mut text, mut whole) = (String::new(), true);
        for part in parts {
            match part {
                Abs::Const(value) => match written(value) {
                    Some(part) => text.push_str(&part),
                    None => {
                        text.push('*');
                        whole = false;
                    }
                },
                Abs::Text(pattern) => {
                    text.push_str(pattern);
                    whole = false;
                }
                _ => {
                    text.push('*');
                    whole = false;
                }
            }
        }
        if whole { self.constant(text) } else { Abs::text(&text) }
    }

    fn object(&mut self, pairs: &[(Expr, Expr)]) -> Abs {
        let mut known = BTreeMap::new();
        let mut open = false;
        for (key, value) in pairs {
            let key = self.evaluate(key);
            let value = self.evaluate(value);
            match key.value() {
                Some(Value::String(key)) => {
                    // What is not known may be nothing at all, and is then left out.
                    known.insert(key.clone(), value);
                }
                _ => {
                    // It may stand for any of them.
                    known.clear();
                    open = true;
                }
            }
            if open {
                known.clear();
            }
        }
        Abs::object(known, open, self.env.budget())
    }

    fn call(&mut self, function: &Expr, arguments: &[Expr]) -> Abs {
        let Expr::Variable(name) = function else { return Abs::Unknown };
        let redefined = self.locals.iter().any(|(local, _)| local == name) || self.env.variable(name).is_some();
        if redefined {
            return Abs::Unknown;
        }
        let arguments: Vec<_> = arguments.iter().map(|argument| self.evaluate(argument)).collect();
        let ascii = |value: &Abs| value.value().and_then(Value::as_str).filter(|t| t.is_ascii()).map(str::to_owned);
        match (name.as_str(), arguments.as_slice()) {
            ("string", [value]) => self.concatenation([value]),
            ("join", [list]) => self.join(list, ""),
            ("join", [list, separator]) => match separator.value().and_then(Value::as_str) {
                Some(separator) => self.join(list, separator),
                None => Abs::Unknown,
            },
            ("split", [text, by]) => {
                crate::asl::apply::function("StringSplit", &[text.clone(), by.clone()], self.env.budget())
            }
            ("uppercase", [text]) => ascii(text).map_or(Abs::Unknown, |text| self.constant(text.to_ascii_uppercase())),
            ("lowercase", [text]) => ascii(text).map_or(Abs::Unknown, |text| self.constant(text.to_ascii_lowercase())),
            ("lookup", [object, key]) => match key.value().and_then(Value::as_str) {
                Some(key) => settled(object.member(key, self.env.budget())),
                None => Abs::Unknown,
            },
            ("merge", [list]) => self.merge(list),
            _ => Abs::Unknown,
        }
    }

    fn join(&self, list: &Abs, separator: &str) -> Abs {
        let Some(items) = list.items(self.env.budget()) else { return Abs::Unknown };
        let separator = self.constant(separator);
        let mut parts = Vec::new();
        for item in &items {
            // Only texts are taken.
            if !matches!(item, Abs::Text(_)) && !item.value().is_some_and(Value::is_string) {
                return Abs::Unknown;
            }
            if !parts.is_empty() {
                parts.push(&separator);
            }
            parts.push(item);
        }
        self.concatenation(parts)
    }

    fn merge(&self, list: &Abs) -> Abs {
        let Some(items) = list.items(self.env.budget()) else { return Abs::Unknown };
        let (mut known, mut open) = (BTreeMap::new(), false);
        for item in &items {
            match item.fields(self.env.budget()) {
                Some(fields) => {
                    if fields.open {
                        known.clear();
                    }
                    open |= fields.open;
                    known.extend(fields.known);
                }
                None => {
                    known.clear();
                    open = true;
                }
            }
        }
        Abs::object(known, open, self.env.budget())
    }
}

/// An item that is spread out where it is an array, and left out where it is nothing.
fn spreads(item: &Expr) -> bool {
    !matches!(item, Expr::Number(_) | Expr::Text(_) | Expr::Bool(_) | Expr::Null | Expr::Array(_) | Expr::Object(_))
        && !matches!(item, Expr::Binary("&", ..))
}

/// Known to be one thing that is no array.
fn is_scalar(value: &Abs) -> bool {
    match value {
        Abs::Const(value) => !value.is_array(),
        Abs::Text(_) | Abs::Context(_) | Abs::Object(_) => true,
        Abs::Unknown | Abs::Array(_) => false,
    }
}

/// The value of a path: an array of none or one may come out as nothing or as its one item.
fn settled(value: Abs) -> Abs {
    let length = match &value {
        Abs::Array(items) => items.list.len(),
        Abs::Const(value) => value.as_array().map_or(2, Vec::len),
        _ => 2,
    };
    if length < 2 { Abs::Unknown } else { value }
}

/// How `&` writes a value, where every implementation agrees.
fn written(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(number) => crate::asl::intrinsic::whole(number).map(|number| number.to_string()),
        _ => None,
    }
}

fn whole(number: f64) -> Option<i64> {
    let fits = number.fract() == 0.0 && number.abs() < 9.0e15;
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and fits")]
    fits.then_some(number as i64)
}
