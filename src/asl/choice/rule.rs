//! A rule of JSONPath as a formula.
//! Source: <https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html>.

use serde_json::{Map, Value};

use super::{Atom, Formula, Mark, Op};

/// What a comparison's name says behind its type.
const OPS: [(&str, Op); 5] = [
    ("Equals", Op::Equal),
    ("LessThanEquals", Op::LessOrEqual),
    ("GreaterThanEquals", Op::GreaterOrEqual),
    ("LessThan", Op::Less),
    ("GreaterThan", Op::Greater),
];

/// Documents are nested at most 127 levels deep, so this recursion is bounded.
pub(super) fn formula(rule: &Map<String, Value>) -> Formula {
    let inner = |rule: &Value| rule.as_object().map_or_else(|| opaque(rule), formula);
    let list = |rules: &Value| rules.as_array().map(|rules| rules.iter().map(inner).collect());
    let parts = rule.iter().filter(|(field, _)| !matches!(field.as_str(), "Next" | "Assign" | "Comment" | "Variable"));
    let parts: Vec<_> = parts.collect();
    let [(field, value)] = parts.as_slice() else { return opaque(&Value::Object(rule.clone())) };
    let variable = rule.get("Variable").and_then(Value::as_str).unwrap_or_default();
    match field.as_str() {
        "And" => list(value).map_or_else(|| opaque(value), Formula::All),
        "Or" => list(value).map_or_else(|| opaque(value), Formula::Any),
        "Not" => Formula::Not(Box::new(inner(value))),
        "IsPresent" | "IsNull" | "IsString" | "IsNumeric" | "IsBoolean" | "IsTimestamp" => {
            let fact = Formula::fact(format!("{field} {variable}"));
            match value {
                Value::Bool(true) => fact,
                Value::Bool(false) => Formula::Not(Box::new(fact)),
                _ => opaque(&Value::Object(rule.clone())),
            }
        }
        "BooleanEquals" | "StringMatches" | "BooleanEqualsPath" => matched(variable, field, value),
        _ => compared(variable, field, value),
    }
}

fn opaque(rule: &Value) -> Formula {
    let mut rule = rule.clone();
    if let Some(rule) = rule.as_object_mut() {
        rule.retain(|field, _| !matches!(field.as_str(), "Next" | "Assign" | "Comment"));
    }
    Formula::fact(rule.to_string())
}

fn matched(variable: &str, field: &str, value: &Value) -> Formula {
    let mark = match value {
        Value::Bool(value) if field == "BooleanEquals" => Some(Mark::Bool(*value)),
        Value::String(text) if field == "StringMatches" && !text.contains(['*', '\\']) => {
            Some(Mark::Text(text.clone()))
        }
        _ => None,
    };
    match mark {
        Some(mark) => Formula::Atom(Atom::Compare(variable.to_owned(), Op::Equal, mark)),
        None => Formula::fact(format!("{variable} {field} {value}")),
    }
}

fn compared(variable: &str, field: &str, value: &Value) -> Formula {
    let (bare, is_path) = match field.strip_suffix("Path") {
        Some(bare) => (bare, true),
        None => (field, false),
    };
    let of = |kind: &str| OPS.iter().find(|(name, _)| bare.strip_prefix(kind) == Some(name)).map(|(_, op)| *op);
    let (key, op, mark) = match (of("Numeric"), of("String"), of("Timestamp"), value) {
        (Some(op), _, _, Value::Number(number)) if !is_path => {
            (variable.to_owned(), op, Mark::Number(number.as_f64().unwrap_or(f64::NAN)))
        }
        (_, Some(op), _, Value::String(text)) if !is_path => (variable.to_owned(), op, Mark::Text(text.clone())),
        // One moment can be written in several ways, and what the other side is is not known: each such pair is a thing.
        (Some(op), _, _, other) | (_, Some(op), _, other) | (_, _, Some(op), other) => {
            (format!("{variable} {} {is_path} {other}", &bare[..4]), op, Mark::Number(0.0))
        }
        _ => return Formula::fact(format!("{variable} {field} {value}")),
    };
    Formula::Atom(Atom::Compare(key, op, mark))
}
