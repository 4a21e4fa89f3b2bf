use super::fast::{quotas_only, without_quotas};
use super::gather::{Gathered, gather};
use super::narrow::narrow;
use super::outcome::{Failures, Outcome};
use super::output::Extent;
use super::{configure, dry_run, output, send};
use crate::audit::{self, LastState, Report};
use crate::cli::{CommonArgs, ScanArgs};
use crate::export::settings::Format;
use crate::store::{SeenExecutions, SeenQuotas, Store};

/// Collects, checks and exports once.
pub(super) fn run(args: ScanArgs, common: &CommonArgs) -> anyhow::Result<Outcome> {
    let mut config = configure::load(common)?;
    configure::apply_aws(&mut config, args.aws)?;
    configure::apply_audit(&mut config, &args.audit)?;
    configure::apply_send(&mut config, &args.send)?;
    let extent = if args.quotas { Extent::Quotas } else { Extent::Whole };
    match extent {
        Extent::Quotas => quotas_only(&mut config)?,
        Extent::Whole => {
            without_quotas(&mut config);
            narrow(&mut config);
        }
    }
    if args.dry_run {
        return dry_run::run(&config);
    }
    let store = Store::open(&config.store, &config.aws)?;
    output::prepare(&config.export)?;
    let Gathered { snapshots, facts, signal, listening } = gather(&config, store.as_ref())?;
    let mut report = audit::audit(&snapshots, &config.checks, &config.selection, &config.accepted, facts);
    if config.export.formats.contains(&Format::Html) {
        audit::draw(&mut report, &snapshots, &config.checks);
    }
    let mut failures = Failures::default();
    if let Some(store) = &store {
        if extent == Extent::Whole {
            failures.note(store.update(|seen: &mut SeenExecutions| seen.take(&snapshots)));
        }
        failures.note(store.update(|seen: &mut SeenQuotas| seen.take(&snapshots, report.finished_at)));
        failures.note(keep(store, &mut report, extent, config.store.keep_days));
    }
    report.narrow(&config.whose);
    output::write_files(&report, &config.export, extent, &mut failures);
    // An interrupted scan knows too little to tell others, and somebody waits for it to end.
    if signal.is_none() {
        send::send(&report, &config, extent, &mut failures);
    }
    output::write_streams(&report, &config.export, extent, common.color, args.audit.verbose, &mut failures);
    drop(listening);
    Ok(failures.or(Outcome::of(&report, config.exit, signal)))
}

/// Dates the report by the store, and keeps it there. Of quotas, which are scanned every minute, it is not kept: the store
/// would hold 1,440 a day.
fn keep(store: &Store, report: &mut Report, extent: Extent, keep_days: Option<u32>) -> anyhow::Result<()> {
    store.update(|state: &mut LastState| {
        state.date(report);
        if extent == Extent::Whole {
            state.trace(report);
        }
    })?;
    if extent == Extent::Whole {
        store.keep_report(report.finished_at, &output::json(report)?)?;
        store.forget_reports(report.finished_at, keep_days)?;
    }
    Ok(())
}
