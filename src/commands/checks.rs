use std::io::Write;

use serde_json::json;

use super::outcome::{Outcome, UsageError};
use crate::audit::SCORE_EXPLANATION;
use crate::checks::CHECKS;
use crate::cli::ListFormat;
use crate::config::nearest;
use crate::finding::controls;

/// Lists the checks.
pub(super) fn list(format: ListFormat) -> anyhow::Result<Outcome> {
    let mut out = anstream::stdout().lock();
    match format {
        ListFormat::Json => {
            let entry = |check: &&crate::finding::Check| json!({"id": check.id, "family": check.family, "severity": check.severity, "title": check.title});
            let list: Vec<_> = CHECKS.iter().map(entry).collect();
            serde_json::to_writer_pretty(&mut out, &list)?;
            writeln!(out)?;
        }
        ListFormat::Terminal => {
            for check in CHECKS {
                writeln!(out, "{:<32} {:<10} {:<9} {}", check.id, check.family, check.severity, check.title)?;
            }
        }
    }
    Ok(Outcome::Done)
}

/// Prints a check's page, the controls that it bears on, and how scores come about.
pub(super) fn explain(id: &str) -> anyhow::Result<Outcome> {
    let Some(check) = CHECKS.iter().find(|check| check.id == id) else {
        let near = nearest(id, CHECKS.iter().map(|check| check.id));
        let hint =
            near.map_or_else(|| "`stepwarden checks` lists them".to_owned(), |near| format!("did you mean {near}?"));
        return Err(UsageError(format!("there is no check {id}; {hint}")).into());
    };
    let mut out = anstream::stdout().lock();
    writeln!(out, "{}\n", check.page.trim_end())?;
    let controls = controls(check.id);
    if !controls.is_empty() {
        writeln!(
            out,
            "## Standards\n\nIt bears on these controls; that nothing is found is no proof that one is met.\n"
        )?;
        for control in controls {
            writeln!(out, "- {}", control.name())?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{SCORE_EXPLANATION}")?;
    Ok(Outcome::Done)
}
