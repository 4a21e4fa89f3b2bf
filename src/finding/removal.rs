use serde_json::json;

use super::{Change, shell_quote};
use crate::access::{Grant, Grants, Rest};
use crate::model::Role;

/// The change that takes `actions` out of the statements `from`: a call where a policy holds nothing else, the
/// statements that remain where one statement also allows other things. Nothing where a person must decide: a wildcard
/// names the actions, or several edits are needed.
pub fn removal(role: &Role, grants: &Grants<'_>, from: &[Grant<'_>], actions: &[&str]) -> Option<Change> {
    let edited = |grant: &Grant<'_>| from.iter().find(|edited| edited.is(grant));
    let mut policies: Vec<_> = from.iter().map(|grant| (grant.policy, grant.inline)).collect();
    policies.sort_unstable();
    policies.dedup();
    let (mut calls, mut rests) = (Vec::new(), Vec::new());
    let one_policy = policies.len() == 1;
    for (policy, inline) in policies {
        let mut emptied = true;
        for grant in grants.statements().filter(|grant| grant.policy == policy) {
            match edited(&grant).map(|grant| grant.without(actions)) {
                Some(Rest::Nothing) => {}
                Some(Rest::Statement(statement)) => {
                    rests.push(statement.to_document());
                    emptied = false;
                }
                Some(Rest::Unclear) => return None,
                None => emptied = false,
            }
        }
        if emptied {
            let role_name = shell_quote(role.principal.arn.name());
            let policy = shell_quote(policy);
            calls.push(if inline {
                format!("aws iam delete-role-policy --role-name {role_name} --policy-name {policy}")
            } else {
                format!("aws iam detach-role-policy --role-name {role_name} --policy-arn {policy}")
            });
        } else if !one_policy {
            return None;
        }
    }
    match (calls.is_empty(), rests.is_empty()) {
        (false, _) => Some(Change::Command(calls.join("\n"))),
        (true, false) => Some(Change::Policy(json!({ "Version": "2012-10-17", "Statement": rests }))),
        (true, true) => None,
    }
}
