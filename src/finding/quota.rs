use super::culprits::with_holders;
use super::settings::Thresholds;
use super::text::digits;
use super::{Confidence, Defect, Evaluations, Outcome, RegionView, Severity, Subject, View};
use crate::model::{Quota, QuotaStatus, Usage, uncounted};
use crate::types::{Gap, GapReason};

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
            "{holder} holds {at_least}{} of {} {} ({at_least}{:.0} %; {})",
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
            let verdict = judge(region, status, thresholds, &explain);
            // A state machine's own quota is spoken about where it is, unless it is far from it: then so are all others.
            let machine = status.machine.as_ref().filter(|_| matches!(verdict, Ok(Outcome::NonCompliant(_))));
            let subject = region.subject();
            let subject = match machine {
                Some(machine) => Subject { resource: machine.clone(), machines: vec![machine.clone()], ..subject },
                None => subject,
            };
            out.judge(subject, verdict);
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
