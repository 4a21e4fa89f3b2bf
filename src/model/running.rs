use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::types::{Arn, Observed};

/// What runs, by Standard state machine. One whose list was not followed to its end is partial: its count is a lower bound,
/// and older executions than its oldest may run.
pub type Running = BTreeMap<Arn, Observed<RunningExecutions>>;

/// The running executions of one state machine: numbers and times. No name and no ARN of an execution is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunningExecutions {
    pub asked_at: Timestamp,
    pub count: u64,
    /// The earliest and the latest start among them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newest: Option<Timestamp>,
    /// How many began longer ago than [`RunningExecutions::DAYS`], where any did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub older: Vec<Older>,
    /// How long those took that succeeded lately; none where none did. It is asked only where something runs.
    pub durations: Observed<Option<Durations>>,
    /// Known where all of them were asked, partial where some were. It is not asked where the definition cannot make many
    /// events.
    pub histories: Observed<Histories>,
    /// Known where the Map Runs of all of them were listed, partial where those of some were.
    pub map_runs: Observed<Vec<MapRun>>,
}

impl RunningExecutions {
    /// The days of `older`.
    pub const DAYS: [u32; 4] = [1, 7, 30, 90];
}

/// Executions that began longer ago than so many days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Older {
    pub days: u32,
    pub count: u64,
}

/// How long executions took that succeeded, the newest that one page holds; seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Durations {
    pub count: u64,
    pub median: u64,
    pub p95: u64,
    pub max: u64,
}

impl Durations {
    /// None of nothing. A quantile is the smallest value that so many are not above.
    pub fn of(mut seconds: Vec<u64>) -> Option<Self> {
        seconds.sort_unstable();
        let rank =
            |hundredths: usize| seconds.get((seconds.len() * hundredths).div_ceil(100).saturating_sub(1)).copied();
        let count = u64::try_from(seconds.len()).unwrap_or(u64::MAX);
        Some(Self { count, median: rank(50)?, p95: rank(95)?, max: rank(100)? })
    }
}

/// Events in the histories of running executions, of which a history holds 25,000 at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histories {
    /// Executions that were asked about, the oldest first.
    pub asked: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest: Option<LongestHistory>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LongestHistory {
    pub events: u64,
    /// Start of the execution.
    pub started_at: Timestamp,
}

/// An open Map Run. Its ARN ends in a UUID that AWS made, and holds no name of an execution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MapRun {
    pub arn: Arn,
    pub started_at: Timestamp,
    pub counts: Observed<MapRunCounts>,
}

impl MapRun {
    /// The label of its Map state: `mapRun:machine/label:uuid`.
    pub fn label(&self) -> Option<&str> {
        let (_, rest) = self.arn.resource().split_once('/')?;
        rest.rsplit_once(':').map(|(label, _)| label)
    }
}

/// What DescribeMapRun counts. A Map Run that waits for others to end has counted no item yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MapRunCounts {
    /// Children at once; 0: no limit but AWS's.
    pub max_concurrency: u64,
    /// Items.
    pub total: u64,
    pub pending: u64,
    pub running: u64,
    pub succeeded: u64,
    pub failed: u64,
    /// Child executions that run.
    pub children_running: u64,
}

#[cfg(test)]
mod tests {
    use super::Durations;

    #[test]
    fn quantiles_are_values_that_were_seen() {
        assert_eq!(Durations::of(Vec::new()), None);
        assert_eq!(Durations::of(vec![7]), Some(Durations { count: 1, median: 7, p95: 7, max: 7 }));
        let hundred = Durations::of((1..=100).rev().collect());
        assert_eq!(hundred, Some(Durations { count: 100, median: 50, p95: 95, max: 100 }));
    }
}
