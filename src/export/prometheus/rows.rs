//! The samples of families that take more than a line.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::samples::{Samples, number};
use crate::audit::{ChangeSince, Coverage, Finding, Report, Status};
use crate::exposure::Harm;
use crate::finding::Severity;
use crate::model::MachineKind;

pub(super) fn findings(report: &Report, out: &Samples) {
    for line in report.coverage.iter().filter(|line| judged(line) > 0) {
        out.add(&[line.account_id.as_str(), line.region.as_str(), line.check, line.severity.as_str()], 0);
    }
    for finding in report.of_status(Status::NonCompliant) {
        let Finding { account_id, region, check, severity, .. } = finding;
        out.add(&[account_id.as_str(), region.as_str(), check, severity.as_str()], 1);
    }
}

/// What is new is not known where nothing of before is.
pub(super) fn findings_new(report: &Report, out: &Samples) {
    if !report.has_past() {
        return;
    }
    for line in report.coverage.iter().filter(|line| judged(line) > 0) {
        for severity in Severity::ALL {
            out.add(&[line.account_id.as_str(), line.region.as_str(), severity.as_str()], 0);
        }
    }
    let opened = |finding: &&Finding| finding.since_last != ChangeSince::Unchanged;
    for finding in report.of_status(Status::NonCompliant).filter(opened) {
        out.add(&[finding.account_id.as_str(), finding.region.as_str(), finding.severity.as_str()], 1);
    }
}

pub(super) fn coverage_ratio(report: &Report, out: &Samples) {
    let mut by_family: BTreeMap<_, (usize, usize)> = BTreeMap::new();
    for line in &report.coverage {
        let (verdicts, all) = by_family.entry((&line.account_id, &line.region, line.family)).or_default();
        *verdicts += judged(line);
        *all += judged(line) + line.insufficient;
    }
    for ((account_id, region, family), (verdicts, all)) in by_family {
        if all > 0 {
            out.set(&[account_id.as_str(), region.as_str(), family.as_str()], number(verdicts) / number(all));
        }
    }
}

pub(super) fn state_machines(report: &Report, out: &Samples) {
    for inventory in report.inventory.iter().filter(|inventory| inventory.complete) {
        let Some(kinds) = &inventory.state_machines else { continue };
        let zeros = [(&MachineKind::Standard, &0), (&MachineKind::Express, &0)];
        for (kind, count) in zeros.into_iter().chain(kinds) {
            let labels = [inventory.account_id.as_str(), inventory.region.as_str(), kind.as_str()];
            out.set(&labels, number(*count));
        }
    }
}

/// 0 where executions were read and nothing was seen; what carries both counts for both.
pub(super) fn sensitive_machines(report: &Report, out: &Samples) {
    for inspected in &report.inspected {
        for data in ["pii", "secret"] {
            out.add(&[inspected.account_id.as_str(), inspected.region.as_str(), data], 0);
        }
    }
    for machine in &report.machines {
        let carried = machine.exposure.iter().flat_map(|exposure| &exposure.carried);
        let data: BTreeSet<_> = carried.map(|one| if one.harm == Harm::Secret { "secret" } else { "pii" }).collect();
        for data in data {
            out.add(&[machine.account_id.as_str(), machine.region.as_str(), data], 1);
        }
    }
}

/// Bounded: five machines for each of four quotas of a Region, and only where these are nearly used up.
pub(super) fn top_usage(report: &Report, out: &Samples) {
    for quota in &report.quotas {
        for holder in quota.status.holders.iter().flat_map(|held| held.most.iter().take(5)) {
            let (account, region) = (quota.account_id.as_str(), quota.region.as_str());
            out.set(&[account, region, quota.status.quota.as_str(), holder.machine.name()], holder.value);
        }
    }
}

fn judged(line: &Coverage) -> usize {
    line.compliant + line.non_compliant
}

#[allow(clippy::cast_precision_loss, reason = "exact for the next 200,000 years")]
pub(super) fn seconds(at: Timestamp) -> f64 {
    at.as_millisecond() as f64 / 1000.0
}
