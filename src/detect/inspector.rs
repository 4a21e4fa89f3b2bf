//! What the walk hands its values to: judges them, opens what they hold, and tells what was found.

use std::borrow::Cow;
use std::fmt::{self, Write};
use std::rc::Rc;

use serde::de::DeserializeSeed;

use super::concept::Shield;
use super::custom::Custom;
use super::engine::{Finding, Protection, Seen as Report};
use super::hash_key::HashKey;
use super::key_cache::{Key, KeyCache};
use super::leaf::{self, Seen};
use super::list::Columns;
use super::marks::Marks;
use super::path::Path;
use super::walk::{Above, Node};
use crate::types::{Data, JsonPointer};

/// JSON in JSON in JSON… is opened this often; what is deeper is read as text.
const DEEPEST: u32 = 5;

pub(super) struct Inspector<'s> {
    pub(super) path: Path,
    pub(super) keys: &'s mut KeyCache,
    custom: &'s Custom,
    hash_key: Option<&'s HashKey>,
    shows_keys: bool,
    report: &'s mut dyn FnMut(Report),
    depth: u32,
    /// Decoded text: nothing waits there.
    decoding: u32,
    number: String,
    /// What was told of the parts of the text at this place.
    told: Vec<Cow<'static, str>>,
    /// Where the door wants to know every range.
    marks: Option<&'s mut Marks>,
    /// Where the text at this place begins in memory, and its length.
    whole: (usize, usize),
}

impl<'s> Inspector<'s> {
    pub(super) fn new(
        keys: &'s mut KeyCache,
        custom: &'s Custom,
        hash_key: Option<&'s HashKey>,
        shows_keys: bool,
        report: &'s mut dyn FnMut(Report),
    ) -> Self {
        Self {
            path: Path::default(),
            keys,
            custom,
            hash_key,
            shows_keys,
            report,
            depth: 0,
            decoding: 0,
            number: String::new(),
            told: Vec::new(),
            marks: None,
            whole: (0, 0),
        }
    }

    pub(super) fn marking(mut self, marks: &'s mut Marks) -> Self {
        self.marks = Some(marks);
        self
    }

    pub(super) fn is_decoding_deep(&self) -> bool {
        self.decoding > 3
    }

    /// Puts a member's name on the path, redacted where it is sensitive itself.
    pub(super) fn name(&mut self, name: &str) -> Rc<Key> {
        let key = self.keys.key(name);
        self.put_name(&key, name);
        key
    }

    pub(super) fn put_name(&mut self, key: &Key, name: &str) {
        match key.own_kind() {
            Some((kind, _)) if !self.shows_keys => self.path.push_redacted(kind.id, name.len()),
            _ if !key.is_field_name() && !self.shows_keys => self.path.push_redacted("KEY", name.len()),
            _ => self.path.push_key(name),
        }
    }

    /// Tells of a name that is sensitive itself; the path ends with it.
    pub(super) fn tell_name(&mut self, key: &Key, name: &str) {
        if let Some((kind, confidence)) = key.own_kind() {
            self.tell((kind.id.into(), kind.data), name, confidence);
            self.forget();
        }
    }

    /// What the value of a sibling such as `"name": "DB_PASSWORD"` says, if it says something.
    pub(super) fn hint(&mut self, text: &str) -> Option<Rc<Key>> {
        // Systems are URLs whose end names them: http://hl7.org/fhir/sid/us-ssn.
        let name = match text.contains("://") {
            true => text.rsplit(['/', '#', ':']).find(|part| !part.is_empty())?,
            false => text,
        };
        let digits = name.bytes().filter(u8::is_ascii_digit).count();
        if name.len() > 48 || digits > 5 || !super::lexicon::may_name(name) {
            return None;
        }
        let key = self.keys.key(name);
        (key.sense.concept.is_some()).then_some(key)
    }

    /// A text at the current place.
    pub(super) fn text(&mut self, text: &str, above: &Above) {
        if text.len() < 2 || self.opened(text, above) {
            return;
        }
        self.whole = (text.as_ptr().addr(), text.len());
        if text.len() > 16 && memchr::memchr(b'\n', text.as_bytes()).is_some() && self.table(text) {
            return;
        }
        self.part(text, above);
        self.forget();
    }

    /// The next value stands at another place.
    pub(super) fn forget(&mut self) {
        if self.decoding == 0 {
            self.told.clear();
        }
    }

