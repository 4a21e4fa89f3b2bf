//! What stands around the machines of a compact account: keys, event rules, functions.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use stepwarden::detect::{Door, HashKey};
use stepwarden::iam::Policy;
use stepwarden::model::{
    EventRule, EventRules, EventTarget, FunctionPolicies, KeyGrant, KmsKey, KmsKeys, RuleState, StateMachines,
    function_arn, function_names,
};
use stepwarden::types::{Arn, GapReason, Observed};

use super::ACCOUNT;
use super::account::{arn, gap, read};

/// What there is, why it could not be read, or null where there is none.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Form<T> {
    Gap(GapReason),
    There(T),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyForm {
    arn: Option<String>,
    state: Option<String>,
    manager: Option<String>,
    policy: Option<Form<Vec<Value>>>,
    #[serde(default = "no_grants")]
    grants: Form<Vec<GrantForm>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GrantForm {
    grantee: Option<String>,
    operations: Vec<String>,
    source_arn: Option<String>,
    #[serde(default)]
    context_equals: BTreeMap<String, String>,
}

fn no_grants() -> Form<Vec<GrantForm>> {
    Form::There(Vec::new())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleForm {
    #[serde(default = "enabled")]
    state: RuleState,
    pattern: Option<Value>,
    targets: Form<Vec<TargetForm>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TargetForm {
    arn: String,
    role: Option<String>,
    /// What executions take and give; not told where it is null.
    #[serde(default = "told")]
    data: Option<bool>,
}

#[allow(clippy::unnecessary_wraps, reason = "what serde takes as the default of an option")]
fn told() -> Option<bool> {
    Some(true)
}

fn enabled() -> RuleState {
    RuleState::Enabled
}

impl KeyForm {
    fn key(&self) -> KmsKey {
        let usual = vec![json!({"Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")},
            "Action": "kms:*", "Resource": "*"})];
        let policy = match &self.policy {
            Some(Form::Gap(reason)) => Observed::missing(gap(*reason, "kms:GetKeyPolicy")),
            Some(Form::There(statements)) => read(&json!({ "Statement": statements }), Policy::parse),
            None => read(&json!({ "Statement": usual }), Policy::parse),
        };
        let grants = match &self.grants {
            Form::Gap(reason) => Observed::missing(gap(*reason, "kms:ListGrants")),
            Form::There(grants) => Observed::known(grants.iter().enumerate().map(GrantForm::grant).collect()),
        };
        KmsKey {
            state: Some(self.state.clone().unwrap_or_else(|| "Enabled".to_owned())),
            manager: Some(self.manager.clone().unwrap_or_else(|| "CUSTOMER".to_owned())),
            origin: None,
            deletion_at: None,
            policy,
            grants,
        }
    }
}

impl GrantForm {
    fn grant((index, form): (usize, &Self)) -> KeyGrant {
        let door = Door::new(HashKey::new(*b"cases"));
        let clean = |(key, value): (&String, &String)| (door.text(key).clean, door.text(value).clean);
        let context: BTreeMap<_, _> = form.context_equals.iter().map(clean).collect();
        KeyGrant {
            id: format!("grant-{index}"),
            grantee: form.grantee.clone(),
            operations: form.operations.clone(),
            context_equals: (!context.is_empty()).then_some(context),
            context_subset: None,
            source_arn: form.source_arn.clone(),
        }
    }
}

/// The keys that are `named` in a Region. One that is not described exists, with the policy that AWS gives a new key.
pub(super) fn keys<'a>(
    forms: &BTreeMap<String, Option<Form<KeyForm>>>,
    named: impl Iterator<Item = &'a str>,
    region: &str,
) -> KmsKeys {
    let mut keys = KmsKeys::default();
    let usual = KeyForm { arn: None, state: None, manager: None, policy: None, grants: no_grants() };
    for name in named {
        let form = match forms.get(name) {
            None => &usual,
            Some(Some(Form::There(form))) => form,
            Some(None) => {
                keys.named.insert(name.to_owned(), Observed::known(None));
                continue;
            }
            Some(Some(Form::Gap(reason))) => {
                keys.named.insert(name.to_owned(), Observed::missing(gap(*reason, "kms:DescribeKey")));
                continue;
            }
        };
        let own = if name.starts_with("arn:") {
            name.to_owned()
        } else {
            format!("arn:aws:kms:{region}:{ACCOUNT}:key/{}", name.replace('/', "-"))
        };
        let own = arn(form.arn.clone().unwrap_or(own));
        keys.named.insert(name.to_owned(), Observed::known(Some(own.clone())));
        keys.keys.insert(own, form.key());
    }
    keys
}

pub(super) fn event_rules(forms: &BTreeMap<String, RuleForm>, region: &str) -> EventRules {
    let door = Door::new(HashKey::new(*b"cases"));
    let rule = |(name, form): (&String, &RuleForm)| {
        let target = |(index, target): (usize, &TargetForm)| EventTarget {
            id: door.text(&index.to_string()).clean,
            arn: arn(target.arn.clone()),
            role_arn: target.role.clone().map(arn),
            passes_data: target.data,
        };
        let targets = match &form.targets {
            Form::Gap(reason) => Observed::missing(gap(*reason, "events:ListTargetsByRule")),
            Form::There(targets) => Observed::known(targets.iter().enumerate().map(target).collect()),
        };
        let pattern = form.pattern.as_ref().map(|pattern| Observed::known(door.json(pattern.clone()).clean));
        let rule = EventRule { name: name.clone(), state: form.state, pattern, managed_by: None, targets };
        (arn(format!("arn:aws:events:{region}:{ACCOUNT}:rule/{name}")), rule)
    };
    forms.iter().map(rule).collect()
}

/// The policies of the functions that definitions name. One that is not described has none.
pub(super) fn function_policies(
    forms: &BTreeMap<String, Option<Form<Vec<Value>>>>,
    machines: &StateMachines,
) -> FunctionPolicies {
    let mut policies = FunctionPolicies::new();
    for machine in &machines.machines {
        let definition = machine.details.seen().0.and_then(|details| machines.definition(details).ok());
        let names = definition.into_iter().flat_map(function_names);
        for function in names.filter_map(|name| function_arn(&name, &machine.arn)) {
            let policy = policy(forms, &function);
            policies.insert(function, policy);
        }
    }
    policies
}

fn policy(
    forms: &BTreeMap<String, Option<Form<Vec<Value>>>>,
    function: &Arn,
) -> Observed<Option<stepwarden::detect::Clean<Policy>>> {
    let name = function.resource().trim_start_matches("function:");
    match forms.get(function.as_str()).or_else(|| forms.get(name)) {
        None | Some(None) => Observed::known(None),
        Some(Some(Form::Gap(reason))) => Observed::missing(gap(*reason, "lambda:GetPolicy")),
        Some(Some(Form::There(statements))) => match read(&json!({ "Statement": statements }), Policy::parse) {
            Observed::Known { value } => Observed::known(Some(value)),
            other => Observed::missing(other.gap().expect("a fault is a gap").clone()),
        },
    }
}
