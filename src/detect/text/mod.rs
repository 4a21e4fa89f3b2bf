//! Free text: mail addresses, tokens, pairs of a name and a value, and numbers with a word before them that says what they
//! are. No names: a text full of them looks like any other.

mod cookie;
mod places;

use std::ops::Range;

use super::concept::Concept;
use super::confidence;
use super::ids::{self, Check, Compact};
use super::judge;
use super::key::{Sense, Standing};
use super::key_cache::KeyCache;
use super::kind::Kind;
use super::kinds::{AWS_SECRET_KEY, CONNECTION_STRING, CREDIT_CARD, EMAIL, IBAN, PHONE, US_SSN};
use super::lexicon;
use super::self_proving;
use super::shape::{Shape, has};
use super::shield;
use super::value;
pub(super) use cookie::scan_cookies;
use places::{element_before, name_before, next_number, value_after};

/// Where something sensitive stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) kind: &'static Kind,
    pub(super) range: Range<usize>,
    pub(super) confidence: u8,
}

/// What is sensitive in `text`, whatever its key.
pub(super) fn scan(text: &str, shape: Shape, keys: &mut KeyCache, spans: &mut Vec<Span>) {
    let mut scan = Scan { text, keys, spans };
    if may_hold_token(text, shape) {
        scan.tokens();
    }
    if shape.has(has::AT) {
        scan.emails();
    }
    if shape.has(has::TEMPLATE) && shape.digits >= 2 {
        scan.encoded_emails();
    }
    if !shape.is_text() || is_one_word(text, shape) {
        return;
    }
    if shape.has(has::LIST)
        && shape.has(has::EQUALS)
        && scan.spans.is_empty()
        && memchr::memchr(b';', text.as_bytes()).is_some()
        && judge::is_connection_string(text)
    {
        scan.add(CONNECTION_STRING, 0..text.len(), confidence::CHECKED);
        return;
    }
    if shape.has(has::COLON | has::EQUALS) {
        scan.pairs();
    }
    if shape.has(has::TEMPLATE) && shape.has(has::SLASH) {
        scan.elements();
    }
    if shape.has(has::DASH) && shape.has(has::SPACE) {
        scan.flags();
    }
    if shape.has(has::QUOTE) && shape.has(has::SPACE) {
        scan.quoted();
    }
    if shape.digits >= 6 && shape.has(has::SPACE | has::LIST) {
        scan.numbers();
    }
}

/// Digests and base 64; not `NAME=value`, whose `=` is no padding.
fn is_one_word(text: &str, shape: Shape) -> bool {
    let assigns = || memchr::memchr(b'=', text.trim_end_matches('=').as_bytes()).is_some();
    shape.is_opaque() && !(shape.has(has::EQUALS) && assigns())
}

/// A quick no: too short for a token, or one long word that does not begin as one.
fn may_hold_token(text: &str, shape: Shape) -> bool {
    const SHORTEST: usize = 18;
    const HEAD: usize = 24;
    if shape.len < SHORTEST {
        return shape.has(has::COLON) && shape.has(has::AT);
    }
    // Words without a digit among them: no token, no key; perhaps a URL with a password.
    if shape.digits == 0 && !shape.is_opaque() {
        return shape.has(has::COLON | has::DASH);
    }
    if shape.len > HEAD && is_one_word(text, shape) {
        return text.starts_with("sk-") || self_proving::begins(&text[..HEAD]);
    }
    true
}

/// The secrets in a text that prove themselves, in order, and what an assignment in it calls an AWS secret key.
pub(super) fn secrets(text: &str) -> Vec<(&'static Kind, Range<usize>)> {
    let mut found = self_proving::find(text);
    for at in memchr::memchr2_iter(b'=', b':', text.as_bytes()) {
        let Some(name) = name_before(text, at).filter(|name| name.len() >= 12) else { continue };
        let Some(range) = value_after(text, at, Concept::AwsSecret).filter(|range| range.len() == 40) else { continue };
        let free = found.iter().all(|(_, other)| range.end <= other.start || other.end <= range.start);
        if free && judge::is_aws_secret_under(&text[name], &text[range.clone()]) {
            found.push((AWS_SECRET_KEY, range));
        }
    }
    found.sort_by_key(|(_, range)| range.start);
    found
}

