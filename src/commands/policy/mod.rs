//! `stepwarden policy`: one file a subcommand.

mod case;
mod case_reader;
mod derive;
mod diff;
mod evaluate;
mod live;
mod machine;

use super::outcome::Outcome;
use crate::cli::{CommonArgs, PolicyCommand};

pub(super) fn run(command: &PolicyCommand, common: &CommonArgs) -> anyhow::Result<Outcome> {
    match command {
        PolicyCommand::Evaluate { cases } => evaluate::run(cases.as_deref()),
        PolicyCommand::Derive(machine) => derive::run(machine, common),
        PolicyCommand::Diff { machine, granted } => diff::run(machine, granted.as_deref(), common),
    }
}
