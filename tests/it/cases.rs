//! Check cases as data: `tests/cases/<check-id>.json` is a list of
//!
//! ```json
//! {"name": "what is shown", "expect": EXPECT, "account": ACCOUNT}
//! ```
//!
//! EXPECT is `"compliant"`, `"non_compliant"` or `"insufficient_data"` (the check says that, and nothing else, at least
//! once), `"nothing"` (it does not apply), or the list of all that it says, in any order: objects with `outcome` and, as
//! far as it matters, `resource` (an ARN or its end), `region`, `severity`, `confidence`, `statement`, `state`,
//! `machines` (names), `reason` (of a gap), `message`, `evidence` and `change` (texts that must be in them; a list for
//! several).
//!
//! ACCOUNT is 123456789012, expanded through the door and the parsers that a collection uses. Every field is optional:
//!
//! ```json
//! {
//!   "machines": [{
//!     "name": "orders", "kind": "standard", "region": "eu-west-1",
//!     "role": "name or ARN; the machine's name if absent",
//!     "logging": {"level": "ALL", "group": "log group name", "data": false},
//!     "tracing": false, "key": "KMS key, or ? for one of an unknown kind", "definition": {"StartAt": "…", "States": {}},
//!     "bytes": "of the definition, where it is to be larger than it is here",
//!     "tags": {"owner": "sales"}, "description": "takes orders",
//!     "status": "ACTIVE; null for none", "created": "2025-01-01T00:00:00Z",
//!     "published": {"versions": [{"number": 3, "created": "2025-12-01T00:00:00Z", "definition": {}, "gap": "instead of these two",
//!         "settings": {"role": "name or ARN", "logging": "ALL", "group": "log group name", "data": false, "tracing": false, "key": "…"}}],
//!       "aliases": {"live": {"3": 100}}, "updated": {"live": "2025-12-02T00:00:00Z"}, "aliases_gap": "as machines_gap", "gap": "as machines_gap"},
//!     "data": {
//!       "source": "history", "executions": 10, "listed": 10, "listed_whole": true, "bytes": 1000, "new": 10,
//!       "sightings": [{
//!         "type": "EMAIL", "data": "pii; that of the type if absent", "state": "Charge; absent: the execution as a whole",
//!         "field": "input", "pointer": "/customer/email", "executions": 1, "count": 1, "length": 16, "confidence": 95,
//!         "keyed_hash": "0123456789abcdef", "first": "2025-12-22T00:00:00Z", "last": "2025-12-31T00:00:00Z"
//!       }],
//!       "more": false, "shields": {"encrypted": 3}, "gap": "as machines_gap",
//!       "largest": [{"place": {"state": "Charge", "field": "output"}, "bytes": 260000, "at": "2025-12-31T00:00:00Z"}]
//!     },
//!     "running": {
//!       "count": 3, "oldest": "2025-12-31T00:00:00Z", "newest": "2025-12-31T23:00:00Z", "over_days": {"1": 2},
//!       "closed": {"count": 100, "median": 60, "p95": 90, "max": 100}, "closed_gap": "why those were not read",
//!       "histories": {"asked": 3, "longest": {"events": 24000, "started_at": "…"}}, "histories_gap": "as machines_gap",
//!       "map_runs": [{"label": "Each", "started_at": "…", "counts": {"total": 10, "pending": 10}, "gap": "…"}],
//!       "map_runs_gap": "as machines_gap", "gap": "as machines_gap"
//!     },
//!     "gap": "why DescribeStateMachine failed"
//!   }],
//!   "activities": {"name": {"key": "as a machine's", "tags": {"owner": "sales"}, "gap": "why DescribeActivity failed"}},
//!   "activities_gap": "as machines_gap",
//!   "machines_gap": "why the list is missing; partial and stale keep what is above",
//!   "tags_gap": "as machines_gap", "executions_gap": "as machines_gap", "versions_gap": "as machines_gap",
//!   "running_gap": "as machines_gap",
//!   "roles": {"name": [STATEMENT], "other": {"inline": {"p": POLICY}, "attached": ["m"], "boundary": "b", "trust": [STATEMENT]}},
//!   "policies": {"name or ARN of a managed policy": POLICY}, "iam_gap": "as machines_gap",
//!   "last_accessed": {"role": {"reported_at": "2026-01-01T00:00:00Z", "services": {"s3": {"last": "…", "actions": {"GetObject": null}}}}},
//!   "log_groups": {"name": {"retention_days": 30, "kms_key_id": "…", "class": "STANDARD", "masked": ["EmailAddress"]}, "gone": null, "shut": "gap"},
//!   "subscriptions": {"log group": [{"name": "s", "to": "ARN", "filters": false}], "shut": "gap"},
//!   "subscription_policies": [{"name": "s", "to": "ARN", "all_but": ["g"]}], "subscriptions_gap": "as machines_gap",
//!   "log_groups_gap": "as machines_gap", "data_protection_gap": "as machines_gap",
//!   "result_buckets": {"name": {"algorithm": "aws:kms", "key": "…", "block": true, "public": false,
//!     "expiry": [{"prefix": "", "days": 30}]}, "gone": null, "shut": "gap"}, "result_buckets_gap": "as machines_gap",
//!   "tables": {"name": {"key": "…", "recovery": true, "expires": true}, "gone": null, "shut": "gap"}, "tables_gap": "…",
//!   "users": {"name": as a role, with "groups": ["name"]}, "groups": {"name": as a role},
//!   "keys": {"as named": {"policy": [STATEMENT], "state": "Enabled", "manager": "CUSTOMER", "arn": "of an alias's key",
//!     "grants": [{"grantee": "ARN", "operations": ["Decrypt"], "source_arn": "ARN", "context_equals": {}}]},
//!     "gone": null, "shut": "gap"}, "keys_gap": "as machines_gap",
//!   "event_rules": {"name": {"state": "enabled", "pattern": {}, "targets": [{"arn": "ARN", "role": "ARN", "data": true}]}},
//!   "event_rules_gap": "as machines_gap",
//!   "alarms": {"name": {"watches": [{"metric": "failed", "of": "machine, all, some or nothing"}], "tells": "yes"}},
//!   "alarms_gap": "as machines_gap",
//!   "xray": {"encryption": "KMS", "key": "as named", "destination": "CloudWatchLogs"}, "xray_gap": "as machines_gap",
//!   "function_policies": {"name or ARN of a function that a definition names": [STATEMENT], "shut": "gap"},
//!   "function_policies_gap": "as machines_gap",
//!   "functions": {"name or ARN of a function that a definition names": "its role", "gone": null, "shut": "gap"},
//!   "functions_gap": "as machines_gap",
//!   "holders": {"open_executions": {"most": [{"machine": "leak", "value": 2000, "at_least": true, "growth": 50}],
//!     "fastest": [], "source": "ListExecutions", "net": {"leak": 812000}}},
//!   "starts": {"machine": {"known_days": 14, "hourly": 3, "hours_ago": {"1": 500}, "five_minutes": 0.25, "last": [null, 50],
//!     "throttled": 0}}, "starts_others_at_most": 0, "starts_gap": "as machines_gap",
//!   "last_starts": {"machine": {"since": "2024-10-04T00:00:00Z", "last": "2025-12-24T00:00:00Z; absent: never"}},
//!   "last_starts_gap": "as machines_gap",
//!   "quotas": {"applied": {"quota name": 1}, "defaults": {}, "metrics": {"metric name": 1},
//!     "minutes": {"ThrottledEvents:StateTransition": [0, 12]},
//!     "counted": {"activities": 7}, "counted_at_least": {"activities": 1000}, "counted_gap": "why no list was counted",
//!     "highest": {"versions": {"machine": 950}},
//!     "history": {"metric name": [[days, value]: straight lines from -14 to 0]}, "hours_gap": "why only minutes are known",
//!     "remembered": {"quota": as history}},
//!   "quotas_gap": "as machines_gap", "metrics_gap": "why CloudWatch answered nothing", "applied_gap": "…"
//! }
//! ```
//!
//! Without `logging` a machine does not log. Without `roles` each role that a machine names exists and grants nothing;
//! with it, only those exist. Without `trust` Step Functions may assume a role, unguarded. A log group that is not listed
//! exists, with 30 days and no key. A key that is not listed exists, with the policy that AWS gives a new one, and a function
//! has no policy and a role that IAM does not know. What definitions name as buckets and tables exists and is right in what is not said; null is AWS's own key. A key's policy, its grants, a rule's targets, what is masked, and what is known of a bucket or
//! table may each be a gap's reason instead; so may X-Ray's encryption and destination, which are AWS's key and X-Ray itself
//! where nothing is said. The log group `aws/spans` is one of `log_groups` where spans go there. Without `data` ten
//! executions of a machine were read and held nothing; of an Express machine that logs no data there was nothing to read,
//! and what could not be described was not read. With `minutes`, oldest first, every metric of rates was answered whole.
//! Without `activities` these were not collected. Without `published` there are no versions and aliases. A machine without `tags` is not in the answer of the tagging call. Without `running`
//! a machine is in no list of what runs, and without any such machine or `running_gap` that part was not collected; of what
//! runs, what is not said was read and is nothing. `TOKEN_HERE` stands
//! for a token of GitHub, so that none is in the repository. Time is 2026-01-01T00:00:00Z.

