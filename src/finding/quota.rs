use super::culprits::with_holders;
use super::settings::Thresholds;
use super::text::{digits, percent};
use super::{Confidence, Defect, Evaluations, Outcome, RegionView, Severity, Subject, View};
use crate::model::{Quota, QuotaStatus, Usage, uncounted};
use crate::types::{Arn, Gap, GapReason};

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
        let holder = match &status.machine {
            Some(machine) => format!("{} in {}", machine.name(), region.name()),
            None => region.name().to_owned(),
        };
        format!(
            "{holder} holds {at_least}{} of {} {} ({at_least}{}; {})",
            digits(*usage),
            digits(status.limit.value),
            status.quota.title(),
            percent(*ratio),
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
            let near = machines_near(region, status, thresholds);
            if near.is_empty() {
                out.judge(region.subject(), judge(region, status, thresholds, &explain));
            }
            for (machine, status) in &near {
                let subject =
                    Subject { resource: machine.clone(), machines: vec![machine.clone()], ..region.subject() };
                out.judge(subject, judge(region, status, thresholds, &explain));
            }
        }
    }
}

/// The state machines that are at or above the warning level of a quota of their own. Where none is, the Region is spoken
/// about.
fn machines_near(region: &RegionView<'_>, status: &QuotaStatus, thresholds: Thresholds) -> Vec<(Arn, QuotaStatus)> {
    if status.machine.is_none() {
        return Vec::new();
    }
    let is_near = |status: &QuotaStatus| status.ratio().is_some_and(|ratio| ratio >= thresholds.warning);
    // The nearest is exact where all were read.
    let others = status.of_each_machine(region.snapshot).into_iter().filter(|other| other.machine != status.machine);
    let all = std::iter::once(status.clone()).chain(others).filter(is_near);
    all.filter_map(|status| Some((status.machine.clone()?, status))).collect()
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
        if at_least.is_empty() || status.quota == Quota::OpenExecutions {
            return Ok(Outcome::Compliant);
        }
        let detail = format!(
            "{source} tells of at least {} {}, but there may be more than that",
            digits(usage),
            status.quota.title()
        );
        return Err(Gap::new(GapReason::Partial, detail));
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

pub(super) fn limit_source(status: &QuotaStatus) -> &'static str {
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
