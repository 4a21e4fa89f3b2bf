use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::report::{ChangeSince, Report, Status};

/// What the store remembers of findings from one report to the next.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LastState {
    pub findings: BTreeMap<String, Seen>,
}

/// One finding over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub check: String,
    pub account_id: String,
    pub region: String,
    pub first_seen: Timestamp,
    pub last_seen: Timestamp,
    pub open: bool,
}

impl LastState {
    /// Dates the report's findings by what is remembered, and remembers them.
    ///
    /// A finding that is no longer there is closed only where its check had all it needed in that account and Region:
    /// what could not be read is not resolved.
    pub fn date(&mut self, report: &mut Report) {
        let mut present = BTreeSet::new();
        let mut unread = BTreeSet::new();
        for finding in &mut report.findings {
            present.insert(finding.id.clone());
            if finding.status == Status::InsufficientData {
                unread.insert((finding.check.to_owned(), finding.account_id.to_string(), finding.region.to_string()));
            }
            let seen = self.findings.entry(finding.id.clone());
            finding.since_last = match &seen {
                std::collections::btree_map::Entry::Vacant(_) => ChangeSince::New,
                std::collections::btree_map::Entry::Occupied(seen) if seen.get().open => ChangeSince::Unchanged,
                std::collections::btree_map::Entry::Occupied(_) => ChangeSince::Reopened,
            };
            let seen = seen.or_insert_with(|| Seen {
                check: finding.check.to_owned(),
                account_id: finding.account_id.to_string(),
                region: finding.region.to_string(),
                first_seen: finding.first_seen,
                last_seen: finding.last_seen,
                open: true,
            });
            (seen.last_seen, seen.open) = (finding.last_seen, true);
            finding.first_seen = seen.first_seen;
        }
        let scanned: BTreeSet<_> =
            report.coverage.iter().map(|line| (line.account_id.to_string(), line.region.to_string())).collect();
        for (id, seen) in &mut self.findings {
            let place = (seen.account_id.clone(), seen.region.clone());
            let readable = !unread.contains(&(seen.check.clone(), seen.account_id.clone(), seen.region.clone()));
            if !present.contains(id) && report.complete && readable && scanned.contains(&place) {
                seen.open = false;
            }
        }
    }
}
