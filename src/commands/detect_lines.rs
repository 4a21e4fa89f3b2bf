//! Lines of `{"id", "payload"}`, of any length.

use std::fmt;
use std::io::{self, BufRead, Read};

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use serde_json::error::Category;

use super::detect_stream::{Clip, Line};
use crate::detect::{Detectors, Finding, Seen};

/// What was wrong with a line, without a word of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    NotJson(usize),
    BreaksOff,
    NoSample,
    TooDeep,
    /// A string was longer than what is kept of one.
    Clipped,
    /// Too much was found before the id came.
    LateId,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson(column) => write!(f, "column {column}: this is not JSON"),
            Self::BreaksOff => f.write_str("the line breaks off"),
            Self::NoSample => f.write_str("this is no object with an id (text or number) and a payload"),
            Self::TooDeep => f.write_str("it is nested deeper than 127 levels"),
            Self::Clipped => f.write_str("a string is longer than 2 MiB: what comes after that was not read"),
            Self::LateId => f.write_str("the id comes after more findings than are kept: put it before the payload"),
        }
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        match error.classify() {
            Category::Eof => Self::BreaksOff,
            // The one message that is told by its text; it holds nothing of the line's.
            Category::Syntax if error.to_string().starts_with("recursion limit") => Self::TooDeep,
            Category::Data => Self::NoSample,
            Category::Syntax | Category::Io => Self::NotJson(error.column()),
        }
    }
}

type Answer<'a> = &'a mut dyn FnMut(&Value, &Finding);

/// Longer lines are not held: they are read as they stream in. A payload of Step Functions has at most 256 KiB.
const LONGEST_LINE: u64 = 2 << 20;

pub(super) fn each(
    mut input: impl BufRead,
    detectors: &mut Detectors,
    answer: Answer<'_>,
    fault: &mut dyn FnMut(u64, Fault),
) -> io::Result<()> {
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        // Most lines are wholly in the buffer.
        let buffered = input.fill_buf()?;
        if let Some(end) = memchr::memchr(b'\n', buffered) {
            let read = held(&buffered[..end], detectors, answer);
            input.consume(end + 1);
            if let Err(wrong) = read {
                fault(number, wrong);
            }
            continue;
        }
        if input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let is_whole = line.ends_with(b"\n") || (line.len() as u64) < LONGEST_LINE;
        let read =
            if is_whole { held(&line, detectors, answer) } else { streamed(&line, &mut input, detectors, answer)? };
        if let Err(wrong) = read {
            fault(number, wrong);
        }
    }
    Ok(())
}

/// A line in memory is answered when it has been read to its end, so that a broken one has no answers. Where there would be
/// too many to keep, it is read a second time.
fn held(line: &[u8], detectors: &mut Detectors, answer: Answer<'_>) -> Result<(), Fault> {
    if line.trim_ascii().is_empty() {
        return Ok(());
    }
    // Checked once as a whole, where the parser would check string by string.
    let line = std::str::from_utf8(line).map_err(|error| Fault::NotJson(error.valid_up_to() + 1))?;
    let mut kept = Late { id: None, held: Vec::new(), bytes: 0, is_over: false };
    let mut report = |seen: Seen| {
        if let Seen::Finding(finding) = seen {
            kept.keep(finding);
        }
    };
    let id = read(line, detectors, &mut report)?;
    if !kept.is_over {
        kept.held.iter().for_each(|finding| answer(&id, finding));
        return Ok(());
    }
    let mut report = |seen: Seen| {
        if let Seen::Finding(finding) = seen {
            answer(&id, &finding);
        }
    };
    read(line, detectors, &mut report).map(|_| ())
}

/// The id of a whole line, whose payload is inspected.
fn read(line: &str, detectors: &mut Detectors, report: &mut dyn FnMut(Seen)) -> Result<Value, Fault> {
    let mut json = serde_json::Deserializer::from_str(line);
    let id = Sample { payload: Payload { detectors, report } }.read(&mut json)?.ok_or(Fault::NoSample)?;
    json.end()?;
    Ok(id)
}

