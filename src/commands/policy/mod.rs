//! `stepwarden policy`: one file a subcommand.

mod case;
mod case_reader;
mod evaluate;

use super::outcome::Outcome;
use crate::cli::PolicyCommand;

pub(super) fn run(command: &PolicyCommand) -> anyhow::Result<Outcome> {
    match command {
        PolicyCommand::Evaluate { cases } => evaluate::run(cases.as_deref()),
    }
}
