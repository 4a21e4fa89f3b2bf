//! One value and all that is known of its place: what is sensitive in it.

use super::concept::{Concept, Shield};
use super::confidence;
use super::ids::{self, Check, Compact};
use super::judge;
use super::key::{Sense, Standing, Subject};
use super::key_cache::KeyCache;
use super::kind::Kind;
use super::kinds::{CREDIT_CARD, EMAIL, IBAN, IP_ADDRESS, PERSON_NAME, PHONE, US_SSN};
use super::self_proving;
use super::shape::{self, Shape, has};
use super::shield;
use super::text::{self, Span};
use super::value;

/// What was seen in a leaf.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) spans: Vec<Span>,
    pub(super) shield: Option<Shield>,
}

/// Of longer values that are one word nothing but tokens with a beginning of their own can be found.
const LONG_WORD: usize = 4096;

/// Inspects a text under a key that says `sense`; `personal` says that a person is spoken of beside it.
pub(super) fn inspect(text: &str, sense: Sense, personal: bool, keys: &mut KeyCache, seen: &mut Seen) {
    if text.len() < 2 {
        return;
    }
    let shape = Shape::of(text);
    if shield::is_identifier(text, shape) && !may_be_identifier(text, sense) {
        let named = text.starts_with("arn:") && sense.concept.is_some();
        seen.shield = named.then_some(Shield::Reference);
        return;
    }
    match sense.standing {
        Standing::Shielded(shield) if sense.concept.is_some() => seen.shield = Some(shield),
        _ => {}
    }
    if shape.is_opaque() && shape.len > LONG_WORD && sense.concept.is_none() {
        text::scan(text, shape, keys, &mut seen.spans);
        return;
    }
    // What proves itself is told by its own name, even where a mask or a template stands beside it.
    text::scan(text, shape, keys, &mut seen.spans);
    if sense.is_message_id {
        seen.spans.retain(|span| span.kind != EMAIL);
    }
    if !seen.spans.is_empty() && seen.spans.iter().any(|span| span.confidence >= confidence::CHECKED) {
        if let Some(Concept::Cookie) = sense.says() {
            text::scan_cookies(text, &mut seen.spans);
        }
        return;
    }
    if let Some(concept) = sense.says() {
        by_key(concept, text, shape, personal, seen);
    }
    if let Some(concept) = sense.suspects().filter(|_| seen.spans.is_empty()) {
        by_doubtful_key(concept, text, shape, seen);
    }
    if sense.concept.is_none() && sense.ends_with_person && value::is_full_name(text, 2) {
        seen.spans.push(whole((PERSON_NAME, confidence::CONTEXT), text));
    }
    if seen.spans.is_empty() && seen.shield.is_none() {
        seen.spans.extend(by_form(text, shape, sense).map(|verdict| whole(verdict, text)));
    }
}

/// A birth date with a time, a client secret that is a UUID.
fn may_be_identifier(text: &str, sense: Sense) -> bool {
    match sense.says() {
        Some(Concept::DateOfBirth) => true,
        Some(Concept::Secret | Concept::Password | Concept::Auth) => shape::is_uuid(text),
        _ => false,
    }
}

fn whole((kind, confidence): judge::Verdict, text: &str) -> Span {
    Span { kind, range: 0..text.len(), confidence }
}

fn by_key(concept: Concept, text: &str, shape: Shape, personal: bool, seen: &mut Seen) {
    if let Some(shield) = shield::of(text, shape) {
        seen.shield = Some(shield);
        seen.spans.retain(|span| span.confidence >= confidence::PROVEN);
        return;
    }
    if concept == Concept::Cookie {
        text::scan_cookies(text, &mut seen.spans);
        return;
    }
    if concept == Concept::Ip && shape.has(has::LIST) {
        // X-Forwarded-For: the client first, then each proxy.
        let client = text.split(',').find(|ip| value::is_public_ip(ip));
        seen.spans.extend(client.map(|_| whole((IP_ADDRESS, confidence::SHAPE), text)));
        return;
    }
    if !concept.is_secret() && shape::is_digest(text, shape) && shape.len >= 32 {
        seen.shield = Some(Shield::Hashed);
        return;
    }
    if let Some(verdict) = judge::judge(concept, text, shape, personal) {
        seen.spans.clear();
        seen.spans.push(whole(verdict, text));
    }
}

