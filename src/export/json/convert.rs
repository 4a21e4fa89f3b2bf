//! From the report to version 1.

use super::v1::{
    ApiUsageV1, ChangeV1, CollectorV1, CoverageV1, EvidenceV1, FindingV1, InventoryV1, LocationV1, MachineV1, ReasonV1,
    RemediationV1, ReportV1, ScoreV1,
};
use crate::audit::{ApiUsage, CollectorRun, Coverage, Finding, Inventory, MachineReport, Report, Score};
use crate::finding::{Change, Location};
use crate::types::{Arn, Gap};

use super::SCHEMA_VERSION;

impl From<&Report> for ReportV1 {
    fn from(report: &Report) -> Self {
        Self::with(report, all(&report.findings), all(&report.machines))
    }
}

impl<Findings, Machines> ReportV1<Findings, Machines> {
    /// The report with its two long lists as the caller wants them.
    pub(super) fn with(report: &Report, findings: Findings, machines: Machines) -> Self {
        Self {
            schema_version: SCHEMA_VERSION.to_owned(),
            stepwarden_version: report.version.clone(),
            started_at: report.started_at,
            finished_at: report.finished_at,
            as_of: report.as_of,
            complete: report.complete,
            findings,
            coverage: all(&report.coverage),
            scores: all(&report.scores),
            inventory: all(&report.inventory),
            machines,
            quotas: all(&report.quotas),
            collectors: all(&report.collectors),
            api_usage: all(&report.api_usage),
            resolved: all(&report.resolved),
            suppressions: all(&report.suppressions),
            trend: all(&report.trend),
            passed: all(&report.passed),
        }
    }
}

fn all<'a, T, V: From<&'a T>>(items: &'a [T]) -> Vec<V> {
    items.iter().map(V::from).collect()
}

impl From<&Finding> for FindingV1 {
    fn from(finding: &Finding) -> Self {
        Self {
            id: finding.id.clone(),
            check: finding.check.to_owned(),
            family: finding.family.into(),
            title: finding.title.to_owned(),
            severity: finding.severity.into(),
            confidence: finding.confidence.into(),
            score: finding.score,
            status: finding.status.into(),
            account_id: finding.account_id.to_string(),
            region: finding.region.to_string(),
            resource: finding.resource.to_string(),
            location: (&finding.location).into(),
            machines: finding.machines.iter().map(Arn::to_string).collect(),
            message: finding.message.clone(),
            evidence: all(&finding.evidence),
            reason: finding.gap.as_ref().map(Into::into),
            remediation: RemediationV1 {
                text: finding.remediation.clone(),
                change: finding.change.as_ref().map(Into::into),
            },
            references: finding.references.iter().map(|&url| url.to_owned()).collect(),
            folded: finding.folded.iter().map(|&check| check.to_owned()).collect(),
            console_url: finding.console_url.clone(),
            owner: finding.owner.clone(),
            stack: finding.stack.clone(),
            first_seen: finding.first_seen,
            last_seen: finding.last_seen,
            change: finding.since_last.into(),
            suppression: finding.suppression.as_ref().map(Into::into),
        }
    }
}

impl From<&Location> for LocationV1 {
    fn from(location: &Location) -> Self {
        Self {
            state: location.state.clone(),
            json_pointer: location.pointer.as_ref().map(ToString::to_string),
            statement: location.statement.clone(),
        }
    }
}

impl From<&(&'static str, String)> for EvidenceV1 {
    fn from((name, value): &(&'static str, String)) -> Self {
        Self { name: (*name).to_owned(), value: value.clone() }
    }
}

impl From<&Gap> for ReasonV1 {
    fn from(gap: &Gap) -> Self {
        Self {
            reason: gap.reason.into(),
            api: Some(gap.api.clone()).filter(|api| !api.is_empty()),
            detail: gap.detail.clone(),
            iam_action: gap.iam_action.clone(),
            resource: gap.resource.clone(),
        }
    }
}

impl From<&Change> for ChangeV1 {
    fn from(change: &Change) -> Self {
        match change {
            Change::Command(text) => Self::Command(text.clone()),
            Change::Policy(policy) => Self::Policy(policy.clone()),
            Change::Definition(piece) => Self::Definition(piece.clone()),
        }
    }
}

impl From<&Coverage> for CoverageV1 {
    fn from(coverage: &Coverage) -> Self {
        Self {
            account_id: coverage.account_id.to_string(),
            region: coverage.region.to_string(),
            check: coverage.check.to_owned(),
            family: coverage.family.into(),
            compliant: coverage.compliant,
            non_compliant: coverage.non_compliant,
            insufficient: coverage.insufficient,
            reasons: coverage.reasons.iter().map(|(reason, count)| ((*reason).into(), *count)).collect(),
        }
    }
}

impl From<&Score> for ScoreV1 {
    fn from(score: &Score) -> Self {
        Self {
            account_id: score.account_id.to_string(),
            region: score.region.to_string(),
            risk: score.risk,
            machines_evaluated: score.machines_evaluated,
            machines_unread: score.machines_unread,
            by_band: score.by_band.iter().map(|(band, count)| ((*band).into(), *count)).collect(),
        }
    }
}

impl From<&Inventory> for InventoryV1 {
    fn from(inventory: &Inventory) -> Self {
        let kinds = inventory.state_machines.as_ref();
        Self {
            account_id: inventory.account_id.to_string(),
            region: inventory.region.to_string(),
            state_machines: kinds.map(|kinds| kinds.iter().map(|(kind, count)| ((*kind).into(), *count)).collect()),
            complete: inventory.complete,
        }
    }
}

impl From<&MachineReport> for MachineV1 {
    fn from(machine: &MachineReport) -> Self {
        Self {
            arn: machine.arn.to_string(),
            account_id: machine.account_id.to_string(),
            region: machine.region.to_string(),
            kind: machine.kind.into(),
            risk: machine.risk,
            band: machine.band.map(Into::into),
            findings: machine.findings.clone(),
            owner: machine.owner.clone(),
            stack: machine.stack.clone(),
            exposure: machine.exposure.as_ref().map(Into::into),
        }
    }
}

impl From<&CollectorRun> for CollectorV1 {
    fn from(run: &CollectorRun) -> Self {
        Self {
            account_id: run.account_id.to_string(),
            region: run.region.to_string(),
            collector: run.collector.to_owned(),
            duration_seconds: run.duration_seconds,
            observed_at: run.observed_at,
            reason: run.gap.as_ref().map(Into::into),
        }
    }
}

impl From<&ApiUsage> for ApiUsageV1 {
    fn from(usage: &ApiUsage) -> Self {
        Self {
            account_id: usage.account_id.as_ref().map(ToString::to_string),
            region: usage.region.to_string(),
            api: usage.api.to_owned(),
            ok: usage.ok,
            throttled: usage.throttled,
            denied: usage.denied,
            errors: usage.errors,
            waited_seconds: usage.waited_seconds,
        }
    }
}
