use std::io::Write;

use anyhow::Context;

use super::configure;
use super::gather::{Gathered, gather};
use super::narrow::narrow;
use super::outcome::{Failures, Outcome};
use crate::cli::{CollectArgs, CommonArgs};
use crate::model::Snapshot;
use crate::store::{SeenExecutions, SeenQuotas, Store, probe_file, write_atomically};

/// Collects and writes snapshots, one line a part.
pub(super) fn run(args: CollectArgs, common: &CommonArgs) -> anyhow::Result<Outcome> {
    let mut config = configure::load(common)?;
    configure::apply_aws(&mut config, args.aws)?;
    narrow(&mut config);
    let store = Store::open(&config.store, &config.aws)?;
    let to_stdout = args.output.as_os_str() == "-";
    let named = || format!("the file {}", args.output.display());
    if !to_stdout {
        probe_file(&args.output).with_context(named)?;
    }
    let Gathered { snapshots, facts, signal, listening } = gather(&config, store.as_ref())?;
    let mut failures = Failures::default();
    if let Some(store) = &store {
        failures.note(store.update(|seen: &mut SeenExecutions| seen.take(&snapshots)));
        failures.note(store.update(|seen: &mut SeenQuotas| seen.take(&snapshots, facts.finished_at)));
    }
    if to_stdout {
        failures.note(write(snapshots, &mut std::io::stdout().lock()).context("standard output"));
    } else {
        failures.note(write_atomically(&args.output, 0o600, |out| write(snapshots, out)).with_context(named));
    }
    drop(listening);
    let incomplete = !facts.complete || facts.collectors.iter().any(|run| run.gap.is_some());
    let outcome = Outcome::incomplete_if(incomplete, args.allow_incomplete || config.exit.allow_incomplete);
    Ok(failures.or(signal.map_or(outcome, Outcome::Signal)))
}

fn write(snapshots: Vec<Snapshot>, out: &mut dyn Write) -> std::io::Result<()> {
    for line in snapshots.into_iter().flat_map(Snapshot::into_lines) {
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}
