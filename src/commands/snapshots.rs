use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use serde::Deserialize;
use serde_json::error::Category;

use super::outcome::UsageError;
use crate::cli::CommonArgs;
use crate::model::{Snapshot, SnapshotLine};

/// Standard input can be only one of what is read.
pub(super) fn read_once(paths: &[PathBuf], common: &CommonArgs) -> Result<(), UsageError> {
    let stdin = common.config.iter().chain(paths).filter(|path| path.as_os_str() == "-");
    if stdin.count() > 1 {
        return Err(UsageError("standard input can be read only once".to_owned()));
    }
    Ok(())
}

/// The snapshots of these files, later lines replacing earlier ones.
pub(super) fn read(paths: &[PathBuf]) -> anyhow::Result<Vec<Snapshot>> {
    let mut all = Vec::new();
    for path in paths {
        all.extend(lines(path).with_context(|| format!("the snapshot {}", path.display()))?);
    }
    Ok(Snapshot::assemble(all))
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

fn lines(path: &Path) -> anyhow::Result<Vec<SnapshotLine>> {
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
