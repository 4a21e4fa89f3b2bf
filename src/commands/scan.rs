use super::gather::{Gathered, gather, open_store};
use super::outcome::Outcome;
use super::{configure, output};
use crate::audit;
use crate::cli::{CommonArgs, ScanArgs};

/// Collects, checks and exports once.
pub(super) fn run(args: ScanArgs, common: &CommonArgs) -> anyhow::Result<Outcome> {
    let mut config = configure::load(common)?;
    configure::apply_aws(&mut config, args.aws)?;
    configure::apply_audit(&mut config, &args.audit)?;
    let store = open_store(&config)?;
    output::prepare(&config.export)?;
    let Gathered { snapshots, facts, signal } = gather(&config, store.as_ref())?;
    let mut report = audit::audit(&snapshots, &config.checks, &config.selection, facts);
    if let Some(store) = &store {
        let mut state = store.last_state()?;
        state.date(&mut report);
        store.keep_state(&state)?;
        store.keep_report(report.finished_at, &output::json(&report)?)?;
    }
    output::write(&report, &config.export, output::summary_style(common.color, args.audit.verbose))?;
    Ok(Outcome::of(&report, config.exit, signal))
}
