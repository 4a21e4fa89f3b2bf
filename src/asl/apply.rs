//! Intrinsic functions over what is known of their arguments. Where implementations could differ (floats, the order of
//! keys, line breaks in Base64) nothing is claimed.

use std::collections::BTreeMap;

use serde_json::Value;

use super::abs::{Abs, Budget};
use super::document::Document;
use super::intrinsic::{format_pieces, whole};

/// `States.Format` with a format as it stands between its quotes.
pub(super) fn format(format: &str, arguments: &[Abs], budget: &Budget) -> Abs {
    let pieces = format_pieces(format);
    // With another number of arguments the state fails.
    if pieces.len() != arguments.len() + 1 {
        return Abs::Unknown;
    }
    let (mut text, mut constant) = (String::new(), true);
    for (piece, argument) in pieces.iter().zip(arguments.iter().map(Some).chain([None])) {
        text.push_str(piece);
        budget.spend(1 + text.len() / 16);
        if text.len() > 100_000 || budget.is_spent() {
            return Abs::Unknown;
        }
        let Some(argument) = argument else { break };
        match argument {
            Abs::Const(value) if written(value).is_some() => text.push_str(&written(value).unwrap_or_default()),
            Abs::Text(pattern) => {
                text.push_str(pattern);
                constant = false;
            }
            _ => {
                text.push('*');
                constant = false;
            }
        }
    }
    if constant { Abs::constant(text.into(), budget) } else { Abs::text(&text) }
}

/// How a value is written into a text.
fn written(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(number) => whole(number).map(|number| number.to_string()),
        _ => None,
    }
}

/// Every other function.
pub(super) fn function(name: &str, arguments: &[Abs], budget: &Budget) -> Abs {
    if name == "Array" {
        return Abs::array(arguments.to_vec(), budget);
    }
    let known = match (name, arguments) {
        ("ArrayGetItem", [list, index]) => {
            let index = index.value().and_then(Value::as_u64).and_then(|index| usize::try_from(index).ok());
            return index.map_or(Abs::Unknown, |index| list.item(index, budget));
        }
        ("ArrayLength", [list]) => list.items(budget).map(|items| items.len().into()),
        ("ArrayContains", [list, wanted]) => contains(list, wanted),
        ("ArrayPartition", [list, size]) => return partition(list, size, budget),
        ("ArrayRange", [from, to, step]) => range(from, to, step),
        ("Base64Encode", [text]) => text.value().and_then(Value::as_str).and_then(encoded).map(Value::String),
        ("Base64Decode", [text]) => text.value().and_then(Value::as_str).and_then(decoded).map(Value::String),
        ("JsonMerge", [a, b, deep]) if deep.value() == Some(&Value::Bool(false)) => return merge(a, b, budget),
        ("JsonToString", [value]) => value.value().and_then(compact).map(Value::String),
        ("StringToJson", [text]) => text.value().and_then(Value::as_str).and_then(|text| {
            Document::read(text).ok().filter(|document| document.duplicates.is_empty()).map(|document| document.value)
        }),
        ("StringSplit", [text, by]) => split(text, by),
        ("MathAdd", [a, b]) => add(a, b),
        _ => None,
    };
    known.map_or(Abs::Unknown, |value| Abs::constant(value, budget))
}

fn small(value: &Abs) -> Option<i64> {
    value.value()?.as_i64().filter(|n| i32::try_from(*n).is_ok())
}

fn add(a: &Abs, b: &Abs) -> Option<Value> {
    let sum = small(a)? + small(b)?;
    i32::try_from(sum).ok().map(Value::from)
}

/// Both ends count; at most 1,000 items are made.
fn range(from: &Abs, to: &Abs, step: &Abs) -> Option<Value> {
    let (from, to, step) = (small(from)?, small(to)?, small(step)?);
    if step == 0 || (to - from) / step >= 1_000 || (to - from) / step < 0 {
        return None;
    }
    let item = |index: i64| Value::from(from + index * step);
    Some((0..=(to - from) / step).map(item).collect())
}

fn contains(list: &Abs, wanted: &Abs) -> Option<Value> {
    let (list, wanted) = (list.value()?.as_array()?, wanted.value()?);
    // 1 and 1.0 may be one value or two.
    let plain = |value: &Value| value.is_string() || value.is_boolean();
    (plain(wanted) && list.iter().all(plain)).then(|| list.contains(wanted).into())
}

fn partition(list: &Abs, size: &Abs, budget: &Budget) -> Abs {
    let size = small(size).and_then(|size| usize::try_from(size).ok()).filter(|size| *size > 0);
    let (Some(items), Some(size)) = (list.items(budget), size) else { return Abs::Unknown };
    Abs::array(items.chunks(size).map(|chunk| Abs::array(chunk.to_vec(), budget)).collect(), budget)
}

/// The fields of `b` win.
fn merge(a: &Abs, b: &Abs, budget: &Budget) -> Abs {
    let (Some(a), Some(b)) = (a.fields(budget), b.fields(budget)) else { return Abs::Unknown };
    let mut known = if b.open { BTreeMap::new() } else { a.known };
    known.extend(b.known);
    Abs::object(known, a.open || b.open, budget)
}

/// By one character, where no piece is empty: else tools differ.
fn split(text: &Abs, by: &Abs) -> Option<Value> {
    let (text, by) = (text.value()?.as_str()?, by.value()?.as_str()?);
    let mut characters = by.chars();
    let (Some(by), None) = (characters.next(), characters.next()) else { return None };
    let pieces: Vec<_> = text.split(by).collect();
    pieces.iter().all(|piece| !piece.is_empty()).then(|| pieces.into())
}

