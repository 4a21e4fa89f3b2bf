//! Usage that is counted by lists of executions, and quotas that each machine, execution or payload has of its own.

use jiff::Timestamp;

use super::{Quota, QuotaStatus, Usage};
use crate::asl::{Definition, DistributedMap};
use crate::model::{
    Details, ExecutionData, MachineKind, MapRun, RunningExecutions, Snapshot, StateMachine, StateMachines,
};
use crate::types::{Arn, Gap, GapReason, Observed};

/// The source of what was counted machine by machine.
const LIST: &str = "ListExecutions";

/// What lists say of an account's quota.
#[derive(Debug)]
struct Counted {
    value: u64,
    at: Option<Timestamp>,
    /// Why the true number may be higher.
    gap: Option<Gap>,
}

impl Counted {
    #[allow(clippy::cast_precision_loss, reason = "an account holds some millions of open executions at most")]
    fn usage(self) -> Usage {
        let (value, source, at) = (self.value as f64, LIST, self.at);
        match self.gap {
            None => Usage::Exact { value, source, at },
            // At least none is no number.
            Some(gap) if self.value == 0 => Usage::Unknown(gap),
            Some(_) => Usage::AtLeast { value, source, at },
        }
    }
}

/// The number that `measured` gives, or what was counted by lists where that is higher or surer: what was counted is
/// there, whatever CloudWatch approximates, and where CloudWatch saw more the larger number warns.
pub(super) fn or_counted(quota: Quota, snapshot: &Snapshot, measured: Usage) -> Usage {
    let counted = match quota {
        Quota::OpenExecutions | Quota::OpenMapRuns => count(quota, snapshot),
        _ => return measured,
    };
    let Ok(counted) = counted.map(Counted::usage) else { return measured };
    match (&measured, counted.value()) {
        (_, None) => measured,
        (Usage::Exact { value, .. }, Some(counted)) if *value >= counted => measured,
        (Usage::AtLeast { value, .. }, Some(counted)) if *value > counted => measured,
        _ => counted,
    }
}

/// Why usage that was counted is a lower bound only, and cannot calm. `None`: it is not, or was not counted.
pub fn uncounted(status: &QuotaStatus, snapshot: &Snapshot) -> Option<Gap> {
    match &status.usage {
        Usage::AtLeast { source: LIST, .. } => count(status.quota, snapshot).ok()?.gap,
        _ => None,
    }
}

fn count(quota: Quota, snapshot: &Snapshot) -> Result<Counted, Gap> {
    let (machines, running) = (snapshot.state_machines(), snapshot.running());
    let (Some(list), list_gap) = machines.seen() else { return Err(unseen(&machines)) };
    let (Some(all), part_gap) = running.seen() else { return Err(unseen(&running)) };
    let mut counted = Counted { value: 0, at: None, gap: list_gap.or(part_gap).cloned() };
    for machine in list.machines.iter().filter(|machine| machine.kind != MachineKind::Express) {
        let unlisted = || Gap::not_collected("what runs of the state machine").about(machine.arn.as_str());
        let (seen, gap) = all.get(&machine.arn).map_or((None, Some(unlisted())), |running| {
            let (seen, gap) = running.seen();
            (seen, gap.cloned())
        });
        let (more, inner) = seen.map_or((0, None), |running| match quota {
            Quota::OpenMapRuns => map_runs(running),
            _ => executions(running, definition(list, machine)),
        });
        counted.value += more;
        counted.at = counted.at.min(seen.map(|running| running.asked_at)).or(seen.map(|running| running.asked_at));
        counted.gap = counted.gap.or(gap).or(inner);
    }
    Ok(counted)
}

fn unseen<T>(part: &Observed<T>) -> Gap {
    part.gap().cloned().unwrap_or_else(|| Gap::not_collected("what runs"))
}

fn definition<'a>(list: &'a StateMachines, machine: &StateMachine) -> Option<&'a Definition> {
    list.definition(machine.details.seen().0?).ok()
}

/// Those that the list names, and the Standard children of Distributed Maps, which it does not.
fn executions(running: &RunningExecutions, definition: Option<&Definition>) -> (u64, Option<Gap>) {
    let (open, mut gap) = (running.map_runs.seen().0, running.map_runs.gap().cloned());
    let maps = definition.map_or(&[][..], |definition| &definition.distributed_maps);
    let is_express = |map: &DistributedMap| map.execution_type.as_deref() == Some("EXPRESS");
    if !maps.is_empty() && maps.iter().all(is_express) {
        return (running.count, None);
    }
    let mut value = running.count;
    for run in open.into_iter().flatten() {
        if maps.iter().find(|map| map.names(run)).is_some_and(is_express) {
            continue;
        }
        let (counts, uncounted) = run.counts.seen();
        value += counts.map_or(0, |counts| counts.children_running);
        // Children may run Distributed Maps of their own.
        let nested = maps.len() > 1 || maps.is_empty();
        let inside = || Gap::new(GapReason::Partial, "executions inside Map Runs of Map Runs are in no list");
        gap = gap.or(uncounted.cloned()).or_else(|| nested.then(inside));
    }
    (value, gap)
}

