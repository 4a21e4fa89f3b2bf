//! A condition of JSONata as a formula over what it asks.

use super::parse::{Expr, Expression};
use crate::asl::choice::{Atom, Formula, Mark, Op};

/// `salt` tells apart what gives another value each time that it is asked.
pub(in crate::asl) fn formula(expression: &Expression, salt: usize) -> Formula {
    split(&expression.root, salt)
}

/// The parser bounds the depth of the tree.
fn split(expr: &Expr, salt: usize) -> Formula {
    let inner = |exprs: [&Expr; 2]| exprs.map(|expr| split(expr, salt)).to_vec();
    match expr {
        Expr::Bool(value) => Formula::Constant(*value),
        Expr::Binary("and", left, right) => Formula::All(inner([left, right])),
        Expr::Binary("or", left, right) => Formula::Any(inner([left, right])),
        Expr::Block(statements) if statements.len() == 1 => split(&statements[0], salt),
        Expr::Call(function, arguments) if arguments.len() == 1 && **function == Expr::Variable("not".to_owned()) => {
            Formula::Not(Box::new(split(&arguments[0], salt)))
        }
        Expr::Binary(operator, left, right) => match op(operator) {
            Some(op) => compared(op, left, right, salt),
            None => Formula::fact(key(expr, salt)),
        },
        Expr::Variable(_) | Expr::Field(_) | Expr::Step(..) => {
            Formula::Atom(Atom::Compare(key(expr, salt), Op::Equal, Mark::Bool(true)))
        }
        _ => Formula::fact(key(expr, salt)),
    }
}

fn op(operator: &str) -> Option<Op> {
    Some(match operator {
        "=" => Op::Equal,
        "!=" => Op::NotEqual,
        "<" => Op::Less,
        "<=" => Op::LessOrEqual,
        ">" => Op::Greater,
        ">=" => Op::GreaterOrEqual,
        _ => return None,
    })
}

fn mark(expr: &Expr) -> Option<Mark> {
    match expr {
        Expr::Bool(value) => Some(Mark::Bool(*value)),
        Expr::Number(number) => Some(Mark::Number(*number)),
        Expr::Text(text) => Some(Mark::Text(text.clone())),
        _ => None,
    }
}

fn compared(op: Op, left: &Expr, right: &Expr, salt: usize) -> Formula {
    let (key, op, mark) = match (mark(left), mark(right)) {
        (None, Some(mark)) => (key(left, salt), op, mark),
        (Some(mark), None) => (key(right, salt), op.turned(), mark),
        // How two things stand to one another.
        _ => (format!("{} {}", key(left, salt), key(right, salt)), op, Mark::Number(0.0)),
    };
    Formula::Atom(Atom::Compare(key, op, mark))
}

/// The same text for the same thing.
fn key(expr: &Expr, salt: usize) -> String {
    let text = format!("{expr:?}");
    let wanders = ["now", "millis", "random", "uuid", "shuffle"];
    match wanders.iter().any(|name| text.contains(&format!("Variable(\"{name}\")"))) {
        true => format!("{salt} {text}"),
        false => text,
    }
}
