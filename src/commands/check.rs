use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use serde::Deserialize;
use serde_json::error::Category;

use super::outcome::{Failures, Outcome, UsageError};
use super::{configure, output};
use crate::audit::{self, RunFacts};
use crate::cli::{CheckArgs, CommonArgs};
use crate::model::{CollectorRun, Snapshot, SnapshotLine};
use crate::types::Region;

/// Audits snapshots offline.
pub(super) fn run(args: &CheckArgs, common: &CommonArgs) -> anyhow::Result<Outcome> {
    let stdin = common.config.iter().chain(&args.snapshots).filter(|path| path.as_os_str() == "-");
    if stdin.count() > 1 {
        return Err(UsageError("standard input can be read only once".to_owned()).into());
    }
    let mut config = configure::load(common)?;
    configure::apply_audit(&mut config, &args.audit)?;
    output::prepare(&config.export)?;
    let mut lines = Vec::new();
    for path in &args.snapshots {
        lines.extend(read(path).with_context(|| format!("the snapshot {}", path.display()))?);
    }
    let snapshots = Snapshot::assemble(lines);
    let report = audit::audit(&snapshots, &config.checks, &config.selection, facts(&snapshots));
    let mut failures = Failures::default();
    output::write_files(&report, &config.export, &mut failures);
    output::write_streams(&report, &config.export, common.color, args.audit.verbose, &mut failures);
    let mut outcome = Outcome::of(&report, config.exit, None);
    if snapshots.iter().all(|snapshot| snapshot.region == Region::global()) {
        tracing::error!("the snapshots hold nothing to judge: there is no part of any Region in them");
        outcome = Outcome::incomplete_if(true, config.exit.allow_incomplete);
    }
    Ok(failures.or(outcome))
}

/// All that is read of a line before its version is known.
#[derive(Deserialize)]
struct Header {
    stepwarden_snapshot: u64,
}

/// A line of a snapshot. What is wrong with it is told by place and kind: its text may be anybody's.
fn parse(line: &str) -> anyhow::Result<SnapshotLine> {
    let header: Header = match serde_json::from_str(line) {
        Ok(header) => header,
        Err(error) if error.is_data() => {
            bail!("this is no line of a snapshot: it has no stepwarden_snapshot with a version")
        }
        Err(error) => bail!(malformed(&error)),
    };
    if header.stepwarden_snapshot > u64::from(SnapshotLine::VERSION) {
        bail!("it was written by a newer version of stepwarden");
    }
    serde_json::from_str(line).map_err(|error| anyhow!(malformed(&error)))
}

fn malformed(error: &serde_json::Error) -> String {
    let kind = match error.classify() {
        Category::Eof => "the line breaks off",
        Category::Data => "this is not what a snapshot holds",
        Category::Syntax | Category::Io => "this is not JSON",
    };
    match error.column() {
        0 => kind.to_owned(),
        column => format!("column {column}: {kind}"),
    }
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
        lines.push(parse(&line).with_context(|| format!("line {}", index + 1))?);
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
