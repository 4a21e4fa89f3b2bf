use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::report::{ChangeSince, Finding, Report};
use crate::types::Region;

/// What the store remembers from one report to the next.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LastState {
    /// By finding id.
    pub findings: BTreeMap<String, Seen>,
    /// The Regions that were ever scanned, by account: what a role is used for shows in all of them.
    #[serde(default)]
    pub regions: BTreeMap<String, BTreeSet<String>>,
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
}

impl LastState {
    /// Dates the report's findings by what is remembered, and remembers them.
    ///
    /// A finding that is no longer there is closed only where its check reached a verdict on its resource, or had all
    /// it needed wherever the resource could be: what was not looked at, or not read, is not resolved.
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
        for (id, seen) in &mut self.findings {
            if seen.open && !present.contains(id) && report.complete && looked.settles(report, seen) {
                seen.open = false;
            }
        }
    }

    fn date_one(&mut self, finding: &mut Finding) {
        let Some(seen) = self.findings.get_mut(&finding.id) else {
            finding.since_last = ChangeSince::New;
            self.findings.insert(finding.id.clone(), Seen::first(finding));
            return;
        };
        finding.since_last = if seen.open { ChangeSince::Unchanged } else { ChangeSince::Reopened };
        finding.first_seen = seen.first_seen;
        (seen.last_seen, seen.open) = (finding.last_seen, true);
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
        }
    }
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