/// A line that is too long to be held: answered while it is read.
fn streamed(
    head: &[u8],
    rest: &mut impl BufRead,
    detectors: &mut Detectors,
    answer: Answer<'_>,
) -> io::Result<Result<(), Fault>> {
    let mut line = Clip::new(head.chain(Line::new(rest)));
    let read = {
        let json = &mut serde_json::Deserializer::from_reader(io::BufReader::new(&mut line));
        let mut late = Late { id: None, held: Vec::new(), bytes: 0, is_over: false };
        let walked = StreamedSample { detectors, answer, late: &mut late }.deserialize(&mut *json);
        match walked.map_err(Fault::from).and_then(|()| json.end().map_err(Fault::from)) {
            Ok(()) if late.is_over => Err(Fault::LateId),
            Ok(()) if late.id.is_none() => Err(Fault::NoSample),
            other => other,
        }
    };
    io::copy(&mut line, &mut io::sink())?;
    Ok(if line.has_clipped() { read.and(Err(Fault::Clipped)) } else { read })
}

/// A sample whose payload is read by a seed of one's own; the id is the answer.
struct Sample<P> {
    payload: P,
}

impl<P> Sample<P> {
    fn read<'de, D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Value>, D::Error>
    where
        P: DeserializeSeed<'de, Value = ()>,
    {
        deserializer.deserialize_map(self)
    }
}

/// An id: a text or a number.
fn checked<E: Error>(id: Value) -> Result<Value, E> {
    match id {
        Value::String(_) | Value::Number(_) => Ok(id),
        _ => Err(E::custom("no id")),
    }
}

impl<'de, P: DeserializeSeed<'de, Value = ()>> Visitor<'de> for Sample<P> {
    type Value = Option<Value>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a sample")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Option<Value>, A::Error> {
        let (mut id, mut payload, mut has_payload) = (None, Some(self.payload), false);
        while let Some(name) = members.next_key::<Member>()? {
            match (name, payload.take()) {
                (Member::Payload, Some(seed)) => {
                    members.next_value_seed(seed)?;
                    has_payload = true;
                }
                (Member::Id, seed) => {
                    payload = seed;
                    id = Some(checked(members.next_value()?)?);
                }
                (_, seed) => {
                    payload = seed;
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(id.filter(|_| has_payload))
    }
}

#[derive(serde::Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Member {
    Id,
    Payload,
    #[serde(other)]
    Other,
}

/// Hands the payload to the detectors as it streams in.
struct Payload<'a> {
    detectors: &'a mut Detectors,
    report: &'a mut dyn FnMut(Seen),
}

impl<'de> DeserializeSeed<'de> for Payload<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.detectors.inspect(deserializer, self.report)
    }
}

/// Findings that wait for their id, or for their line's end.
struct Late {
    id: Option<Value>,
    held: Vec<Finding>,
    bytes: usize,
    is_over: bool,
}

impl Late {
    const MOST: usize = 4 << 20;

    fn take(&mut self, finding: Finding, answer: Answer<'_>) {
        match &self.id {
            Some(id) => answer(id, &finding),
            None => self.keep(finding),
        }
    }

    fn keep(&mut self, finding: Finding) {
        self.bytes += finding.pointer.as_str().len() + size_of::<Finding>();
        self.is_over |= self.bytes > Self::MOST;
        if !self.is_over {
            self.held.push(finding);
        }
    }
}

struct StreamedSample<'a> {
    detectors: &'a mut Detectors,
    answer: Answer<'a>,
    late: &'a mut Late,
}

impl<'de> DeserializeSeed<'de> for StreamedSample<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for StreamedSample<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a sample")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Self { detectors, answer, late } = self;
        while let Some(name) = members.next_key::<Member>()? {
            match name {
                Member::Id => {
                    let id = checked(members.next_value()?)?;
                    for finding in std::mem::take(&mut late.held) {
                        answer(&id, &finding);
                    }
                    late.id = Some(id);
                }
                Member::Payload => {
                    let mut report = |seen: Seen| {
                        if let Seen::Finding(finding) = seen {
                            late.take(finding, answer);
                        }
                    };
                    members.next_value_seed(Payload { detectors, report: &mut report })?;
                }
                Member::Other => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}
