//! What runs, as checks ask for it.

use jiff::Timestamp;

use super::{MachineView, shell_quote};
use crate::asl::Pattern;
use crate::model::{Largest, MachineKind, RunningExecutions, Source};
use crate::types::{Gap, GapReason, Observed};

/// The running executions of a machine, and why there may be others.
#[derive(Debug, Clone)]
pub struct Runs<'a> {
    pub seen: &'a RunningExecutions,
    pub unseen: Option<Gap>,
}

/// Payloads, the largest first, and why there may be larger ones.
pub type Payloads<'a> = (&'a [Largest], Option<Gap>);

impl<'a> MachineView<'a> {
    /// What runs of it. `None`: its executions are Express, which are in no list and end after five minutes.
    pub fn runs(&self) -> Result<Option<Runs<'a>>, Gap> {
        let about = |gap: Gap| gap.about(self.machine.arn.as_str());
        if self.machine.kind == MachineKind::Express {
            return Ok(None);
        }
        let part = self.region.snapshot.running();
        let (Some(all), gap) = part.seen() else {
            return Err(part.gap().cloned().unwrap_or_else(|| Gap::not_collected("running")));
        };
        let unlisted = || about(gap.cloned().unwrap_or_else(|| Gap::not_collected("what runs of the state machine")));
        match all.get(&self.machine.arn).ok_or_else(unlisted)? {
            Observed::Known { value } => Ok(Some(Runs { seen: value, unseen: None })),
            Observed::Partial { value, gap } => Ok(Some(Runs { seen: value, unseen: Some(gap.clone()) })),
            Observed::Stale { gap, .. } | Observed::Missing { gap } => Err(gap.clone()),
        }
    }

    /// The largest payloads that were inspected, the largest first. `None`: the machine keeps no data that could be read.
    pub fn largest_payloads(&self) -> Result<Option<Payloads<'a>>, Gap> {
        let observed = self.execution_data();
        let (Some(data), gap) = observed.seen() else {
            return Err(observed.gap().cloned().unwrap_or_else(|| Gap::not_collected("executions")));
        };
        let sample = &data.sample;
        if sample.source == Source::None && data.largest.is_empty() {
            return Ok(None);
        }
        let nothing_ran = sample.executions == 0 && sample.listed == 0 && sample.listed_whole;
        if data.largest.is_empty() && gap.is_none() && !nothing_ran {
            let detail = format!("no payload of {} was measured", self.name());
            return Err(Gap::new(GapReason::NotSampled, detail).about(self.machine.arn.as_str()));
        }
        Ok(Some((&data.largest, gap.cloned())))
    }

    /// Somebody outside, who may be a person, must answer before an execution goes on.
    pub fn waits_for_a_caller(&self) -> Result<bool, Gap> {
        let states = &self.definition()?.states;
        Ok(states.iter().any(|state| state.pattern().is_some_and(Pattern::waits_for_a_caller)))
    }

    /// The command that shows the oldest running execution: no finding names it.
    pub fn oldest_command(&self) -> String {
        format!(
            "aws stepfunctions list-executions --region {} --state-machine-arn {} --status-filter RUNNING \
             --query 'sort_by(executions,&startDate)[0].[startDate,executionArn]' --output text",
            self.region.name(),
            shell_quote(self.machine.arn.as_str()),
        )
    }
}

/// Seconds, as a person says them: the largest unit of which there are two, or one of the smallest.
pub fn span(seconds: u64) -> String {
    let units = [(86_400, "days"), (3_600, "hours"), (60, "minutes")];
    let unit = units.into_iter().find(|(length, _)| seconds >= 2 * length);
    match unit {
        Some((length, name)) => format!("{} {name}", seconds / length),
        None if seconds == 1 => "1 second".to_owned(),
        None => format!("{seconds} seconds"),
    }
}

/// Seconds from one to the other; 0 where they are the other way round.
pub fn seconds_between(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.duration_since(from).as_secs()).unwrap_or(0)
}

/// To the second, as AWS lists it in UTC.
pub fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn spans() {
        for (seconds, text) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (119, "119 seconds"),
            (120, "2 minutes"),
            (7_200, "2 hours"),
            (200_000, "2 days"),
        ] {
            assert_eq!(span(seconds), text);
        }
    }
}
