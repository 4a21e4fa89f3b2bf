//! What was seen in the data of executions, in the compact form of an account.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use stepwarden::detect::Kind;
use stepwarden::model::{Cursor, DataField, DataPlace, ExecutionData, Largest, MachineKind, Sample, Sighting, Source};
use stepwarden::types::{Data, GapReason, JsonPointer, Observation, Observed};

use super::account::{at, part};

const DAY: i64 = 86_400;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct DataForm {
    source: Source,
    executions: u64,
    new: Option<u64>,
    listed: Option<u64>,
    listed_whole: bool,
    bytes: u64,
    sightings: Vec<SightingForm>,
    more: bool,
    shields: BTreeMap<String, u64>,
    largest: Vec<Largest>,
    gap: Option<GapReason>,
}

impl Default for DataForm {
    fn default() -> Self {
        Self {
            source: Source::History,
            executions: 10,
            new: None,
            listed: None,
            listed_whole: true,
            bytes: 1000,
            sightings: Vec::new(),
            more: false,
            shields: BTreeMap::new(),
            largest: Vec::new(),
            gap: None,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SightingForm {
    #[serde(rename = "type")]
    kind: String,
    data: Option<Data>,
    state: Option<String>,
    #[serde(default = "input")]
    field: DataField,
    #[serde(default)]
    pointer: String,
    #[serde(default = "one")]
    executions: u64,
    #[serde(default = "one_place")]
    count: u32,
    #[serde(default = "length")]
    length: u32,
    #[serde(default = "confidence")]
    confidence: u8,
    #[serde(default = "keyed_hash")]
    keyed_hash: String,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

fn input() -> DataField {
    DataField::Input
}

fn one() -> u64 {
    1
}

fn one_place() -> u32 {
    1
}

fn length() -> u32 {
    16
}

fn confidence() -> u8 {
    95
}

fn keyed_hash() -> String {
    "0123456789abcdef".to_owned()
}

impl SightingForm {
    fn sighting(&self) -> Sighting {
        let data = self.data.or_else(|| Kind::named(&self.kind).next().map(|kind| kind.data));
        Sighting {
            place: DataPlace { state: self.state.clone(), field: self.field },
            seen: Observation {
                kind: self.kind.clone(),
                data: data.expect("a type of our own, or its data"),
                pointer: JsonPointer::written(self.pointer.clone()),
                count: self.count,
                length: self.length,
                keyed_hash: self.keyed_hash.clone(),
                confidence: self.confidence,
            },
            executions: self.executions,
            first: self.first.unwrap_or_else(|| at(-10 * DAY)),
            last: self.last.unwrap_or_else(|| at(-DAY)),
        }
    }
}

impl DataForm {
    pub(super) fn observed(&self) -> Observed<ExecutionData> {
        let data = ExecutionData {
            sample: Sample {
                source: self.source,
                executions: self.executions,
                new: self.new.unwrap_or(self.executions),
                listed: self.listed.unwrap_or(self.executions),
                listed_whole: self.listed_whole,
                bytes: self.bytes,
                new_bytes: self.bytes,
                oldest: (self.executions > 0).then(|| at(-10 * DAY)),
                newest: (self.executions > 0).then(|| at(-DAY)),
            },
            sightings: self.sightings.iter().map(SightingForm::sighting).collect(),
            more: self.more,
            shields: self.shields.clone(),
            largest: self.largest.clone(),
            cursor: Cursor::default(),
        };
        part(data, self.gap, "executions")
    }
}

/// A machine of whose executions nothing special was said.
pub(super) fn clean(kind: MachineKind, logged: bool) -> ExecutionData {
    let (source, executions) = match (kind, logged) {
        (MachineKind::Express, true) => (Source::Log, 10),
        (MachineKind::Express, false) => (Source::None, 0),
        _ => (Source::History, 10),
    };
    let form = DataForm { source, executions, bytes: executions * 100, ..DataForm::default() };
    form.observed().last_known().cloned().expect("it has no gap")
}
