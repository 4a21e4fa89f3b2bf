//! Check cases as data: `tests/cases/<check-id>.json` is a list of
//!
//! ```json
//! {"name": "what is shown", "expect": EXPECT, "account": ACCOUNT}
//! ```
//!
//! EXPECT is `"compliant"`, `"non_compliant"` or `"insufficient_data"` (the check says that, and nothing else, at least
//! once), `"nothing"` (it does not apply), or the list of all that it says, in any order: objects with `outcome` and, as
//! far as it matters, `resource` (an ARN or its end), `region`, `severity`, `confidence`, `statement`, `state`,
//! `machines` (names), `reason` (of a gap), `message` and `change` (texts that must be in them; a list for several).
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
//!     "tags": {"owner": "sales"},
//!     "gap": "why DescribeStateMachine failed"
//!   }],
//!   "machines_gap": "why the list is missing; partial and stale keep what is above",
//!   "tags_gap": "as machines_gap",
//!   "roles": {"name": [STATEMENT], "other": {"inline": {"p": POLICY}, "attached": ["m"], "boundary": "b", "trust": [STATEMENT]}},
//!   "policies": {"name or ARN of a managed policy": POLICY}, "iam_gap": "as machines_gap",
//!   "log_groups": {"name": {"retention_days": 30, "kms_key_id": "…", "class": "STANDARD"}, "gone": null, "shut": "gap"},
//!   "log_groups_gap": "as machines_gap",
//!   "quotas": {"applied": {"quota name": 1}, "defaults": {}, "metrics": {"metric name": 1}},
//!   "quotas_gap": "as machines_gap", "metrics_gap": "why CloudWatch answered nothing", "applied_gap": "…"
//! }
//! ```
//!
//! Without `logging` a machine does not log. Without `roles` each role that a machine names exists and grants nothing;
//! with it, only those exist. Without `trust` Step Functions may assume a role, unguarded. A log group that is not listed
//! exists, with 30 days and no key.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use stepwarden::asl::Definition;
use stepwarden::checks::CHECKS;
use stepwarden::detect::{Clean, Door, HashKey};
use stepwarden::finding::{Change, Check, CheckSettings, Evaluation, Evaluations, Outcome, View};
use stepwarden::iam::Policy;
use stepwarden::model::quota::Reading;
use stepwarden::model::{
    DefinitionRef, Details, Encryption, Iam, InlinePolicy, LogGroup, LogLevel, Logging, MachineKind, PartValue,
    Principal, Quotas, Role, Snapshot, SnapshotLine, StateMachine, StateMachines,
};
use stepwarden::types::{AccountId, Arn, Gap, GapReason, JsonPointer, Observed, Region};

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

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Account {
    machines: Vec<Machine>,
    machines_gap: Option<GapReason>,
    tags_gap: Option<GapReason>,
    roles: Option<BTreeMap<String, RoleForm>>,
    policies: BTreeMap<String, Value>,
    iam_gap: Option<GapReason>,
    log_groups: BTreeMap<String, Option<GroupForm>>,
    log_groups_gap: Option<GapReason>,
    quotas: QuotaForm,
    quotas_gap: Option<GapReason>,
    metrics_gap: Option<GapReason>,
    applied_gap: Option<GapReason>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Machine {
    name: String,
    #[serde(default = "standard")]
    kind: MachineKind,
    region: Option<String>,
    role: Option<String>,
    logging: Option<LoggingForm>,
    #[serde(default)]
    tracing: bool,
    key: Option<String>,
    definition: Option<Value>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    gap: Option<GapReason>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LoggingForm {
    level: LogLevel,
    group: Option<String>,
    #[serde(default)]
    data: bool,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum RoleForm {
    Statements(Vec<Value>),
    Policies(RolePolicies),
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RolePolicies {
    inline: BTreeMap<String, Value>,
    attached: Vec<String>,
    boundary: Option<String>,
    trust: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum GroupForm {
    Gap(GapReason),
    Group(GroupFields),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupFields {
    retention_days: Option<u32>,
    kms_key_id: Option<String>,
    class: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct QuotaForm {
    applied: BTreeMap<String, f64>,
    defaults: BTreeMap<String, f64>,
    metrics: BTreeMap<String, f64>,
}

fn standard() -> MachineKind {
    MachineKind::Standard
}

fn arn(text: String) -> Arn {
    Arn::parse(text).expect("a case holds ARNs where it says so")
}

fn named(name: &str, kind: &str) -> Arn {
    if name.starts_with("arn:") { arn(name.to_owned()) } else { arn(format!("arn:aws:iam::{ACCOUNT}:{kind}/{name}")) }
}

fn gap(reason: GapReason, of: &str) -> Gap {
    Gap { api: of.to_owned(), ..Gap::new(reason, format!("{of} was not read")) }
}

/// A part as the reason for its gap leaves it.
fn part<T>(value: T, reason: Option<GapReason>, of: &str) -> Observed<T> {
    match reason {
        None => Observed::known(value),
        Some(GapReason::Partial) => Observed::Partial { value, gap: gap(GapReason::Partial, of) },
        Some(GapReason::Stale) => Observed::Stale { value, gap: gap(GapReason::Stale, of) },
        Some(reason) => Observed::missing(gap(reason, of)),
    }
}

/// What a collector makes of a document: through the door, then parsed, a fault being a gap.
fn read<T, E: ToString>(document: &Value, parse: impl FnOnce(&Value) -> Result<T, E>) -> Observed<Clean<T>> {
    let clean = Door::new(HashKey::new(*b"cases")).json(document.clone()).clean;
    clean.read(parse).map_err(|fault| Gap::new(GapReason::Error, fault.to_string())).into()
}

impl Machine {
    fn region(&self) -> &str {
        self.region.as_deref().unwrap_or(REGION)
    }

    fn role_arn(&self) -> Arn {
        named(self.role.as_deref().unwrap_or(&self.name), "role")
    }

    fn log_group(&self) -> Option<Arn> {
        let group = self.logging.as_ref()?.group.as_ref()?;
        Some(arn(format!("arn:aws:logs:{}:{ACCOUNT}:log-group:{group}", self.region())))
    }

    fn arn(&self) -> Arn {
        arn(format!("arn:aws:states:{}:{ACCOUNT}:stateMachine:{}", self.region(), self.name))
    }

    fn put_into(&self, list: &mut StateMachines) {
        let arn = self.arn();
        let details = match self.gap {
            Some(reason) => Observed::missing(gap(reason, "states:DescribeStateMachine")),
            None => Observed::known(self.details(list)),
        };
        list.machines.push(StateMachine { arn, kind: self.kind, created_at: None, details });
    }

    fn details(&self, list: &mut StateMachines) -> Details {
        let done = json!({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}});
        let text = self.definition.as_ref().unwrap_or(&done);
        let definition = match read(text, Definition::parse) {
            Observed::Known { value } => {
                let text = text.to_string();
                list.definitions.insert(text.clone(), value);
                Observed::known(DefinitionRef { bytes: text.len(), sha256: text, observations: Vec::new() })
            }
            other => Observed::missing(other.gap().expect("a fault is a gap").clone()),
        };
        let logging = match &self.logging {
            None => Logging { level: LogLevel::Off, include_execution_data: false, destination: None },
            Some(form) => {
                Logging { level: form.level, include_execution_data: form.data, destination: self.log_group() }
            }
        };
        Details {
            role_arn: Observed::known(self.role_arn()),
            logging,
            tracing_enabled: self.tracing,
            encryption: match &self.key {
                None => Encryption::AwsOwned,
                Some(key) if key == "?" => Encryption::Unknown { kind: "NEW_KIND_OF_KEY".to_owned() },
                Some(key) => Encryption::Customer { kms_key_id: key.clone() },
            },
            definition,
            description: None,
        }
    }
}

impl Account {
    fn lines(&self) -> Vec<SnapshotLine> {
        let mut lines = vec![line(Region::GLOBAL, PartValue::Iam(part(self.iam(), self.iam_gap, "iam")))];
        let regions: BTreeSet<_> = self.machines.iter().map(Machine::region).chain([REGION]).collect();
        for region in regions {
            let mut list = StateMachines::default();
            let machines: Vec<_> = self.machines.iter().filter(|machine| machine.region() == region).collect();
            for machine in &machines {
                machine.put_into(&mut list);
            }
            let door = Door::new(HashKey::new(*b"cases"));
            let clean = |(key, value): (&String, &String)| (door.text(key).clean, door.text(value).clean);
            let tags = machines.iter().map(|machine| (machine.arn(), machine.tags.iter().map(clean).collect()));
            let tags = part(tags.collect(), self.tags_gap, "tag:GetResources");
            let groups = machines.iter().filter_map(|machine| machine.log_group()).map(|arn| self.log_group(arn));
            lines.extend([
                line(region, PartValue::StateMachines(part(list, self.machines_gap, "states:ListStateMachines"))),
                line(region, PartValue::LogGroups(part(groups.collect(), self.log_groups_gap, "log groups"))),
                line(region, PartValue::Tags(tags)),
                line(region, PartValue::Quotas(part(self.quotas(), self.quotas_gap, "quotas"))),
            ]);
        }
        lines
    }

    fn iam(&self) -> Iam {
        let managed = |(name, document): (&String, &Value)| (named(name, "policy"), read(document, Policy::parse));
        let mut iam = Iam { policies: self.policies.iter().map(managed).collect(), ..Iam::default() };
        let default =
            || self.machines.iter().map(|machine| (machine.role_arn(), RolePolicies::default().role())).collect();
        let given = |roles: &BTreeMap<String, RoleForm>| {
            roles.iter().map(|(name, form)| (named(name, "role"), form.role())).collect::<BTreeMap<_, _>>()
        };
        iam.roles = self.roles.as_ref().map_or_else(default, given);
        for (arn, role) in &mut iam.roles {
            role.principal.arn = arn.clone();
        }
        iam
    }

    fn log_group(&self, arn: Arn) -> (Arn, Observed<Option<LogGroup>>) {
        let name = arn.resource().trim_start_matches("log-group:").to_owned();
        let group = |retention_days, kms_key_id: Option<String>, class| LogGroup {
            name: name.clone(),
            retention_days,
            kms_key_id,
            class,
            data_protection: None,
            account_data_protection: false,
            stored_bytes: None,
        };
        let seen = match self.log_groups.get(&name) {
            None => Observed::known(Some(group(Some(30), None, None))),
            Some(None) => Observed::known(None),
            Some(Some(GroupForm::Gap(reason))) => Observed::missing(gap(*reason, "logs:DescribeLogGroups")),
            Some(Some(GroupForm::Group(GroupFields { retention_days, kms_key_id, class }))) => {
                Observed::known(Some(group(*retention_days, kms_key_id.clone(), class.clone())))
            }
        };
        (arn, seen)
    }

    fn quotas(&self) -> Quotas {
        let reading = |(name, value): (&String, &f64)| (name.clone(), Reading { at: at(1), value: *value });
        Quotas {
            applied: part(self.quotas.applied.clone(), self.applied_gap, "servicequotas:ListServiceQuotas"),
            defaults: Observed::known(self.quotas.defaults.clone()),
            metrics: part(
                self.quotas.metrics.iter().map(reading).collect(),
                self.metrics_gap,
                "cloudwatch:GetMetricData",
            ),
        }
    }
}

impl RoleForm {
    fn role(&self) -> Role {
        match self {
            Self::Policies(policies) => policies.role(),
            Self::Statements(statements) => {
                let inline = BTreeMap::from([("inline".to_owned(), json!({ "Statement": statements }))]);
                RolePolicies { inline, ..RolePolicies::default() }.role()
            }
        }
    }
}

impl RolePolicies {
    fn role(&self) -> Role {
        let inline = |(name, document): (&String, &Value)| InlinePolicy {
            name: name.clone(),
            policy: read(document, Policy::parse),
        };
        let step_functions = json!({"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"Service": "states.amazonaws.com"}});
        let trust = json!({ "Statement": self.trust.as_ref().unwrap_or(&step_functions) });
        let principal = Principal {
            arn: named("set by the caller", "role"),
            inline: self.inline.iter().map(inline).collect(),
            attached: self.attached.iter().map(|name| named(name, "policy")).collect(),
            boundary: self.boundary.as_ref().map(|name| named(name, "policy")),
            groups: Vec::new(),
        };
        Role { principal, trust: read(&trust, Policy::parse) }
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + second).expect("a time in 2026")
}

fn line(region: &str, data: PartValue) -> SnapshotLine {
    SnapshotLine {
        stepwarden_snapshot: SnapshotLine::VERSION,
        account_id: AccountId::parse(ACCOUNT).expect("twelve digits"),
        region: Region::parse(region).expect("a case names Regions"),
        observed_at: at(0),
        data,
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
        let text = std::fs::read_to_string(path).expect("cases are text");
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
                assert!(!defect.evidence.is_empty(), "no evidence: {at}");
                for text in [&defect.message, &defect.remediation] {
                    assert!(text.ends_with('.') && !text.contains("  ") && !text.contains('\n'), "prose: {at}");
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
