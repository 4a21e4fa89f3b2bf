//! What stands in the data of executions: a sample is read, newest first, inspected as it comes, and dropped. What is kept
//! is value-free.

mod children;
mod fields;
mod history;
mod insights;
mod listing;
mod log_event;
mod logs;
mod memory;
mod reader;
mod sample;
mod standard;
mod states;
mod tally;

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};

use self::logs::Group;
use self::memory::{HISTORY_DAYS, nothing, unexpired};
use self::reader::{Reader, Stop};
use super::collector::{Collector, Context, Scope};
use super::progress::Event;
use super::settings::ExecutionSettings;
use crate::asl::DistributedMap;
use crate::aws::Api;
use crate::aws::apis::{
    LOGS_FILTER_LOG_EVENTS as FILTER, LOGS_GET_QUERY_RESULTS as RESULTS, LOGS_START_QUERY as START_QUERY,
    SFN_DESCRIBE_EXECUTION as DESCRIBE, SFN_GET_EXECUTION_HISTORY as HISTORY, SFN_LIST_EXECUTIONS as LIST,
    SFN_LIST_MAP_RUNS as LIST_MAP_RUNS,
};
use crate::model::{
    ExecutionData, Executions, LogLevel, MachineKind, PartName, PartValue, Source, StateMachine, StateMachines,
};
use crate::types::{Arn, Gap, GapReason, Observed};

/// What is in the data of executions, by machine.
pub(super) static COLLECTOR: Collector = Collector {
    part: PartName::Executions,
    scope: Scope::Region,
    after: &[PartName::StateMachines, PartName::LogGroups],
    apis: &[&LIST, &DESCRIBE, &HISTORY, &LIST_MAP_RUNS, &FILTER, &START_QUERY, &RESULTS],
    run,
};

/// Pages of payloads that are in memory at once: each can hold 25 MB.
const AT_ONCE: usize = 2;

/// Whether a collection with these settings may call `api` for execution data.
pub(super) fn may_call(settings: &ExecutionSettings, api: &Api) -> bool {
    match api {
        _ if settings.calls == 0 => false,
        api if *api == HISTORY => settings.states,
        api if *api == DESCRIBE => !settings.states || settings.map_children > 0,
        api if *api == LIST_MAP_RUNS => settings.map_children > 0,
        api if *api == START_QUERY || *api == RESULTS => settings.insights,
        _ => true,
    }
}

fn run<'a>(context: &'a Context<'a>) -> BoxFuture<'a, PartValue> {
    async move {
        let (machines, gap) = match context.machines() {
            Ok(machines) => machines,
            Err(gap) => return PartName::Executions.missing(gap),
        };
        let reader = match Reader::new(context) {
            Ok(reader) => reader,
            Err(error) => return PartName::Executions.missing(Gap::new(GapReason::Error, error.to_string())),
        };
        context.tell(Event::Counted(machines.machines.len()));
        // Whoever was looked at longest ago comes first: a small budget gets round to all.
        let looked_at = |machine: &StateMachine| known(context, machine).and_then(|data| data.cursor.looked_at);
        let mut order: Vec<_> = (0..machines.machines.len()).collect();
        order.sort_by_cached_key(|index| (looked_at(&machines.machines[*index]), *index));
        let read = |index| read(&reader, machines, index);
        let mut answers = futures_util::stream::iter(order).map(read).buffer_unordered(AT_ONCE);
        let mut executions = Executions::new();
        while let Some((arn, data)) = answers.next().await {
            context.tell(Event::Advanced);
            executions.insert(arn, data);
        }
        PartValue::Executions(Observed::listed(executions, gap))
    }
    .boxed()
}

fn known<'a>(context: &Context<'a>, machine: &StateMachine) -> Option<&'a ExecutionData> {
    context.inspection.known?.get(&machine.arn)?.last_known()
}

async fn read(reader: &Reader<'_>, machines: &StateMachines, index: usize) -> (Arn, Observed<ExecutionData>) {
    let machine = &machines.machines[index];
    (machine.arn.clone(), data(reader, machines, machine).await)
}

async fn data(reader: &Reader<'_>, machines: &StateMachines, machine: &StateMachine) -> Observed<ExecutionData> {
    let earlier = known(reader.context, machine).map(|data| of_today(reader.context, machine, data.clone()));
    if machine.kind == MachineKind::Express {
        return from_log(reader, machine, earlier).await;
    }
    let details = machine.details.seen().0;
    let definition = details.and_then(|details| machines.definition(details).ok());
    let maps: &[DistributedMap] = definition.map_or(&[], |definition| &definition.distributed_maps);
    match standard::read(reader, &machine.arn, maps, earlier).await {
        Ok(Observed::Missing { gap }) if gap.reason == GapReason::Denied => by_log_instead(reader, machine, gap).await,
        Ok(data) => data,
        // A kind that this version does not know and that has no executions to list is a kind of Express.
        Err((Stop::Failed(failure), earlier)) if failure.kind == crate::aws::FailureKind::Unsupported => {
            let gap = reader.gap(&Stop::Failed(failure), &machine.arn);
            match machine.kind {
                MachineKind::Unknown => from_log(reader, machine, earlier).await,
                _ => unread(earlier, gap),
            }
        }
        Err((stop, earlier)) => unread_for(reader, &stop, machine, earlier),
    }
}

