use super::outcome::{Failures, Outcome};
use super::output::Extent;
use super::{configure, output, send, snapshots};
use crate::audit::{self, RunFacts};
use crate::cli::{CheckArgs, CommonArgs};
use crate::export::settings::Format;
use crate::model::{CollectorRun, Snapshot};
use crate::types::Region;

/// Audits snapshots offline.
pub(super) fn run(args: &CheckArgs, common: &CommonArgs) -> anyhow::Result<Outcome> {
    snapshots::read_once(&args.snapshots, common)?;
    let mut config = configure::load(common)?;
    configure::apply_audit(&mut config, &args.audit)?;
    output::prepare(&config.export)?;
    let snapshots = snapshots::read(&args.snapshots)?;
    let mut report = audit::audit(&snapshots, &config.checks, &config.selection, &config.accepted, facts(&snapshots));
    report.narrow(&config.whose);
    if config.export.formats.contains(&Format::Html) {
        audit::draw(&mut report, &snapshots, &config.checks);
    }
    let mut failures = Failures::default();
    output::write_files(&report, &config.export, Extent::Whole, &mut failures);
    send::send_metrics(&report, &config, Extent::Whole, &mut failures);
    output::write_streams(&report, &config.export, Extent::Whole, common.color, args.audit.verbose, &mut failures);
    let mut outcome = Outcome::of(&report, config.exit, None);
    if snapshots.iter().all(|snapshot| snapshot.region == Region::global()) {
        tracing::error!("the snapshots hold nothing to judge: there is no part of any Region in them");
        outcome = Outcome::incomplete_if(true, config.exit.allow_incomplete);
    }
    Ok(failures.or(outcome))
}

/// What the snapshots themselves tell about their collection.
fn facts(snapshots: &[Snapshot]) -> RunFacts {
    let runs = |snapshot: &Snapshot| -> Vec<_> {
        let run = |(part, observed_at, gap): (crate::model::PartName, _, Option<&crate::types::Gap>)| CollectorRun {
            account_id: snapshot.account_id.clone(),
            region: snapshot.region.clone(),
            collector: part.as_str(),
            duration_seconds: None,
            observed_at,
            gap: gap.cloned(),
            succeeded_before: None,
        };
        snapshot.ages().into_iter().map(run).collect()
    };
    let collectors: Vec<_> = snapshots.iter().flat_map(runs).collect();
    let ages = || collectors.iter().map(|run| run.observed_at);
    RunFacts {
        started_at: ages().min().unwrap_or_default(),
        finished_at: ages().max().unwrap_or_default(),
        complete: true,
        api_usage: Vec::new(),
        collectors,
    }
}
