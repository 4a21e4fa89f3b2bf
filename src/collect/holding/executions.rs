//! Who holds open executions.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_sfn::types::ExecutionStatus;
use jiff::SignedDuration;

use super::super::collector::Context;
use super::super::pages::Tokens;
use super::super::series::{Span, Wanted, sums};
use super::{Starting, express, fastest, standard};
use crate::aws::apis::SFN_LIST_EXECUTIONS as LIST;
use crate::aws::{Failure, FailureKind};
use crate::model::{Counts, Holder, Holders};
use crate::types::{Arn, Gap, GapReason, Observed};

/// Machines of which it is asked what started and what ended.
pub(in super::super) const ASKED: usize = 20;
/// What started, and each way to end.
pub(in super::super) const METRICS: [&str; 5] =
    ["ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsAborted", "ExecutionsTimedOut"];
/// Of those that are listed, so many are there for what they hold; the others grow fastest.
const BY_NET: usize = 7;
const PAGE: i32 = 1_000;
const PAGES: usize = 2;
const WINDOW: SignedDuration = SignedDuration::from_hours(72);
const PERIOD: u32 = 900;
/// Periods of the last hour.
const LAST_HOUR: usize = 4;

/// What CloudWatch saw start less what it saw end: in the window, and in its last hour.
#[derive(Debug, Clone, Copy, Default)]
struct Net {
    window: f64,
    hour: f64,
}

pub(in super::super) async fn open_executions(context: &Context<'_>, starting: &Starting) -> Observed<Holders> {
    let machines = candidates(context, starting);
    if machines.is_empty() {
        let gap = starting.as_ref().err().map(|failure| context.gap(failure));
        return Observed::missing(gap.unwrap_or_else(|| nobody(context)));
    }
    let span = Span::back(context.now, WINDOW, PERIOD);
    let nets = nets(context, &machines, span).await;
    let (holders, failure) =
        listed(context, starting, &likeliest(&machines, nets.as_ref().ok()), nets.as_ref().ok()).await;
    if holders.is_empty() {
        return Observed::missing(
            failure.map_or_else(|| none_of(context, machines.len()), |failure| context.gap(&failure)),
        );
    }
    let net_starts = nets.iter().flatten().map(|(arn, net)| (arn.clone(), net.window)).collect();
    let held = Holders {
        fastest: fastest(&holders, Holders::MOST),
        most: ordered(holders, &net_starts),
        source: "ListExecutions".to_owned(),
        since: span.from,
        until: context.now,
        net_starts,
    };
    let unknown = starting.as_ref().err().or(nets.as_ref().err()).or(failure.as_ref());
    Observed::listed(held, unknown.map(|failure| context.gap(failure)))
}

fn nobody(context: &Context<'_>) -> Gap {
    let detail = "CloudWatch has no recent starts by state machine, so it is not known who holds open executions";
    context.locate(Gap::new(GapReason::Unsupported, detail))
}

fn none_of(context: &Context<'_>, machines: usize) -> Gap {
    let detail = format!(
        "none of the {machines} state machines that were looked at has an open execution, so it is not known who holds them"
    );
    context.locate(Gap::new(GapReason::NotSampled, detail))
}

/// Those that start most, with their Maps' children, which are open executions too; else the first of the list.
fn candidates(context: &Context<'_>, starting: &Starting) -> Vec<Arn> {
    let express = express(context);
    let mut totals: BTreeMap<&Arn, f64> = BTreeMap::new();
    for (arn, counts) in starting.iter().flat_map(|found| found.machines.iter().chain(&found.children)) {
        *totals.entry(arn).or_default() += counts.total();
    }
    let mut starters: Vec<_> = totals.into_iter().filter(|(arn, _)| !express.contains(arn)).collect();
    starters.sort_by(|(a, first), (b, second)| second.total_cmp(first).then_with(|| a.cmp(b)));
    let mut known = BTreeSet::new();
    let all = starters.into_iter().map(|(arn, _)| arn).chain(standard(context));
    all.filter(|arn| known.insert(*arn)).take(ASKED).cloned().collect()
}

