//! What was seen in executions, as checks ask for it.

use super::{LogGroupView, MachineView};
use crate::exposure::{Carried, Kept, PLAUSIBLE, by_kind, in_log};
use crate::model::{ExecutionData, LogLevel, Sighting, Source};
use crate::types::{Gap, GapReason};

impl<'a> MachineView<'a> {
    /// Sightings of one sort. What was seen is told even of half-read data; that there are none only where executions were
    /// read, or where the list of them is whole and empty. `None`: the machine keeps no data that could be read.
    pub fn sightings(&self, wanted: impl Fn(&Sighting) -> bool) -> Result<Option<Vec<&'a Sighting>>, Gap> {
        let observed = self.execution_data();
        let found: Vec<_> = match observed.seen().0 {
            Some(data) => data.sightings.iter().filter(|sighting| wanted(sighting)).collect(),
            None => Vec::new(),
        };
        if !found.is_empty() {
            return Ok(Some(found));
        }
        let data: &'a ExecutionData = observed.whole().copied().map_err(Gap::clone)?;
        let sample = &data.sample;
        if sample.source == Source::None {
            return Ok(None);
        }
        if data.more {
            let detail = "more places of sensitive data were seen than are kept";
            return Err(Gap::new(GapReason::Partial, detail).about(self.machine.arn.as_str()));
        }
        if sample.executions == 0 && (sample.listed > 0 || !sample.listed_whole) {
            let detail = format!("none of the executions of {} was read", self.name());
            return Err(Gap::new(GapReason::NotSampled, detail).about(self.machine.arn.as_str()));
        }
        Ok(Some(found))
    }

    /// What its log holds of what was seen, by type. Empty where it holds nothing sensitive.
    pub fn logged(&self) -> Result<Vec<Carried>, Gap> {
        let logging = &self.details()?.logging;
        let source = self.execution_data().seen().0.map(|data| data.sample.source);
        let kept = |sighting: &Sighting| match source {
            Some(Source::Log) => Kept::Yes,
            _ => in_log(logging, &sighting.place),
        };
        let wanted = |kind: Kept| move |seen: &Sighting| seen.seen.confidence >= PLAUSIBLE && kept(seen) == kind;
        if logging.level == LogLevel::Off {
            return Ok(Vec::new());
        }
        let Some(held) = self.sightings(wanted(Kept::Yes))? else { return Ok(Vec::new()) };
        if held.is_empty() && self.sightings(wanted(Kept::Perhaps))?.is_some_and(|perhaps| !perhaps.is_empty()) {
            let detail = format!(
                "{} carries sensitive data in fields of which AWS does not say whether its logging keeps them",
                self.name()
            );
            return Err(Gap::new(GapReason::Unsupported, detail).about(self.machine.arn.as_str()));
        }
        Ok(by_kind(held))
    }
}

impl LogGroupView<'_> {
    /// What its events hold of what was seen in the executions of its machines, by machine and type. Empty where they hold
    /// nothing sensitive.
    pub fn holds(&self) -> Result<Vec<(&MachineView<'_>, Vec<Carried>)>, Gap> {
        let (mut held, mut unread) = (Vec::new(), None);
        for machine in &self.machines {
            match machine.logged() {
                Ok(carried) if carried.is_empty() => {}
                Ok(carried) => held.push((machine, carried)),
                Err(gap) => unread = unread.or(Some(gap)),
            }
        }
        match unread {
            Some(gap) if held.is_empty() => Err(gap),
            _ => Ok(held),
        }
    }
}
