use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::report::{ChangeSince, Finding, Report, Resolved, Status, TrendPoint};
use crate::finding::Severity;
use crate::types::Region;

/// What was closed, and how an account stood, is remembered for a good year.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(400 * 24);
/// Of so long every scan has its point.
const BY_SCAN: SignedDuration = SignedDuration::from_hours(3 * 24);

/// What the store remembers from one report to the next.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct LastState {
    /// By finding id.
    pub findings: BTreeMap<String, Seen>,
    /// The Regions that were ever scanned, by account: what a role is used for shows in all of them.
    #[serde(default)]
    pub regions: BTreeMap<String, BTreeSet<String>>,
    /// How the accounts stood after each whole scan, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trend: Vec<TrendPoint>,
}

/// One finding over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub check: String,
    pub account_id: String,
    pub region: String,
    pub resource: String,
    pub first_seen: Timestamp,
    pub last_seen: Timestamp,
    pub open: bool,
    /// As it was last told; unknown of what an earlier version remembered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// It says that something could not be judged.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub insufficient: bool,
}

impl LastState {
    /// Dates the report's findings by what is remembered, and remembers them.
    ///
    /// A finding that is no longer there is closed only where its check reached a verdict on its resource, or had all
    /// it needed wherever the resource could be: what was not looked at, or not read, is not resolved. What another report
    /// saw later than this one stays as it says. The same report dated anew is dated the same.
    pub fn date(&mut self, report: &mut Report) {
        for inventory in &report.inventory {
            let known = self.regions.entry(inventory.account_id.to_string()).or_default();
            known.insert(inventory.region.to_string());
        }
        let mut present = BTreeSet::new();
        for finding in &mut report.findings {
            present.insert(finding.id.clone());
            self.date_one(finding);
        }
        let looked = Looked::at(report, &self.regions);
        let mut resolved = Vec::new();
        for (id, seen) in &mut self.findings {
            let older = seen.last_seen <= report.as_of;
            if seen.open && older && !present.contains(id) && report.complete && looked.settles(report, seen) {
                seen.open = false;
                resolved.extend((!seen.insufficient).then(|| seen.resolved(id)));
            }
        }
        report.resolved = resolved;
        // Whoever looks for something that old has the reports.
        let remembered = |seen: &Seen| seen.open || report.as_of.duration_since(seen.last_seen) <= REMEMBERED;
        self.findings.retain(|_, seen| remembered(seen));
    }

    /// Adds how the accounts of a whole scan stand, and tells the report how they stood before.
    pub fn trace(&mut self, report: &mut Report) {
        let accounts = report.scores.iter().filter(|score| score.region.as_str() == Region::GLOBAL);
        for score in accounts.filter(|_| report.complete) {
            let own = report.of_status(Status::NonCompliant).filter(|finding| finding.account_id == score.account_id);
            let mut findings = BTreeMap::new();
            for finding in own {
                *findings.entry(finding.severity).or_default() += 1;
            }
            let account_id = score.account_id.to_string();
            self.trend.retain(|point| point.at != report.finished_at || point.account_id != account_id);
            self.trend.push(TrendPoint { account_id, at: report.finished_at, risk: score.risk, findings });
        }
        thin(&mut self.trend, report.finished_at);
        self.recount(report);
    }

    /// Tells the report how its accounts stood before, and adds nothing.
    pub fn recount(&self, report: &mut Report) {
        let here =
            |point: &&TrendPoint| report.scores.iter().any(|score| score.account_id.as_str() == point.account_id);
        report.trend = self.trend.iter().filter(here).cloned().collect();
    }

    fn date_one(&mut self, finding: &mut Finding) {
        let Some(seen) = self.findings.get_mut(&finding.id) else {
            finding.since_last = ChangeSince::New;
            self.findings.insert(finding.id.clone(), Seen::first(finding));
            return;
        };
        finding.since_last = if seen.open { ChangeSince::Unchanged } else { ChangeSince::Reopened };
        finding.first_seen = seen.first_seen;
        if seen.last_seen <= finding.last_seen {
            *seen = Seen { first_seen: seen.first_seen, ..Seen::first(finding) };
        }
    }
}

impl Seen {
    fn first(finding: &Finding) -> Self {
        Self {
            check: finding.check.to_owned(),
            account_id: finding.account_id.to_string(),
            region: finding.region.to_string(),
            resource: finding.resource.to_string(),
            first_seen: finding.first_seen,
            last_seen: finding.last_seen,
            open: true,
            severity: Some(finding.severity),
            insufficient: finding.status == Status::InsufficientData,
        }
    }

    fn resolved(&self, id: &str) -> Resolved {
        Resolved {
            id: id.to_owned(),
            check: self.check.clone(),
            severity: self.severity,
            account_id: self.account_id.clone(),
            region: self.region.clone(),
            resource: self.resource.clone(),
            first_seen: self.first_seen,
            last_seen: self.last_seen,
        }
    }
}

/// Keeps every point of the last days, then the last of each account and day.
fn thin(trend: &mut Vec<TrendPoint>, now: Timestamp) {
    trend.retain(|point| now.duration_since(point.at) <= REMEMBERED);
    trend.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.account_id.cmp(&b.account_id)));
    let mut later = BTreeSet::new();
    let mut kept: Vec<_> = std::mem::take(trend);
    kept.reverse();
    kept.retain(|point| {
        let day = (point.account_id.clone(), point.at.as_second().div_euclid(86_400));
        later.insert(day) || now.duration_since(point.at) <= BY_SCAN
    });
    kept.reverse();
    *trend = kept;
}

/// Where checks had all that they needed.
struct Looked {
    /// Account and Region whose machine list was read whole.
    whole: BTreeSet<(String, String)>,
    /// Account and check that lacked data in some Region, and which.
    lacking: BTreeSet<(String, &'static str, String)>,
    /// Accounts of which every known Region was read whole.
    accounts: BTreeSet<String>,
}

impl Looked {
    fn at(report: &Report, known: &BTreeMap<String, BTreeSet<String>>) -> Self {
        let place = |inventory: &super::Inventory| (inventory.account_id.to_string(), inventory.region.to_string());
        let whole: BTreeSet<_> = report.inventory.iter().filter(|inventory| inventory.complete).map(place).collect();
        let lacking = report.coverage.iter().filter(|line| line.insufficient > 0);
        let lacking = lacking.map(|line| (line.account_id.to_string(), line.check, line.region.to_string())).collect();
        let everywhere = |(account, regions): &(&String, &BTreeSet<String>)| {
            regions.iter().all(|region| whole.contains(&((*account).clone(), region.clone())))
        };
        let accounts = known.iter().filter(everywhere).map(|(account, _)| account.clone()).collect();
        Self { whole, lacking, accounts }
    }

    fn settles(&self, report: &Report, seen: &Seen) -> bool {
        if !report.judged.has_run(&seen.check) {
            return false;
        }
        let lacked = |region: Option<&str>| {
            self.lacking.iter().any(|(account, check, place)| {
                *account == seen.account_id && *check == seen.check && region.is_none_or(|region| region == place)
            })
        };
        let judged = report.judged.resource(&seen.check, &seen.resource);
        match seen.region.as_str() {
            // A verdict over fewer Regions than before may only be what was left out.
            Region::GLOBAL => self.accounts.contains(&seen.account_id) && (judged || !lacked(None)),
            region => {
                judged || (self.whole.contains(&(seen.account_id.clone(), region.to_owned())) && !lacked(Some(region)))
            }
        }
    }
}
