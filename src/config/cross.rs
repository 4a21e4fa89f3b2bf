//! Settings that are fine alone and wrong together.

use std::collections::BTreeMap;

use super::Config;
use super::faults::{Fault, Place, did_you_mean};
use crate::export::settings::Format;
use crate::finding::settings::Thresholds;

/// A disagreement.
pub(super) struct Conflict {
    /// The settings that disagree; the message is about the first.
    pub(super) keys: Vec<&'static str>,
    /// Which item of the first key, where only that one is meant.
    pub(super) index: Option<usize>,
    message: String,
    suggestion: Option<String>,
}

impl Conflict {
    fn new(keys: &[&'static str], message: impl Into<String>) -> Self {
        Self { keys: keys.to_vec(), index: None, message: message.into(), suggestion: None }
    }

    pub(super) fn at(self, place: Place) -> Fault {
        let key = self.keys.first().copied().unwrap_or_default();
        let item = self.index.map(|index| format!("[{index}]")).unwrap_or_default();
        Fault { suggestion: self.suggestion, ..Fault::value(format!("{key}{item}"), place, self.message) }
    }
}

pub(super) fn conflicts(config: &Config, known_checks: &[&str]) -> Vec<Conflict> {
    let mut conflicts = thresholds(config);
    conflicts.extend(checks("checks.only", &config.selection.only, known_checks));
    conflicts.extend(checks("checks.skip", &config.selection.skip, known_checks));
    conflicts.extend(formats(config));
    conflicts.extend(accounts(config));
    conflicts
}

fn thresholds(config: &Config) -> Vec<Conflict> {
    let pairs: [(Thresholds, [&'static str; 2]); 3] = [
        (
            config.checks.state_machine_quota,
            ["checks.state-machine-quota.warning", "checks.state-machine-quota.critical"],
        ),
        (
            config.checks.open_execution_quota,
            ["checks.open-execution-quota.warning", "checks.open-execution-quota.critical"],
        ),
        (config.checks.open_map_run_quota, ["checks.open-map-run-quota.warning", "checks.open-map-run-quota.critical"]),
    ];
    let reversed = pairs.iter().filter(|(Thresholds { warning, critical }, _)| warning >= critical);
    let conflict = |(Thresholds { warning, critical }, keys): &(Thresholds, [&'static str; 2])| {
        Conflict::new(keys, format!("expected less than critical ({critical}), got {warning}"))
    };
    reversed.map(conflict).collect()
}

fn checks(key: &'static str, named: &[String], known: &[&str]) -> Vec<Conflict> {
    let unknown = named.iter().enumerate().filter(|(_, id)| !known.contains(&id.as_str()));
    let conflict = |(index, id): (usize, &String)| {
        let hint = did_you_mean(id, known.iter().copied());
        Conflict {
            index: Some(index),
            suggestion: hint.or_else(|| Some("`stepwarden checks` lists them".to_owned())),
            ..Conflict::new(&[key], format!("there is no check {id:?}"))
        }
    };
    unknown.map(conflict).collect()
}

fn formats(config: &Config) -> Option<Conflict> {
    let export = &config.export;
    if export.formats.is_empty() {
        return Some(Conflict::new(&["report.formats"], "expected at least one of terminal, json, prometheus"));
    }
    let piped = export.formats.iter().filter(|format| **format != Format::Terminal).count();
    (piped > 1 && export.output_dir.is_none()).then(|| Conflict {
        suggestion: Some("set report.output_dir".to_owned()),
        ..Conflict::new(&["report.formats", "report.output_dir"], "json and prometheus cannot share standard output")
    })
}

/// One account read through two roles would be counted twice.
fn accounts(config: &Config) -> Vec<Conflict> {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    let mut conflicts = Vec::new();
    for (index, source) in config.collect.accounts.iter().enumerate() {
        let account = source.role_arn.account();
        if let Some(before) = first.get(account) {
            let message = format!("account {account} is that of accounts[{before}], too");
            conflicts.push(Conflict { index: Some(index), ..Conflict::new(&["accounts"], message) });
        } else {
            first.insert(account, index);
        }
    }
    conflicts
}
