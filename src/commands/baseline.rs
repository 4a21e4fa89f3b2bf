//! The findings of an earlier report, which are accepted.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use jiff::Timestamp;
use serde::Deserialize;

use super::outcome::UsageError;
use crate::audit::{Baseline, Suppression};
use crate::finding::Severity;

/// What of `report.json`, version 1, a baseline needs.
#[derive(Debug, Deserialize)]
struct Known {
    schema_version: String,
    finished_at: Timestamp,
    findings: Vec<Finding>,
}

#[derive(Debug, Deserialize)]
struct Finding {
    id: String,
    severity: Severity,
    status: String,
}

/// What could not be judged then is not known to be there.
pub(super) fn read(path: &Path) -> anyhow::Result<Baseline> {
    let name = path.display();
    let text = std::fs::read(path).with_context(|| format!("the baseline {name}"))?;
    let known: Known = serde_json::from_slice(&text)
        .map_err(|error| UsageError(format!("the baseline {name} is no report: {error}")))?;
    if known.schema_version.split('.').next() != Some("1") {
        let version = known.schema_version;
        return Err(UsageError(format!("the baseline {name} has schema version {version}: expected 1")).into());
    }
    let day = known.finished_at.strftime("%Y-%m-%d");
    let accepted = known.findings.into_iter().filter(|finding| finding.status != "insufficient_data");
    Ok(Baseline {
        known: accepted.map(|finding| (finding.id, finding.severity)).collect::<BTreeMap<_, _>>(),
        suppression: Suppression { reason: format!("known from the baseline of {day}"), owner: None, expires: None },
    })
}
