//! Keys repeat: what each says is worked out once.

use std::collections::HashMap;
use std::rc::Rc;

use super::concept::Concept;
use super::confidence;
use super::fast_hash::FastHash;
use super::key::{Sense, Subject};
use super::kind::Kind;
use super::kinds::PERSON_NAME;
use super::leaf;
use super::words;

/// A key and what it says.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Debug)]
pub(super) struct Key {
    words: Vec<String>,
    pub(super) sense: Sense,
    /// Tells keys apart in the table of pairs.
    number: u32,
    /// The key is data itself: a map by mail address.
    own: Option<(&'static Kind, u8)>,
    is_field_name: bool,
    is_value: bool,
    ends_with_value: bool,
    is_label: bool,
    is_base64_flag: bool,
    is_base64_box: bool,
    is_base64_place: bool,
    is_container: bool,
    lists_persons: bool,
}

/// Keys whose value may name what a sibling holds.
const LABELS: [&str; 16] = [
    "name",
    "key",
    "type",
    "system",
    "label",
    "field",
    "code",
    "kind",
    "attribute",
    "header",
    "property",
    "parameter",
    "variable",
    "title",
    "rel",
    "question",
];
/// What may stand before a label: `parameterName`, `document_type`.
const OF: [&str; 21] = [
    "resource",
    "entity",
    "object",
    "party",
    "parameter",
    "field",
    "attribute",
    "header",
    "property",
    "variable",
    "data",
    "document",
    "doc",
    "id",
    "identifier",
    "contact",
    "env",
    "config",
    "setting",
    "column",
    "option",
];
/// Words of keys whose value a sibling may name.
const VALUES: [&str; 12] =
    ["value", "val", "values", "content", "answer", "text", "number", "no", "num", "nr", "data", "string"];
/// Keys that say nothing of what is in them.
const CONTAINERS: [&str; 29] = [
    "item",
    "items",
    "record",
    "records",
    "row",
    "rows",
    "entry",
    "entries",
    "event",
    "events",
    "object",
    "objects",
    "results",
    "resource",
    "resources",
    "document",
    "list",
    "config",
    "configuration",
    "settings",
    "setting",
    "options",
    "params",
    "parameters",
    "parameter",
    "integration",
    "variables",
    "environment",
    "properties",
];

/// Whether a key is written as the names of fields are. Others are data as often as not, such as ids and names of persons
/// that no detector knows.
fn is_field_name(text: &str, digits: usize, known: bool) -> bool {
    const LONGEST: usize = 40;
    const MOST_DIGITS: usize = 3;
    let rest = text.strip_prefix(['@', '$']).unwrap_or(text);
    let plain = rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.:$".contains(&byte));
    text.len() <= LONGEST && digits <= MOST_DIGITS && (plain || known)
}

impl Key {
    fn of(text: &str, number: u32) -> Self {
        let own = leaf::of_key(text);
        // Ids and data say nothing as keys.
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let words = if own.is_some() || digits > 8 { Vec::new() } else { words::split(text) };
        let sense = Sense::of_words(&words);
        let last = words.last().map_or("", String::as_str);
        let unsaid = sense.says().is_none_or(|concept| matches!(concept, Concept::Name | Concept::KeyWord));
        Self {
            is_field_name: is_field_name(text, digits, !words.is_empty() && !sense.has_unknown),
            sense,
            number,
            own,
            is_value: words.iter().any(|word| VALUES.contains(&word.as_str())),
            ends_with_value: matches!(last, "value" | "val"),
            is_label: unsaid
                && LABELS.contains(&last)
                && (words.len() == 1 || (words.len() == 2 && OF.contains(&words[0].as_str()))),
            lists_persons: sense.ends_with_person && ["s", "en", "i"].iter().any(|end| last.ends_with(end))
                || matches!(words.first().map(String::as_str), Some("by" | "per"))
                    && (sense.ends_with_person
                        || sense.concept.is_some_and(|concept| matches!(concept, Concept::Name | Concept::FullName))),
            is_container: words.iter().all(|word| CONTAINERS.contains(&word.as_str())),
            is_base64_flag: [["base", "64"], ["kinesis", "schema"], ["arrival", "timestamp"]]
                .iter()
                .any(|pair| pair.iter().all(|part| words.iter().any(|word| word == part))),
            is_base64_place: matches!(last, "body" | "data" | "payload" | "content"),
            is_base64_box: words.len() == 1 && words[0] == "kinesis",
            words,
        }
    }