mod account;
mod activities;
mod alarms;
mod around;
mod culprits;
mod data;
mod functions;
mod history;
mod quotas;
mod running;
mod stores;
mod subscriptions;
mod traces;
mod versions;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use stepwarden::checks::CHECKS;
use stepwarden::finding::{Change, Check, CheckSettings, Evaluation, Evaluations, Outcome, View};
use stepwarden::model::{Snapshot, SnapshotLine};
use stepwarden::types::{AccountId, Arn, Gap, GapReason, JsonPointer, Region};

use account::{Account, at};

const ACCOUNT: &str = "123456789012";
const REGION: &str = "eu-west-1";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    expect: Expect,
    account: Account,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Expect {
    All(Word),
    Each(Vec<Expected>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Compliant,
    NonCompliant,
    InsufficientData,
    Nothing,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    outcome: Word,
    resource: Option<String>,
    region: Option<String>,
    severity: Option<String>,
    confidence: Option<String>,
    statement: Option<String>,
    state: Option<String>,
    machines: Option<Vec<String>>,
    reason: Option<String>,
    #[serde(default)]
    message: Texts,
    #[serde(default)]
    evidence: Texts,
    #[serde(default)]
    change: Texts,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Many(Vec<String>),
}

impl Default for Texts {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl Texts {
    fn all_in(&self, text: &str) -> bool {
        match self {
            Self::One(one) => text.contains(one.as_str()),
            Self::Many(many) => many.iter().all(|one| text.contains(one.as_str())),
        }
    }
}

fn run(check: &Check, lines: impl IntoIterator<Item = SnapshotLine>) -> Vec<Evaluation> {
    let (snapshots, settings) = (Snapshot::assemble(lines), CheckSettings::default());
    let mut out = Evaluations::default();
    (check.run)(&View::new(&snapshots, &settings), &mut out);
    out.into_items()
}

fn word(evaluation: &Evaluation) -> Word {
    match evaluation.outcome {
        Outcome::Compliant => Word::Compliant,
        Outcome::NonCompliant(_) => Word::NonCompliant,
        Outcome::InsufficientData(_) => Word::InsufficientData,
    }
}

fn rendered(change: Option<&Change>) -> String {
    match change {
        None => String::new(),
        Some(Change::Command(text)) => text.clone(),
        Some(Change::Policy(value) | Change::Definition(value)) => value.to_string(),
    }
}

impl Expected {
    fn fits(&self, check: &Check, evaluation: &Evaluation) -> bool {
        let subject = &evaluation.subject;
        let named = |resource: &String| {
            let arn = subject.resource.as_str();
            arn == resource || arn.ends_with(&format!(":{resource}")) || arn.ends_with(&format!("/{resource}"))
        };
        let same = |expected: Option<&String>, seen: Option<&str>| {
            expected.is_none_or(|expected| Some(expected.as_str()) == seen)
        };
        let mut machines: Vec<_> = subject.machines.iter().map(Arn::name).collect();
        machines.sort_unstable();
        self.outcome == word(evaluation)
            && self.resource.as_ref().is_none_or(named)
            && same(self.region.as_ref(), Some(subject.region.as_str()))
            && self.machines.as_ref().is_none_or(|expected| *expected == machines)
            && match &evaluation.outcome {
                Outcome::Compliant => true,
                Outcome::InsufficientData(gap) => {
                    same(self.reason.as_ref(), Some(gap.reason.as_str())) && self.message.all_in(&gap.detail)
                }
                Outcome::NonCompliant(defect) => {
                    same(self.severity.as_ref(), Some(defect.severity.unwrap_or(check.severity).as_str()))
                        && same(self.confidence.as_ref(), Some(defect.confidence.unwrap_or(check.confidence).as_str()))
                        && same(self.statement.as_ref(), defect.location.statement.as_deref())
                        && same(self.state.as_ref(), defect.location.state.as_deref())
                        && self.message.all_in(&format!("{} {}", defect.message, defect.remediation))
                        && self.evidence.all_in(&format!("{:?}", defect.evidence))
                        && self.change.all_in(&rendered(defect.change.as_ref()))
                }
            }
    }
}

/// Whether each expectation has an evaluation of its own, and none is left over. Small lists: greedy with the pickiest
/// first would do, but trying is simpler.
fn pairs(check: &Check, expected: &[Expected], seen: &[&Evaluation]) -> bool {
    let Some((first, rest)) = expected.split_first() else { return seen.is_empty() };
    (0..seen.len()).filter(|&index| first.fits(check, seen[index])).any(|index| {
        let others: Vec<_> =
            seen.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, one)| *one).collect();
        pairs(check, rest, &others)
    })
}

