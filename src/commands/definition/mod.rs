//! `stepwarden definition …`: what a definition says, without AWS.

mod facts;
mod graph;
pub(super) mod read;

use super::outcome::Outcome;
use crate::cli::DefinitionCommand;

pub(super) fn run(command: &DefinitionCommand) -> anyhow::Result<Outcome> {
    match command {
        DefinitionCommand::Facts { definition } => facts::run(definition),
        DefinitionCommand::Graph { definition, format } => graph::run(definition, *format),
    }
}
