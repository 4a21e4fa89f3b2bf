use std::io::Write;

use super::machine;
use crate::access;
use crate::cli::MachineArgs;
use crate::commands::outcome::Outcome;

/// Prints the least-privilege policy of a definition. What could not be derived makes the outcome incomplete.
pub(super) fn run(args: &MachineArgs) -> anyhow::Result<Outcome> {
    let needs = machine::needs(args)?;
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &access::policy(&needs.own)).map_err(std::io::Error::from)?;
    writeln!(out)?;
    machine::warn(&needs)?;
    Ok(Outcome::incomplete_if(!needs.undecided.is_empty(), false))
}
