use super::culprits::with_holders;
use super::settings::Thresholds;
use super::text::digits;
use super::{Confidence, Defect, Evaluations, Outcome, RegionView, Severity, View};
use crate::model::{Quota, QuotaStatus, Usage, uncounted};
use crate::types::Gap;

/// A quota whose usage is at or above its warning level.
#[derive(Debug)]
pub struct Crowding<'a> {
    pub region: &'a RegionView<'a>,
    pub status: &'a QuotaStatus,
    ratio: f64,
    usage: f64,
    at_least: &'static str,
}

impl Crowding<'_> {
    /// Limit, usage and ratio in words, without a full stop.
    pub fn sentence(&self) -> String {
        let Self { region, status, ratio, usage, at_least } = self;
        format!(
            "{} holds {at_least}{} of {} {} ({at_least}{:.0} %; {})",
            region.name(),
            digits(*usage),
            digits(status.limit.value),
            status.quota.title(),
            ratio * 100.0,
            limit_source(status),
        )
    }
}

/// Judges one quota in every Region; `explain` is asked where usage is at or above the warning level.
pub fn each_quota<F>(view: &View<'_>, out: &mut Evaluations, quota: Quota, thresholds: Thresholds, explain: F)
where
    F: Fn(&Crowding<'_>) -> Defect,
{
    for region in view.regions() {
        for status in region.quotas.iter().filter(|status| status.quota == quota) {
            out.judge(region.subject(), judge(region, status, thresholds, &explain));
        }
    }
}

fn judge<F>(region: &RegionView<'_>, status: &QuotaStatus, thresholds: Thresholds, explain: F) -> Result<Outcome, Gap>
where
    F: Fn(&Crowding<'_>) -> Defect,
{
    let (usage, source, at, at_least) = match &status.usage {
        Usage::Exact { value, source, at } => (*value, source, at, ""),
        Usage::AtLeast { value, source, at } => (*value, source, at, "at least "),
        Usage::Unknown(gap) => return Err(gap.clone()),
    };
    let ratio = usage / status.limit.value;
    if ratio < thresholds.warning {
        if let Some(gap) = uncounted(status, region.snapshot) {
            return Err(gap);
        }
        // "Few among some" is not "few": a half-read list can warn, but it cannot calm. CloudWatch's count of open
        // executions runs low too, but it is the measure that AWS itself advises to alarm on.
        return match region.snapshot.state_machines().gap() {
            Some(gap) if !at_least.is_empty() && status.quota == Quota::StateMachines => Err(gap.clone()),
            _ => Ok(Outcome::Compliant),
        };
    }
    let severity = if ratio >= thresholds.critical { Severity::Critical } else { Severity::Medium };
    let mut defect = explain(&Crowding { region, status, ratio, usage, at_least })
        .severity(severity)
        .evidence("usage", format!("{at_least}{}", digits(usage)))
        .evidence("usage_source", *source)
        .evidence("limit", digits(status.limit.value))
        .evidence("limit_source", status.limit.source)
        .evidence("ratio", format!("{at_least}{ratio:.3}"));
    if let Some(at) = at {
        defect = defect.evidence("observed_at", at.to_string());
    }
    defect = with_holders(defect, status);
    // A raised limit that was not read would make this a false alarm; a hard one cannot be raised.
    if status.limit.source == "documented" && !status.quota.is_hard() {
        defect = defect.confidence(Confidence::Medium);
    }
    Ok(defect.into())
}

fn limit_source(status: &QuotaStatus) -> &'static str {
    match status.limit.source {
        _ if status.quota.is_hard() => "the limit is AWS's, the same for every account",
        "applied" => "the limit is the value applied to this account",
        "default" => "the limit is AWS's default in Service Quotas",
        "metric" => "the limit is what CloudWatch reports",
        _ => "the limit is AWS's documented default; no applied one is known",
    }
}

#[cfg(test)]
mod tests {
    use crate::finding::digits;

    #[test]
    fn thousands() {
        for (count, text) in [(0.0, "0"), (999.0, "999"), (1_000.0, "1,000"), (1_234_567.0, "1,234,567")] {
            assert_eq!(digits(count), text);
        }
    }
}
