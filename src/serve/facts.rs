//! What the collectors have found, each at its own time.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::collect::Collection;
use crate::config::{Group, Schedule};
use crate::model::{CollectorRun, PartName, Snapshot};
use crate::types::{AccountId, Gap, GapReason, Region};

type Place = (AccountId, Region);

/// By account and Region.
#[derive(Debug, Default)]
pub(super) struct Facts {
    snapshots: BTreeMap<Place, Snapshot>,
    runs: BTreeMap<(Place, &'static str), CollectorRun>,
}

/// Beside two intervals, what a tick may take before its facts count as missed.
const GRACE: SignedDuration = SignedDuration::from_secs(30);

impl Facts {
    /// What a tick begins with.
    pub(super) fn snapshots(&self) -> Vec<Snapshot> {
        self.snapshots.values().cloned().collect()
    }

    pub(super) fn runs(&self) -> Vec<CollectorRun> {
        self.runs.values().cloned().collect()
    }

    /// Takes what a tick collected, and nothing else of its snapshots: other ticks may have gone on meanwhile.
    pub(super) fn take(&mut self, collection: &Collection, group: Group) {
        let entered: BTreeSet<_> = collection.snapshots.iter().map(|snapshot| &snapshot.account_id).collect();
        let there: BTreeSet<_> = collection.snapshots.iter().map(place).collect();
        if group == Group::Inventory && collection.complete {
            let gone = |place: &Place| entered.contains(&place.0) && !there.contains(place);
            self.snapshots.retain(|place, _| !gone(place));
            self.runs.retain(|(place, _), _| !gone(place));
        }
        for run in &collection.runs {
            let place = (run.account_id.clone(), run.region.clone());
            let part = PartName::ALL.iter().find(|part| part.as_str() == run.collector);
            let found = collection.snapshots.iter().find(|snapshot| self::place(snapshot) == place);
            if let (Some(part), Some(found)) = (part, found) {
                let begin = || Snapshot::new(place.0.clone(), place.1.clone());
                self.snapshots.entry(place.clone()).or_insert_with(begin).copy(found, *part);
            }
            let known = self.runs.get(&(place.clone(), run.collector));
            let succeeded_before = known.and_then(CollectorRun::last_success);
            self.runs.insert((place, run.collector), CollectorRun { succeeded_before, ..run.clone() });
        }
    }

    /// The snapshots as they are to be judged now: what missed two ticks is no longer known.
    pub(super) fn aged(&self, now: Timestamp, schedule: &Schedule) -> Vec<Snapshot> {
        let mut snapshots = self.snapshots();
        for snapshot in &mut snapshots {
            let ages: Vec<_> = snapshot.ages().iter().map(|(part, at, _)| (*part, *at)).collect();
            for (part, observed_at) in ages {
                let group = Group::of(part);
                let age = now.duration_since(observed_at);
                if age > schedule.plan(group).interval(observed_at) * 2 + GRACE {
                    let detail = format!(
                        "{} was last collected {} seconds ago: schedule.{} missed two ticks",
                        part.as_str(),
                        age.as_secs(),
                        group.as_str()
                    );
                    let gap = Gap {
                        account_id: Some(snapshot.account_id.clone()),
                        region: Some(snapshot.region.clone()),
                        ..Gap::new(GapReason::Stale, detail)
                    };
                    snapshot.put(observed_at, part.missing(gap));
                }
            }
        }
        snapshots
    }
}

fn place(snapshot: &Snapshot) -> Place {
    (snapshot.account_id.clone(), snapshot.region.clone())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::{SignedDuration, Timestamp};

    use super::Facts;
    use crate::collect::Collection;
    use crate::config::{Group, Schedule};
    use crate::model::{CollectorRun, PartName, PartValue, Snapshot, StateMachines, Tags};
    use crate::types::{AccountId, Gap, GapReason, Observed, Region};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn collected(region: &str, second: i64, parts: Vec<PartValue>) -> Collection {
        let (account_id, region) = (AccountId::parse("123456789012").unwrap(), Region::parse(region).unwrap());
        let mut snapshot = Snapshot::new(account_id.clone(), region.clone());
        let run = |part: &PartValue| CollectorRun {
            account_id: account_id.clone(),
            region: region.clone(),
            collector: part.name().as_str(),
            duration_seconds: None,
            observed_at: at(second),
            gap: part.gap().cloned(),
            succeeded_before: None,
        };
        let runs = parts.iter().map(run).collect();
        for part in parts {
            snapshot.put(at(second), part);
        }
        Collection { snapshots: vec![snapshot], runs, complete: true }
    }

    fn machines() -> PartValue {
        PartValue::StateMachines(Observed::known(StateMachines::default()))
    }

    #[test]
    fn each_tick_brings_its_own_and_leaves_the_rest() {
        let mut facts = Facts::default();
        facts.take(
            &collected("eu-west-1", 100, vec![machines(), PartValue::Tags(Observed::known(Tags::new()))]),
            Group::Inventory,
        );
        let running = PartValue::Running(Observed::known(BTreeMap::default()));
        facts.take(&collected("eu-west-1", 200, vec![running]), Group::Executions);
        let ages: Vec<_> = facts.snapshots()[0].ages().iter().map(|(part, at, _)| (*part, at.as_second())).collect();
        assert_eq!(ages, [(PartName::StateMachines, 100), (PartName::Tags, 100), (PartName::Running, 200)]);
        assert_eq!(facts.runs().len(), 3);
    }

    #[test]
    fn a_collector_that_fails_knows_when_it_last_did_not() {
        let mut facts = Facts::default();
        let gap = || PartName::StateMachines.missing(Gap::new(GapReason::Denied, "no".to_owned()));
        facts.take(&collected("eu-west-1", 100, vec![gap()]), Group::Inventory);
        assert_eq!(facts.runs()[0].last_success(), None);
        facts.take(&collected("eu-west-1", 200, vec![machines()]), Group::Inventory);
        for second in [300, 400] {
            facts.take(&collected("eu-west-1", second, vec![gap()]), Group::Inventory);
            assert_eq!(facts.runs()[0].last_success(), Some(at(200)));
        }
    }

    #[test]
    fn a_region_that_is_no_longer_audited_is_forgotten() {
        let mut facts = Facts::default();
        facts.take(&collected("us-east-1", 100, vec![machines()]), Group::Inventory);
        facts.take(&collected("eu-west-1", 200, vec![machines()]), Group::Inventory);
        assert_eq!((facts.snapshots().len(), facts.runs().len()), (1, 1));
        assert_eq!(facts.snapshots()[0].region.as_str(), "eu-west-1");
    }

    #[test]
    fn what_missed_two_ticks_is_stale() {
        let mut facts = Facts::default();
        facts.take(&collected("eu-west-1", 0, vec![machines()]), Group::Inventory);
        let schedule = Schedule::default();
        let hours = |hours| at(0) + SignedDuration::from_hours(hours);
        assert!(facts.aged(hours(2), &schedule)[0].state_machines().whole().is_ok());
        let aged = facts.aged(hours(3), &schedule);
        let Observed::Stale { gap, .. } = aged[0].state_machines() else { panic!("it is old") };
        assert!(gap.detail.contains("schedule.inventory"), "{gap}");
        assert_eq!(aged[0].ages()[0].1, at(0), "its age stays");
    }
}
