use std::io::Write;

use clap::CommandFactory;

use super::outcome::{Outcome, UsageError};
use crate::cli::{Cli, Document};
use crate::export;

/// Prints the JSON schema of a document.
pub(super) fn schema(document: Document) -> anyhow::Result<Outcome> {
    let schema = match document {
        Document::Report => export::json::schema(),
    };
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &schema)?;
    writeln!(out)?;
    Ok(Outcome::Done)
}

/// Prints a completion script.
pub(super) fn completions(shell: clap_complete::Shell) -> anyhow::Result<Outcome> {
    // The generator panics on a closed pipe, so it writes to memory.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "stepwarden", &mut script);
    std::io::stdout().lock().write_all(&script)?;
    Ok(Outcome::Done)
}

/// Prints the manual page, of the whole or of a subcommand.
pub(super) fn man(subcommand: Option<&str>) -> anyhow::Result<Outcome> {
    let mut command = Cli::command();
    command.build();
    let command = match subcommand {
        None => command,
        Some(name) => {
            let found = command.find_subcommand(name).cloned();
            found.ok_or_else(|| UsageError(format!("there is no subcommand {name}")))?
        }
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    std::io::stdout().lock().write_all(&page)?;
    Ok(Outcome::Done)
}
