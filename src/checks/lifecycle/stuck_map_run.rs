use std::collections::BTreeMap;

use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Runs, Severity, View, listed, moment,
    seconds_between, shell_quote, span,
};
use crate::model::{MapRun, MapRunCounts, PartName, Quota, Usage};
use crate::types::{Gap, GapReason};

pub const CHECK: Check = Check {
    id: "stuck-map-run",
    family: Family::Lifecycle,
    title: "A Map Run is open and does not go on",
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    reads: &[PartName::StateMachines, PartName::Running, PartName::Quotas],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-examine-map-run.html",
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeMapRun.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
    ],
    page: include_str!("stuck-map-run.md"),
    run,
};

/// Between one child and the next, nothing may run for a moment: a younger Map Run is left in peace.
const SETTLING: u64 = 15 * 60;
/// Where so few run at once, there may be none between one and the next at any time.
const FEW: u64 = 10;
/// Reading a long list of items takes time before the first is counted.
const READING: u64 = 3_600;

/// What keeps a Map Run open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    /// Items wait, and none runs.
    Halted,
    /// It has counted no item, and waits for no other Map Run.
    NotBegun,
    /// It goes on, for longer than is configured.
    Old,
}

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, |machine| judge(view, machine));
}

fn judge(view: &View<'_>, machine: &MachineView<'_>) -> Result<Vec<Outcome>, Gap> {
    let Some(runs) = machine.runs()? else { return Ok(Vec::new()) };
    let (open, gap) = runs.seen.map_runs.seen();
    let mut unread = runs.unseen.clone().or(gap.cloned());
    let mut stuck: BTreeMap<&str, Vec<(Fault, &MapRun)>> = BTreeMap::new();
    let limit = 3_600 * u64::from(view.settings.map_run_hours);
    for run in open.into_iter().flatten() {
        match fault(machine, &runs, run, limit) {
            Ok(Some(fault)) => stuck.entry(run.label().unwrap_or_default()).or_default().push((fault, run)),
            Ok(None) => {}
            Err(gap) => unread = unread.or(Some(gap)),
        }
    }
    if !stuck.is_empty() {
        let defects = stuck.into_values().map(|stuck| defect(machine, &runs, stuck).into());
        return Ok(defects.chain(unread.map(Outcome::InsufficientData)).collect());
    }
    let has_none = machine.definition().is_ok_and(|definition| definition.distributed_maps.is_empty());
    match unread {
        Some(_) if has_none && open.is_some_and(Vec::is_empty) => Ok(Vec::new()),
        Some(gap) => Err(gap),
        None if has_none => Ok(Vec::new()),
        None => Ok(vec![Outcome::Compliant]),
    }
}

fn fault(machine: &MachineView<'_>, runs: &Runs<'_>, run: &MapRun, limit: u64) -> Result<Option<Fault>, Gap> {
    let counts = run.counts.whole().map_err(Gap::clone)?;
    let age = seconds_between(run.started_at, runs.seen.asked_at);
    let MapRunCounts { total, pending, running, children_running, .. } = *counts;
    let idle = running == 0 && children_running == 0;
    if total == 0 && idle {
        return match age >= READING && !is_backlogged(machine)? {
            true => Ok(Some(Fault::NotBegun)),
            false => Ok(None),
        };
    }
    if pending > 0 && idle && age >= SETTLING {
        return Ok(Some(Fault::Halted));
    }
    Ok((age >= limit).then_some(Fault::Old))
}

/// Whether Map Runs of the Region wait for others to end: then one that has counted nothing is as AWS means it.
fn is_backlogged(machine: &MachineView<'_>) -> Result<bool, Gap> {
    let status = machine.region.quotas.iter().find(|status| status.quota == Quota::OpenMapRuns);
    let unknown = || {
        let detail = "it has counted no item, and whether it waits for other Map Runs to end is not known";
        Gap::new(GapReason::Unsupported, detail).about(machine.machine.arn.as_str())
    };
    let status = status.ok_or_else(unknown)?;
    match (status.backlog, &status.usage) {
        (Some(backlog), _) => Ok(backlog > 0.0),
        (None, Usage::Exact { value, .. }) => Ok(*value >= status.limit.value),
        (None, Usage::AtLeast { value, .. }) if *value >= status.limit.value => Ok(true),
        (None, Usage::AtLeast { .. }) => Err(unknown()),
        (None, Usage::Unknown(gap)) => Err(gap.clone()),
    }
}

/// One finding a Map state, however many of its Map Runs are stuck.
fn defect(machine: &MachineView<'_>, runs: &Runs<'_>, mut stuck: Vec<(Fault, &MapRun)>) -> Defect {
    stuck.sort_by_key(|(fault, run)| (*fault, run.started_at));
    let (fault, oldest) = stuck[0];
    let counts = oldest.counts.seen().0.copied().unwrap_or_default();
    let (name, started) = (machine.name(), moment(oldest.started_at));
    let since = span(seconds_between(oldest.started_at, runs.seen.asked_at));
    let begun = format!("A Map Run of {name} that began {started}, {since} ago,");
    let (message, severity) = match fault {
        Fault::Halted => (
            format!(
                "{begun} held {} items that wait and none that ran when it was asked: it does not go on, keeps its execution open, and \
                 counts among the 1,000 open Map Runs of the Region.",
                counts.pending
            ),
            Severity::Medium,
        ),
        Fault::NotBegun => (
            format!(
                "{begun} has not counted one item, and no Map Run of the Region waits for others: what reads its items \
                 may hang."
            ),
            Severity::Medium,
        ),
        Fault::Old => (
            format!(
                "{begun} is open still, with {} of {} items to go: that is longer than the configured limit, and all that \
                 time it counts among the 1,000 open Map Runs of the Region.",
                counts.pending + counts.running,
                counts.total
            ),
            Severity::Low,
        ),
    };
    let remediation = "Look at its children, at the open executions and the StartExecution throttling of the Region, and at \
                       MaxConcurrency; where it cannot go on, stop its execution and redrive it. A TimeoutSeconds \
                       of the state machine ends such runs.";
    let quoted = shell_quote(oldest.arn.as_str());
    let region = machine.region.name();
    let command = format!(
        "aws stepfunctions describe-map-run --region {region} --map-run-arn {quoted}\n\
         aws stepfunctions list-executions --region {region} --map-run-arn {quoted} --status-filter RUNNING --max-items 10",
    );
    let mut defect = Defect::new(message, remediation)
        .severity(severity)
        .evidence("map_runs", listed(stuck.iter().map(|(_, run)| run.arn.as_str())))
        .evidence("started", started)
        .evidence("items", format!("{} pending, {} running, {} in all", counts.pending, counts.running, counts.total))
        .evidence("max_concurrency", counts.max_concurrency.to_string())
        .change(Change::Command(command));
    let definition = machine.definition().ok();
    let maps = definition.map_or(&[][..], |definition| &definition.distributed_maps);
    match maps.iter().find(|map| map.names(oldest)) {
        Some(map) => defect = defect.at_state(&map.state, &map.pointer),
        None => defect = defect.told_apart_by(oldest.label().unwrap_or_default()),
    }
    let seldom_many = (1..=FEW).contains(&counts.max_concurrency);
    if fault == Fault::NotBegun || (fault == Fault::Halted && seldom_many) {
        return defect.confidence(Confidence::Low);
    }
    defect
}
