//! What the configuration adds and takes away: detectors of one's own, and values and places that are allowed.

use std::ops::Range;

use regex::Regex;
use serde::Deserialize;

use super::confidence;
use super::ids::{Compact, luhn, mod97};
use super::kind::Kind;
use crate::types::Data;

/// The settings of detection. Types are named by their id, or by CloudWatch's or Macie's.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    pub detectors: Vec<DetectorSettings>,
    pub allow: Vec<AllowSettings>,
    /// Types that are not reported.
    pub disabled_types: Vec<String>,
}

/// A type of one's own.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetectorSettings {
    /// The id that findings carry: capitals, digits and `_`.
    pub id: String,
    pub pattern: String,
    /// What harm it does: personal data where nothing is said.
    #[serde(default = "pii")]
    pub data: Data,
    /// At least one of them stands in the JSON pointer or in the 40 characters before the match; none: no matter.
    #[serde(default)]
    pub keywords: Vec<String>,
    #[serde(default)]
    pub validator: Option<Validator>,
    /// 0 to 1.
    #[serde(default)]
    pub confidence: Option<f64>,
}

/// What the match's letters and digits have to satisfy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Validator {
    Luhn,
    Mod97,
}

/// Values or places of which nothing is reported. What is left out does not matter; at least one of pattern and pointer is set.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AllowSettings {
    /// None: all types.
    pub types: Vec<String>,
    /// Of the whole value.
    pub pattern: Option<String>,
    /// Of the whole JSON pointer.
    pub pointer: Option<String>,
}

/// A fault of the settings: of one entry of one of them. It does not repeat a pattern: an allowed value may be a secret.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("detect.{setting}[{index}]: {fault}")]
pub struct SettingsError {
    /// `detectors`, `allow` or `disabled_types`.
    pub setting: &'static str,
    pub index: usize,
    pub fault: SettingsFault,
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SettingsFault {
    #[error("an id is of capitals, digits and _, and of no built-in type")]
    Id,
    #[error("two detectors have this id")]
    Twice,
    #[error("the pattern is no regular expression, or is too large")]
    Pattern,
    #[error("the pattern matches the empty text")]
    Empty,
    #[error("a keyword has letters or digits")]
    Keyword,
    #[error("a confidence is a number from 0 to 1")]
    Confidence,
    #[error("{0:?} is no type")]
    Type(String),
    #[error("it needs a pattern or a pointer, or it would allow everything")]
    AllowsAll,
}

#[derive(Debug)]
struct Detector {
    id: String,
    data: Data,
    pattern: Regex,
    keywords: Vec<String>,
    validator: Option<Validator>,
    confidence: u8,
}

#[derive(Debug)]
struct Allow {
    types: Vec<String>,
    pattern: Option<Regex>,
    pointer: Option<Regex>,
}

/// The settings, compiled.
#[derive(Debug, Default)]
pub(super) struct Custom {
    detectors: Vec<Detector>,
    allow: Vec<Allow>,
    disabled: Vec<String>,
    /// Account ids: twelve digits, which are nobody's bank account.
    pub(super) accounts: Vec<String>,
}

fn compile(pattern: &str) -> Option<Regex> {
    const LARGEST: usize = 1 << 20;
    regex::RegexBuilder::new(pattern).size_limit(LARGEST).dfa_size_limit(LARGEST).build().ok()
}

impl Settings {
    /// Everything that is wrong.
    pub fn faults(&self) -> Vec<SettingsError> {
        Custom::compile(self).1
    }
}

impl Custom {
    pub(super) fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let (custom, faults) = Self::compile(settings);
        faults.into_iter().next().map_or(Ok(custom), Err)
    }

