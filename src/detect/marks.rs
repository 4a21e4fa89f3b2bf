//! What the door replaces of what the detectors see.

use std::collections::HashMap;
use std::ops::Range;

use super::confidence;
use super::kind::Kind;
use super::kinds::{ADDRESS, CREDIT_CARD, IP_ADDRESS, PERSON_NAME};
use super::text::Span;

/// The ranges to replace, by raw pointer.
#[derive(Debug, Default)]
pub(super) struct Marks {
    places: HashMap<String, Vec<Mark>>,
}

#[derive(Debug, Clone)]
struct Mark {
    kind: &'static Kind,
    /// `None`: the whole value.
    range: Option<Range<usize>>,
    confidence: u8,
}

/// Kept text is AWS's own language for the most part: what only might be sensitive stays. Names and addresses stay too, as
/// names of resources and teams look like those of persons, and servers have addresses.
fn is_replaced(kind: &Kind, confidence: u8) -> bool {
    if kind.is_secret() || kind == CREDIT_CARD {
        return confidence >= confidence::CONTEXT;
    }
    confidence >= confidence::KEY && ![PERSON_NAME, ADDRESS, IP_ADDRESS].contains(&kind)
}

/// Whether a whole marker stands in a text.
fn has_marker(text: &str) -> bool {
    text.match_indices("[stepwarden:").any(|(at, head)| {
        let rest = text[at + head.len()..].split_once(']');
        let parts = rest.and_then(|(marker, _)| marker.split_once(':'));
        parts.is_some_and(|(id, len)| {
            Kind::all().iter().any(|kind| kind.id == id) && len.bytes().all(|byte| byte.is_ascii_digit())
        })
    })
}

impl Marks {
    pub(super) fn add(&mut self, pointer: &str, kind: &'static Kind, range: Option<Range<usize>>, confidence: u8) {
        if !is_replaced(kind, confidence) {
            return;
        }
        let mark = Mark { kind, range, confidence };
        match self.places.get_mut(pointer) {
            Some(marks) => marks.push(mark),
            None => {
                self.places.insert(pointer.to_owned(), vec![mark]);
            }
        }
    }

    /// Whether something stands in the JSON that the text at `pointer` is.
    pub(super) fn has_inside(&self, pointer: &str) -> bool {
        self.places.keys().any(|place| place.strip_prefix(pointer).is_some_and(|rest| rest.starts_with('#')))
    }

    /// What to replace in a value at `pointer`, besides what is given: in order and without overlaps. Ranges that meet become
    /// one, of the type that is surest.
    pub(super) fn of(&self, pointer: &str, value: &str, besides: Vec<Span>) -> Vec<Span> {
        let marks = self.places.get(pointer).into_iter().flatten();
        let mut spans = besides;
        spans.extend(marks.map(|Mark { kind, range, confidence }| Span {
            kind,
            range: range.clone().unwrap_or(0..value.len()),
            confidence: *confidence,
        }));
        // Around a marker, the door has been already.
        spans.retain(|span| value.get(span.range.clone()).is_some_and(|text| !text.is_empty() && !has_marker(text)));
        spans.sort_by_key(|span| (span.range.start, span.range.end));
        let mut joined: Vec<Span> = Vec::new();
        for span in spans {
            match joined.last_mut() {
                Some(last) if span.range.start < last.range.end => {
                    last.range.end = last.range.end.max(span.range.end);
                    if span.confidence > last.confidence {
                        (last.kind, last.confidence) = (span.kind, span.confidence);
                    }
                }
                _ => joined.push(span),
            }
        }
        joined
    }
}