    pub(super) fn own_kind(&self) -> Option<(&'static Kind, u8)> {
        self.own
    }

    /// A pointer may show it.
    pub(super) fn is_field_name(&self) -> bool {
        self.is_field_name
    }

    pub(super) fn is_value(&self) -> bool {
        self.is_value
    }

    /// `ParameterValue`: the value of what a sibling names, whatever else the key says.
    pub(super) fn ends_with_value(&self) -> bool {
        self.ends_with_value
    }

    /// Its value may name what a sibling holds.
    pub(super) fn is_label(&self) -> bool {
        self.is_label
    }

    pub(super) fn is_base64_flag(&self) -> bool {
        self.is_base64_flag
    }

    /// Where an envelope carries base 64.
    pub(super) fn is_base64_place(&self) -> bool {
        self.is_base64_place
    }

    /// What is in it holds base 64: a record of a Kinesis stream.
    pub(super) fn is_base64_box(&self) -> bool {
        self.is_base64_box
    }

    /// `items`, `records`: what is in it is of any kind.
    pub(super) fn is_container(&self) -> bool {
        self.is_container
    }

    /// `employees`, `byName`: what is in it may stand under names of persons.
    pub(super) fn lists_persons(&self) -> bool {
        self.lists_persons
    }

    /// Nobody knows any word of it: no field, perhaps a name.
    pub(super) fn is_unknown(&self) -> bool {
        self.own.is_none()
            && self.sense.has_unknown
            && self.sense.concept.is_none()
            && !self.sense.is_other_number
            && self.sense.subject == Subject::Nobody
    }

    pub(super) fn is_short(&self) -> bool {
        self.words.len() <= 2
    }
}

/// Bounded: a payload of ever new keys empties it now and then.
#[derive(Debug, Default)]
pub(super) struct KeyCache {
    keys: HashMap<Box<str>, Rc<Key>, FastHash>,
    pairs: HashMap<(u32, u32), Sense, FastHash>,
    /// Names inside texts, of which there is no end: apart, so that they do not drive the keys out.
    phrases: HashMap<Box<str>, Sense, FastHash>,
    next: u32,
}

const MOST: usize = 4096;
/// Keys above this are read anew each time.
const LONGEST: usize = 64;

impl KeyCache {
    pub(super) fn key(&mut self, text: &str) -> Rc<Key> {
        if let Some(key) = self.keys.get(text) {
            return Rc::clone(key);
        }
        self.next = self.next.wrapping_add(1);
        let key = Rc::new(Key::of(text, self.next));
        if text.len() <= LONGEST {
            if self.keys.len() >= MOST {
                self.keys.clear();
                self.pairs.clear();
            }
            self.keys.insert(text.into(), Rc::clone(&key));
        }
        key
    }

    /// A key that is a person's name.
    pub(super) fn person(&mut self) -> Rc<Key> {
        self.next = self.next.wrapping_add(1);
        let sense = Sense { is_transparent: false, has_unknown: true, subject: Subject::Person, ..Sense::SILENT };
        let own = Some((PERSON_NAME, confidence::CONTEXT));
        Rc::new(Key { sense, own, words: Vec::new(), ..Key::of("", self.next) })
    }

    /// What a name inside a text says.
    pub(super) fn phrase(&mut self, text: &str) -> Sense {
        if let Some(key) = self.keys.get(text) {
            return key.sense;
        }
        if let Some(sense) = self.phrases.get(text) {
            return *sense;
        }
        let sense = Sense::of(text);
        if text.len() <= LONGEST {
            if self.phrases.len() >= MOST {
                self.phrases.clear();
            }
            self.phrases.insert(text.into(), sense);
        }
        sense
    }

    /// What `key` says under or beside `above`, as if both were one key: `passport` and `number`.
    pub(super) fn pair(&mut self, above: &Key, key: &Key) -> Sense {
        const WORDS: usize = 4;
        if let Some(sense) = self.pairs.get(&(above.number, key.number)) {
            return *sense;
        }
        let from = above.words.len().saturating_sub(WORDS);
        let sense = Sense::of_pair(&above.words[from..], &key.words);
        if self.pairs.len() >= MOST {
            self.pairs.clear();
        }
        self.pairs.insert((above.number, key.number), sense);
        sense
    }
}
