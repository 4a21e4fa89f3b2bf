use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::engine::Detectors;
use super::hash_key::HashKey;
use super::kind::Kind;
use super::marks::Marks;
use super::path::Path;
use super::text::Span;
use super::{confidence, identifiers, judge, kinds, leaf, text};
use crate::types::{JsonPointer, Observation};

/// Something that has passed the [`Door`]: its sensitive leaves are markers. Only the door makes one from raw text;
/// a stored one may be read back.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Clean<T>(T);

impl<T> Clean<T> {
    pub fn get(&self) -> &T {
        &self.0
    }

    pub fn into_inner(self) -> T {
        self.0
    }

    /// What is read out of something clean is clean.
    pub fn read<U, E>(&self, read: impl FnOnce(&T) -> Result<U, E>) -> Result<Clean<U>, E> {
        read(&self.0).map(Clean)
    }
}

/// What came through, and what was seen on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspected<T> {
    pub clean: Clean<T>,
    pub observations: Vec<Observation>,
}

/// Inspects kept text and replaces its sensitive leaves by markers such as `[stepwarden:GITHUB_TOKEN:40]` (type and
/// length in bytes). External ids and session names, of which policies are full, become markers without an observation:
/// they stand where they belong.
#[derive(Debug, Clone)]
pub struct Door {
    key: HashKey,
}

impl Door {
    pub fn new(key: HashKey) -> Self {
        Self { key }
    }

    /// One text, such as a description, a tag value or an error message.
    pub fn text(&self, text: &str) -> Inspected<String> {
        self.until_clean(text.to_owned(), |walk, text| {
            walk.marks = Detectors::marks_of_text(&text);
            walk.text(&text, "", &JsonPointer::root(), Place::Data)
        })
    }

    /// A JSON document, keys included. Of a state machine definition, what is data is inspected as a payload is; of
    /// everything else, and of all other documents, only what proves itself is replaced: names, paths, conditions and
    /// patterns would mean something else.
    pub fn json(&self, document: Value) -> Inspected<Value> {
        let place = Place::of(&document);
        self.until_clean(document, |walk, document| {
            walk.marks = if place == Place::Language { Detectors::marks(&document) } else { Marks::default() };
            walk.value(document, "", &JsonPointer::root(), place)
        })
    }

    /// What was hidden by something that has been replaced is found in another pass.
    fn until_clean<T>(&self, mut dirty: T, pass: impl Fn(&mut Walk<'_>, T) -> T) -> Inspected<T> {
        const MOST: usize = 4;
        let mut walk = Walk { door: self, marks: Marks::default(), raw: Path::default(), seen: Vec::new() };
        for _ in 0..MOST {
            let before = walk.seen.len();
            dirty = pass(&mut walk, dirty);
            if walk.seen.len() == before {
                break;
            }
        }
        Inspected { clean: Clean(dirty), observations: walk.seen }
    }
}

/// What a part of a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Fields of the Amazon States Language.
    Language,
    /// The states: their keys are names.
    States,
    /// What a definition passes on, compares with or says to people.
    Data,
    /// No definition.
    Other,
}

impl Place {
    fn of(document: &Value) -> Self {
        let is_definition = document.get("StartAt").is_some() && document.get("States").is_some_and(Value::is_object);
        if is_definition { Self::Language } else { Self::Other }
    }

    /// What stands below a key.
    fn below(self, key: &str) -> Self {
        const DATA: [&str; 12] = [
            "Arguments",
            "Assign",
            "BatchInput",
            "Cause",
            "Comment",
            "Error",
            "ItemSelector",
            "Items",
            "Output",
            "Parameters",
            "Result",
            "ResultSelector",
        ];
        match self {
            Self::Language if key == "States" => Self::States,
            Self::Language if DATA.contains(&key) || is_comparison(key) => Self::Data,
            Self::States => Self::Language,
            other => other,
        }
    }
}

/// An operator of a Choice rule that holds the text to compare with.
fn is_comparison(key: &str) -> bool {
    key.starts_with("String") && !key.ends_with("Path")
}

/// What the language works out itself, and names of resources.
fn is_expression(key: &str, text: &str) -> bool {
    let text = text.trim_start();
    key.ends_with(".$") || ["{%", "$", "States.", "arn:"].iter().any(|head| text.starts_with(head))
}

struct Walk<'a> {
    door: &'a Door,
    marks: Marks,
    /// Where the walk is, with all keys as they are.
    raw: Path,
    seen: Vec<Observation>,
}

