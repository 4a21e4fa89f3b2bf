use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::DefinitionError;
use super::place::Place;
use crate::types::JsonPointer;

/// A JSON text as read, with the keys that stand twice in one object: JSON leaves open which of them counts, and most
/// readers silently keep the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub value: Value,
    /// Where a key stands again, in the order of the text.
    pub duplicates: Vec<JsonPointer>,
}

impl Document {
    /// Reads `text`, nested at most 127 levels deep. The error's pointer is the innermost place that was entered.
    pub fn read(text: &str) -> Result<Self, DefinitionError> {
        let notes = RefCell::new(Notes::default());
        let mut reader = serde_json::Deserializer::from_str(text);
        let root = JsonPointer::root();
        let node = Node { at: &Place::At(&root), notes: &notes };
        let read = node.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
        let Notes { duplicates, failed } = notes.into_inner();
        match read {
            Ok(value) => Ok(Self { value, duplicates }),
            Err(error) => {
                let pointer = failed.unwrap_or_default();
                let error = error.to_string();
                // serde_json has no category of its own for it.
                let message = match error.strip_prefix("recursion limit exceeded") {
                    Some(place) => format!("this is nested more than 127 levels deep{place}"),
                    None => format!("this is not JSON: {error}"),
                };
                Err(DefinitionError { pointer, message })
            }
        }
    }
}

#[derive(Default)]
struct Notes {
    duplicates: Vec<JsonPointer>,
    failed: Option<JsonPointer>,
}

/// More duplicates than this tell nothing new.
const MOST_DUPLICATES: usize = 100;

struct Node<'a> {
    at: &'a Place<'a>,
    notes: &'a RefCell<Notes>,
}

impl Node<'_> {
    /// The first to fail is the innermost.
    fn failed<E>(&self, error: E) -> E {
        let mut notes = self.notes.borrow_mut();
        if notes.failed.is_none() {
            notes.failed = Some(self.at.pointer());
        }
        error
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let notes = self.notes;
        let at = self.at;
        deserializer.deserialize_any(self).map_err(|error| Node { at, notes }.failed(error))
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        loop {
            let at = Place::Index(self.at, list.len());
            match items.next_element_seed(Node { at: &at, notes: self.notes })? {
                Some(item) => list.push(item),
                None => return Ok(Value::Array(list)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let at = Place::Key(self.at, &key);
            if map.contains_key(&key) {
                let mut notes = self.notes.borrow_mut();
                if notes.duplicates.len() >= MOST_DUPLICATES {
                    drop(notes);
                    return Err(A::Error::custom(format!("more than {MOST_DUPLICATES} keys stand twice")));
                }
                notes.duplicates.push(at.pointer());
            }
            let value = entries.next_value_seed(Node { at: &at, notes: self.notes })?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::Document;

    #[test]
    fn it_reads_what_serde_json_reads() {
        for text in ["null", " [1, -2, 3.5, true, \"a\\n\", {}] ", r#"{"a":{"b":[{"c":null}]}}"#] {
            let document = Document::read(text).unwrap();
            assert_eq!(document.value, serde_json::from_str::<Value>(text).unwrap());
            assert!(document.duplicates.is_empty());
        }
    }

    #[test]
    fn keys_that_stand_twice_are_named_and_the_last_is_kept() {
        let document = Document::read(r#"{"a":1,"b":[{"c":1,"c":2}],"a":3}"#).unwrap();
        let at: Vec<_> = document.duplicates.iter().map(crate::types::JsonPointer::as_str).collect();
        assert_eq!(at, ["/b/0/c", "/a"]);
        assert_eq!(document.value, serde_json::json!({"a": 3, "b": [{"c": 2}]}));
    }

    #[test]
    fn what_is_not_json_is_refused_with_its_place() {
        for (text, pointer) in [
            ("", ""),
            ("{\"States\": {\"A\": {\"Type\": tru}}}", "/States/A/Type"),
            ("[1, 2", ""),
            ("{} {}", ""),
            ("{\"a\": 1e999}", "/a"),
        ] {
            let error = Document::read(text).unwrap_err();
            assert_eq!(error.pointer.as_str(), pointer, "{text}: {error}");
        }
        let deep = "[".repeat(100_000);
        assert!(Document::read(&deep).unwrap_err().message.contains("more than 127 levels"));
    }
}