impl Expect {
    fn fits(&self, check: &Check, seen: &[Evaluation]) -> bool {
        match self {
            Self::All(Word::Nothing) => seen.is_empty(),
            Self::All(expected) => !seen.is_empty() && seen.iter().all(|evaluation| word(evaluation) == *expected),
            Self::Each(expected) => pairs(check, expected, &seen.iter().collect::<Vec<_>>()),
        }
    }
}

/// The snapshot file of a compact account.
pub(crate) fn snapshot(account: &serde_json::Value) -> String {
    let account: Account = serde_json::from_value(account.clone()).expect("a compact account");
    let line = |line: &SnapshotLine| serde_json::to_string(line).expect("a line is JSON") + "\n";
    account.lines().iter().map(line).collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

/// All cases, by check.
fn cases() -> Vec<(&'static Check, Vec<Case>)> {
    let mut files: BTreeMap<String, PathBuf> = BTreeMap::new();
    for entry in std::fs::read_dir(folder()).expect("the cases are there") {
        let path = entry.expect("the folder is readable").path();
        let id = path.file_stem().and_then(|stem| stem.to_str()).expect("a file of cases has a name").to_owned();
        files.insert(id, path);
    }
    let read = |check: &&'static Check| {
        let path = files.remove(check.id).unwrap_or_else(|| panic!("write tests/cases/{}.json", check.id));
        let token = format!("ghp_{}", "a1B2".repeat(9));
        let text = std::fs::read_to_string(path).expect("cases are text").replace("TOKEN_HERE", &token);
        let cases =
            serde_json::from_str(&text).unwrap_or_else(|fault| panic!("tests/cases/{}.json: {fault}", check.id));
        (*check, cases)
    };
    let cases = CHECKS.iter().map(read).collect();
    assert!(files.is_empty(), "no check has these cases: {:?}", files.keys());
    cases
}

