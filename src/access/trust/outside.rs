use std::collections::BTreeMap;

use super::condition::{Entry, entries};
use super::principal::{Principal, denied, is_account, lets_in};
use crate::iam::{Policy, Statement};

/// Whom a trust policy lets in from outside of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outsider<'a> {
    pub who: Principal<'a>,
    /// No condition decides but one on an external id, which who is let in knows.
    pub sure: bool,
}

/// Those of other accounts, of providers of web identities and of SAML providers. `own` tells the accounts that are not
/// outside. Not outside either: services, the account's own Kubernetes clusters, and Identity Center, whose permission sets
/// are assigned in the organization.
pub fn outsiders<'a>(policy: &'a Policy, own: &dyn Fn(&str) -> bool) -> Vec<Outsider<'a>> {
    let mut found: BTreeMap<Principal<'a>, bool> = BTreeMap::new();
    for statement in &policy.statements {
        let lines = entries(statement.condition.as_ref());
        if lines.iter().any(|line| pins(line, own)) {
            continue;
        }
        let settled = lines.iter().all(|line| line.is_key("sts:ExternalId"));
        for who in lets_in(statement).into_iter().filter(|who| is_outside(who, own, statement)) {
            let taken_back = denied(policy, &who);
            if taken_back != Some(true) {
                *found.entry(who).or_default() |= settled && taken_back.is_none();
            }
        }
    }
    found.into_iter().map(|(who, sure)| Outsider { who, sure }).collect()
}

fn is_outside(who: &Principal<'_>, own: &dyn Fn(&str) -> bool, statement: &Statement) -> bool {
    match who {
        // A principal's ARN stands for a deleted one's id where it has no account.
        Principal::Account(id) => !own(id),
        Principal::Arn(_) => who.account().is_some_and(|account| is_account(account) && !own(account)),
        Principal::Everyone | Principal::AllBut => statement.matches_action("sts:AssumeRole"),
        Principal::Federated(provider) => {
            !provider.contains("/AWSSSO_") && !provider.contains("oidc-provider/oidc.eks.")
        }
        Principal::Service(_) | Principal::CanonicalUser(_) | Principal::Deleted(_) => false,
    }
}

/// The condition lets in only callers of the account's own.
fn pins(line: &Entry<'_>, own: &dyn Fn(&str) -> bool) -> bool {
    if line.if_exists() || line.over_a_set() || line.values.is_empty() {
        return false;
    }
    let base = line.base();
    let account = |value: &String| own(value);
    let arn = |value: &String| value.split(':').nth(4).is_some_and(own);
    match base.as_str() {
        "stringequals" | "stringlike" if line.is_key("aws:PrincipalAccount") => line.values.iter().all(account),
        "arnequals" | "arnlike" | "stringequals" if line.is_key("aws:PrincipalArn") => line.values.iter().all(arn),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::outsiders;
    use crate::iam::Policy;

    fn found(statements: &Value) -> Vec<(String, bool)> {
        let policy = Policy::parse(&json!({ "Statement": statements })).unwrap();
        let own = |account: &str| account == "123456789012" || account == "111111111111";
        outsiders(&policy, &own).iter().map(|one| (one.who.to_string(), one.sure)).collect()
    }

    fn allow(principal: &Value, condition: &Value) -> Value {
        json!({"Effect": "Allow", "Action": "sts:*", "Principal": principal, "Condition": condition})
    }

    #[test]
    fn whoever_is_not_of_the_account() {
        let none = json!({});
        for inside in [
            json!({"AWS": ["123456789012", "arn:aws:iam::111111111111:root", "arn:aws:iam::123456789012:role/r"]}),
            json!({"Service": "ec2.amazonaws.com", "AWS": "AROAEXAMPLEID"}),
            json!({"Federated": "arn:aws:iam::123456789012:saml-provider/AWSSSO_0123_DO_NOT_DELETE"}),
            json!({"Federated": "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A"}),
        ] {
            assert_eq!(found(&allow(&inside, &none)), [], "{inside}");
        }
        for (outside, name) in [
            (json!("*"), "everyone (*)"),
            (json!({"AWS": "999999999999"}), "account 999999999999"),
            (json!({"AWS": "arn:aws:iam::999999999999:role/r"}), "arn:aws:iam::999999999999:role/r"),
            (json!({"Federated": "cognito-identity.amazonaws.com"}), "cognito-identity.amazonaws.com"),
        ] {
            assert_eq!(found(&allow(&outside, &none)), [(name.to_owned(), true)]);
            let external_id = json!({"StringEquals": {"sts:ExternalId": "x"}});
            assert_eq!(found(&allow(&outside, &external_id)), [(name.to_owned(), true)]);
            let network = json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}});
            assert_eq!(found(&allow(&outside, &network)), [(name.to_owned(), false)]);
        }
    }

    #[test]
    fn conditions_and_denials_keep_others_out() {
        let pinned = json!({"StringEquals": {"aws:PrincipalAccount": ["123456789012"]}});
        assert_eq!(found(&allow(&json!("*"), &pinned)), []);
        let pinned = json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/*"}});
        assert_eq!(found(&allow(&json!({"AWS": "*"}), &pinned)), []);
        let denial = json!({"Effect": "Deny", "Action": "sts:*", "Principal": "*"});
        assert_eq!(found(&json!([allow(&json!({"AWS": "999999999999"}), &json!({})), denial])), []);
    }
}
