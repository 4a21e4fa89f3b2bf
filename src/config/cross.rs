//! Settings that are fine alone and wrong together.

use std::collections::BTreeSet;

use super::faults::{Fault, Place, did_you_mean};
use super::{Config, KEYS, Known};
use crate::detect::{Kind, SettingsError, SettingsFault};
use crate::export::settings::Format;
use crate::finding::settings::Thresholds;

/// A disagreement.
pub(super) struct Conflict {
    /// The settings that disagree; the message is about the first.
    pub(super) keys: Vec<&'static str>,
    /// Which item of the first key, where only that one is meant.
    pub(super) item: Option<Item>,
    message: String,
    suggestion: Option<String>,
}

/// A part of a setting.
pub(super) enum Item {
    Index(usize),
    Name(String),
}

impl Conflict {
    fn new(keys: &[&'static str], message: impl Into<String>) -> Self {
        Self { keys: keys.to_vec(), item: None, message: message.into(), suggestion: None }
    }

    pub(super) fn at(self, place: Place) -> Fault {
        let key = self.keys.first().copied().unwrap_or_default();
        let item = match self.item {
            None => String::new(),
            Some(Item::Index(index)) => format!("[{index}]"),
            Some(Item::Name(name)) => format!(".{name:?}"),
        };
        Fault { suggestion: self.suggestion, ..Fault::value(format!("{key}{item}"), place, self.message) }
    }
}

pub(super) fn conflicts(config: &Config, known: &Known) -> Vec<Conflict> {
    let mut conflicts = rates(config, &known.apis);
    conflicts.extend(thresholds(config));
    let mut unknown = checks("checks.only", &config.selection.only, &known.checks);
    unknown.extend(checks("checks.skip", &config.selection.skip, &known.checks));
    let named = unknown.len();
    unknown.extend(suppressed(config, &known.checks));
    if named == 0 {
        conflicts.extend(no_check(config, &known.checks));
    }
    conflicts.extend(unknown);
    conflicts.extend(formats(config));
    conflicts.extend(accounts(config));
    conflicts.extend(config.detect.faults().iter().map(detection));
    conflicts
}

fn rates(config: &Config, known: &[&str]) -> Vec<Conflict> {
    let unknown = config.aws.budget.rates.keys().filter(|api| !known.contains(&api.as_str()));
    let conflict = |api: &String| {
        let hint = did_you_mean(api, known.iter().copied());
        Conflict {
            item: Some(Item::Name(api.clone())),
            suggestion: hint.or_else(|| Some("it calls APIs like states:DescribeStateMachine".to_owned())),
            ..Conflict::new(&["budget.rates"], "stepwarden does not call this API")
        }
    };
    unknown.map(conflict).collect()
}

fn no_check(config: &Config, known: &[&str]) -> Option<Conflict> {
    let none = !known.iter().any(|id| config.selection.selects(id));
    let keys =
        if config.selection.only.is_empty() { ["checks.skip", "checks.only"] } else { ["checks.only", "checks.skip"] };
    none.then(|| Conflict::new(&keys, "no check is left to run: all that are selected are skipped"))
}

fn thresholds(config: &Config) -> Vec<Conflict> {
    let key = |check: &str, level: &str| {
        let path = format!("checks.{check}.{level}");
        KEYS.iter().map(|key| key.path).find(|known| *known == path)
    };
    let reversed = config.checks.thresholds.iter().filter(|(_, Thresholds { warning, critical })| warning >= critical);
    let conflict = |(check, Thresholds { warning, critical }): (&&str, &Thresholds)| {
        let keys: Vec<_> = ["warning", "critical"].iter().filter_map(|level| key(check, level)).collect();
        Conflict::new(&keys, format!("expected less than critical ({critical}), got {warning}"))
    };
    reversed.map(conflict).collect()
}

fn checks(key: &'static str, named: &[String], known: &[&str]) -> Vec<Conflict> {
    let unknown = named.iter().enumerate().filter(|(_, id)| !known.contains(&id.as_str()));
    let conflict = |(index, id): (usize, &String)| {
        let hint = did_you_mean(id, known.iter().copied());
        Conflict {
            item: Some(Item::Index(index)),
            suggestion: hint.or_else(|| Some("`stepwarden checks` lists them".to_owned())),
            ..Conflict::new(&[key], format!("there is no check {id:?}"))
        }
    };
    unknown.map(conflict).collect()
}

/// A suppression of a check that there is not would hide nothing, and seem to.
fn suppressed(config: &Config, known: &[&str]) -> Vec<Conflict> {
    let rules = config.accepted.suppressions.iter().enumerate();
    let conflicts = rules.flat_map(|(index, rule)| {
        let conflicts = checks("suppressions", &rule.checks, known).into_iter();
        conflicts.map(move |conflict| Conflict { item: Some(Item::Index(index)), ..conflict })
    });
    conflicts.collect()
}

fn formats(config: &Config) -> Option<Conflict> {
    let export = &config.export;
    if export.formats.is_empty() {
        return Some(Conflict::new(&["report.formats"], format!("expected at least one of {}", Format::listed())));
    }
    let piped = export.formats.iter().filter(|format| **format != Format::Terminal).count() + usize::from(export.emf);
    // With a directory, the embedded metric format has standard output to itself.
    (piped > 1 && export.output_dir.is_none()).then(|| Conflict {
        suggestion: Some("set report.output_dir, or --output-dir".to_owned()),
        ..Conflict::new(
            &["report.formats", "report.output_dir"],
            "formats other than terminal, and metrics.emf, cannot share standard output",
        )
    })
}

fn detection(error: &SettingsError) -> Conflict {
    let key = match error.setting {
        "detectors" => "detect.detectors",
        "allow" => "detect.allow",
        _ => "detect.disabled_types",
    };
    let suggestion = match &error.fault {
        SettingsFault::Type(name) => did_you_mean(&name.to_ascii_uppercase(), Kind::all().iter().map(|kind| kind.id)),
        _ => None,
    };
    let conflict = Conflict::new(&[key], error.fault.to_string());
    Conflict { item: Some(Item::Index(error.index)), suggestion, ..conflict }
}

/// One account read through two roles would be counted twice.
fn accounts(config: &Config) -> Vec<Conflict> {
    let mut seen = BTreeSet::new();
    let mut conflicts = Vec::new();
    for (index, source) in config.collect.accounts.iter().enumerate() {
        let account = source.role_arn.account();
        if !seen.insert(account) {
            let message = format!("account {account} is named twice: one role for each account");
            conflicts.push(Conflict { item: Some(Item::Index(index)), ..Conflict::new(&["accounts"], message) });
        }
    }
    conflicts
}