/// Nothing new was read: what is known stays, beside the gap.
fn unread(earlier: Option<ExecutionData>, gap: Gap) -> Observed<ExecutionData> {
    match earlier {
        Some(value) => Observed::Stale { value, gap },
        None => Observed::missing(gap),
    }
}

/// A machine whose turn did not come keeps what is known of it as a part of what there is.
fn unread_for(
    reader: &Reader<'_>,
    stop: &Stop,
    machine: &StateMachine,
    earlier: Option<ExecutionData>,
) -> Observed<ExecutionData> {
    let gap = reader.gap(stop, &machine.arn);
    match (stop, earlier) {
        (Stop::Calls, Some(value)) => Observed::Partial { value, gap },
        (_, earlier) => unread(earlier, gap),
    }
}

/// A history that may not be read leaves the log, where the machine writes one.
async fn by_log_instead(reader: &Reader<'_>, machine: &StateMachine, gap: Gap) -> Observed<ExecutionData> {
    match group(reader.context, machine) {
        Ok(Some(group)) => match logs::read(reader, &machine.arn, group, None).await {
            Observed::Known { value } => Observed::Partial { value, gap },
            _ => Observed::missing(gap),
        },
        _ => Observed::missing(gap),
    }
}

async fn from_log(
    reader: &Reader<'_>,
    machine: &StateMachine,
    earlier: Option<ExecutionData>,
) -> Observed<ExecutionData> {
    match group(reader.context, machine) {
        Ok(Some(_)) if reader.settings.calls == 0 => unread_for(reader, &Stop::Calls, machine, earlier),
        Ok(Some(group)) if group.by_insights && !reader.settings.insights => {
            let detail = "the log group's class is read by Logs Insights alone, which is billed: executions.insights = true allows it";
            let gap = reader.context.locate(Gap::new(GapReason::Unsupported, detail)).about(machine.arn.as_str());
            unread(earlier, gap)
        }
        Ok(Some(group)) => logs::read(reader, &machine.arn, group, earlier).await,
        Ok(None) => {
            let kept = earlier.filter(|data| data.sample.executions > 0).map(|mut data| {
                (data.sample.new, data.sample.new_bytes) = (0, 0);
                data
            });
            Observed::known(kept.unwrap_or_else(|| nothing(Source::None)))
        }
        Err(gap) => unread(earlier, gap),
    }
}

/// The group that the machine logs to; `None`: it keeps nothing that could be read.
fn group<'a>(context: &Context<'a>, machine: &'a StateMachine) -> Result<Option<Group<'a>>, Gap> {
    let about = |gap: Gap| context.locate(gap).about(machine.arn.as_str());
    let details = machine.details.whole().map_err(Gap::clone)?;
    if details.logging.level == LogLevel::Off {
        return Ok(None);
    }
    let Some(destination) = &details.logging.destination else {
        return Err(about(Gap::new(GapReason::Error, "the state machine logs, and names no log group")));
    };
    let groups = context.snapshot.log_groups();
    let groups = match groups {
        Observed::Known { value } | Observed::Partial { value, .. } => value,
        Observed::Stale { gap, .. } | Observed::Missing { gap } => return Err(about(gap)),
    };
    let group =
        groups.get(destination).ok_or_else(|| about(Gap::new(GapReason::Error, "its log group was not read")))?;
    let Some(group) = group.whole().map_err(|gap| gap.clone().about(machine.arn.as_str()))? else { return Ok(None) };
    match group.class.as_deref() {
        None | Some("STANDARD") => Ok(Some(Group { name: &group.name, by_insights: false })),
        Some("INFREQUENT_ACCESS") => Ok(Some(Group { name: &group.name, by_insights: true })),
        Some(_) => Err(about(Gap::new(GapReason::Unsupported, "log groups of this class cannot be read"))),
    }
}

/// What of the earlier data still exists: histories are kept 90 days, log events as long as their group says.
fn of_today(context: &Context<'_>, machine: &StateMachine, data: ExecutionData) -> ExecutionData {
    let groups = context.snapshot.log_groups();
    let destination = machine.details.seen().0.and_then(|details| details.logging.destination.as_ref());
    let group = destination.and_then(|arn| groups.seen().0?.get(arn)?.seen().0?.as_ref());
    let days = match (data.sample.source, group) {
        (Source::Log, Some(group)) => group.retention_days,
        _ => Some(HISTORY_DAYS),
    };
    unexpired(data, days, context.now)
}
