use std::collections::BTreeSet;
use std::io::Write;

use serde::Serialize;

use super::outcome::{Outcome, UsageError};
use super::{configure, snapshots};
use crate::access::reach::{Holder, Source};
use crate::cli::{CommonArgs, ReachArgs};
use crate::finding::{MachineView, Party, Power, View};
use crate::types::Arn;

/// Principals that have a power over a machine by the same statements.
#[derive(Serialize)]
struct Holding<'a> {
    state_machine: &'a Arn,
    power: Power,
    ways: BTreeSet<&'static str>,
    principals: Vec<&'a Arn>,
    administrators: Vec<&'a Arn>,
    statements: BTreeSet<&'a Source>,
    certain: bool,
}

/// Why there may be others.
#[derive(Serialize)]
struct Unread<'a> {
    state_machine: &'a Arn,
    power: Power,
    unknown: String,
}

/// Prints who reaches the state machines of snapshots, as JSON Lines.
pub(super) fn run(args: &ReachArgs, common: &CommonArgs) -> anyhow::Result<Outcome> {
    snapshots::read_once(&args.snapshots, common)?;
    let config = configure::load(common)?;
    let snapshots = snapshots::read(&args.snapshots)?;
    let view = View::new(&snapshots, &config.checks);
    let wanted = |machine: &MachineView<'_>| {
        args.machines.is_empty() || args.machines.iter().any(|arn| arn == machine.machine.arn.as_str())
    };
    let (mut out, mut unread, mut seen) = (std::io::BufWriter::new(std::io::stdout().lock()), false, false);
    for account in &view.accounts {
        for region in &account.regions {
            unread |= region.snapshot.state_machines().gap().is_some();
            for machine in region.machines().filter(wanted) {
                seen = true;
                for power in Power::ALL {
                    let found = account.holders(&machine, power);
                    for party in &found.parties {
                        line(&mut out, &holding(&machine, power, party))?;
                    }
                    if let Some(gap) = found.gap {
                        unread = true;
                        let state_machine = &machine.machine.arn;
                        line(&mut out, &Unread { state_machine, power, unknown: gap.to_string() })?;
                    }
                }
            }
        }
    }
    out.flush()?;
    if !seen && !args.machines.is_empty() {
        return Err(UsageError("--state-machine-arn: the snapshots hold no such state machine".to_owned()).into());
    }
    Ok(Outcome::incomplete_if(unread, args.allow_incomplete))
}

fn holding<'a>(machine: &MachineView<'a>, power: Power, party: &'a Party<'a>) -> Holding<'a> {
    let (administrators, principals): (Vec<&Holder>, Vec<_>) =
        party.holders.iter().copied().partition(|holder| holder.administrator);
    Holding {
        state_machine: &machine.machine.arn,
        power,
        ways: party.accesses.iter().map(|access| access.way.what()).collect(),
        principals: principals.into_iter().map(|holder| &holder.arn).collect(),
        administrators: administrators.into_iter().map(|holder| &holder.arn).collect(),
        statements: party.accesses.iter().flat_map(|access| access.by.iter().copied()).collect(),
        certain: party.accesses.iter().any(|access| access.sure),
    }
}

fn line(out: &mut impl Write, value: &impl Serialize) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    writeln!(out)
}