    /// What could be compiled, and what is wrong with the rest.
    fn compile(settings: &Settings) -> (Self, Vec<SettingsError>) {
        let mut faults = Vec::new();
        let mut fault = |setting, index, fault| faults.push(SettingsError { setting, index, fault });
        let mut custom = Self::default();
        for (index, entry) in settings.detectors.iter().enumerate() {
            let earlier = settings.detectors[..index].iter().any(|other| other.id == entry.id);
            let compiled = if earlier { Err(SettingsFault::Twice) } else { detector(entry) };
            match compiled {
                Ok(detector) => custom.detectors.push(detector),
                Err(wrong) => fault("detectors", index, wrong),
            }
        }
        for (index, entry) in settings.allow.iter().enumerate() {
            match allow(entry, settings) {
                Ok(allow) => custom.allow.push(allow),
                Err(wrong) => fault("allow", index, wrong),
            }
        }
        for (index, name) in settings.disabled_types.iter().enumerate() {
            match types(name, settings) {
                Ok(ids) => custom.disabled.extend(ids),
                Err(wrong) => fault("disabled_types", index, wrong),
            }
        }
        (custom, faults)
    }

    /// What one's own detectors find in a text at a place.
    pub(super) fn find<'a>(&'a self, text: &str, pointer: &str) -> Vec<((&'a str, Data), Range<usize>, u8)> {
        let mut found = Vec::new();
        for detector in &self.detectors {
            let hits = detector.pattern.find_iter(text).map(|hit| hit.range());
            let accepted = hits.filter(|hit| detector.accepts(text, hit.clone(), pointer));
            found.extend(accepted.map(|hit| ((detector.id.as_str(), detector.data), hit, detector.confidence)));
        }
        found
    }

    /// Nothing is reported of this value at this place.
    pub(super) fn allows(&self, kind: &str, value: &str, pointer: &str) -> bool {
        let fits = |pattern: &Option<Regex>, text: &str| pattern.as_ref().is_none_or(|pattern| pattern.is_match(text));
        self.accounts.iter().any(|account| account == value)
            || self.disabled.iter().any(|id| id == kind)
            || self.allow.iter().any(|entry| {
                (entry.types.is_empty() || entry.types.iter().any(|id| id == kind))
                    && fits(&entry.pattern, value)
                    && fits(&entry.pointer, pointer)
            })
    }
}

/// The ids that a name means: built-in ones, or that of one's own detector.
fn types(name: &str, settings: &Settings) -> Result<Vec<String>, SettingsFault> {
    let mut ids: Vec<_> = Kind::named(name).map(|kind| kind.id.to_owned()).collect();
    if ids.is_empty() && settings.detectors.iter().any(|detector| detector.id == name) {
        ids.push(name.to_owned());
    }
    if ids.is_empty() { Err(SettingsFault::Type(name.to_owned())) } else { Ok(ids) }
}

fn allow(entry: &AllowSettings, settings: &Settings) -> Result<Allow, SettingsFault> {
    if entry.pattern.is_none() && entry.pointer.is_none() {
        return Err(SettingsFault::AllowsAll);
    }
    let whole = |pattern: &Option<String>| {
        let compiled = pattern.as_ref().map(|pattern| compile(&format!(r"\A(?:{pattern})\z")));
        compiled.map(|compiled| compiled.ok_or(SettingsFault::Pattern)).transpose()
    };
    let mut ids = Vec::new();
    for name in &entry.types {
        ids.extend(types(name, settings)?);
    }
    Ok(Allow { types: ids, pattern: whole(&entry.pattern)?, pointer: whole(&entry.pointer)? })
}

fn detector(settings: &DetectorSettings) -> Result<Detector, SettingsFault> {
    let id = settings.id.clone();
    let named =
        !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    if !named || Kind::named(&id).next().is_some() {
        return Err(SettingsFault::Id);
    }
    let pattern = compile(&settings.pattern).ok_or(SettingsFault::Pattern)?;
    if pattern.is_match("") {
        return Err(SettingsFault::Empty);
    }
    let confidence = match settings.confidence {
        None => confidence::SECRET,
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
        Some(share) if (0.0..=1.0).contains(&share) => (share * 100.0).round() as u8,
        Some(_) => return Err(SettingsFault::Confidence),
    };
    let keywords: Vec<_> = settings.keywords.iter().map(|keyword| joined(keyword)).collect();
    if keywords.iter().any(String::is_empty) {
        return Err(SettingsFault::Keyword);
    }
    Ok(Detector { id, data: settings.data, pattern, keywords, validator: settings.validator, confidence })
}

