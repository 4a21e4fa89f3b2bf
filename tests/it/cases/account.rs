//! The compact form of an account, as the head of `cases.rs` shows it, and the snapshots that it stands for.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use stepwarden::asl::Definition;
use stepwarden::detect::{Clean, Door, HashKey};
use stepwarden::iam::Policy;
use stepwarden::model::{
    DefinitionRef, Details, Encryption, ExecutionData, Iam, InlinePolicy, LastStart, LogGroup, LogLevel, Logging,
    MachineKind, MachineStatus, PartValue, Principal, Quota, Quotas, Role, RoleAccess, SnapshotLine, StateMachine,
    StateMachines, TagSet,
};
use stepwarden::types::{AccountId, Arn, Gap, GapReason, Observation, Observed, Region};

use super::activities::{self, ActivityForms};
use super::alarms::{self, AlarmForm};
use super::around::{self, Form, KeyForm, RuleForm};
use super::culprits::{self, HoldersForm, StartsForm};
use super::data::{self, DataForm};
use super::functions;
use super::quotas::QuotaForm;
use super::running::{self, RunningForm};
use super::stores::{self, BucketForm, TableForm};
use super::subscriptions::{self, AccountForm, SubscriptionForm};
use super::traces::XrayForm;
use super::versions::VersionsForm;
use super::{ACCOUNT, REGION};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Account {
    machines: Vec<Machine>,
    machines_gap: Option<GapReason>,
    activities: Option<ActivityForms>,
    activities_gap: Option<GapReason>,
    tags_gap: Option<GapReason>,
    versions_gap: Option<GapReason>,
    executions_gap: Option<GapReason>,
    running_gap: Option<GapReason>,
    roles: Option<BTreeMap<String, RoleForm>>,
    users: BTreeMap<String, RoleForm>,
    groups: BTreeMap<String, RoleForm>,
    policies: BTreeMap<String, Value>,
    iam_gap: Option<GapReason>,
    last_accessed: BTreeMap<String, RoleAccess>,
    log_groups: BTreeMap<String, Option<GroupForm>>,
    log_groups_gap: Option<GapReason>,
    subscriptions: BTreeMap<String, Form<Vec<SubscriptionForm>>>,
    subscription_policies: Option<Form<Vec<AccountForm>>>,
    subscriptions_gap: Option<GapReason>,
    data_protection_gap: Option<GapReason>,
    result_buckets: BTreeMap<String, Option<Form<BucketForm>>>,
    result_buckets_gap: Option<GapReason>,
    tables: BTreeMap<String, Option<Form<TableForm>>>,
    tables_gap: Option<GapReason>,
    keys: BTreeMap<String, Option<Form<KeyForm>>>,
    keys_gap: Option<GapReason>,
    event_rules: BTreeMap<String, RuleForm>,
    event_rules_gap: Option<GapReason>,
    alarms: BTreeMap<String, AlarmForm>,
    alarms_gap: Option<GapReason>,
    xray: XrayForm,
    xray_gap: Option<GapReason>,
    function_policies: BTreeMap<String, Option<Form<Vec<Value>>>>,
    function_policies_gap: Option<GapReason>,
    functions: BTreeMap<String, Option<Form<String>>>,
    functions_gap: Option<GapReason>,
    holders: BTreeMap<Quota, HoldersForm>,
    starts: Option<BTreeMap<String, StartsForm>>,
    starts_others_at_most: Option<f64>,
    starts_gap: Option<GapReason>,
    last_starts: Option<BTreeMap<String, LastStart>>,
    last_starts_gap: Option<GapReason>,
    quotas: QuotaForm,
    quotas_gap: Option<GapReason>,
    metrics_gap: Option<GapReason>,
    applied_gap: Option<GapReason>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Machine {
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
    bytes: Option<usize>,
    /// Absent: the tagging call does not name it.
    tags: Option<BTreeMap<String, String>>,
    created: Option<Timestamp>,
    #[serde(default = "active")]
    status: Option<MachineStatus>,
    description: Option<String>,
    #[serde(default)]
    published: VersionsForm,
    data: Option<DataForm>,
    running: Option<RunningForm>,
    gap: Option<GapReason>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LoggingForm {
    level: LogLevel,
    group: Option<String>,
    #[serde(default)]
    data: bool,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum RoleForm {
    Statements(Vec<Value>),
    Policies(RolePolicies),
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RolePolicies {
    inline: BTreeMap<String, Value>,
    attached: Vec<String>,
    boundary: Option<String>,
    trust: Option<Value>,
    groups: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum GroupForm {
    Gap(GapReason),
    Group(GroupFields),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupFields {
    retention_days: Option<u32>,
    kms_key_id: Option<String>,
    class: Option<String>,
    masked: Option<Form<Vec<String>>>,
}

#[allow(clippy::unnecessary_wraps, reason = "serde asks for the field's type")]
fn active() -> Option<MachineStatus> {
    Some(MachineStatus::Active)
}

pub(super) fn standard() -> MachineKind {
    MachineKind::Standard
}

pub(super) fn arn(text: String) -> Arn {
    Arn::parse(text).expect("a case holds ARNs where it says so")
}

pub(super) fn named(name: &str, kind: &str) -> Arn {
    if name.starts_with("arn:") { arn(name.to_owned()) } else { arn(format!("arn:aws:iam::{ACCOUNT}:{kind}/{name}")) }
}

pub(super) fn gap(reason: GapReason, of: &str) -> Gap {
    Gap { api: of.to_owned(), ..Gap::new(reason, format!("{of} was not read")) }
}

/// A part as the reason for its gap leaves it.
pub(super) fn part<T>(value: T, reason: Option<GapReason>, of: &str) -> Observed<T> {
    match reason {
        None => Observed::known(value),
        Some(GapReason::Partial) => Observed::Partial { value, gap: gap(GapReason::Partial, of) },
        Some(GapReason::Stale) => Observed::Stale { value, gap: gap(GapReason::Stale, of) },
        Some(reason) => Observed::missing(gap(reason, of)),
    }
}

pub(super) fn door() -> Door {
    Door::new(HashKey::new(*b"cases"))
}

/// What the door sees in a document.
pub(super) fn inspected(document: &Value) -> Vec<Observation> {
    door().json(document.clone()).observations
}

/// What a collector makes of a document: through the door, then parsed, a fault being a gap.
pub(super) fn read<T, E: ToString>(document: &Value, parse: impl FnOnce(&Value) -> Result<T, E>) -> Observed<Clean<T>> {
    let clean = door().json(document.clone()).clean;
    clean.read(parse).map_err(|fault| Gap::new(GapReason::Error, fault.to_string())).into()
}

pub(super) fn encryption(key: Option<&str>) -> Encryption {
    match key {
        None => Encryption::AwsOwned,
        Some("?") => Encryption::Unknown { kind: "NEW_KIND_OF_KEY".to_owned() },
        Some(key) => Encryption::Customer { kms_key_id: key.to_owned() },
    }
}

impl Machine {
    pub(super) fn region(&self) -> &str {
        self.region.as_deref().unwrap_or(REGION)
    }

    pub(super) fn role_arn(&self) -> Arn {
        named(self.role.as_deref().unwrap_or(&self.name), "role")
    }

    pub(super) fn log_group(&self) -> Option<Arn> {
        let group = self.logging.as_ref()?.group.as_ref()?;
        Some(arn(format!("arn:aws:logs:{}:{ACCOUNT}:log-group:{group}", self.region())))
    }

    fn logs_data(&self) -> bool {
        self.logging.as_ref().is_some_and(|logging| logging.data && logging.level != LogLevel::Off)
    }

    pub(super) fn arn(&self) -> Arn {
        arn(format!("arn:aws:states:{}:{ACCOUNT}:stateMachine:{}", self.region(), self.name))
    }

    fn execution_data(&self) -> Observed<ExecutionData> {
        match (&self.data, self.gap) {
            (Some(data), _) => data.observed(),
            (None, Some(reason)) => Observed::missing(gap(reason, "states:DescribeStateMachine")),
            (None, None) => Observed::known(data::clean(self.kind, self.logs_data())),
        }
    }

    pub(super) fn put_into(&self, list: &mut StateMachines) {
        let arn = self.arn();
        let details = match self.gap {
            Some(reason) => Observed::missing(gap(reason, "states:DescribeStateMachine")),
            None => Observed::known(self.details(list)),
        };
        list.machines.push(StateMachine { arn, kind: self.kind, created_at: self.created, details });
    }

    pub(super) fn details(&self, list: &mut StateMachines) -> Details {
        let done = json!({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}});
        let text = self.definition.as_ref().unwrap_or(&done);
        let definition = match read(text, Definition::parse) {
            Observed::Known { value } => {
                let (text, observations) = (text.to_string(), inspected(text));
                list.definitions.insert(text.clone(), value);
                Observed::known(DefinitionRef { bytes: self.bytes.unwrap_or(text.len()), sha256: text, observations })
            }
            other => Observed::missing(other.gap().expect("a fault is a gap").clone()),
        };
        let logging = match &self.logging {
            None => Logging { level: LogLevel::Off, include_execution_data: false, destination: None },
            Some(form) => {
                Logging { level: form.level, include_execution_data: form.data, destination: self.log_group() }
            }
        };
        let described = self.description.as_ref().map(|text| door().text(text));
        Details {
            status: self.status,
            role_arn: Observed::known(self.role_arn()),
            logging,
            tracing_enabled: self.tracing,
            encryption: encryption(self.key.as_deref()),
            definition,
            description: described.clone().map(|seen| seen.clean),
            description_observations: described.map(|seen| seen.observations).unwrap_or_default(),
        }
    }
}

impl Account {
    pub(super) fn lines(&self) -> Vec<SnapshotLine> {
        let mut lines = vec![line(Region::GLOBAL, PartValue::Iam(part(self.iam(), self.iam_gap, "iam")))];
        if !self.last_accessed.is_empty() {
            let of = |(name, access): (&String, &RoleAccess)| (named(name, "role"), Observed::known(access.clone()));
            let roles = self.last_accessed.iter().map(of).collect();
            lines.push(line(Region::GLOBAL, PartValue::LastAccessed(Observed::known(roles))));
        }
        let regions: BTreeSet<_> = self.machines.iter().map(Machine::region).chain([REGION]).collect();
        for region in regions {
            let mut list = StateMachines::default();
            let machines: Vec<_> = self.machines.iter().filter(|machine| machine.region() == region).collect();
            for machine in &machines {
                machine.put_into(&mut list);
            }
            let own = |machine: &Machine| {
                let tags = machine.tags.as_ref()?.iter().map(|(key, value)| (key.as_str(), value.as_str()));
                Some((machine.arn(), TagSet::read(&door(), tags)))
            };
            let activities = self.activities.as_ref().filter(|_| region == REGION);
            let of_activities = activities.into_iter().flat_map(activities::tags);
            let tags = machines.iter().filter_map(|machine| own(machine)).chain(of_activities);
            let tags = part(tags.collect(), self.tags_gap, "tag:GetResources");
            let published = |machine: &&Machine| (machine.arn(), machine.published.observed(&machine.arn()));
            let versions = machines.iter().copied().map(|machine| published(&machine)).collect();
            let executions = machines.iter().map(|machine| (machine.arn(), machine.execution_data())).collect();
            let spans = self.xray.spans(region).filter(|_| machines.iter().any(|machine| machine.tracing));
            let groups = machines.iter().filter_map(|machine| machine.log_group()).chain(spans);
            let groups = groups.map(|arn| self.log_group(arn));
            let groups: BTreeMap<_, _> = groups.collect();
            let group_keys = groups.values().filter_map(|group| group.seen().0?.as_ref()?.kms_key_id.as_deref());
            let own_keys = machines.iter().filter_map(|machine| machine.key.as_deref()).filter(|key| *key != "?");
            let masks = stores::data_protection(&groups, |name| self.masked(name));
            let with_data =
                machines.iter().filter(|machine| machine.logs_data()).filter_map(|machine| machine.log_group());
            let own = (&self.subscriptions, self.subscription_policies.as_ref());
            let subscriptions = subscriptions::subscriptions(own, with_data, &groups);
            let buckets = stores::result_buckets(&self.result_buckets, &list);
            let tables = stores::tables(&self.tables, &list);
            let store_keys = stores::keys(&buckets, &tables);
            let store_keys = store_keys.iter().map(String::as_str);
            let keys =
                around::keys(&self.keys, own_keys.chain(group_keys).chain(store_keys).chain(self.xray.key()), region);
            let rules = around::event_rules(&self.event_rules, region);
            let functions = around::function_policies(&self.function_policies, &list);
            let function_roles = functions::roles(&self.functions, &list);
            lines.extend(vec![
                line(region, PartValue::KmsKeys(part(keys, self.keys_gap, "kms keys"))),
                line(region, PartValue::DataProtection(part(masks, self.data_protection_gap, "data protection"))),
                line(region, PartValue::LogSubscriptions(part(subscriptions, self.subscriptions_gap, "subscriptions"))),
                line(region, PartValue::ResultBuckets(part(buckets, self.result_buckets_gap, "result buckets"))),
                line(region, PartValue::Tables(part(tables, self.tables_gap, "tables"))),
                line(region, PartValue::Alarms(part(alarms::alarms(&self.alarms, region), self.alarms_gap, "alarms"))),
                line(region, PartValue::Xray(part(self.xray.xray(), self.xray_gap, "xray"))),
                line(region, PartValue::EventRules(part(rules, self.event_rules_gap, "event rules"))),
                line(
                    region,
                    PartValue::FunctionPolicies(part(functions, self.function_policies_gap, "function policies")),
                ),
                line(region, PartValue::Functions(part(function_roles, self.functions_gap, "functions"))),
                line(region, PartValue::StateMachines(part(list, self.machines_gap, "states:ListStateMachines"))),
                line(region, PartValue::LogGroups(part(groups, self.log_groups_gap, "log groups"))),
                line(region, PartValue::Tags(tags)),
                line(region, PartValue::Versions(part(versions, self.versions_gap, "versions"))),
                line(region, PartValue::Executions(part(executions, self.executions_gap, "executions"))),
                line(region, PartValue::Quotas(part(self.quotas(), self.quotas_gap, "quotas"))),
            ]);
            if let Some(activities) = activities {
                let activities = part(activities::activities(activities), self.activities_gap, "states:ListActivities");
                lines.push(line(region, PartValue::Activities(activities)));
            }
            let seen = machines.iter().filter_map(|machine| Some((machine.arn(), machine.running.as_ref()?)));
            lines.extend(running::line(seen, self.running_gap, region));
            if self.last_starts.is_some() || self.last_starts_gap.is_some() {
                let seen = |machine: &&&Machine| Some((machine.arn(), *self.last_starts.as_ref()?.get(&machine.name)?));
                let starts = machines.iter().filter_map(|machine| seen(&machine)).collect();
                lines.push(line(region, PartValue::LastStarts(part(starts, self.last_starts_gap, "last starts"))));
            }
            let (holders, starts, others) = (&self.holders, self.starts.as_ref(), self.starts_others_at_most);
            lines.extend(culprits::lines(holders, starts, others, self.starts_gap, region));
        }
        lines
    }

    pub(super) fn iam(&self) -> Iam {
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
        let principals = |forms: &BTreeMap<String, RoleForm>, kind: &str| {
            let principal =
                |(name, form): (&String, &RoleForm)| Principal { arn: named(name, kind), ..form.role().principal };
            forms.iter().map(principal).collect()
        };
        iam.users = principals(&self.users, "user");
        iam.groups = principals(&self.groups, "group");
        iam
    }

    fn masked(&self, group: &str) -> Option<&Form<Vec<String>>> {
        match self.log_groups.get(group)?.as_ref()? {
            GroupForm::Gap(_) => None,
            GroupForm::Group(fields) => fields.masked.as_ref(),
        }
    }

    pub(super) fn log_group(&self, arn: Arn) -> (Arn, Observed<Option<LogGroup>>) {
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
            Some(Some(GroupForm::Group(GroupFields { retention_days, kms_key_id, class, .. }))) => {
                Observed::known(Some(group(*retention_days, kms_key_id.clone(), class.clone())))
            }
        };
        (arn, seen)
    }

    pub(super) fn quotas(&self) -> Quotas {
        self.quotas.read(self.applied_gap, self.metrics_gap)
    }
}

impl RoleForm {
    pub(super) fn role(&self) -> Role {
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
    pub(super) fn role(&self) -> Role {
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
            groups: self.groups.clone(),
        };
        Role { principal, trust: read(&trust, Policy::parse) }
    }
}

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + second).expect("a time in 2026")
}

pub(super) fn line(region: &str, data: PartValue) -> SnapshotLine {
    SnapshotLine {
        stepwarden_snapshot: SnapshotLine::VERSION,
        account_id: AccountId::parse(ACCOUNT).expect("twelve digits"),
        region: Region::parse(region).expect("a case names Regions"),
        observed_at: at(0),
        data,
    }
}
