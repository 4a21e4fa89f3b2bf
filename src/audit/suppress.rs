//! The one place that hides, and counts what it hid.
//!
//! A suppression takes effect before one finding is folded into another: a finding that is accepted speaks for no other. A
//! baseline takes effect after it, as the report did that it was made from.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::report::{Coverage, Finding, Status, Suppression, SuppressionUse};
use super::settings::{Baseline, SuppressionSettings};
use crate::finding::action_of;
use crate::iam::glob_matches;
use crate::model::TagSet;
use crate::types::{Arn, Region};

/// What is accepted, and what of it was found.
pub(super) struct Suppressor<'a> {
    rules: Vec<Rule<'a>>,
    tags: HashMap<&'a Arn, &'a TagSet>,
}

struct Rule<'a> {
    settings: &'a SuppressionSettings,
    expired: bool,
    /// Ids of the findings that it selects.
    selected: BTreeSet<String>,
}

impl<'a> Suppressor<'a> {
    pub(super) fn new(rules: &'a [SuppressionSettings], tags: HashMap<&'a Arn, &'a TagSet>, as_of: Timestamp) -> Self {
        let today = as_of.to_zoned(TimeZone::UTC).date();
        let rule = |settings: &'a SuppressionSettings| Rule {
            settings,
            expired: settings.suppression.expires.is_some_and(|day: Date| day <= today),
            selected: BTreeSet::new(),
        };
        Self { rules: rules.iter().map(rule).collect(), tags }
    }

    /// Marks the finding where it is accepted. What could not be judged never is: nobody knows yet what there is to
    /// accept.
    pub(super) fn judge(&mut self, finding: &mut Finding, about: &BTreeSet<String>) {
        if finding.status != Status::NonCompliant || self.rules.is_empty() {
            return;
        }
        let actions: BTreeSet<_> = about.iter().filter_map(|key| action_of(key)).collect();
        let mut accepted = None;
        for rule in &mut self.rules {
            if selects(rule.settings, finding, &actions, &self.tags) {
                rule.selected.insert(finding.id.clone());
                if !rule.expired {
                    accepted.get_or_insert(&rule.settings.suppression);
                }
            }
        }
        if let Some(suppression) = accepted {
            hide(finding, suppression);
        }
    }

    /// What became of each suppression. One that selects nothing is called unused only where all that it may speak
    /// about was looked at.
    pub(super) fn uses(self, findings: &[Finding], coverage: &[Coverage], whole: bool) -> Vec<SuppressionUse> {
        let status: BTreeMap<_, _> = findings.iter().map(|finding| (finding.id.as_str(), finding.status)).collect();
        let told = |rule: Rule<'_>| {
            let told = if rule.expired { Status::NonCompliant } else { Status::Suppressed };
            let counts = |id: &&String| status.get(id.as_str()) == Some(&told);
            SuppressionUse {
                suppression: rule.settings.suppression.clone(),
                selects: rule.settings.to_string(),
                expired: rule.expired,
                findings: rule.selected.iter().filter(counts).count(),
                unused: rule.selected.is_empty() && whole && looked_at(rule.settings, coverage),
            }
        };
        self.rules.into_iter().map(told).collect()
    }
}

fn hide(finding: &mut Finding, suppression: &Suppression) {
    finding.status = Status::Suppressed;
    finding.suppression = Some(suppression.clone());
}

/// Every selector that is given has to match, each by one of its values.
fn selects(
    rule: &SuppressionSettings,
    finding: &Finding,
    actions: &BTreeSet<&str>,
    tags: &HashMap<&Arn, &TagSet>,
) -> bool {
    let location = &finding.location;
    let pointer = location.pointer.as_ref().map(ToString::to_string);
    let named = |list: &[String], value: &str| list.is_empty() || list.iter().any(|one| one == value);
    let like = |list: &[String], value: Option<&str>| list.is_empty() || value.is_some_and(|value| any_of(list, value));
    named(&rule.checks, finding.check)
        && named(&rule.accounts, finding.account_id.as_str())
        && named(&rule.regions, finding.region.as_str())
        && like(&rule.resources, Some(finding.resource.as_str()))
        && like(&rule.states, location.state.as_deref())
        && like(&rule.pointers, pointer.as_deref())
        && like(&rule.statements, location.statement.as_deref())
        && (rule.actions.is_empty() || all_actions(&rule.actions, actions))
        && (rule.tags.is_empty() || all_tagged(&rule.tags, finding, tags))
}

fn any_of(patterns: &[String], value: &str) -> bool {
    patterns.iter().any(|pattern| glob_matches(pattern, value, false))
}

/// A finding of several actions is accepted only where each of them is.
fn all_actions(patterns: &[String], actions: &BTreeSet<&str>) -> bool {
    let named = |action: &&str| patterns.iter().any(|pattern| glob_matches(pattern, action, true));
    !actions.is_empty() && actions.iter().all(named)
}

/// What several machines share is accepted only where each of them bears the tag.
fn all_tagged(wanted: &[String], finding: &Finding, tags: &HashMap<&Arn, &TagSet>) -> bool {
    let bears = |machine: &Arn| tags.get(machine).is_some_and(|set| wanted.iter().any(|tag| has_tag(set, tag)));
    // An activity has tags of its own.
    bears(&finding.resource) || (!finding.machines.is_empty() && finding.machines.iter().all(bears))
}

/// `key` or `key=value`, both patterns.
fn has_tag(set: &TagSet, wanted: &str) -> bool {
    let (key, value) = wanted.split_once('=').unwrap_or((wanted, "*"));
    set.tags.iter().any(|(name, text)| glob_matches(key, name.get(), false) && glob_matches(value, text.get(), false))
}

/// Whether the checks ran where the suppression speaks, and lacked nothing there.
fn looked_at(rule: &SuppressionSettings, coverage: &[Coverage]) -> bool {
    let named = |list: &[String], value: &str| list.is_empty() || list.iter().any(|one| one == value);
    let here: Vec<_> = coverage
        .iter()
        .filter(|line| named(&rule.checks, line.check))
        .filter(|line| named(&rule.accounts, line.account_id.as_str()))
        .filter(|line| line.region.as_str() == Region::GLOBAL || named(&rule.regions, line.region.as_str()))
        .collect();
    let ran = |check: &String| here.iter().any(|line| line.check == check);
    !here.is_empty() && rule.checks.iter().all(ran) && here.iter().all(|line| line.insufficient == 0)
}

impl Baseline {
    /// Marks what is known, unless it got worse since.
    pub(super) fn accept(&self, findings: &mut [Finding]) {
        for finding in findings.iter_mut().filter(|finding| finding.status == Status::NonCompliant) {
            if self.known.get(&finding.id).is_some_and(|known| finding.severity <= *known) {
                hide(finding, &self.suppression);
            }
        }
    }
}
