//! How often state machines were started.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{FRESH, up_to_date};
use crate::model::Snapshot;
use crate::types::{Arn, Gap};

/// The starts of the state machines that start most. The children of a Distributed Map are no starts of the machine: they
/// are not among them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct StartRates {
    pub machines: BTreeMap<Arn, Starts>,
    /// Any other machine was started at most this often within [`StartRates::TOP_WINDOW`]; absent where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub others_at_most: Option<f64>,
}

impl StartRates {
    /// CloudWatch has a point of the last minutes of some machine, or of another metric: what has none was not started.
    pub fn up_to_date(&self, snapshot: &Snapshot) -> Result<(), Gap> {
        let fresh = |starts: &Starts| starts.minutes.late() <= FRESH;
        if self.machines.values().any(fresh) { Ok(()) } else { up_to_date(snapshot) }
    }

    /// What "start most" is about: as far back as Metrics Insights looks at the least.
    /// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-limits.html>.
    pub const TOP_WINDOW: SignedDuration = SignedDuration::from_hours(3);
}

/// One machine's starts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Starts {
    /// By the hour, of 14 days.
    pub hours: Counts,
    /// By 5 minutes, of 3 hours.
    pub minutes: Counts,
    /// `ExecutionThrottled` by 5 minutes, of 3 hours: state entries and retries that waited.
    pub throttled: Counts,
}

/// Sums of a metric by equal periods.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    /// When the first period begins.
    pub from: Timestamp,
    pub period_seconds: u32,
    /// Oldest first; none where CloudWatch has no point, which of a metric of events says that there was none, or that it is
    /// late.
    pub values: Vec<Option<f64>>,
}

impl Counts {
    /// When a period begins.
    pub fn at(&self, index: usize) -> Timestamp {
        let seconds = i64::from(self.period_seconds) * i64::try_from(index).unwrap_or(i64::MAX);
        self.from.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
    }

    /// Each period's begin and count, oldest first; 0 where there is no point.
    pub fn each(&self) -> impl DoubleEndedIterator<Item = (Timestamp, f64)> + ExactSizeIterator + '_ {
        (0..self.values.len()).map(|index| (self.at(index), self.values[index].unwrap_or(0.0)))
    }

    /// How long ago the newest period with a point ended.
    pub fn late(&self) -> SignedDuration {
        let periods = self.values.iter().rev().take_while(|value| value.is_none()).count();
        SignedDuration::from_secs(i64::from(self.period_seconds) * i64::try_from(periods).unwrap_or(i64::MAX))
    }

    /// When the first period with a point begins.
    pub fn first(&self) -> Option<Timestamp> {
        self.values.iter().position(Option::is_some).map(|index| self.at(index))
    }

    pub fn total(&self) -> f64 {
        self.values.iter().flatten().sum()
    }
}
