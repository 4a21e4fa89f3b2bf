//! Who holds one quota. Every question has a fixed bound: a Metrics Insights query for starts and one for transitions, a call
//! for what ended, 20 lists of open executions, and 5 with 20 lists of Map Runs for open Map Runs.

mod executions;
mod maps;
mod rates;

use std::collections::BTreeSet;

use super::collector::Context;
use super::starters::Starters;
use crate::aws::Failure;
use crate::model::{Holder, MachineKind};
use crate::types::Arn;

pub(super) use executions::{ASKED, METRICS as NET_METRICS, open_executions};
pub(super) use maps::map_runs;
pub(super) use rates::{start_rates, transitions};

/// Who starts, or why that is not known.
pub(super) type Starting = Result<Starters, Failure>;

/// Express machines have no open executions and no Map Runs of their own to list.
fn express<'a>(context: &Context<'a>) -> BTreeSet<&'a Arn> {
    let machines = context.snapshot.state_machines().last_known().map(|list| list.machines.iter());
    let machines = machines.into_iter().flatten().filter(|machine| machine.kind == MachineKind::Express);
    machines.map(|machine| &machine.arn).collect()
}

/// The Standard machines of the list, where it was read.
fn standard<'a>(context: &Context<'a>) -> Vec<&'a Arn> {
    let machines = context.snapshot.state_machines().last_known().map(|list| list.machines.iter());
    let machines = machines.into_iter().flatten().filter(|machine| machine.kind == MachineKind::Standard);
    machines.map(|machine| &machine.arn).collect()
}

/// Those that grow, fastest first.
fn fastest(holders: &[Holder], most: usize) -> Vec<Holder> {
    let growth = |holder: &Holder| holder.growth_per_hour.unwrap_or(0.0);
    let mut fastest: Vec<_> = holders.iter().filter(|holder| growth(holder) > 0.0).cloned().collect();
    fastest.sort_by(|a, b| growth(b).total_cmp(&growth(a)).then_with(|| a.machine.cmp(&b.machine)));
    fastest.truncate(most);
    fastest
}