#[test]
fn every_check_says_what_its_cases_expect() {
    let mut faults = Vec::new();
    for (check, cases) in cases() {
        let mut shown = BTreeSet::new();
        for case in cases {
            let seen = run(check, case.account.lines());
            shown.extend(seen.iter().map(word));
            if !case.expect.fits(check, &seen) {
                faults.push(format!("{}: {}: expected {:#?}, got {seen:#?}", check.id, case.name, case.expect));
            }
        }
        for outcome in [Word::Compliant, Word::NonCompliant, Word::InsufficientData] {
            if !shown.contains(&outcome) {
                faults.push(format!("tests/cases/{}.json shows no {outcome:?}: add a case", check.id));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn every_finding_can_be_told_apart_and_acted_on() {
    for (check, cases) in cases() {
        for case in cases {
            let mut ids = BTreeSet::new();
            for Evaluation { subject, outcome } in run(check, case.account.lines()) {
                let Outcome::NonCompliant(defect) = outcome else { continue };
                let at = format!("{}: {}: {defect:#?}", check.id, case.name);
                let pointer = defect.location.pointer.as_ref().map(JsonPointer::array_normalised);
                let id =
                    (subject.resource, defect.location.state, pointer, defect.location.statement, defect.discriminator);
                assert!(ids.insert(id), "two findings with one id: {at}");
                assert!(!defect.evidence.is_empty(), "no .evidence(name, value): {at}");
                for text in [&defect.message, &defect.remediation] {
                    assert!(text.ends_with('.') && !text.contains("  ") && !text.contains('\n'), "no sentence: {at}");
                }
            }
        }
    }
}

#[test]
fn a_snapshot_file_replays_to_the_same_evaluations() {
    for (check, cases) in cases() {
        for case in cases {
            let lines = case.account.lines();
            let text: Vec<_> = lines.iter().map(|line| serde_json::to_string(line).unwrap()).collect();
            let again = text.iter().map(|line| serde_json::from_str(line).unwrap());
            assert_eq!(run(check, again), run(check, lines), "{}: {}", check.id, case.name);
        }
    }
}

#[test]
fn a_check_reads_no_more_than_it_says() {
    for (check, cases) in cases() {
        for case in cases {
            let lines = case.account.lines();
            let only = lines.iter().filter(|line| check.reads.contains(&line.data.name())).cloned();
            assert_eq!(run(check, only), run(check, lines.clone()), "{}: {}", check.id, case.name);
        }
    }
}

/// Promise 1: no verdict on unread data.
#[test]
fn what_was_not_read_gets_no_verdict() {
    let gap = || Gap::new(GapReason::Throttled, "slow down");
    for (check, cases) in cases() {
        for case in cases {
            let lines = case.account.lines();
            let failed: Vec<_> = lines
                .iter()
                .map(|line| SnapshotLine { observed_at: at(60), data: line.data.name().missing(gap()), ..line.clone() })
                .collect();
            let stale = lines.into_iter().chain(failed.clone());
            for evaluation in run(check, failed).iter().chain(&run(check, stale)) {
                assert_eq!(word(evaluation), Word::InsufficientData, "{}: {}: {evaluation:#?}", check.id, case.name);
            }
        }
    }
}

/// Promise 1 again: a Region of which nothing was collected.
#[test]
fn an_empty_snapshot_gets_no_verdict() {
    let account = || AccountId::parse(ACCOUNT).unwrap();
    let empty = [Snapshot::new(account(), Region::global()), Snapshot::new(account(), Region::parse(REGION).unwrap())];
    let settings = CheckSettings::default();
    for check in CHECKS {
        let mut out = Evaluations::default();
        (check.run)(&View::new(&empty, &settings), &mut out);
        let seen = out.into_items();
        assert!(!seen.is_empty(), "{} keeps silent about a Region that was not read", check.id);
        for evaluation in seen {
            assert_eq!(word(&evaluation), Word::InsufficientData, "{}: {evaluation:#?}", check.id);
        }
    }
}
