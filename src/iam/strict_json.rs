use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::parse::{PolicyError, refuse};
use crate::types::JsonPointer;

/// Reads JSON and refuses an object that has a key twice: other readers keep the one or the other. Depth is bounded by
/// serde_json.
pub fn read(text: &str) -> Result<Value, PolicyError> {
    let place = RefCell::new(None);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let seed = Seed { at: JsonPointer::root(), twice: &place };
    let value = seed.deserialize(&mut deserializer).and_then(|value| deserializer.end().map(|()| value));
    match (value, place.into_inner()) {
        (_, Some(pointer)) => Err(refuse(&pointer, "the element stands here twice")),
        (Ok(value), None) => Ok(value),
        (Err(_), None) => Err(refuse(&JsonPointer::root(), "not JSON, or nested too deep")),
    }
}

struct Seed<'s> {
    at: JsonPointer,
    /// The first key that stands twice.
    twice: &'s RefCell<Option<JsonPointer>>,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Seed { at: self.at.index(list.len()), twice: self.twice })? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let at = self.at.join(&key);
            if map.contains_key(&key) {
                *self.twice.borrow_mut() = Some(at);
                return Err(A::Error::custom("twice"));
            }
            let value = entries.next_value_seed(Seed { at, twice: self.twice })?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}
