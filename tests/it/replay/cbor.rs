//! Just enough CBOR (RFC 8949) to answer as CloudWatch does.

use serde_json::Value;

/// A JSON value as CBOR; `{"timestamp": seconds}` becomes a point in time (tag 1).
pub(super) fn encode(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(value, &mut bytes);
    bytes
}

fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.push(0xf6),
        Value::Bool(value) => out.push(if *value { 0xf5 } else { 0xf4 }),
        Value::Number(number) if number.is_u64() => head(0, number.as_u64().unwrap_or_default(), out),
        Value::Number(number) => {
            out.push(0xfb);
            out.extend(number.as_f64().unwrap_or_default().to_be_bytes());
        }
        Value::String(text) => {
            head(3, text.len() as u64, out);
            out.extend(text.as_bytes());
        }
        Value::Array(items) => {
            head(4, items.len() as u64, out);
            for item in items {
                write(item, out);
            }
        }
        Value::Object(map) if map.contains_key("timestamp") => {
            head(6, 1, out);
            write(&map["timestamp"], out);
        }
        Value::Object(map) => {
            head(5, map.len() as u64, out);
            for (name, value) in map {
                write(&Value::from(name.as_str()), out);
                write(value, out);
            }
        }
    }
}

/// The major type with its argument, always in the eight-byte form.
fn head(major: u8, argument: u64, out: &mut Vec<u8>) {
    out.push(major << 5 | 0b1_1011);
    out.extend(argument.to_be_bytes());
}
