use std::io::Write;

use super::configure;
use super::gather::{Gathered, gather, open_store};
use super::outcome::Outcome;
use crate::cli::{CollectArgs, CommonArgs};
use crate::model::Snapshot;
use crate::store::write_atomically;

/// Collects and writes snapshots, one line a part.
pub(super) fn run(args: CollectArgs, common: &CommonArgs) -> anyhow::Result<Outcome> {
    let mut config = configure::load(common)?;
    configure::apply_aws(&mut config, args.aws)?;
    let store = open_store(&config)?;
    let Gathered { snapshots, facts, signal } = gather(&config, store.as_ref())?;
    if args.output.as_os_str() == "-" {
        write(snapshots, &mut std::io::stdout().lock())?;
    } else {
        write_atomically(&args.output, 0o600, |out| write(snapshots, out))?;
    }
    let incomplete = !facts.complete || facts.collectors.iter().any(|run| run.gap.is_some());
    let outcome = Outcome::incomplete_if(incomplete, args.allow_incomplete || config.exit.allow_incomplete);
    Ok(signal.map_or(outcome, Outcome::Signal))
}

fn write(snapshots: Vec<Snapshot>, out: &mut dyn Write) -> std::io::Result<()> {
    for line in snapshots.into_iter().flat_map(Snapshot::into_lines) {
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}