/// The key is in doubt, so the value must not be.
fn by_doubtful_key(concept: Concept, text: &str, shape: Shape, seen: &mut Seen) {
    if shield::of(text, shape).is_some() || shape::is_digest(text, shape) {
        return;
    }
    let plain = match concept {
        Concept::FirstName | Concept::LastName | Concept::FullName => value::is_full_name(text, 1),
        Concept::Street | Concept::Address => value::is_address(text),
        Concept::Password | Concept::PassWord => value::is_strict_password(text, shape) && !value::is_dashed_name(text),
        Concept::Secret => value::is_random(text, shape),
        // Tokens of lists are base 64; those that open something mostly keep to letters that URLs may have.
        Concept::Token => value::is_random(text, shape) && !shape.has(has::PLUS | has::SLASH | has::EQUALS),
        Concept::Passport | Concept::DriverLicense => shape.digits >= 5 && !shape.has(has::DASH | has::DOT),
        _ => false,
    };
    if plain && let Some((kind, sure)) = judge::judge(concept, text, shape, false) {
        seen.spans.push(whole((kind, sure.min(confidence::CONTEXT)), text));
    }
}

/// A whole value whose form says what it is, under a key that does not contradict.
fn by_form(text: &str, shape: Shape, sense: Sense) -> Option<judge::Verdict> {
    if shape.digits < 6 || shape.len > 48 || shield::is_identifier(text, shape) {
        return None;
    }
    if value::is_international(text) {
        return Some((PHONE, confidence::SHAPE));
    }
    if shape.has(has::DOT | has::COLON) && value::is_public_ip(text) {
        return Some((IP_ADDRESS, confidence::WEAK));
    }
    let id = Compact::of(text)?;
    if value::is_iban(&id) {
        return Some((IBAN, confidence::PROVEN));
    }
    if sense.is_other_number || sense.concept.is_some_and(|concept| !concept.is_ambiguous() && !concept.is_secret()) {
        return None;
    }
    let is_quiet = sense.is_transparent || (!sense.has_unknown && sense.subject != Subject::Person);
    // Under a word that nobody knows, only what is written as a card is one.
    number_by_form(&id).filter(|(kind, _)| *kind != CREDIT_CARD || is_quiet || id.separator.is_some())
}

fn number_by_form(id: &Compact) -> Option<(&'static Kind, u8)> {
    if value::is_card(id) {
        return Some((CREDIT_CARD, confidence::CONTEXT));
    }
    let ssn = id.separator == Some(b'-') && ids::check(US_SSN, id) == Check::Proven;
    ssn.then_some((US_SSN, confidence::CONTEXT))
}

/// Inspects a number: only a key that says what it is makes one sensitive.
pub(super) fn inspect_number(text: &str, sense: Sense, personal: bool, seen: &mut Seen) {
    let Some(concept) = sense
        .says()
        .filter(|concept| !concept.is_secret() || matches!(concept, Concept::Pin | Concept::Otp | Concept::Password))
    else {
        return;
    };
    // An epoch is no birth date and no phone number.
    if let Some(verdict) = judge::judge(concept, text, Shape::of(text), personal) {
        seen.spans.push(whole(verdict, text));
    }
}

/// What a member's name is, where it is data itself.
pub(super) fn of_key(name: &str) -> Option<(&'static Kind, u8)> {
    let shape = Shape::of(name);
    if !(shape.has(has::AT) || shape.digits >= 7 || shape.len >= 20) || shield::is_identifier(name, shape) {
        return None;
    }
    if let Some(at) = name.find('@')
        && value::email_around(name, at).is_some()
        && shield::of(name, shape).is_none()
    {
        return Some((EMAIL, confidence::PROVEN));
    }
    if let Some((kind, _)) = self_proving::find(name).first() {
        return Some((kind, confidence::PROVEN));
    }
    by_form(name, shape, Sense::SILENT).filter(|(_, sure)| *sure >= confidence::DOUBT)
}
