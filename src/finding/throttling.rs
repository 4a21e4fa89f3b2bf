use super::quota::limit_source;
use super::settings::Thresholds;
use super::text::{digits, percent};
use super::{Confidence, Defect, RegionView, Severity};
use crate::model::{Quota, QuotaStatus, Throttling};
use crate::types::Gap;

/// A token bucket that throttled something, or is nearly emptied as fast as it fills.
#[derive(Debug)]
pub struct Strain<'a> {
    region: &'a RegionView<'a>,
    status: &'a QuotaStatus,
    throttling: Throttling,
    /// The highest mean over five minutes against the refill rate.
    ratio: Option<f64>,
}

impl<'a> Strain<'a> {
    /// What became of a token bucket of the Region in the last 3 hours; absent where nothing was throttled and the rate
    /// stayed below the warning level.
    pub fn of(region: &'a RegionView<'a>, quota: Quota, thresholds: Thresholds) -> Result<Option<Self>, Gap> {
        let throttling = Throttling::of(quota, region.snapshot)?;
        let Some(status) = region.quotas.iter().find(|status| status.quota == quota) else { return Ok(None) };
        let ratio = throttling.peak.map(|peak| peak.per_second / status.limit.value);
        let strained = throttling.throttled > 0.0 || ratio.is_some_and(|ratio| ratio >= thresholds.warning);
        match throttling.late.clone() {
            Some(late) if !strained => Err(late),
            _ => Ok(strained.then_some(Self { region, status, throttling, ratio })),
        }
    }

    /// What was throttled and consumed, in words, without a full stop.
    pub fn sentence(&self) -> String {
        let what = self.status.quota.title();
        let limit = digits(self.status.limit.value);
        let source = limit_source(self.status);
        let rate = self.throttling.peak.zip(self.ratio).map(|(peak, ratio)| {
            let percent = percent(ratio);
            format!("{:.1} of {limit} {what} over five minutes ({percent}; {source})", peak.per_second)
        });
        let region = self.region.name();
        match (self.throttling.throttled > 0.0, rate) {
            (true, Some(rate)) => format!(
                "{region} throttled {} requests in the 3 hours before the scan, and came to {rate}",
                digits(self.throttling.throttled)
            ),
            (true, None) => format!(
                "{region} throttled {} requests in the 3 hours before the scan; the limit is {limit} {what} ({source})",
                digits(self.throttling.throttled)
            ),
            (false, rate) => format!("{region} came to {} in the 3 hours before the scan", rate.unwrap_or_default()),
        }
    }

    /// The defect with what it rests on; `worst` is its severity from the critical level.
    pub fn defect(&self, defect: Defect, thresholds: Thresholds, worst: Severity) -> Defect {
        let critical = self.ratio.is_some_and(|ratio| ratio >= thresholds.critical);
        let mut defect = defect
            .severity(if critical { worst } else { Severity::Medium })
            .evidence("throttled", digits(self.throttling.throttled))
            .evidence("limit", digits(self.status.limit.value))
            .evidence("limit_source", self.status.limit.source);
        if let Some(burst) = self.status.burst {
            defect = defect.evidence("bucket_size", digits(burst));
        }
        if let (Some(peak), Some(ratio)) = (self.throttling.peak, self.ratio) {
            defect = defect
                .evidence("peak_per_second", format!("{:.2}", peak.per_second))
                .evidence("peak_until", peak.until.to_string())
                .evidence("ratio", format!("{ratio:.3}"));
        }
        // What was throttled was throttled; how near the limit a rate is depends on the right limit.
        let assumed = self.throttling.throttled <= 0.0 && self.status.limit.source == "documented";
        if assumed { defect.confidence(Confidence::Medium) } else { defect }
    }
}

/// That states had to wait, which two metrics tell of.
pub fn about_throttled_transitions(region: &RegionView<'_>) -> String {
    format!("throttled state transitions in {}", region.subject().resource)
}
