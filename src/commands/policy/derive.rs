use std::io::Write;

use super::machine;
use crate::access;
use crate::cli::{CommonArgs, MachineArgs};
use crate::commands::outcome::Outcome;

/// Prints the least-privilege policy of a definition. What could not be derived makes the outcome incomplete.
pub(super) fn run(args: &MachineArgs, common: &CommonArgs) -> anyhow::Result<Outcome> {
    machine::read_once([("--definition", args.definition.as_deref()), ("--config", common.config.as_deref())])?;
    let (needs, _) = machine::look_up(args, common, false)?;
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &access::policy(&needs.own)).map_err(std::io::Error::from)?;
    writeln!(out)?;
    machine::warn(&needs)?;
    Ok(Outcome::incomplete_if(!needs.undecided.is_empty(), false))
}