/// Without objects of several keys, whose order differs, and only with characters that nobody escapes.
fn compact(value: &Value) -> Option<String> {
    let plain = |text: &str| {
        text.chars().all(|c| matches!(c, ' '..='~') && !matches!(c, '"' | '\\' | '/' | '<' | '>' | '&' | '\''))
    };
    let ordered = match value {
        Value::String(text) => plain(text),
        Value::Number(number) => whole(number).is_some(),
        Value::Array(items) => items.iter().all(|item| compact(item).is_some()),
        Value::Object(map) => map.len() < 2 && map.iter().all(|(key, value)| plain(key) && compact(value).is_some()),
        Value::Null | Value::Bool(_) => true,
    };
    ordered.then(|| value.to_string())
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Longer ones may be broken into lines.
const LINE: usize = 57;

fn encoded(text: &str) -> Option<String> {
    if text.len() > LINE {
        return None;
    }
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = ALPHABET[(bits >> (18 - 6 * place) & 63) as usize];
            out.push(if place <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    Some(out)
}

fn decoded(text: &str) -> Option<String> {
    let digits = text.trim_end_matches('=');
    if !text.len().is_multiple_of(4) || text.len() - digits.len() > 2 {
        return None;
    }
    let mut bytes = Vec::new();
    for chunk in digits.as_bytes().chunks(4) {
        let mut bits = 0_u32;
        for byte in chunk {
            bits = bits << 6 | u32::try_from(ALPHABET.iter().position(|digit| digit == byte)?).ok()?;
        }
        bits <<= 6 * (4 - chunk.len());
        bytes.extend_from_slice(&bits.to_be_bytes()[1..chunk.len()]);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{decoded, encoded, format, function};
    use crate::asl::abs::{Abs, Budget};

    fn call(name: &str, arguments: &Value) -> Abs {
        let budget = Budget::new();
        let arguments: Vec<_> =
            arguments.as_array().unwrap().iter().map(|v| Abs::constant(v.clone(), &budget)).collect();
        function(name, &arguments, &budget)
    }

    #[test]
    fn functions_over_constants() {
        for (name, arguments, expected) in [
            ("Array", json!(["a", 1]), json!(["a", 1])),
            ("ArrayGetItem", json!([["a", "b"], 1]), json!("b")),
            ("ArrayLength", json!([["a", "b"]]), json!(2)),
            ("ArrayContains", json!([["a", "b"], "b"]), json!(true)),
            ("ArrayPartition", json!([[1, 2, 3], 2]), json!([[1, 2], [3]])),
            ("ArrayRange", json!([1, 9, 2]), json!([1, 3, 5, 7, 9])),
            ("JsonMerge", json!([{"a": 1, "b": 1}, {"b": 2}, false]), json!({"a": 1, "b": 2})),
            ("JsonToString", json!([{"a": [1, true, null]}]), json!("{\"a\":[1,true,null]}")),
            ("StringToJson", json!(["{\"a\":\"b\"}"]), json!({"a": "b"})),
            ("StringSplit", json!(["a,b", ","]), json!(["a", "b"])),
            ("Base64Encode", json!(["Data to encode"]), json!("RGF0YSB0byBlbmNvZGU=")),
            ("Base64Decode", json!(["RGF0YSB0byBlbmNvZGU="]), json!("Data to encode")),
            ("MathAdd", json!([111, -1]), json!(110)),
        ] {
            assert_eq!(call(name, &arguments).value(), Some(&expected), "{name}");
        }
    }

    #[test]
    fn nothing_is_claimed_where_tools_may_differ() {
        for (name, arguments) in [
            ("ArrayGetItem", json!([["a"], 1])),
            ("ArrayContains", json!([[1, 2], 1.0])),
            ("ArrayRange", json!([1, 100_000, 1])),
            ("ArrayUnique", json!([[1, 2, 1]])),
            ("JsonMerge", json!([{}, {}, true])),
            ("JsonToString", json!([{"b": 1, "a": 2}])),
            ("StringToJson", json!(["{\"a\":1,\"a\":2}"])),
            ("StringSplit", json!(["a,,b", ","])),
            ("Base64Decode", json!(["not base64"])),
            ("MathAdd", json!([1.5, 1])),
            ("MathRandom", json!([1, 2])),
            ("Hash", json!(["a", "MD5"])),
            ("UUID", json!([])),
        ] {
            assert_eq!(call(name, &arguments), Abs::Unknown, "{name}");
        }
    }

    #[test]
    fn formats() {
        let budget = Budget::new();
        let text = |text: &str| Abs::constant(text.into(), &budget);
        assert_eq!(format(r"a\{{}\}", &[text("b")], &budget).value(), Some(&json!("a{b}")));
        assert_eq!(format("arn:{}:{}", &[text("x"), Abs::Unknown], &budget), Abs::text("arn:x:*"));
        assert_eq!(format("{}{}", &[text("x")], &budget), Abs::Unknown);
        assert_eq!(format("{}", &[Abs::Unknown], &budget), Abs::Unknown);
    }

    #[test]
    fn base64_comes_back() {
        for text in ["", "a", "ab", "abc", "äöü€"] {
            assert_eq!(decoded(&encoded(text).unwrap()).as_deref(), Some(text));
        }
    }
}