struct Scan<'a> {
    text: &'a str,
    keys: &'a mut KeyCache,
    spans: &'a mut Vec<Span>,
}

impl Scan<'_> {
    fn is_free(&self, range: &Range<usize>) -> bool {
        self.spans.iter().rev().take(64).all(|span| range.end <= span.range.start || span.range.end <= range.start)
    }

    fn add(&mut self, kind: &'static Kind, range: Range<usize>, confidence: u8) {
        if self.is_free(&range) && self.text.get(range.clone()).is_some() {
            self.spans.push(Span { kind, range, confidence });
        }
    }

    fn tokens(&mut self) {
        for (kind, range) in self_proving::find(self.text) {
            self.spans.push(Span { kind, range, confidence: confidence::PROVEN });
        }
    }

    fn emails(&mut self) {
        for at in memchr::memchr_iter(b'@', self.text.as_bytes()) {
            if let Some(range) = value::email_around(self.text, at) {
                let address = &self.text[range.clone()];
                if !address.contains("***") {
                    self.add(EMAIL, range, confidence::PROVEN);
                }
            }
        }
    }

    /// In URLs and forms the `@` is written `%40`.
    fn encoded_emails(&mut self) {
        const BEFORE: usize = 64;
        const AFTER: usize = 128;
        for at in memchr::memmem::find_iter(self.text.as_bytes(), b"%40") {
            let from = self.text.floor_char_boundary(at.saturating_sub(BEFORE));
            let to = self.text.floor_char_boundary(self.text.len().min(at + 3 + AFTER));
            let decoded = format!("{}@{}", &self.text[from..at], &self.text[at + 3..to]);
            if let Some(range) = value::email_around(&decoded, at - from) {
                self.add(EMAIL, from + range.start..from + range.end + 2, confidence::PROVEN);
            }
        }
    }

    /// `name = value` and `name: value`, quoted or not.
    fn pairs(&mut self) {
        // A value is not taken apart again for what looks like a name in it.
        let mut until = 0;
        for at in memchr::memchr2_iter(b'=', b':', self.text.as_bytes()) {
            if at < until {
                continue;
            }
            let Some(name) = name_before(self.text, at) else { continue };
            if !lexicon::may_name(&self.text[name.clone()]) {
                continue;
            }
            let sense = self.keys.phrase(&self.text[name]);
            let Some(concept) = sense.says() else { continue };
            let Some(range) = value_after(self.text, at, concept) else { continue };
            if concept.is_secret() {
                until = range.end;
            }
            if concept == Concept::Cookie {
                self.cookies(range);
                continue;
            }
            self.judge_value(concept, range, self.text.as_bytes()[at] == b'=');
        }
    }

    /// XML: `<Phone>0151 2345678</Phone>`.
    fn elements(&mut self) {
        for close in memchr::memmem::find_iter(self.text.as_bytes(), b"</") {
            let Some((name, range)) = element_before(self.text, close) else { continue };
            let Some(concept) = self.keys.phrase(name).says() else { continue };
            self.judge_value(concept, range, true);
        }
    }

    fn cookies(&mut self, range: Range<usize>) {
        let mut spans = Vec::new();
        scan_cookies(&self.text[range.clone()], &mut spans);
        for Span { kind, range: inside, confidence } in spans {
            self.add(kind, range.start + inside.start..range.start + inside.end, confidence);
        }
    }

    /// SQL: `IDENTIFIED BY 'hunter2'`, `WITH PASSWORD 'hunter2'`.
    fn quoted(&mut self) {
        for at in memchr::memmem::find_iter(self.text.as_bytes(), b" '") {
            let word = self.text[..at].rsplit(' ').next().unwrap_or_default();
            if ["by", "password", "passwd"].iter().any(|known| word.eq_ignore_ascii_case(known))
                && let Some(range) = value_after(self.text, at, Concept::Password)
            {
                let by = word.len() == 2
                    && !self
                        .text
                        .get(at.saturating_sub(13)..at)
                        .is_some_and(|head| head.eq_ignore_ascii_case("identified by"));
                if !by {
                    self.judge_value(Concept::Password, range, true);
                }
            }
        }
    }

    /// `--password hunter2`.
    fn flags(&mut self) {
        for at in memchr::memmem::find_iter(self.text.as_bytes(), b" --") {
            self.flag(at + 3);
        }
        if self.text.starts_with("--") {
            self.flag(2);
        }
        for at in memchr::memmem::find_iter(self.text.as_bytes(), b" -u ") {
            let user = self.word_at(at + 4);
            if let Some(name) = self.text[user.clone()].find(':') {
                self.judge_value(Concept::Password, user.start + name + 1..user.end, true);
            }
        }
        if memchr::memmem::find(self.text.as_bytes(), b" login ").is_some() {
            for at in memchr::memmem::find_iter(self.text.as_bytes(), b" -p ") {
                self.judge_value(Concept::Password, self.word_at(at + 4), true);
            }
        }
    }

    fn word_at(&self, from: usize) -> Range<usize> {
        let rest = &self.text[from..];
        from..from + rest.find(char::is_whitespace).unwrap_or(rest.len())
    }

    fn flag(&mut self, from: usize) {
        let rest = &self.text[from..];
        let Some((name, _)) = rest.split_once(' ').filter(|(name, _)| name.len() <= 40 && !name.contains('=')) else {
            return;
        };
        let Some(concept) = self.keys.phrase(name).says().filter(|concept| concept.is_secret()) else { return };
        if let Some(range) = value_after(self.text, from + name.len(), concept) {
            self.judge_value(concept, range, true);
        }
    }

    fn judge_value(&mut self, concept: Concept, range: Range<usize>, assigned: bool) {
        let value = &self.text[range.clone()];
        let shape = Shape::of(value);
        if value.starts_with("--") || shield::of(value, shape).is_some() || shield::is_identifier(value, shape) {
            return;
        }
        // Prose says `Password: must be …`.
        let doubtful = matches!(concept, Concept::Password | Concept::PassWord) && !(assigned && value.len() >= 6);
        if doubtful && !value::is_strict_password(value, shape) {
            return;
        }
        if let Some((kind, sure)) = judge::judge(concept, value, shape, false) {
            self.add(kind, range, sure);
        }
    }

    fn numbers(&mut self) {
        let mut from = 0;
        while let Some(candidate) = next_number(self.text, from) {
            from = candidate.end;
            if self.is_free(&candidate) && !self.number(candidate.clone()) {
                // Numbers that only stand side by side.
                let mut start = candidate.start;
                for part in self.text[candidate].split(' ') {
                    self.number(start..start + part.len());
                    start += part.len() + 1;
                }
            }
        }
    }

    fn number(&mut self, range: Range<usize>) -> bool {
        let text = &self.text[range.clone()];
        let lower = text.bytes().filter(u8::is_ascii_lowercase).count();
        // Digests and paths are no numbers that words speak of.
        let inside =
            range.start > 0 && matches!(self.text.as_bytes()[range.start - 1], b'/' | b'%' | b'@' | b'_' | b'[');
        if text.len() < 7 || lower > 2 || inside {
            return false;
        }
        let Some((kind, sure)) = self.judge_number(text, range.start) else { return false };
        self.add(kind, range, sure);
        true
    }

    fn judge_number(&mut self, text: &str, start: usize) -> Option<(&'static Kind, u8)> {
        if value::is_international(text) {
            return Some((PHONE, confidence::CHECKED));
        }
        let sense = self.words_before(start);
        let id = Compact::of(text);
        if let Some(id) = id.filter(|id| id.len() >= 13) {
            if value::is_iban(&id) && text.as_bytes()[..2].iter().all(u8::is_ascii_uppercase) {
                return Some((IBAN, confidence::PROVEN));
            }
            let other = sense.is_some_and(|sense| sense.is_other_number && sense.concept.is_none());
            let spoken = sense.is_some_and(|sense| matches!(sense.concept, Some(Concept::Card)));
            if !other && value::is_card(&id) && (spoken || id.separator.is_some()) {
                return Some((CREDIT_CARD, confidence::CHECKED));
            }
        }
        let concept = sense.filter(|sense| sense.standing != Standing::Denied)?.says()?;
        if concept.is_secret() {
            return None;
        }
        if concept == Concept::Id(US_SSN) || !matches!(concept, Concept::Id(_)) {
            return judge::judge(concept, text, Shape::of(text), false);
        }
        let Concept::Id(kind) = concept else { return None };
        (ids::check(kind, &id?) != Check::No).then_some((kind, confidence::SHAPE))
    }

    /// What the few words before a place say.
    fn words_before(&mut self, start: usize) -> Option<Sense> {
        const FARTHEST: usize = 40;
        let mut from = start.saturating_sub(FARTHEST);
        while !self.text.is_char_boundary(from) {
            from += 1;
        }
        let before = &self.text[from..start];
        let before = before
            .rsplit(['\n', ';', '|', '.', '(', ',', '{'])
            .find(|part| part.len() > 2 || !part.trim().is_empty())
            .unwrap_or(before);
        // A cut word at the head would be another word.
        let whole = if before.len() == start - from && from > 0 {
            before.split_once(' ').map_or("", |(_, rest)| rest)
        } else {
            before
        };
        let words = whole.trim_end_matches([' ', ':', '=', '#', '"', '\'', '(']);
        lexicon::may_name(words).then(|| self.keys.phrase(words))
    }
}

