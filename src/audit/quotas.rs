//! What a report tells of quotas.

use super::report::{QuotaReport, Throttled};
use crate::finding::{CheckSettings, RegionView, View};
use crate::model::{PartName, QuotaStatus, Throttling, Usage};
use crate::types::GapReason;

/// The quotas of all Regions. What was not collected is left out, so that a scan without quotas and one of quotas alone
/// do not both tell of it.
pub(super) fn quotas(view: &View<'_>) -> Vec<QuotaReport> {
    view.regions().flat_map(|region| of_region(region, view.settings)).collect()
}

fn of_region<'a>(region: &'a RegionView<'_>, settings: &'a CheckSettings) -> impl Iterator<Item = QuotaReport> + 'a {
    let snapshot = region.snapshot;
    let ages = snapshot.ages();
    let collected = ages.iter().find(|(part, ..)| *part == PartName::Quotas).map(|(_, observed_at, _)| *observed_at);
    let uncollected = |gap: &crate::types::Gap| gap.reason == GapReason::Disabled;
    let here = !snapshot.quotas().gap().is_some_and(uncollected);
    let known = move |status: &&QuotaStatus| match &status.usage {
        _ if status.quota.is_of_collector() => here,
        Usage::Unknown(gap) => !uncollected(gap),
        Usage::Exact { .. } | Usage::AtLeast { .. } => true,
    };
    region.quotas.iter().filter(known).map(move |status| QuotaReport {
        account_id: snapshot.account_id.clone(),
        region: snapshot.region.clone(),
        age_seconds: status
            .usage
            .at()
            .zip(collected)
            .map(|(at, collected)| collected.duration_since(at).as_secs_f64().max(0.0)),
        thresholds: settings.thresholds_of(status.quota),
        status: status.clone(),
    })
}

pub(super) fn throttled(view: &View<'_>) -> Vec<Throttled> {
    let of = |region: &RegionView<'_>| {
        let executions = Throttling::of_executions(region.snapshot).ok()?;
        let (account_id, region) = (region.snapshot.account_id.clone(), region.snapshot.region.clone());
        Some(Throttled { account_id, region, executions })
    };
    view.regions().filter_map(of).collect()
}
