use std::fmt;

use serde_json::Value;

use crate::iam::{Effect, Policy, Statement};

/// Somebody whom a trust policy lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Principal<'a> {
    Everyone,
    /// All but those that a `NotPrincipal` names.
    AllBut,
    /// An account, by its id: whoever of it is granted `sts:AssumeRole`.
    Account(&'a str),
    /// A role, a user or a session, by its ARN.
    Arn(&'a str),
    Service(&'a str),
    /// A SAML or OIDC provider.
    Federated(&'a str),
    CanonicalUser(&'a str),
    /// The unique id that is left of a deleted role or user: nobody has it any more.
    Deleted(&'a str),
}

/// A session's own name may be a person's: it is never shown.
impl fmt::Display for Principal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everyone => f.write_str("everyone (*)"),
            Self::AllBut => f.write_str("everyone but some (NotPrincipal)"),
            Self::Account(id) => write!(f, "account {id}"),
            Self::Arn(arn) => {
                let parts: Vec<_> = arn.splitn(6, ':').collect();
                let session = parts.get(2) == Some(&"sts");
                match arn.rsplit_once('/').filter(|_| session) {
                    Some((head, _)) => write!(f, "{head}/\u{2026}"),
                    None => f.write_str(arn),
                }
            }
            Self::Service(name) | Self::Federated(name) => f.write_str(name),
            Self::CanonicalUser(_) => f.write_str("a canonical user"),
            Self::Deleted(id) => write!(f, "the deleted {id}"),
        }
    }
}

impl<'a> Principal<'a> {
    /// Step Functions in any Region and partition: `states.amazonaws.com`, `states.eu-west-1.amazonaws.com`,
    /// `states.cn-north-1.amazonaws.com.cn`.
    pub fn is_step_functions(&self) -> bool {
        let Self::Service(name) = self else { return false };
        let name = name.to_ascii_lowercase();
        let stem = name.strip_suffix(".amazonaws.com.cn").or_else(|| name.strip_suffix(".amazonaws.com"));
        stem.is_some_and(|stem| stem == "states" || (stem.starts_with("states.") && stem.matches('.').count() == 1))
    }

    /// The account that it belongs to.
    pub fn account(&self) -> Option<&'a str> {
        match self {
            Self::Account(id) => Some(id),
            Self::Arn(arn) => arn.split(':').nth(4),
            _ => None,
        }
    }

    pub(super) fn read(kind: &str, text: &'a str) -> Self {
        match kind {
            "Service" => Self::Service(text),
            "Federated" => Self::Federated(text),
            "CanonicalUser" => Self::CanonicalUser(text),
            _ if text == "*" => Self::Everyone,
            _ if is_account(text) => Self::Account(text),
            _ => {
                let parts: Vec<_> = text.splitn(6, ':').collect();
                match parts.as_slice() {
                    ["arn", _, "iam", _, id, "root"] => Self::Account(id),
                    ["arn", ..] => Self::Arn(text),
                    _ => Self::Deleted(text),
                }
            }
        }
    }

    /// By which calls a principal of this kind gets in.
    fn calls(&self) -> &'static [&'static str] {
        match self {
            Self::Everyone | Self::AllBut => {
                &["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"]
            }
            Self::Federated(_) => &["sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"],
            _ => &["sts:AssumeRole"],
        }
    }

    /// `other`, or a group that `other` is of.
    fn covers(&self, other: &Principal<'_>) -> bool {
        match self {
            Self::Everyone | Self::AllBut => true,
            Self::Account(id) => other.account() == Some(id),
            one => one == other,
        }
    }
}

pub(super) fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whom a `Principal` element names.
pub(super) fn named(element: &Value) -> Vec<Principal<'_>> {
    match element {
        Value::String(text) => vec![Principal::read("AWS", text)],
        Value::Object(kinds) => kinds
            .iter()
            .flat_map(|(kind, who)| match who {
                Value::Array(list) => {
                    list.iter().filter_map(Value::as_str).map(|text| Principal::read(kind, text)).collect()
                }
                one => one.as_str().map(|text| Principal::read(kind, text)).into_iter().collect::<Vec<_>>(),
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Whom the statement names, whatever it says about them.
pub fn principals(statement: &Statement) -> Vec<Principal<'_>> {
    if statement.not_principal.is_some() {
        return vec![Principal::AllBut];
    }
    statement.principal.as_ref().map(named).unwrap_or_default()
}

/// Whom the statement lets assume the role.
pub fn lets_in(statement: &Statement) -> Vec<Principal<'_>> {
    if statement.effect == Effect::Deny {
        return Vec::new();
    }
    let applies = |who: &Principal<'_>| who.calls().iter().any(|call| statement.matches_action(call));
    principals(statement).into_iter().filter(applies).collect()
}

/// The statement names Step Functions and lets it assume the role.
pub fn lets_step_functions_in(statement: &Statement) -> bool {
    lets_in(statement).iter().any(Principal::is_step_functions)
}

/// Whether denials take back what a statement gives to `who`: `Some(true)` for sure, `Some(false)` where a condition
/// decides.
pub fn denied(policy: &Policy, who: &Principal<'_>) -> Option<bool> {
    let lets = |statement: &&Statement| statement.effect == Effect::Allow && principals(statement).contains(who);
    let allowed = |call: &&&str| policy.statements.iter().filter(lets).any(|one| one.matches_action(call));
    let given: Vec<_> = who.calls().iter().filter(allowed).collect();
    let applies = |statement: &&Statement| {
        // Where the policy itself lets nobody in, all calls are meant.
        let calls = match given.is_empty() {
            true => who.calls().iter().all(|call| statement.matches_action(call)),
            false => given.iter().all(|call| statement.matches_action(call)),
        };
        let meant = match &statement.not_principal {
            // Sparing Step Functions spares none of the others.
            Some(spared) => !named(spared)
                .iter()
                .filter(|spared| who.is_step_functions() || !spared.is_step_functions())
                .any(|spared| spared.covers(who) || who.covers(spared)),
            None => principals(statement).iter().any(|denied| denied.covers(who)),
        };
        statement.effect == Effect::Deny && calls && meant
    };
    let denials: Vec<_> = policy.statements.iter().filter(applies).collect();
    (!denials.is_empty()).then(|| denials.iter().any(|denial| denial.condition.is_none()))
}
