//! `stepwarden policy`: one file a subcommand.

mod case;
mod case_reader;
mod derive;
mod diff;
mod evaluate;
mod machine;

use super::outcome::Outcome;
use crate::cli::PolicyCommand;

pub(super) fn run(command: &PolicyCommand) -> anyhow::Result<Outcome> {
    match command {
        PolicyCommand::Evaluate { cases } => evaluate::run(cases.as_deref()),
        PolicyCommand::Derive(machine) => derive::run(machine),
        PolicyCommand::Diff { machine, granted } => diff::run(machine, granted.as_deref()),
    }
}