async fn nets(context: &Context<'_>, machines: &[Arn], span: Span) -> Result<BTreeMap<Arn, Net>, Failure> {
    let of = |arn| METRICS.map(|metric| Wanted { metric, dimensions: vec![("StateMachineArn", arn)] });
    let wanted: Vec<_> = machines.iter().flat_map(|arn| of(arn.as_str())).collect();
    let counts = sums(context, &wanted, span).await?;
    let net = |sum: fn(&Counts) -> f64, counts: &[Counts]| match counts.split_first() {
        Some((started, ended)) => sum(started) - ended.iter().map(sum).sum::<f64>(),
        None => 0.0,
    };
    let of = |counts: &[Counts]| Net { window: net(Counts::total, counts), hour: net(last_hour, counts) };
    Ok(machines.iter().cloned().zip(counts.chunks(METRICS.len()).map(of)).collect())
}

fn last_hour(counts: &Counts) -> f64 {
    counts.values.iter().rev().take(LAST_HOUR).flatten().sum()
}

/// Those that are listed: by what they seem to hold, and by how fast that grows.
fn likeliest(machines: &[Arn], nets: Option<&BTreeMap<Arn, Net>>) -> Vec<Arn> {
    let Some(nets) = nets else { return machines.iter().take(Holders::MOST).cloned().collect() };
    let by = |key: fn(&Net) -> f64| {
        let mut sorted: Vec<_> = nets.iter().collect();
        sorted.sort_by(|(a, first), (b, second)| key(second).total_cmp(&key(first)).then_with(|| a.cmp(b)));
        sorted.into_iter().map(|(arn, _)| arn.clone()).collect::<Vec<_>>()
    };
    let (holding, growing) = (by(|net| net.window), by(|net| net.hour));
    let mut known = BTreeSet::new();
    let order = holding.iter().take(BY_NET).chain(growing.iter().take(Holders::MOST - BY_NET)).chain(&holding);
    order.filter(|arn| known.insert(*arn)).take(Holders::MOST).cloned().collect()
}

async fn listed(
    context: &Context<'_>,
    starting: &Starting,
    machines: &[Arn],
    nets: Option<&BTreeMap<Arn, Net>>,
) -> (Vec<Holder>, Option<Failure>) {
    let (mut holders, mut failed) = (Vec::new(), None);
    for machine in machines {
        let (open, whole) = match running(context, machine).await {
            Ok(counted) => counted,
            // Deleted since.
            Err(failure) if failure.kind == FailureKind::NotFound => continue,
            // An Express machine that the list did not tell of.
            Err(failure) if failure.kind == FailureKind::Unsupported => {
                failed.get_or_insert(failure);
                continue;
            }
            Err(failure) => {
                failed = Some(failure);
                break;
            }
        };
        // A machine's list does not hold the children of its Maps, which run within one that it does hold.
        let has_children = starting.as_ref().is_ok_and(|found| found.children.contains_key(machine));
        if open > 0 {
            let growth_per_hour = nets.and_then(|nets| nets.get(machine)).map(|net| net.hour);
            #[allow(clippy::cast_precision_loss, reason = "at most two pages")]
            let value = open as f64;
            holders.push(Holder { machine: machine.clone(), value, at_least: !whole || has_children, growth_per_hour });
        }
    }
    (holders, failed)
}

/// Open executions, and whether these are all. The items are counted and dropped.
async fn running(context: &Context<'_>, machine: &Arn) -> Result<(usize, bool), Failure> {
    let request = context.clients.sfn().list_executions().state_machine_arn(machine.as_str());
    let request = request.status_filter(ExecutionStatus::Running).max_results(PAGE);
    let (mut open, mut token, mut tokens) = (0, None, Tokens::new(&LIST));
    for _ in 0..PAGES {
        let request = request.clone().set_next_token(token);
        let answer = context.call(&LIST, || request.clone().send()).await?;
        open += answer.executions.iter().filter(|execution| execution.status == ExecutionStatus::Running).count();
        token = tokens.follow(answer.next_token)?;
        if token.is_none() {
            return Ok((open, true));
        }
    }
    Ok((open, false))
}

/// What a list counted to its end is that; beyond where one was left, CloudWatch's count orders.
fn ordered(mut holders: Vec<Holder>, nets: &BTreeMap<Arn, f64>) -> Vec<Holder> {
    let likely = |holder: &Holder| match nets.get(&holder.machine) {
        Some(net) if holder.at_least => net.max(holder.value),
        _ => holder.value,
    };
    holders.sort_by(|a, b| likely(b).total_cmp(&likely(a)).then_with(|| a.machine.cmp(&b.machine)));
    holders
}