#[cfg(test)]
mod tests {
    use super::super::key_cache::KeyCache;
    use super::{Shape, scan};

    fn found(text: &str) -> Vec<(&'static str, &str)> {
        let mut spans = Vec::new();
        scan(text, Shape::of(text), &mut KeyCache::default(), &mut spans);
        spans.sort_by_key(|span| span.range.start);
        spans.into_iter().map(|span| (span.kind.id, &text[span.range])).collect()
    }

    #[test]
    fn texts() {
        for (text, wanted) in [
            (
                "Reply to jane@mail.com, or +49 151 2345 6789.",
                vec![("EMAIL", "jane@mail.com"), ("PHONE", "+49 151 2345 6789")],
            ),
            ("my card 4539 1488 0343 6467 was charged", vec![("CREDIT_CARD", "4539 1488 0343 6467")]),
            ("Card 4539148803436467 declined", vec![("CREDIT_CARD", "4539148803436467")]),
            ("SSN 536-90-4399 does not match records", vec![("US_SSN", "536-90-4399")]),
            ("My NHS number is 943 476 5919.", vec![("UK_NHS", "943 476 5919")]),
            ("Transfer 300 EUR to NL91 ABNA 0417 1643 00 for rent", vec![("IBAN", "NL91 ABNA 0417 1643 00")]),
            ("DB_PASSWORD=hunter2hunter2 LOG=debug", vec![("GENERIC_SECRET", "hunter2hunter2")]),
            ("mysql --password s3cr3tPw99 -h db", vec![("GENERIC_SECRET", "s3cr3tPw99")]),
            ("Authorization: Basic c3ZjOmh1bnRlcjI0Mg==", vec![("GENERIC_SECRET", "Basic c3ZjOmh1bnRlcjI0Mg==")]),
            (r#"{"email": "jane", "ssn": "536-90-4399", "#, vec![("US_SSN", "536-90-4399")]),
            (
                "Server=db,1433;User Id=app;Password=a1B2c3;",
                vec![("CONNECTION_STRING", "Server=db,1433;User Id=app;Password=a1B2c3;")],
            ),
            ("order number is 4539148803436467 and it shipped on 2025-03-04", vec![]),
            ("Task timed out after 30.03 seconds RequestId: 123e4567-e89b-42d3-a456-426614174000", vec![]),
            ("Password: must be at least 12 characters long", vec![]),
            ("Step Functions 2.0.1.4 released 2025-03-04T10:00:00Z", vec![]),
        ] {
            assert_eq!(found(text), wanted, "{text}");
        }
    }
}