impl Walk<'_> {
    /// `serde_json` refuses documents nested deeper than 128 levels, so this recursion is bounded.
    fn value(&mut self, value: Value, key: &str, at: &JsonPointer, place: Place) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(&text, key, at, place)),
            Value::Number(number) => {
                let text = number.to_string();
                match identifiers::under(key, &text) {
                    Some(marker) => Value::String(marker),
                    None if place == Place::Data && !self.marks.of(self.raw.as_str(), &text, Vec::new()).is_empty() => {
                        Value::String(self.replace(&text, key, at, place))
                    }
                    None => Value::Number(number),
                }
            }
            Value::Array(items) => {
                let items = items.into_iter().enumerate().map(|(index, item)| {
                    let mark = self.raw.mark();
                    self.raw.push_index(index);
                    let clean = self.value(item, key, &at.index(index), place);
                    self.raw.back_to(mark);
                    clean
                });
                Value::Array(items.collect())
            }
            Value::Object(map) => Value::Object(self.object(map, at, place)),
            other => other,
        }
    }

    fn object(&mut self, map: Map<String, Value>, at: &JsonPointer, place: Place) -> Map<String, Value> {
        let mut clean = Map::new();
        for (raw, value) in map {
            let mut name = self.name(&raw, at, place);
            // Two keys of one type and length.
            while clean.contains_key(&name) {
                name.push('\'');
            }
            let mark = self.raw.mark();
            self.raw.push_key(&raw);
            let value = self.value(value, &name, &at.join(&name), place.below(&raw));
            self.raw.back_to(mark);
            clean.insert(name, value);
        }
        clean
    }

    /// A key, which is replaced where it is sensitive itself.
    fn name(&mut self, name: &str, at: &JsonPointer, place: Place) -> String {
        match leaf::of_key(name).filter(|(_, sure)| place == Place::Data && *sure >= confidence::PROVEN) {
            Some((kind, sure)) => self.mark(kind, name, at, sure),
            None => self.replace(name, "", at, Place::Other),
        }
    }

    fn text(&mut self, text: &str, key: &str, at: &JsonPointer, place: Place) -> String {
        if let Some(clean) = identifiers::under(key, text) {
            return self.replace(&clean, key, at, Place::Other);
        }
        if place == Place::Data
            && self.marks.has_inside(self.raw.as_str())
            && let Ok(inside) = serde_json::from_str(text)
        {
            let mark = self.raw.mark();
            self.raw.push_json();
            let clean = self.value(inside, key, &JsonPointer::written(format!("{at}#")), place);
            self.raw.back_to(mark);
            return clean.to_string();
        }
        self.replace(text, key, at, place)
    }

    fn replace(&mut self, text: &str, key: &str, at: &JsonPointer, place: Place) -> String {
        let proven = |(kind, range)| Span { kind, range, confidence: confidence::PROVEN };
        let mut spans: Vec<_> = text::secrets(text).into_iter().map(proven).collect();
        if judge::is_aws_secret_under(key, text) {
            spans.push(proven((kinds::AWS_SECRET_KEY, 0..text.len())));
        }
        let is_data = place == Place::Data && !is_expression(key, text);
        let pointer = if is_data { Some(self.raw.as_str()) } else { None };
        let spans = match pointer {
            Some(pointer) => self.marks.of(pointer, text, spans),
            None => Marks::default().of("", text, spans),
        };
        let mut clean = String::with_capacity(text.len());
        let mut from = 0;
        for Span { kind, range, confidence } in spans {
            clean.push_str(&text[from..range.start]);
            clean.push_str(&self.mark(kind, &text[range.clone()], at, confidence));
            from = range.end;
        }
        clean.push_str(&text[from..]);
        identifiers::without_sessions(clean)
    }

    fn mark(&mut self, kind: &Kind, value: &str, at: &JsonPointer, confidence: u8) -> String {
        self.seen.push(Observation {
            kind: kind.id.to_owned(),
            data: kind.data,
            pointer: at.clone(),
            count: 1,
            length: u32::try_from(value.len()).unwrap_or(u32::MAX),
            keyed_hash: self.door.key.hash(value),
            confidence,
        });
        format!("[stepwarden:{}:{}]", kind.id, value.len())
    }
}

/// Whether the door has replaced something in `text`: then it is not what AWS has.
pub fn is_marker_in(text: &str) -> bool {
    text.contains("[stepwarden:")
}

#[cfg(test)]
mod tests;