fn pii() -> Data {
    Data::Pii
}

/// Letters and digits in lower case: `Member ID`, `member_id` and `memberId` are one.
fn joined(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl Detector {
    fn accepts(&self, text: &str, hit: Range<usize>, pointer: &str) -> bool {
        const NEAR: usize = 40;
        let near = || {
            let from = text.floor_char_boundary(hit.start.saturating_sub(NEAR));
            let before = joined(&text[from..hit.start]);
            let pointer = joined(pointer);
            self.keywords.iter().any(|keyword| before.contains(keyword) || pointer.contains(keyword))
        };
        let valid = || {
            let id = Compact::of(&text[hit.clone()]);
            match self.validator {
                None => true,
                Some(Validator::Luhn) => {
                    id.is_some_and(|id| id.is_numeric && luhn(id.bytes().iter().map(|byte| u32::from(byte - b'0'))))
                }
                Some(Validator::Mod97) => id.is_some_and(|id| mod97(id.bytes())),
            }
        };
        (self.keywords.is_empty() || near()) && valid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detector(id: &str, pattern: &str) -> DetectorSettings {
        let keywords = vec!["Member ID".to_owned()];
        DetectorSettings {
            id: id.to_owned(),
            pattern: pattern.to_owned(),
            data: Data::Pii,
            keywords,
            validator: Some(Validator::Luhn),
            confidence: None,
        }
    }

    #[test]
    fn a_detector_of_ones_own_wants_its_keyword_and_its_check() {
        let settings = Settings { detectors: vec![detector("MEMBER", r"\b\d{11}\b")], ..Settings::default() };
        let custom = Custom::new(&settings).unwrap();
        let count = |text: &str, pointer: &str| custom.find(text, pointer).len();
        assert_eq!(count("79927398713", "/a/memberId"), 1);
        assert_eq!(count("member id 79927398713", "/a"), 1);
        assert_eq!(count("79927398713", "/a"), 0);
        assert_eq!(count("79927398710", "/a/member_id"), 0);
    }

    #[test]
    fn what_is_allowed_is_not_reported() {
        let allow = AllowSettings {
            types: vec!["EmailAddress".to_owned()],
            pattern: Some(r".*@example\.com".to_owned()),
            pointer: None,
        };
        let custom = Custom::new(&Settings { allow: vec![allow], ..Settings::default() }).unwrap();
        assert!(custom.allows("EMAIL", "a@example.com", "/x") && !custom.allows("EMAIL", "a@example.com.mx", "/x"));
        assert!(!custom.allows("PHONE", "a@example.com", "/x"));
    }

    #[test]
    fn all_faults_are_told() {
        let of = |settings: &Settings| {
            settings.faults().into_iter().map(|error| (error.setting, error.index, error.fault)).collect::<Vec<_>>()
        };
        let one =
            |id: &str, pattern: &str| of(&Settings { detectors: vec![detector(id, pattern)], ..Settings::default() });
        assert_eq!(one("EMAIL", "x"), [("detectors", 0, SettingsFault::Id)]);
        assert_eq!(one("A", "("), [("detectors", 0, SettingsFault::Pattern)]);
        assert_eq!(one("A", "x*"), [("detectors", 0, SettingsFault::Empty)]);
        let settings = Settings {
            detectors: vec![detector("A", "x"), detector("A", "y")],
            allow: vec![AllowSettings::default()],
            disabled_types: vec!["A".to_owned(), "X".to_owned()],
        };
        let wanted = [
            ("detectors", 1, SettingsFault::Twice),
            ("allow", 0, SettingsFault::AllowsAll),
            ("disabled_types", 1, SettingsFault::Type("X".to_owned())),
        ];
        assert_eq!(of(&settings), wanted);
        assert_eq!(Custom::new(&settings).unwrap_err().to_string(), "detect.detectors[1]: two detectors have this id");
    }
}
