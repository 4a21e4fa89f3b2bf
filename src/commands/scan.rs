use super::gather::{Gathered, gather, keep_executions, keep_quotas, open_store};
use super::narrow::narrow;
use super::outcome::{Failures, Outcome};
use super::{configure, output};
use crate::audit::{self, Report};
use crate::cli::{CommonArgs, ScanArgs};
use crate::store::Directory;

/// Collects, checks and exports once.
pub(super) fn run(args: ScanArgs, common: &CommonArgs) -> anyhow::Result<Outcome> {
    let mut config = configure::load(common)?;
    configure::apply_aws(&mut config, args.aws)?;
    configure::apply_audit(&mut config, &args.audit)?;
    narrow(&mut config);
    let store = open_store(&config)?;
    output::prepare(&config.export)?;
    let Gathered { snapshots, facts, signal, listening } = gather(&config, store.as_ref())?;
    let mut report = audit::audit(&snapshots, &config.checks, &config.selection, facts);
    let mut failures = Failures::default();
    if let Some(store) = &store {
        failures.note(keep_executions(store, &snapshots));
        failures.note(keep_quotas(store, &snapshots));
        failures.note(keep(store, &mut report));
    }
    output::write_files(&report, &config.export, &mut failures);
    output::write_streams(&report, &config.export, common.color, args.audit.verbose, &mut failures);
    drop(listening);
    Ok(failures.or(Outcome::of(&report, config.exit, signal)))
}

/// Dates the report by the store, and keeps it there.
fn keep(store: &Directory, report: &mut Report) -> anyhow::Result<()> {
    let mut state = store.last_state()?;
    state.date(report);
    store.keep_state(&state)?;
    store.keep_report(report.finished_at, &output::json(report)?)?;
    Ok(())
}
