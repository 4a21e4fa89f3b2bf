//! Who holds open Map Runs. There is no list of them but one by execution, which AWS refills at one call a second.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_sfn::types::ExecutionStatus;

use super::super::collector::Context;
use super::{Starting, express};
use crate::aws::apis::{SFN_LIST_EXECUTIONS as LIST_EXECUTIONS, SFN_LIST_MAP_RUNS as LIST_MAP_RUNS};
use crate::aws::{Failure, FailureKind};
use crate::model::{Counts, Holder, Holders, StateMachine};
use crate::types::{Arn, Gap, GapReason, Observed};

/// Machines whose open executions are listed, with one page each.
const MACHINES: usize = 5;
/// Open executions whose Map Runs are listed, of all machines.
const EXECUTIONS: usize = 20;
const PAGE: i32 = 1_000;

pub(in super::super) async fn map_runs(context: &Context<'_>, starting: &Starting) -> Observed<Holders> {
    let machines = candidates(context, starting);
    if machines.is_empty() {
        let detail = "no state machine is known to run a Distributed Map, so it is not known who holds open Map Runs";
        let gap = starting.as_ref().err().map(|failure| context.gap(failure));
        return Observed::missing(gap.unwrap_or_else(|| context.locate(Gap::new(GapReason::Unsupported, detail))));
    }
    let (mut holders, mut failed) = (Vec::new(), None);
    for machine in &machines {
        match open(context, machine, EXECUTIONS / machines.len()).await {
            Ok((0, _)) => {}
            Ok((count, whole)) => {
                #[allow(clippy::cast_precision_loss, reason = "some thousands at most")]
                let value = count as f64;
                holders.push(Holder { machine: machine.clone(), value, at_least: !whole, growth_per_hour: None });
            }
            Err(failure) if failure.kind == FailureKind::NotFound => {}
            Err(failure) => {
                failed = Some(failure);
                break;
            }
        }
    }
    if holders.is_empty() {
        let none = || {
            let detail = format!(
                "no open Map Run was found at the newest executions of {} state machines, so it is not known who holds them",
                machines.len()
            );
            context.locate(Gap::new(GapReason::NotSampled, detail))
        };
        return Observed::missing(failed.map_or_else(none, |failure| context.gap(&failure)));
    }
    holders.sort_by(|a, b| b.value.total_cmp(&a.value).then_with(|| a.machine.cmp(&b.machine)));
    let held = Holders {
        most: holders,
        fastest: Vec::new(),
        source: "ListMapRuns".to_owned(),
        since: context.now,
        until: context.now,
        net_starts: <_>::default(),
    };
    let unknown = failed.as_ref().or(starting.as_ref().err());
    Observed::listed(held, unknown.map(|failure| context.gap(failure)))
}

/// Those whose Maps start most children, then those whose definitions have a Distributed Map: what waits has no children.
/// Where definitions were not read, those that start most.
fn candidates(context: &Context<'_>, starting: &Starting) -> Vec<Arn> {
    let express = express(context);
    let (children, starters) = starting
        .as_ref()
        .map_or_else(|_| (Vec::new(), Vec::new()), |found| (most_first(&found.children), most_first(&found.machines)));
    let others = with_maps(context).unwrap_or(starters);
    let mut known = BTreeSet::new();
    let all = children.into_iter().chain(others);
    all.filter(|arn| !express.contains(arn) && known.insert(*arn)).take(MACHINES).cloned().collect()
}

fn most_first(counts: &BTreeMap<Arn, Counts>) -> Vec<&Arn> {
    let mut sorted: Vec<_> = counts.iter().collect();
    sorted.sort_by(|(a, first), (b, second)| second.total().total_cmp(&first.total()).then_with(|| a.cmp(b)));
    sorted.into_iter().map(|(arn, _)| arn).collect()
}

/// `None`: definitions were not read.
fn with_maps<'a>(context: &Context<'a>) -> Option<Vec<&'a Arn>> {
    let machines = context.snapshot.state_machines();
    let list = machines.last_known().copied()?;
    let has_map =
        |hash: &String| list.definitions.get(hash).is_some_and(|text| !text.get().distributed_maps.is_empty());
    let with = |machine: &&StateMachine| {
        let details = machine.details.last_known();
        details.and_then(|details| details.definition.last_known()).is_some_and(|one| has_map(&one.sha256))
    };
    Some(list.machines.iter().filter(with).map(|machine| &machine.arn).collect())
}

/// Open Map Runs of the newest executions, and whether these are all of the machine.
async fn open(context: &Context<'_>, machine: &Arn, most: usize) -> Result<(usize, bool), Failure> {
    let client = context.clients.sfn();
    let request = client.list_executions().state_machine_arn(machine.as_str());
    let request = request.status_filter(ExecutionStatus::Running).max_results(PAGE);
    let running = context.call(&LIST_EXECUTIONS, || request.clone().send()).await?;
    let (mut open, mut whole) = (0, running.next_token.is_none() && running.executions.len() <= most);
    for execution in running.executions.iter().take(most) {
        let request = client.list_map_runs().execution_arn(&execution.execution_arn).max_results(PAGE);
        match context.call(&LIST_MAP_RUNS, || request.clone().send()).await {
            Ok(listed) => {
                open += listed.map_runs.iter().filter(|run| run.stop_date.is_none()).count();
                whole &= listed.next_token.is_none();
            }
            // It ended meanwhile, or the budget or AWS says stop: what was seen stands.
            Err(failure) if failure.kind == FailureKind::NotFound => {}
            Err(failure) if open == 0 => return Err(failure),
            Err(_) => return Ok((open, false)),
        }
    }
    Ok((open, whole))
}
