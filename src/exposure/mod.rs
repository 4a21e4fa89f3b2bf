//! Floor 4: where the sensitive data of a state machine is, and how far it travels.
//!
//! An [`Exposure`] says which types a machine carries, in which states, and in which copies they stay: each with its
//! encryption, its masking, how long it lives and how many principals read it. It holds no value, and it claims nothing
//! that was not read: an unknown fact of a copy is a gap in it, an unknown copy a gap beside them.
#![deny(clippy::disallowed_types, clippy::disallowed_methods)]

mod carried;
mod copies;
mod harm;
mod logged;
pub mod told;

pub use carried::{Carried, PLAUSIBLE, by_kind, carried};
pub use copies::{CopyPlace, DataCopy, Facts, Lock, Masking, Readers, Until, after, history_until, logged_until};
pub use harm::Harm;
pub use logged::{Kept, in_log};

use crate::access::reach::Way;
use crate::model::Sample;
use crate::types::Gap;

/// One state machine that carries sensitive data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    /// Never empty; what does most harm comes first.
    pub carried: Vec<Carried>,
    /// What was looked at.
    pub sample: Sample,
    pub copies: Vec<DataCopy>,
    /// Why there may be more types or copies than these.
    pub unread: Vec<Gap>,
}

impl Exposure {
    /// `None` where nothing plausible was seen. `readers` counts who reads what by these ways.
    pub fn of(facts: &Facts<'_>, readers: &dyn Fn(&[Way]) -> Readers) -> Option<Self> {
        let carried = carried(facts.data);
        if carried.is_empty() {
            return None;
        }
        let mut unread: Vec<_> = facts.data_gap.iter().cloned().collect();
        let mut copies = copies::copies(facts, &carried, &mut unread);
        for copy in &mut copies {
            copy.readers = Some(copy.place.ways()).filter(|ways| !ways.is_empty()).map(|ways| readers(&ways));
        }
        Some(Self { carried, sample: facts.data.sample.clone(), copies, unread })
    }

    /// A sentence about the copies that keep any of `carried`, or nothing.
    pub fn stays(&self, carried: &[Carried]) -> String {
        let holds = |copy: &&DataCopy| {
            let kept = matches!(copy.place, CopyPlace::History | CopyPlace::LogGroup { .. });
            kept && carried.iter().any(|one| copy.kinds.contains(&one.kind))
        };
        let copies: Vec<_> = self.copies.iter().filter(holds).map(DataCopy::told).collect();
        if copies.is_empty() { String::new() } else { format!(" It stays in the {}.", copies.join("; and in the ")) }
    }

    /// The most principals that read any one copy.
    pub fn most_readers(&self) -> usize {
        self.copies.iter().filter_map(|copy| copy.readers.as_ref()).map(|readers| readers.count).max().unwrap_or(0)
    }

    /// How long the copy lives that lives longest, where any is known: `Some(None)` is for ever.
    pub fn longest_days(&self) -> Option<Option<u32>> {
        let known = self.copies.iter().filter_map(|copy| match copy.until {
            Some(Ok(Until::Never)) => Some(None),
            Some(Ok(Until::At { days, .. })) => Some(Some(days)),
            _ => None,
        });
        known.max_by_key(|days| days.unwrap_or(u32::MAX))
    }

    pub fn worst(&self) -> Harm {
        self.carried[0].harm
    }
}
