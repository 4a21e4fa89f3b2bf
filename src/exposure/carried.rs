use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Harm;
use crate::model::{DataField, ExecutionData, Sighting};
use crate::types::Data;

/// From this confidence on (hundredths) a sighting is taken for what it says: where confidence begins to be medium.
pub const PLAUSIBLE: u8 = 60;

/// One type that the executions of a machine carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// The detector's id.
    pub kind: String,
    pub data: Data,
    pub harm: Harm,
    /// That of the surest sighting, in hundredths.
    pub confidence: u8,
    /// Executions that hold it. It may be in more where it stands in several places: see [`Carried::is_exact`].
    pub executions: u64,
    /// Start of the last execution that held it.
    pub last: Timestamp,
    /// Never empty; as data flows: the execution's own before those of states.
    pub places: Vec<Sighting>,
}

/// What is plausible of what was seen, what does most harm first.
pub fn carried(data: &ExecutionData) -> Vec<Carried> {
    by_kind(data.sightings.iter().filter(|sighting| sighting.seen.confidence >= PLAUSIBLE))
}

/// Sightings by type, what does most harm first.
pub fn by_kind<'a>(sightings: impl IntoIterator<Item = &'a Sighting>) -> Vec<Carried> {
    let mut by_kind: BTreeMap<&str, Vec<&Sighting>> = BTreeMap::new();
    for sighting in sightings {
        by_kind.entry(&sighting.seen.kind).or_default().push(sighting);
    }
    let mut carried: Vec<_> = by_kind.into_iter().filter_map(|(kind, places)| Carried::of(kind, places)).collect();
    carried.sort_by(|a, b| b.harm.cmp(&a.harm).then_with(|| a.kind.cmp(&b.kind)));
    carried
}

impl Carried {
    /// `None` of no sighting at all.
    pub fn of(kind: &str, mut places: Vec<&Sighting>) -> Option<Self> {
        // An order of places alone: what is told as the place of a finding must not move with counts or times.
        places.sort_by_key(|sighting| (&sighting.place, &sighting.seen.pointer));
        let data = places.first()?.seen.data;
        Some(Self {
            kind: kind.to_owned(),
            data,
            harm: Harm::of(kind, data),
            confidence: places.iter().map(|sighting| sighting.seen.confidence).max()?,
            executions: places.iter().map(|sighting| sighting.executions).max()?,
            last: places.iter().map(|sighting| sighting.last).max()?,
            places: places.into_iter().cloned().collect(),
        })
    }

    /// Whether [`Carried::executions`] is their true number.
    pub fn is_exact(&self) -> bool {
        self.places.len() == 1
    }

    /// Whether it stands in an execution's name, which is more public than its data.
    pub fn is_in_names(&self) -> bool {
        self.places.iter().any(|sighting| sighting.place.field == DataField::Name)
    }
}
