use serde_json::{Map, Value, json};

use crate::iam::{Compiled, Context, Decision, Policies, Policy, PolicyError, PolicyKind, Request};
use crate::types::JsonPointer;

const ACCOUNT: &str = "123456789012";

/// One request and the policies that decide it.
#[derive(Debug)]
pub(super) struct Case {
    principal: String,
    action: String,
    resource: String,
    resource_account: Option<String>,
    context: Context,
    identity: Vec<Compiled>,
    boundary: Option<Vec<Compiled>>,
    session: Option<Vec<Compiled>>,
    service_control: Vec<Vec<Compiled>>,
    resource_policy: Option<Compiled>,
}

type Object = Map<String, Value>;

impl Case {
    /// The error names the place in the case.
    pub(super) fn parse(case: &Object) -> Result<Self, String> {
        let text = |name: &str| match case.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(format!("a string is required at '/{name}'")),
        };
        let required = |name: &str| text(name)?.ok_or_else(|| format!("a string is required at '/{name}'"));
        let (action, resource) = (required("action")?, required("resource")?);
        if !action.contains(':') {
            return Err("an action is service:name at '/action'".to_owned());
        }
        let principal = text("principal")?;
        let account = principal.as_deref().and_then(account_of).unwrap_or(ACCOUNT).to_owned();
        let principal = principal.unwrap_or_else(|| format!("arn:aws:iam::{account}:role/sfn-role"));
        let owner = text("resource_account")?.or_else(|| account_of(&resource).map(str::to_owned));
        let resource_policy = match given(case, "resource_policy") {
            Some(document) => Some(resource_policy(document)?),
            None => usual_resource_policy(&action, &resource, owner.as_deref().unwrap_or(&account)),
        };
        Ok(Self {
            identity: documents(case, "policies")?.unwrap_or_default(),
            boundary: documents(case, "boundary")?,
            session: documents(case, "session_policies")?,
            service_control: levels(case, "scps")?,
            resource_policy,
            context: context(case)?,
            resource_account: owner,
            principal,
            action,
            resource,
        })
    }

    pub(super) fn decide(&self) -> Decision {
        fn every(policies: &[Compiled]) -> Vec<&Compiled> {
            policies.iter().collect()
        }
        let request = Request::new(&self.principal, &self.action, &self.resource, &self.context);
        let request = self.resource_account.iter().fold(request, |request, owner| request.owned_by(owner));
        let policies = Policies {
            identity: every(&self.identity),
            boundary: self.boundary.as_deref().map(every),
            session: self.session.as_deref().map(every),
            service_control: self.service_control.iter().map(|level| every(level)).collect(),
            resource_control: Vec::new(),
            resource: self.resource_policy.as_ref(),
        };
        policies.decide(&request)
    }
}

/// The fifth part of an ARN.
fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| !account.is_empty())
}

fn given<'a>(case: &'a Object, name: &str) -> Option<&'a Value> {
    case.get(name).filter(|value| !value.is_null())
}

fn placed(at: &JsonPointer) -> impl Fn(PolicyError) -> String {
    move |error| format!("{} at '{at}{}'", error.message, error.pointer)
}

/// A document, or `{name, policy}`.
fn document(value: &Value, at: &JsonPointer) -> Result<Compiled, String> {
    let (value, at) = match value.get("policy") {
        Some(policy) => (policy, at.join("policy")),
        None => (value, at.clone()),
    };
    let policy = Policy::parse(value).map_err(placed(&at))?;
    policy.check(PolicyKind::Identity).map_err(placed(&at))?;
    Ok(Compiled::identity(&policy))
}

fn list(values: &[Value], at: &JsonPointer) -> Result<Vec<Compiled>, String> {
    values.iter().enumerate().map(|(index, value)| document(value, &at.index(index))).collect()
}

/// A document or a list of them.
fn documents(case: &Object, name: &str) -> Result<Option<Vec<Compiled>>, String> {
    let at = JsonPointer::root().join(name);
    match given(case, name) {
        None => Ok(None),
        Some(Value::Array(values)) => list(values, &at).map(Some),
        Some(one) => Ok(Some(vec![document(one, &at)?])),
    }
}

/// A list of documents is one level; a list of lists is several.
fn levels(case: &Object, name: &str) -> Result<Vec<Vec<Compiled>>, String> {
    let at = JsonPointer::root().join(name);
    match given(case, name) {
        None => Ok(Vec::new()),
        Some(Value::Array(levels)) if levels.first().is_some_and(Value::is_array) => {
            let level = |(index, level): (usize, &Value)| match level {
                Value::Array(values) => list(values, &at.index(index)),
                one => Ok(vec![document(one, &at.index(index))?]),
            };
            levels.iter().enumerate().map(level).collect()
        }
        Some(Value::Array(values)) => Ok(vec![list(values, &at)?]),
        Some(one) => Ok(vec![vec![document(one, &at)?]]),
    }
}

fn resource_policy(value: &Value) -> Result<Compiled, String> {
    let at = JsonPointer::root().join("resource_policy");
    let (value, at) = match value.get("policy") {
        Some(policy) => (policy, at.join("policy")),
        None => (value, at),
    };
    let policy = Policy::parse(value).map_err(placed(&at))?;
    policy.check(PolicyKind::Resource).map_err(placed(&at))?;
    Ok(Compiled::resource(&policy))
}

/// What a key and a role have where nobody thought about it: their account's own policies decide.
fn usual_resource_policy(action: &str, resource: &str, owner: &str) -> Option<Compiled> {
    let (service, name) = action.split_once(':')?;
    let (allowed, on) = if service.eq_ignore_ascii_case("kms") && resource.contains(":key/") {
        ("kms:*", Some("*"))
    } else if service.eq_ignore_ascii_case("sts") && name.to_ascii_lowercase().starts_with("assumerole") {
        ("sts:AssumeRole", None)
    } else {
        return None;
    };
    let principal = json!({"AWS": format!("arn:aws:iam::{owner}:root")});
    let mut statement = json!({"Effect": "Allow", "Principal": principal, "Action": allowed});
    if let Some(on) = on {
        statement["Resource"] = on.into();
    }
    let policy = Policy::parse(&json!({"Version": "2012-10-17", "Statement": statement}));
    Some(Compiled::resource(&policy.expect("the usual policies are legal")))
}

fn context(case: &Object) -> Result<Context, String> {
    let at = JsonPointer::root().join("context");
    let text = |value: &Value, key: &str| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        _ => Err(format!("a string or a list of strings is required at '{}'", at.join(key))),
    };
    let mut context = Context::closed();
    match given(case, "context") {
        None => {}
        Some(Value::Object(keys)) => {
            for (key, value) in keys {
                context = match value {
                    Value::Null => context,
                    Value::Array(list) => {
                        context.with_all(key, list.iter().map(|value| text(value, key)).collect::<Result<_, _>>()?)
                    }
                    one => context.with(key, text(one, key)?),
                };
            }
        }
        Some(_) => return Err(format!("an object is required at '{at}'")),
    }
    Ok(context)
}
