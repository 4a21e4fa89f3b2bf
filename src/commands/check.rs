use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::{Context, bail};

use super::outcome::Outcome;
use super::{configure, output};
use crate::audit::{self, RunFacts};
use crate::cli::{CheckArgs, CommonArgs};
use crate::model::{CollectorRun, Snapshot, SnapshotLine};

/// Audits snapshots offline.
pub(super) fn run(args: &CheckArgs, common: &CommonArgs) -> anyhow::Result<Outcome> {
    let mut config = configure::load(common)?;
    configure::apply_audit(&mut config, &args.audit)?;
    output::prepare(&config.export)?;
    let mut lines = Vec::new();
    for path in &args.snapshots {
        lines.extend(read(path).with_context(|| format!("the snapshot {}", path.display()))?);
    }
    let snapshots = Snapshot::assemble(lines);
    let report = audit::audit(&snapshots, &config.checks, &config.selection, facts(&snapshots));
    output::write(&report, &config.export, output::summary_style(common.color, args.audit.verbose))?;
    Ok(Outcome::of(&report, config.exit, None))
}

fn read(path: &Path) -> anyhow::Result<Vec<SnapshotLine>> {
    let reader: Box<dyn Read> = match path.as_os_str() == "-" {
        true => Box::new(std::io::stdin()),
        false => Box::new(std::fs::File::open(path)?),
    };
    let mut lines = Vec::new();
    for (index, line) in BufReader::new(reader).lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let parsed: SnapshotLine = serde_json::from_str(&line).with_context(|| format!("line {}", index + 1))?;
        if parsed.stepwarden_snapshot > SnapshotLine::VERSION {
            bail!("line {} was written by a newer version of stepwarden", index + 1);
        }
        lines.push(parsed);
    }
    if lines.is_empty() {
        bail!("it holds no snapshot");
    }
    Ok(lines)
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
