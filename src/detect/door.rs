use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::hash_key::HashKey;
use super::kind::Kind;
use super::{confidence, identifiers, judge, kinds, text};
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
        let mut observations = Vec::new();
        let clean = self.replace(text, &JsonPointer::root(), &mut observations);
        Inspected { clean: Clean(clean), observations }
    }

    /// A JSON document, keys included.
    pub fn json(&self, document: Value) -> Inspected<Value> {
        let mut observations = Vec::new();
        let clean = self.walk(document, "", &JsonPointer::root(), &mut observations);
        Inspected { clean: Clean(clean), observations }
    }

    /// `serde_json` refuses documents nested deeper than 128 levels, so this recursion is bounded.
    fn walk(&self, value: Value, key: &str, at: &JsonPointer, seen: &mut Vec<Observation>) -> Value {
        match value {
            Value::String(text) if judge::is_aws_secret_under(key, &text) => {
                Value::String(self.mark(kinds::AWS_SECRET_KEY, &text, at, seen))
            }
            Value::String(text) => match identifiers::under(key, &text) {
                Some(clean) => Value::String(self.replace(&clean, at, seen)),
                None => Value::String(self.replace(&text, at, seen)),
            },
            Value::Number(number) => match identifiers::under(key, &number.to_string()) {
                Some(marker) => Value::String(marker),
                None => Value::Number(number),
            },
            Value::Array(items) => {
                let walk = |(index, item)| self.walk(item, key, &at.index(index), seen);
                Value::Array(items.into_iter().enumerate().map(walk).collect())
            }
            Value::Object(map) => {
                let mut clean = Map::new();
                for (name, value) in map {
                    let name = self.replace(&name, at, seen);
                    let value = self.walk(value, &name, &at.join(&name), seen);
                    clean.insert(name, value);
                }
                Value::Object(clean)
            }
            other => other,
        }
    }

    fn replace(&self, text: &str, at: &JsonPointer, seen: &mut Vec<Observation>) -> String {
        let mut clean = String::with_capacity(text.len());
        let mut from = 0;
        for (kind, range) in text::secrets(text) {
            clean.push_str(&text[from..range.start]);
            clean.push_str(&self.mark(kind, &text[range.clone()], at, seen));
            from = range.end;
        }
        clean.push_str(&text[from..]);
        identifiers::without_sessions(clean)
    }

    fn mark(&self, kind: &Kind, value: &str, at: &JsonPointer, seen: &mut Vec<Observation>) -> String {
        seen.push(Observation {
            kind: kind.id.to_owned(),
            data: kind.data,
            pointer: at.clone(),
            count: 1,
            length: u32::try_from(value.len()).unwrap_or(u32::MAX),
            keyed_hash: self.key.hash(value),
            confidence: confidence::PROVEN,
        });
        format!("[stepwarden:{}:{}]", kind.id, value.len())
    }
}

/// Whether the door has replaced something in `text`: then it is not what AWS has.
pub fn is_marker_in(text: &str) -> bool {
    text.contains("[stepwarden:")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::{Door, HashKey};

    fn door() -> Door {
        Door::new(HashKey::new(*b"test key"))
    }

    fn token() -> String {
        format!("ghp_{}", "a1B2".repeat(9))
    }

    #[test]
    fn a_document_comes_through_with_markers_for_its_secrets() {
        let inspected = door().json(json!({
            "Comment": format!("use {} for now", token()),
            "nested": [{"SecretAccessKey": "a1B2".repeat(10)}],
            token(): 1,
        }));
        let text = inspected.clean.get().to_string();
        assert!(!text.contains("a1B2"), "{text}");
        assert_eq!(inspected.clean.get()["Comment"], "use [stepwarden:GITHUB_TOKEN:40] for now");
        let mut seen: Vec<_> = inspected.observations.iter().map(|o| (o.kind.as_str(), o.pointer.as_str())).collect();
        seen.sort_unstable();
        assert_eq!(
            seen,
            [("AWS_SECRET_KEY", "/nested/0/SecretAccessKey"), ("GITHUB_TOKEN", ""), ("GITHUB_TOKEN", "/Comment")]
        );
    }

    #[test]
    fn external_ids_and_session_names_are_kept_as_markers() {
        let inspected = door().json(json!({ "Statement": {
            "Principal": { "AWS": ["arn:aws:sts::123456789012:assumed-role/Admin/jane@example.com"] },
            "Condition": {
                "ForAnyValue:StringLike": { "STS:ExternalID": ["hunter2-hunter2", "*"] },
                "NumericEquals": { "sts:ExternalId": 4711 },
                "StringEquals": { "aws:userid": "AROAEXAMPLE:jane@example.com" },
            },
        } }));
        let statement = &inspected.clean.get()["Statement"];
        let session = "arn:aws:sts::123456789012:assumed-role/Admin/[stepwarden:SESSION_NAME:16]";
        assert_eq!(statement["Principal"]["AWS"], json!([session]));
        assert_eq!(
            statement["Condition"],
            json!({
                "ForAnyValue:StringLike": { "STS:ExternalID": ["[stepwarden:EXTERNAL_ID:15]", "*"] },
                "NumericEquals": { "sts:ExternalId": "[stepwarden:EXTERNAL_ID:4]" },
                "StringEquals": { "aws:userid": "AROAEXAMPLE:[stepwarden:SESSION_NAME:16]" },
            })
        );
        assert_eq!(inspected.observations, []);
        assert_eq!(door().json(inspected.clean.get().clone()).clean, inspected.clean);
    }

    #[test]
    fn hashes_depend_on_the_key() {
        let other = Door::new(HashKey::new(*b"other"));
        let hash = |door: &Door| door.text(&token()).observations[0].keyed_hash.clone();
        assert_eq!(hash(&door()), hash(&door()));
        assert_ne!(hash(&door()), hash(&other));
    }

    proptest! {
        #[test]
        fn no_token_survives_in_any_surroundings(before in "\\PC{0,20}", after in "\\PC{0,20}") {
            let planted = format!("{before} {} {after}", token());
            let inspected = door().json(json!({ "a": [planted.clone()], "b": { planted: true } }));
            prop_assert!(!inspected.clean.get().to_string().contains(&token()));
        }

        #[test]
        fn the_door_is_idempotent(text in "\\PC{0,60}") {
            let once = door().text(&text).clean.into_inner();
            prop_assert_eq!(&door().text(&once).clean.into_inner(), &once);
        }
    }
}