    /// A text, or a part of one.
    pub(super) fn part(&mut self, text: &str, above: &Above) {
        let mut seen = Seen::default();
        leaf::inspect(text, above.sense, above.personal, self.keys, &mut seen);
        let custom = self.custom;
        for ((id, data), range, confidence) in custom.find(text, self.path.as_str()) {
            self.tell((id.to_owned().into(), data), &text[range], confidence);
        }
        for span in &seen.spans {
            let Some(value) = text.get(span.range.clone()) else { continue };
            if let Some(marks) = &mut self.marks {
                let (start, len) = self.whole;
                let from = (value.as_ptr().addr()).wrapping_sub(start);
                // What was decoded or unquoted stands elsewhere in memory: then the whole text is meant.
                let range =
                    (self.decoding == 0 && from <= len && from + value.len() <= len).then(|| from..from + value.len());
                marks.add(self.path.as_str(), span.kind, range, span.confidence);
            }
            self.tell((span.kind.id.into(), span.kind.data), value, span.confidence);
        }
        if let (Some(shield), true) = (seen.shield, seen.spans.is_empty()) {
            self.protected(shield, text.len());
        }
    }

    /// Lines of columns under a line of their names.
    fn table(&mut self, text: &str) -> bool {
        let Some((head, rows)) = text.split_once('\n') else { return false };
        let Some(columns) = Columns::of(head.trim_end(), self) else { return false };
        for row in rows.lines() {
            if !columns.inspect(row, self) {
                self.part(row, &Above::ROOT);
            }
        }
        self.forget();
        true
    }

    pub(super) fn number(&mut self, number: fmt::Arguments<'_>, above: &Above) {
        if above.sense.says().is_none() {
            return;
        }
        let mut text = std::mem::take(&mut self.number);
        text.clear();
        write!(text, "{number}").expect("a string takes any text");
        let mut seen = Seen::default();
        leaf::inspect_number(&text, above.sense, above.personal, &mut seen);
        for span in &seen.spans {
            if let Some(marks) = &mut self.marks {
                marks.add(self.path.as_str(), span.kind, None, span.confidence);
            }
            self.tell((span.kind.id.into(), span.kind.data), &text, span.confidence);
        }
        self.forget();
        self.number = text;
    }

    /// JSON in the string is walked, and its findings stand behind a `#`. What only looks like JSON is a text.
    fn opened(&mut self, text: &str, above: &Above) -> bool {
        // Most texts are told apart by their first byte.
        if !matches!(text.as_bytes()[0], b'{' | b'[' | b'"' | b' ' | b'\n' | b'\r' | b'\t') {
            return false;
        }
        let trimmed = text.trim_ascii();
        let (Some(first), Some(last)) = (trimmed.bytes().next(), trimmed.bytes().last()) else { return false };
        let looks = matches!((first, last), (b'{', b'}') | (b'[', b']') | (b'"', b'"')) && trimmed.len() > 2;
        if !looks || self.depth >= DEEPEST {
            return false;
        }
        // Read once before it is walked: what breaks off is a text, and nothing of it may have been told.
        if serde_json::from_str::<serde::de::IgnoredAny>(trimmed).is_err() {
            return false;
        }
        let mark = self.path.mark();
        self.path.push_json();
        self.depth += 1;
        let mut json = serde_json::Deserializer::from_str(trimmed);
        // `{"a": 1}` in a string speaks under its own keys; what is a string again speaks under the key outside.
        let inside = if first == b'"' {
            above.clone()
        } else {
            Above { key: None, sense: super::key::Sense::SILENT, personal: above.personal }
        };
        let inside = if first == b'[' { above.clone() } else { inside };
        let node = Node { inspector: &mut *self, above: &inside, may_wait: false };
        let walked = node.deserialize(&mut json);
        self.depth -= 1;
        self.path.back_to(mark);
        walked.is_ok()
    }

    /// Where the envelope says so: what the base 64 holds is told of the place as a whole.
    pub(super) fn base64(&mut self, text: &str, above: &Above) -> bool {
        let Some(decoded) = super::base64::decode(text) else { return false };
        self.path.freeze();
        self.decoding += 1;
        self.text(&decoded, above);
        self.decoding -= 1;
        self.path.thaw();
        self.forget();
        true
    }

    /// A type is told once for a place.
    fn tell(&mut self, (kind, data): (Cow<'static, str>, Data), value: &str, confidence: u8) {
        if self.told.contains(&kind) || self.custom.allows(&kind, value, self.path.as_str()) {
            return;
        }
        self.told.push(kind.clone());
        let finding = Finding {
            kind: kind.into_owned(),
            data,
            pointer: JsonPointer::written(self.path.as_str()),
            length: u32::try_from(value.len()).unwrap_or(u32::MAX),
            keyed_hash: self.hash_key.map(|key| key.hash(value)),
            confidence,
        };
        (self.report)(Report::Finding(finding));
    }

    fn protected(&mut self, shield: Shield, len: usize) {
        let length = u32::try_from(len).unwrap_or(u32::MAX);
        let protection = Protection { shield, pointer: JsonPointer::written(self.path.as_str()), length };
        (self.report)(Report::Protection(protection));
    }
}

impl fmt::Debug for Inspector<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inspector").finish_non_exhaustive()
    }
}
