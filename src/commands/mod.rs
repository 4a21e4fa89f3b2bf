//! Floor 11: one file a subcommand; joins the rooms.

mod baseline;
mod check;
mod checks;
mod collect;
mod color;
mod configure;
mod cost;
mod definition;
mod detect;
mod detect_lines;
mod detect_stream;
mod diff;
mod doctor;
mod dry_run;
mod fast;
mod gather;
mod generate;
mod healthcheck;
mod narrow;
mod outcome;
mod output;
mod permissions;
mod policy;
mod progress;
mod reach;
mod scan;
mod send;
mod serve;
mod signals;
mod snapshots;
mod tier;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::telemetry;

pub use outcome::Outcome;

/// Runs the command line of the process.
pub fn run() -> Outcome {
    let cli = Cli::parse();
    telemetry::quiet_panics();
    match dispatch(cli) {
        Ok(outcome) => outcome,
        Err(error) => outcome::report(&error),
    }
}

fn dispatch(cli: Cli) -> anyhow::Result<Outcome> {
    let Cli { command, common } = cli;
    match command {
        Command::Scan(args) => scan::run(args, &common),
        Command::Serve(args) => serve::run(args, common),
        Command::Collect(args) => collect::run(args, &common),
        Command::Check(args) => check::run(&args, &common),
        Command::Reach(args) => reach::run(&args, &common),
        Command::Detect(args) => detect::run(&args, &common),
        Command::Diff(args) => diff::run(&args),
        Command::Checks { format } => checks::list(format),
        Command::Explain { check } => checks::explain(&check),
        Command::Permissions(args) => permissions::run(args, &common),
        Command::Doctor(args) => doctor::run(args, &common),
        Command::Healthcheck(args) => healthcheck::run(args, &common),
        Command::Definition { command } => definition::run(&command),
        Command::Policy { command } => policy::run(&command, &common),
        Command::Schema { document } => generate::schema(document),
        Command::Completions { shell } => generate::completions(shell),
        Command::Man { command } => generate::man(command.as_deref()),
    }
}
