//! What runs: how many executions, since when, how long their histories are, and which Map Runs are open. Names and ARNs
//! of executions are dropped as soon as they have been asked about.

mod histories;
mod listing;
mod map_runs;
mod purse;

use std::hash::{DefaultHasher, Hash, Hasher};

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};

use self::listing::Listing;
use self::purse::{Purse, Stop};
use super::collector::{Collector, Context, Scope};
use super::progress::Event;
use super::settings::{CollectSettings, RunningSettings};
use crate::asl::{Definition, Limit, Pattern, State};
use crate::aws::apis::{
    SFN_DESCRIBE_MAP_RUN as DESCRIBE_MAP_RUN, SFN_GET_EXECUTION_HISTORY as HISTORY, SFN_LIST_EXECUTIONS as LIST,
    SFN_LIST_MAP_RUNS as LIST_MAP_RUNS,
};
use crate::aws::{Api, FailureKind};
use crate::model::{
    Histories, MachineKind, PartName, PartValue, Running, RunningExecutions, StateMachine, StateMachines,
};
use crate::types::{Arn, Gap, GapReason, Observed};

/// What runs of each Standard machine.
pub(super) static COLLECTOR: Collector = Collector {
    part: PartName::Running,
    scope: Scope::Region,
    after: &[PartName::StateMachines],
    apis: &[&LIST, &HISTORY, &LIST_MAP_RUNS, &DESCRIBE_MAP_RUN],
    run,
};

/// Machines that are asked about at once: the lists refill at a few calls a second.
const AT_ONCE: usize = 4;

/// Whether a collection with these settings may call `api` for what runs.
pub(super) fn may_call(settings: &CollectSettings, api: &Api) -> bool {
    match api {
        _ if settings.running.calls == 0 => false,
        api if *api == HISTORY => settings.reads_histories(),
        _ => true,
    }
}

fn run<'a>(context: &'a Context<'a>) -> BoxFuture<'a, PartValue> {
    async move {
        let (machines, gap) = match context.machines() {
            Ok(machines) => machines,
            Err(gap) => return PartName::Running.missing(gap),
        };
        let RunningSettings { calls, .. } = context.running;
        if calls == 0 {
            let gap = Gap::new(GapReason::Disabled, "what runs was not asked for (running.calls = 0)");
            return PartName::Running.missing(context.locate(gap));
        }
        let purse = Purse::new(context);
        let order = order(context, machines);
        context.tell(Event::Counted(order.len()));
        let ask = |index| of_machine(&purse, machines, index);
        let mut answers = futures_util::stream::iter(order).map(ask).buffer_unordered(AT_ONCE);
        let mut running = Running::new();
        while let Some((arn, executions)) = answers.next().await {
            context.tell(Event::Advanced);
            running.extend(executions.map(|executions| (arn, executions)));
        }
        PartValue::Running(Observed::listed(running, gap))
    }
    .boxed()
}

fn definition<'m>(machines: &'m StateMachines, machine: &StateMachine) -> Option<&'m Definition> {
    machines.definition(machine.details.seen().0?).ok()
}

/// Express executions are in no list. Those come first in which something may hang or grow; among equals another one
/// each hour, so that a small budget gets round to all.
fn order(context: &Context<'_>, machines: &StateMachines) -> Vec<usize> {
    let all = &machines.machines;
    let mut order: Vec<_> = (0..all.len()).filter(|index| all[*index].kind != MachineKind::Express).collect();
    let hour = context.now.as_second() / 3_600;
    order.sort_by_cached_key(|index| {
        let mut hasher = DefaultHasher::new();
        (hour, all[*index].arn.as_str()).hash(&mut hasher);
        (urgency(definition(machines, &all[*index])), hasher.finish())
    });
    order
}

fn urgency(definition: Option<&Definition>) -> u8 {
    let waits = |state: &State| state.pattern().is_some_and(Pattern::waits_for_a_caller);
    match definition {
        None => 0,
        Some(definition) if !definition.distributed_maps.is_empty() || definition.has_cycle() => 0,
        Some(definition) if definition.states.iter().any(waits) => 0,
        Some(definition) if definition.timeout == Limit::None => 1,
        Some(_) => 2,
    }
}

/// `None`: it is of a kind that has no executions to list.
async fn of_machine(
    purse: &Purse<'_>,
    machines: &StateMachines,
    index: usize,
) -> (Arn, Option<Observed<RunningExecutions>>) {
    let machine = &machines.machines[index];
    let arn = machine.arn.clone();
    let executions = match listing::running(purse, &arn).await {
        Ok(listing) => Some(executions(purse, &arn, definition(machines, machine), listing).await),
        Err(Stop::Failed(failure))
            if failure.kind == FailureKind::Unsupported && machine.kind == MachineKind::Unknown =>
        {
            None
        }
        Err(stop) => Some(Observed::missing(purse.gap(&stop, &arn))),
    };
    (arn, executions)
}

async fn executions(
    purse: &Purse<'_>,
    machine: &Arn,
    definition: Option<&Definition>,
    listing: Listing,
) -> Observed<RunningExecutions> {
    let Listing { count, oldest, newest, mut older, eldest, gap } = listing;
    let whole = gap.is_none();
    let unasked = |why: &str| purse.unasked(machine, why);
    let (durations, histories, map_runs) = if count == 0 && whole {
        let none = Histories { asked: 0, longest: None };
        (Observed::missing(unasked("nothing runs")), Observed::known(none), Observed::known(Vec::new()))
    } else {
        let all = whole && eldest.len() as u64 == count;
        let bounded = definition.and_then(Definition::most_events).is_some_and(|most| most <= histories::FEW);
        let histories = match bounded {
            true => Observed::missing(unasked("its definition cannot make so many events")),
            false => histories::of(purse, machine, &eldest, all).await,
        };
        let map_runs = match definition.is_some_and(|definition| definition.distributed_maps.is_empty()) {
            true => Observed::known(Vec::new()),
            false => map_runs::of(purse, machine, &eldest, all).await,
        };
        (listing::durations(purse, machine).await, histories, map_runs)
    };
    older.sort_by_key(|older| older.days);
    let asked_at = purse.context.now;
    let running = RunningExecutions { asked_at, count, oldest, newest, older, durations, histories, map_runs };
    Observed::listed(running, gap)
}
