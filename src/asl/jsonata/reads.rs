//! What an expression reads and which fields it makes, whatever its value is.

use super::parse::{Expr, Expression};
use crate::asl::counter::{Condition, Test};
use crate::asl::reads::{Reads, Write};

pub(in crate::asl) fn reads(expression: &Expression) -> Reads {
    let mut reads = Reads::default();
    gather(&expression.root, &mut reads);
    reads
}

/// The fields of the objects that an expression makes, and the variables that it binds.
pub(in crate::asl) fn writes(expression: &Expression) -> Vec<Write> {
    let mut out = Vec::new();
    made(&expression.root, &mut out);
    out
}

/// A condition at its `and`, `or` and `$not`.
pub(in crate::asl) fn condition(expression: &Expression) -> Condition {
    split(&expression.root)
}

fn split(expr: &Expr) -> Condition {
    match expr {
        Expr::Binary("and", left, right) => Condition::All(vec![split(left), split(right)]),
        Expr::Binary("or", left, right) => Condition::Any(vec![split(left), split(right)]),
        Expr::Call(function, arguments) if arguments.len() == 1 && is_named(function, &["not"]) => {
            Condition::Not(Box::new(split(&arguments[0])))
        }
        Expr::Block(statements) if statements.len() == 1 => split(&statements[0]),
        _ => {
            let mut reads = Reads::default();
            gather(expr, &mut reads);
            let number = |side: &Expr| matches!(side, Expr::Number(_));
            let numeric = match expr {
                Expr::Binary("<" | "<=" | ">" | ">=", ..) => true,
                Expr::Binary("=" | "!=", left, right) => number(left) || number(right),
                _ => false,
            };
            let ordered = matches!(expr, Expr::Binary("<" | "<=" | ">" | ">=", ..));
            Condition::Test(Test { reads, numeric, ordered, asks: None, always: always(expr) })
        }
    }
}

/// A literal, or one that is compared with another.
fn always(expr: &Expr) -> Option<bool> {
    match expr {
        Expr::Bool(answer) => Some(*answer),
        Expr::Binary(sign, left, right) => {
            let order = match (&**left, &**right) {
                (Expr::Number(left), Expr::Number(right)) => left.partial_cmp(right)?,
                (Expr::Text(left), Expr::Text(right)) => left.cmp(right),
                _ => return None,
            };
            match *sign {
                "=" => Some(order.is_eq()),
                "!=" => Some(order.is_ne()),
                "<" => Some(order.is_lt()),
                "<=" => Some(order.is_le()),
                ">" => Some(order.is_gt()),
                ">=" => Some(order.is_ge()),
                _ => None,
            }
        }
        _ => None,
    }
}

fn is_named(function: &Expr, names: &[&str]) -> bool {
    matches!(function, Expr::Variable(name) if names.contains(&name.as_str()))
}

/// The parser bounds the depth of the tree.
fn gather(expr: &Expr, reads: &mut Reads) {
    if let Some(path) = path(expr) {
        return place(&path, reads);
    }
    let inner = children(expr);
    let hands_on = matches!(expr, Expr::Block(one) if one.len() == 1) || is_idle(expr);
    reads.computes |= !hands_on && !inner.is_empty();
    reads.wanders |= matches!(expr, Expr::Binary("%", ..));
    match expr {
        Expr::Call(function, arguments) => {
            reads.computes = true;
            reads.clock |= is_named(function, &["now", "millis"]);
            reads.wanders |= is_named(function, &["random", "uuid", "shuffle"]);
            for argument in arguments {
                gather(argument, reads);
            }
        }
        _ => inner.into_iter().for_each(|inner| gather(inner, reads)),
    }
}

/// Nothing added, or one times: the same value.
fn is_idle(expr: &Expr) -> bool {
    let is = |side: &Expr, number: f64| matches!(side, Expr::Number(one) if (one - number).abs() < f64::EPSILON);
    match expr {
        Expr::Binary("+", left, right) => is(left, 0.0) || is(right, 0.0),
        Expr::Binary("-", _, right) => is(right, 0.0),
        Expr::Binary("*", left, right) => [left, right].iter().any(|side| is(side, 0.0) || is(side, 1.0)),
        Expr::Binary("/", _, right) => is(right, 1.0),
        _ => false,
    }
}

/// A variable and the fields that follow it, each perhaps with a fixed index.
fn path(expr: &Expr) -> Option<Vec<&str>> {
    match expr {
        Expr::Variable(name) => Some(vec![name]),
        Expr::Step(left, right) => {
            let mut path = path(left)?;
            path.push(match &**right {
                Expr::Field(name) | Expr::Text(name) => name,
                Expr::Filter(field, index) => match (&**field, &**index) {
                    (Expr::Field(name), Expr::Number(_)) => name,
                    _ => return None,
                },
                _ => return None,
            });
            Some(path)
        }
        Expr::Filter(list, index) if matches!(**index, Expr::Number(_)) => path(list),
        _ => None,
    }
}

fn place(path: &[&str], reads: &mut Reads) {
    match path {
        ["states", "context", rest @ ..] => reads.context(&rest.join(".")),
        ["states", "result" | "errorOutput", ..] => reads.outside = true,
        ["states", "input", rest @ ..] => {
            reads.keys.insert("$".to_owned());
            reads.place(rest.iter().copied());
        }
        // The whole of all that a state knows, and what surrounds an expression of its own.
        ["states" | "", ..] => {}
        path => reads.place(path.iter().copied()),
    }
}

fn children(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Number(_) | Expr::Text(_) | Expr::Bool(_) | Expr::Null | Expr::Variable(_) | Expr::Field(_) => Vec::new(),
        Expr::Step(left, right) | Expr::Filter(left, right) | Expr::Binary(_, left, right) => vec![left, right],
        Expr::Array(items) | Expr::Block(items) | Expr::Opaque(items) => items.iter().collect(),
        Expr::Object(pairs) => pairs.iter().flat_map(|(key, value)| [key, value]).collect(),
        Expr::Bind(_, value) => vec![value],
        Expr::If(condition, then, otherwise) => {
            [condition, then].into_iter().chain(otherwise).map(|one| &**one).collect()
        }
        Expr::Call(function, arguments) => std::iter::once(&**function).chain(arguments).collect(),
    }
}

fn made(expr: &Expr, out: &mut Vec<Write>) {
    let mut write = |name: &str, value: &Expr| {
        let mut reads = Reads::default();
        gather(value, &mut reads);
        out.push(Write { name: name.to_owned(), reads });
    };
    match expr {
        Expr::Object(pairs) => pairs.iter().for_each(|(key, value)| {
            if let Expr::Text(name) = key {
                write(name, value);
            }
        }),
        Expr::Bind(name, value) => write(name, value),
        _ => {}
    }
    for inner in children(expr) {
        made(inner, out);
    }
}
