use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;

use super::fold::Fold;
use super::identity::finding_id;
use super::judged::Judged;
use super::links::console_url;
use super::machines;
use super::quotas;
use super::report::{ChangeSince, Coverage, Finding, Passed, Report, Status};
use super::score::finding_score;
use super::settings::{Accepted, CheckSelection};
use super::suppress::Suppressor;
use crate::checks::CHECKS;
use crate::finding::{
    Check, CheckSettings, Defect, Evaluation, Evaluations, Location, Outcome, Subject, View, routing,
};
use crate::model::{CollectorRun, Snapshot};
use crate::types::{AccountId, ApiUsage, Arn, Gap, Region};

/// What the collection tells beside its snapshots.
#[derive(Debug, Clone, PartialEq)]
pub struct RunFacts {
    pub started_at: Timestamp,
    pub finished_at: Timestamp,
    /// False where a signal ended it early.
    pub complete: bool,
    pub collectors: Vec<CollectorRun>,
    pub api_usage: Vec<ApiUsage>,
}

/// Runs the selected checks over the snapshots.
pub fn audit(
    snapshots: &[Snapshot],
    settings: &CheckSettings,
    selection: &CheckSelection,
    accepted: &Accepted,
    run: RunFacts,
) -> Report {
    let view = View::new(snapshots, settings);
    let routing: HashMap<Arn, _> = view
        .regions()
        .flat_map(|region| {
            let tags = region.snapshot.tags();
            let tagged = tags.seen().0.copied().into_iter().flat_map(BTreeMap::keys);
            tagged.map(|arn| (arn.clone(), routing(region, arn, &settings.routing))).collect::<Vec<_>>()
        })
        .collect();
    let mut tags = HashMap::new();
    for snapshot in snapshots {
        tags.extend(snapshot.tags().seen().0.copied().into_iter().flatten());
    }
    let mut suppressor = Suppressor::new(&accepted.suppressions, tags, view.as_of);
    let mut findings: BTreeMap<String, Finding> = BTreeMap::new();
    let (mut fold, mut judged, mut passed) = (Fold::default(), Judged::default(), Vec::new());
    let mut coverage: BTreeMap<(AccountId, Region, &'static str), Coverage> = BTreeMap::new();
    for check in CHECKS.iter().filter(|check| selection.selects(check.id)) {
        let mut evaluations = Evaluations::default();
        judged.ran(check.id);
        (check.run)(&view, &mut evaluations);
        for evaluation in evaluations.into_items() {
            count(&mut coverage, check, &evaluation);
            judged.note(check.id, &evaluation);
            if selection.list_passed && evaluation.outcome == Outcome::Compliant {
                passed.push(pass(check.id, &evaluation.subject));
            }
            if let Some((mut finding, about)) = finding(check, evaluation, view.as_of, &routing) {
                suppressor.judge(&mut finding, &about);
                fold.note(&finding.id, check, about);
                add(&mut findings, finding);
            }
        }
    }
    fold.fold(&mut findings);
    let mut findings: Vec<_> = findings.into_values().collect();
    if let Some(baseline) = &accepted.baseline {
        baseline.accept(&mut findings);
    }
    findings.sort_by(worst_first);
    let coverage: Vec<_> = coverage.into_values().collect();
    let suppressions = suppressor.uses(&findings, &coverage, run.complete);
    let machines = machines::machines(&view, &findings, &judged);
    let scores = machines::scores(&view, &machines);
    Report {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started_at: run.started_at,
        finished_at: run.finished_at,
        as_of: view.as_of,
        complete: run.complete,
        coverage,
        scores,
        inventory: machines::inventory(&view),
        machines,
        inspected: machines::inspected(&view),
        quotas: quotas::quotas(&view),
        throttled: quotas::throttled(&view),
        findings,
        collectors: run.collectors,
        api_usage: run.api_usage,
        resolved: Vec::new(),
        suppressions,
        trend: Vec::new(),
        passed,
        judged,
    }
}

fn pass(check: &'static str, subject: &Subject) -> Passed {
    let Subject { account_id, region, resource, .. } = subject;
    Passed { check, account_id: account_id.clone(), region: region.clone(), resource: resource.clone() }
}

fn count(coverage: &mut BTreeMap<(AccountId, Region, &'static str), Coverage>, check: &Check, evaluation: &Evaluation) {
    let Subject { account_id, region, .. } = &evaluation.subject;
    let line = coverage.entry((account_id.clone(), region.clone(), check.id)).or_insert_with(|| Coverage {
        account_id: account_id.clone(),
        region: region.clone(),
        check: check.id,
        family: check.family,
        severity: check.severity,
        compliant: 0,
        non_compliant: 0,
        insufficient: 0,
        reasons: BTreeMap::new(),
    });
    match &evaluation.outcome {
        Outcome::Compliant => line.compliant += 1,
        Outcome::NonCompliant(_) => line.non_compliant += 1,
        Outcome::InsufficientData(gap) => {
            line.insufficient += 1;
            *line.reasons.entry(gap.reason).or_default() += 1;
        }
    }
}

type Routing = HashMap<Arn, (Option<String>, Option<String>)>;

fn finding(
    check: &'static Check,
    evaluation: Evaluation,
    as_of: Timestamp,
    routing: &Routing,
) -> Option<(Finding, BTreeSet<String>)> {
    let Evaluation { subject, outcome } = evaluation;
    let (status, defect, gap) = match outcome {
        Outcome::Compliant => return None,
        Outcome::NonCompliant(defect) => (Status::NonCompliant, *defect, None),
        Outcome::InsufficientData(gap) => (Status::InsufficientData, unread(&gap), Some(gap)),
    };
    let severity = defect.severity.unwrap_or(check.severity);
    let confidence = defect.confidence.unwrap_or(check.confidence);
    let score = match status {
        Status::NonCompliant => finding_score(severity, confidence, subject.machines.len(), defect.spread),
        Status::InsufficientData | Status::Suppressed => 0.0,
    };
    let own = routing.get(&subject.resource).filter(|(owner, stack)| owner.is_some() || stack.is_some()).cloned();
    let (owner, stack) = own.unwrap_or_else(|| whose(&subject.machines, routing));
    // What could not be judged is not the defect that may be found there later.
    let discriminator = match status {
        Status::NonCompliant => defect.discriminator.as_deref(),
        Status::InsufficientData | Status::Suppressed => Some(Status::InsufficientData.as_str()),
    };
    let about = defect.about;
    let finding = Finding {
        id: finding_id(check.id, &subject, &defect.location, discriminator),
        check: check.id,
        family: check.family,
        title: check.title,
        severity,
        confidence,
        score,
        status,
        console_url: console_url(&subject.resource),
        account_id: subject.account_id,
        region: subject.region,
        resource: subject.resource,
        location: defect.location,
        machines: subject.machines,
        message: defect.message,
        evidence: defect.evidence,
        gap,
        remediation: defect.remediation,
        change: defect.change,
        references: check.references,
        folded: Vec::new(),
        owner,
        stack,
        first_seen: as_of,
        last_seen: as_of,
        since_last: ChangeSince::New,
        suppression: None,
    };
    Some((finding, about))
}

/// The owner and the stack of the machines concerned, where these agree: what is shared by several is nobody's alone.
fn whose(machines: &[Arn], routing: &Routing) -> (Option<String>, Option<String>) {
    let nobodys = (None, None);
    let mut all = machines.iter().map(|machine| routing.get(machine).unwrap_or(&nobodys));
    let Some(first) = all.next().cloned() else { return (None, None) };
    all.fold(first, |(owner, stack), (other, another)| {
        (owner.filter(|owner| Some(owner) == other.as_ref()), stack.filter(|stack| Some(stack) == another.as_ref()))
    })
}

/// What a person can do about a gap.
fn unread(gap: &Gap) -> Defect {
    let remediation = match &gap.iam_action {
        Some(action) => format!("Grant {action} to the auditor (`stepwarden permissions` prints the whole policy)."),
        None => "See the reason; nothing was judged.".to_owned(),
    };
    Defect { location: Location::default(), ..Defect::new(gap.detail.clone(), remediation) }
}

/// Two evaluations with one id are one finding: the worse one stands.
fn add(findings: &mut BTreeMap<String, Finding>, finding: Finding) {
    match findings.entry(finding.id.clone()) {
        std::collections::btree_map::Entry::Vacant(entry) => {
            entry.insert(finding);
        }
        std::collections::btree_map::Entry::Occupied(mut entry) => {
            if worst_first(&finding, entry.get()).is_lt() {
                entry.insert(finding);
            }
        }
    }
}

fn worst_first(a: &Finding, b: &Finding) -> std::cmp::Ordering {
    let key = |finding: &Finding| (finding.status, std::cmp::Reverse(finding.severity));
    let place = |finding: &Finding| (finding.check, finding.resource.clone(), finding.id.clone());
    key(a).cmp(&key(b)).then_with(|| b.score.total_cmp(&a.score)).then_with(|| place(a).cmp(&place(b)))
}
