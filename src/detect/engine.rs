//! The detectors as the other rooms use them.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny};
use serde_json::Value;

use super::concept::Shield;
use super::custom::{Custom, Settings, SettingsError};
use super::hash_key::HashKey;
use super::inspector::Inspector;
use super::key_cache::KeyCache;
use super::marks::Marks;
use super::walk::{Above, Left, Node};
use crate::types::{AccountId, Data, JsonPointer, Observation};

/// Something sensitive at a place; never its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The id of a [`Kind`](super::Kind), or of a detector of the configuration.
    pub kind: String,
    pub data: Data,
    /// RFC 6901; into JSON that a string holds it goes on after a `#`. Keys that are sensitive, or are not written as
    /// fields are, are redacted, unless the detectors were told to show them.
    pub pointer: JsonPointer,
    /// In bytes.
    pub length: u32,
    /// Where the detectors have a key.
    pub keyed_hash: Option<String>,
    /// Hundredths, 0 to 100.
    pub confidence: u8,
}

impl From<Finding> for Observation {
    fn from(finding: Finding) -> Self {
        let Finding { kind, data, pointer, length, keyed_hash, confidence } = finding;
        Self { kind, data, pointer, count: 1, length, keyed_hash: keyed_hash.unwrap_or_default(), confidence }
    }
}

/// A place where something sensitive would stand, and stands not: evidence of protection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protection {
    pub shield: Shield,
    pub pointer: JsonPointer,
    pub length: u32,
}

/// What was seen at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    Finding(Finding),
    Protection(Protection),
}

/// All detectors, with the settings. Cheap to use for many payloads one after the other: what keys say is remembered.
#[derive(Debug, Default)]
pub struct Detectors {
    keys: KeyCache,
    custom: Custom,
    hash_key: Option<HashKey>,
    shows_keys: bool,
}

impl Detectors {
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        Ok(Self { custom: Custom::new(settings)?, ..Self::default() })
    }

    /// Findings carry a hash of their value under this key.
    #[must_use]
    pub fn with_hash_key(mut self, key: HashKey) -> Self {
        self.hash_key = Some(key);
        self
    }

    /// The id of an AWS account is no data, whatever the key it stands under.
    #[must_use]
    pub fn knowing_account(mut self, account: &AccountId) -> Self {
        self.custom.accounts.push(account.as_str().to_owned());
        self
    }

    /// Pointers show keys that are sensitive themselves: for one's own samples only.
    #[must_use]
    pub fn showing_keys(mut self) -> Self {
        self.shows_keys = true;
        self
    }

    /// Inspects one document as it streams in. What was seen before it broke off has been reported.
    pub fn inspect<'de, D: Deserializer<'de>>(
        &mut self,
        document: D,
        report: &mut dyn FnMut(Seen),
    ) -> Result<(), D::Error> {
        let mut inspector = self.inspector(report);
        let node = Node { inspector: &mut inspector, above: &Above::ROOT, may_wait: false };
        node.deserialize(document).map(|_: Left<'_>| ())
    }

    /// Inspects a payload as AWS hands it over: JSON, or what was to be JSON and broke off, or any text. Pointers begin inside
    /// the document.
    pub fn inspect_payload(&mut self, payload: &str, report: &mut dyn FnMut(Seen)) {
        let whole = serde_json::from_str::<IgnoredAny>(payload).is_ok();
        let walked = whole && self.inspect(&mut serde_json::Deserializer::from_str(payload), report).is_ok();
        if !walked {
            self.inspect_text(payload, report);
        }
    }

    /// Inspects a text that is no document, such as a cause, an execution's name or a truncated payload.
    pub fn inspect_text(&mut self, text: &str, report: &mut dyn FnMut(Seen)) {
        self.inspector(report).text(text, &Above::ROOT);
    }

    /// What the door replaces in a document. Its pointers show all keys.
    pub(super) fn marks(document: &Value) -> Marks {
        let (mut marks, mut detectors, mut silence) = (Marks::default(), Self::default().showing_keys(), |_: Seen| ());
        let mut inspector = detectors.inspector(&mut silence).marking(&mut marks);
        let node = Node { inspector: &mut inspector, above: &Above::ROOT, may_wait: false };
        // A tree does not break off.
        drop(node.deserialize(document));
        marks
    }

    /// What the door replaces in a text.
    pub(super) fn marks_of_text(text: &str) -> Marks {
        let (mut marks, mut detectors, mut silence) = (Marks::default(), Self::default().showing_keys(), |_: Seen| ());
        detectors.inspector(&mut silence).marking(&mut marks).text(text, &Above::ROOT);
        marks
    }

    fn inspector<'s>(&'s mut self, report: &'s mut dyn FnMut(Seen)) -> Inspector<'s> {
        Inspector::new(&mut self.keys, &self.custom, self.hash_key.as_ref(), self.shows_keys, report)
    }
}
