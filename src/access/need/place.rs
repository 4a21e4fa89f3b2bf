use std::collections::BTreeSet;

use serde_json::Value;

use super::Machine;
use super::target::Target;
use crate::asl::{Definition, Integration, Resolved, Task};
use crate::types::{AccountId, Arn, Region};

/// Where a machine stands: what completes names into ARNs. `*` for what is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub partition: String,
    pub region: String,
    pub account: String,
    /// The machine's name.
    pub name: String,
    /// The execution role, where it is known.
    pub role: Option<Arn>,
}

impl Place {
    /// By the machine's own ARN; else by its role's and log group's account, and by the static ARNs of its definition
    /// where they agree.
    pub(super) fn of(definition: &Definition, machine: &Machine) -> Self {
        let mut seen = Seen::default();
        for task in &definition.tasks {
            seen.task(task);
        }
        for arn in [&machine.logging, &machine.key].into_iter().flatten() {
            seen.arn(arn);
        }
        let or_any = |known: Option<String>| known.unwrap_or_else(|| "*".to_owned());
        let own = |part: fn(&Arn) -> &str| machine.arn.as_ref().map(|arn| part(arn).to_owned());
        let role_account = machine.role.as_ref().map(|role| role.account().to_owned());
        Self {
            partition: own(Arn::partition).or_else(|| only(&seen.partitions)).unwrap_or_else(|| "aws".to_owned()),
            region: or_any(own(Arn::region).or_else(|| only(&seen.regions))),
            account: or_any(own(Arn::account).or(role_account).or_else(|| only(&seen.accounts))),
            name: or_any(machine.arn.as_ref().and_then(machine_name)),
            role: machine.role.clone(),
        }
    }

    /// `arn:P:SERVICE:R:A:RESOURCE`.
    pub(super) fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:{}:{service}:{}:{}:{resource}", self.partition, self.region, self.account)
    }

    /// `arn:P:iam::A:role/NAME`.
    pub(super) fn role_arn(&self, name: &str) -> String {
        format!("arn:{}:iam::{}:role/{name}", self.partition, self.account)
    }

    pub(super) fn machine_arn(&self) -> String {
        self.arn("states", &format!("stateMachine:{}", self.name))
    }

    /// The place as a role of maybe another account sees it: the Region stays.
    pub(super) fn of_role(&self, role: &Target) -> Self {
        let account = match role.resources.first().map(|arn| arn.split(':').nth(4).unwrap_or("*")) {
            Some(account) if AccountId::parse(account).is_ok() => account.to_owned(),
            _ => "*".to_owned(),
        };
        Self { account, ..self.clone() }
    }
}

/// `stateMachine:NAME`, also of a version, an alias or a labelled ARN.
fn machine_name(arn: &Arn) -> Option<String> {
    let name = arn.resource().strip_prefix("stateMachine:")?;
    name.split([':', '/']).next().map(str::to_owned)
}

fn only(values: &BTreeSet<String>) -> Option<String> {
    match values.len() {
        1 => values.first().cloned(),
        _ => None,
    }
}

/// The partitions, Regions and accounts that a definition's own ARNs name.
#[derive(Debug, Default)]
struct Seen {
    partitions: BTreeSet<String>,
    regions: BTreeSet<String>,
    accounts: BTreeSet<String>,
}

impl Seen {
    fn task(&mut self, task: &Task) {
        if let Some(partition) = task.resource.strip_prefix("arn:").and_then(|rest| rest.split(':').next())
            && !partition.is_empty()
        {
            self.partitions.insert(partition.to_owned());
        }
        // What is called with another role's credentials stands in that role's account.
        if task.credentials.is_some() {
            return;
        }
        if let Integration::LambdaFunction { arn } | Integration::Activity { arn } = &task.integration {
            self.text(arn);
        }
        self.resolved(&task.arguments);
    }

    fn resolved(&mut self, value: &Resolved) {
        match value {
            Resolved::Static(value) | Resolved::Constant { value, .. } => self.value(value),
            Resolved::Object(fields) => fields.values().for_each(|field| self.resolved(field)),
            Resolved::Array(items) => items.iter().for_each(|item| self.resolved(item)),
            Resolved::Runtime { .. } | Resolved::Context { .. } => {}
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(items) => items.iter().for_each(|item| self.value(item)),
            Value::Object(fields) => fields.values().for_each(|field| self.value(field)),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Ok(arn) = Arn::parse(text) {
            self.arn(&arn);
        } else if let Some((region, account, _)) = super::target::queue_url(text) {
            self.insert(region, account);
        }
    }

    fn arn(&mut self, arn: &Arn) {
        self.insert(arn.region(), arn.account());
    }

    fn insert(&mut self, region: &str, account: &str) {
        if Region::parse(region).is_ok_and(|region| region != Region::global()) {
            self.regions.insert(region.to_owned());
        }
        if AccountId::parse(account).is_ok() {
            self.accounts.insert(account.to_owned());
        }
    }
}
