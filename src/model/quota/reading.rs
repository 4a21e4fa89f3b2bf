//! What the newest points of CloudWatch's metrics tell.

use jiff::{SignedDuration, Timestamp};

use super::{Quotas, Reading};
use crate::model::{PartName, Snapshot};
use crate::types::{Gap, GapReason};

/// An older point of a metric that comes by the minute is not what is so now.
pub const FRESH: SignedDuration = SignedDuration::from_mins(15);

/// The quotas as they were collected, not those of an older collection.
pub(super) fn quotas(snapshot: &Snapshot) -> Result<&Quotas, Gap> {
    let quotas = snapshot.quotas();
    quotas.whole().copied().map_err(Gap::clone)
}

/// When the quotas were collected.
pub(super) fn collected(snapshot: &Snapshot) -> Option<Timestamp> {
    observed(snapshot, PartName::Quotas)
}

/// When a part was collected.
pub(super) fn observed(snapshot: &Snapshot, part: PartName) -> Option<Timestamp> {
    snapshot.ages().iter().find(|(known, ..)| *known == part).map(|(_, observed_at, _)| *observed_at)
}

/// The newest point, where it tells of the time of the collection.
pub(super) fn reading(snapshot: &Snapshot, metric: &str) -> Result<Reading, Gap> {
    let (readings, gap) = quotas(snapshot)?.metrics.seen();
    let absent = || unmeasured(&format!("CloudWatch has no recent point of {metric}, which is not the same as 0"));
    let reading = readings.and_then(|readings| readings.get(metric).copied());
    let reading = reading.ok_or_else(|| gap.cloned().unwrap_or_else(absent))?;
    if collected(snapshot).is_some_and(|collected| collected.duration_since(reading.at) > FRESH) {
        return Err(late(metric, reading.at));
    }
    Ok(reading)
}

/// Where nothing happens CloudWatch publishes nothing, which looks as if its data were late: that there are no points
/// says something only where another metric has a point of late. OpenExecutionCount has one by the minute, be it a 0.
pub fn up_to_date(snapshot: &Snapshot) -> Result<(), Gap> {
    let quotas = quotas(snapshot)?;
    let newest = quotas.metrics.seen().0.into_iter().flat_map(|readings| readings.values());
    let newest = newest.chain(quotas.minutes.values().filter_map(|points| points.last())).map(|point| point.at).max();
    match newest {
        Some(at) if collected(snapshot).is_none_or(|collected| collected.duration_since(at) <= FRESH) => Ok(()),
        Some(at) => Err(late("any metric", at)),
        None => Err(unmeasured(
            "CloudWatch has no point of any metric of Step Functions, so that none of this one says nothing; scan again, and where \
             that stays so compare what `aws cloudwatch list-metrics --namespace AWS/States` lists",
        )),
    }
}

pub(super) fn late(metric: &str, at: Timestamp) -> Gap {
    let detail = format!(
        "CloudWatch's newest point of {metric} is of {at}, more than {} minutes before the collection: it says nothing about \
         usage now",
        FRESH.as_mins(),
    );
    Gap { reason: GapReason::Stale, ..unmeasured(&detail) }
}

/// CloudWatch was asked, and what it answers does not tell.
pub(super) fn unmeasured(why: &str) -> Gap {
    Gap { api: "cloudwatch:GetMetricData".to_owned(), ..Gap::new(GapReason::Unsupported, why) }
}
