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

/// A fault of the settings. It does not repeat a pattern: an allowed value may be a secret.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SettingsError {
    #[error("detector '{0}': an id is of capitals, digits and _, and of no built-in type")]
    Id(String),
    #[error("detector '{0}': the pattern is no regular expression, or is too large")]
    Pattern(String),
    #[error("detector '{0}': the pattern matches the empty text")]
    Empty(String),
    #[error("detector '{0}': a confidence is a number from 0 to 1")]
    Confidence(String),
    #[error("'{0}' is no type")]
    Type(String),
    #[error("allow entry {0}: it needs a pattern or a pointer")]
    AllowsAll(usize),
    #[error("allow entry {0}: its pattern or pointer is no regular expression, or is too large")]
    Allow(usize),
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
}

fn compile(pattern: &str) -> Option<Regex> {
    const LARGEST: usize = 1 << 20;
    regex::RegexBuilder::new(pattern).size_limit(LARGEST).dfa_size_limit(LARGEST).build().ok()
}

impl Custom {
    pub(super) fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let detectors: Vec<_> = settings.detectors.iter().map(detector).collect::<Result<_, _>>()?;
        let types = |names: &[String]| -> Result<Vec<String>, SettingsError> {
            let mut ids = Vec::new();
            for name in names {
                let found: Vec<_> = Kind::named(name).map(|kind| kind.id.to_owned()).collect();
                let own = detectors.iter().any(|detector: &Detector| detector.id == *name);
                match (found.is_empty(), own) {
                    (true, false) => return Err(SettingsError::Type(name.clone())),
                    (true, true) => ids.push(name.clone()),
                    (false, _) => ids.extend(found),
                }
            }
            Ok(ids)
        };
        let whole = |pattern: &Option<String>, index: usize| -> Result<Option<Regex>, SettingsError> {
            let compiled = pattern
                .as_ref()
                .map(|pattern| compile(&format!(r"\A(?:{pattern})\z")).ok_or(SettingsError::Allow(index)));
            compiled.transpose()
        };
        let mut allow = Vec::new();
        for (index, entry) in settings.allow.iter().enumerate() {
            if entry.pattern.is_none() && entry.pointer.is_none() {
                return Err(SettingsError::AllowsAll(index));
            }
            let (pattern, pointer) = (whole(&entry.pattern, index)?, whole(&entry.pointer, index)?);
            allow.push(Allow { types: types(&entry.types)?, pattern, pointer });
        }
        let disabled = types(&settings.disabled_types)?;
        Ok(Self { detectors, allow, disabled })
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
        self.disabled.iter().any(|id| id == kind)
            || self.allow.iter().any(|entry| {
                (entry.types.is_empty() || entry.types.iter().any(|id| id == kind))
                    && fits(&entry.pattern, value)
                    && fits(&entry.pointer, pointer)
            })
    }
}

fn detector(settings: &DetectorSettings) -> Result<Detector, SettingsError> {
    let id = settings.id.clone();
    let named =
        !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    if !named || Kind::named(&id).next().is_some() {
        return Err(SettingsError::Id(id));
    }
    let Some(pattern) = compile(&settings.pattern) else { return Err(SettingsError::Pattern(id)) };
    if pattern.is_match("") {
        return Err(SettingsError::Empty(id));
    }
    let confidence = match settings.confidence {
        None => confidence::SECRET,
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
        Some(share) if (0.0..=1.0).contains(&share) => (share * 100.0).round() as u8,
        Some(_) => return Err(SettingsError::Confidence(id)),
    };
    let keywords = settings.keywords.iter().map(|keyword| joined(keyword)).collect();
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
    fn faults_are_told_at_construction() {
        let of = |settings: Settings| Custom::new(&settings).err().unwrap();
        let own = |id: &str, pattern: &str| Settings { detectors: vec![detector(id, pattern)], ..Settings::default() };
        assert_eq!(of(own("EMAIL", "x")), SettingsError::Id("EMAIL".to_owned()));
        assert_eq!(of(own("A", "(")), SettingsError::Pattern("A".to_owned()));
        assert_eq!(of(own("A", "x*")), SettingsError::Empty("A".to_owned()));
        assert_eq!(
            of(Settings { allow: vec![AllowSettings::default()], ..Settings::default() }),
            SettingsError::AllowsAll(0)
        );
        assert_eq!(
            of(Settings { disabled_types: vec!["X".to_owned()], ..Settings::default() }),
            SettingsError::Type("X".to_owned())
        );
    }
}