impl DistributedMap {
    /// Whether the Map Run is one of this state's; without a label of its own a Map's is made from its state's name.
    pub fn names(&self, run: &MapRun) -> bool {
        run.label() == Some(self.label.as_deref().unwrap_or(&self.state))
    }
}

fn map_runs(running: &RunningExecutions) -> (u64, Option<Gap>) {
    let (open, gap) = running.map_runs.seen();
    (open.map_or(0, |open| open.len() as u64), gap.cloned())
}

/// Of each quota that a machine, an execution or a payload has of its own, the machine that is nearest the limit.
pub(super) fn of_machines(snapshot: &Snapshot) -> Vec<QuotaStatus> {
    let highest = [
        (Quota::HistoryEvents, highest(snapshot, |machine| events(snapshot, machine))),
        (Quota::PayloadBytes, highest(snapshot, |machine| payload(snapshot, machine))),
        (Quota::DefinitionBytes, highest(snapshot, bytes)),
    ];
    let status = |(quota, (usage, machine))| QuotaStatus { machine, ..QuotaStatus::new(quota, snapshot, usage) };
    highest.into_iter().filter_map(|(quota, found)| Some((quota, found?))).map(status).collect()
}

/// What one machine uses of a quota: none where it does not apply to it.
type Used = Observed<Option<(u64, &'static str, Option<Timestamp>)>>;

/// `None`: there is nothing that could have an answer.
fn highest(snapshot: &Snapshot, used: impl Fn(&StateMachine) -> Used) -> Option<(Usage, Option<Arn>)> {
    let machines = snapshot.state_machines();
    let (Some(list), gap) = machines.seen() else { return Some((Usage::Unknown(unseen(&machines)), None)) };
    let (mut highest, mut gap): (Option<(u64, _, _, Arn)>, _) = (None, gap.cloned());
    for machine in &list.machines {
        let used = used(machine);
        gap = gap.or(used.gap().cloned());
        if let Some(Some((value, source, at))) = used.seen().0
            && highest.as_ref().is_none_or(|(highest, ..)| *highest < *value)
        {
            highest = Some((*value, *source, *at, machine.arn.clone()));
        }
    }
    #[allow(clippy::cast_precision_loss, reason = "events and bytes stay below some millions")]
    match (highest, gap) {
        (Some((value, source, at, machine)), None) => {
            Some((Usage::Exact { value: value as f64, source, at }, Some(machine)))
        }
        (Some((value, source, at, machine)), Some(_)) => {
            Some((Usage::AtLeast { value: value as f64, source, at }, Some(machine)))
        }
        (None, Some(gap)) if gap.reason != GapReason::NotSampled => Some((Usage::Unknown(gap), None)),
        (None, _) => None,
    }
}

/// Events of the longest history among its running executions that were asked about.
fn events(snapshot: &Snapshot, machine: &StateMachine) -> Used {
    let running = snapshot.running();
    let (Some(all), _) = running.seen() else { return Observed::missing(unseen(&running)) };
    let Some(running) = all.get(&machine.arn) else { return Observed::known(None) };
    let (seen, gap) = running.seen();
    let Some(seen) = seen else { return Observed::missing(unseen(running)) };
    let (histories, unread) = seen.histories.seen();
    let longest = histories.and_then(|histories| histories.longest);
    let used = longest.map(|longest| (longest.events, "GetExecutionHistory", Some(seen.asked_at)));
    Observed::listed(used, gap.or(unread).cloned())
}

/// The largest payload that was inspected: others may be larger.
fn payload(snapshot: &Snapshot, machine: &StateMachine) -> Used {
    let executions = snapshot.executions();
    let (Some(all), _) = executions.seen() else { return Observed::missing(unseen(&executions)) };
    let Some(data) = all.get(&machine.arn) else { return Observed::known(None) };
    let of = |data: &ExecutionData| {
        data.largest.first().map(|largest| (largest.bytes, "inspected payloads", Some(largest.at)))
    };
    let sampled = || Gap::new(GapReason::NotSampled, "executions outside the sample may hold larger payloads");
    match data.seen() {
        (Some(seen), gap) => Observed::Partial { value: of(seen), gap: gap.cloned().unwrap_or_else(sampled) },
        (None, _) => Observed::missing(unseen(data)),
    }
}

fn bytes(machine: &StateMachine) -> Used {
    let details: Result<&Details, Gap> = machine.details.whole().map_err(Gap::clone);
    let reference = details.and_then(|details| details.definition.whole().map_err(Gap::clone));
    reference.map(|reference| Some((reference.bytes as u64, "DescribeStateMachine", None))).into()
}
