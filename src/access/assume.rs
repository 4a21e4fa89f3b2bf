//! Which roles a role may assume, where the input of a task chooses among them.

use super::overlap::{overlaps, without_variables};
use super::{Grant, Grants};
use crate::iam::{Selector, glob_matches};

pub const ASSUME_ROLE: &str = "sts:AssumeRole";

/// How many roles there are to choose from, from the fewest to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Choice {
    /// No policy of the role allows any.
    None,
    /// Those that are named, or that a denial or a boundary leaves of more.
    Named,
    /// Those whose name fits a pattern.
    Pattern,
    /// Any role of an account.
    Account,
    /// Roles of any account.
    Everywhere,
}

/// The choice that a role's policies leave.
#[derive(Debug)]
pub struct Assumable<'a> {
    pub choice: Choice,
    /// The statements that leave it.
    pub grants: Vec<Grant<'a>>,
    /// No condition decides.
    pub sure: bool,
}

/// No policy names such a role or account.
const SOME_ROLE: &str = "stepwarden-some-role";
const SOME_ACCOUNT: &str = "000000000001";
const ALL_ROLES: &str = "arn:*:iam::*:role/*";

/// What may be assumed of the roles within `chosen`, a pattern of ARNs; of the roles in another account the trust policy
/// has to agree.
pub fn assumable<'a>(grants: &Grants<'a>, chosen: &str) -> Assumable<'a> {
    let mut found = Assumable { choice: Choice::None, grants: Vec::new(), sure: false };
    for grant in grants.allowing().filter(|grant| grant.statement.matches_action(ASSUME_ROLE)) {
        for pattern in patterns(&grant).into_iter().filter(|pattern| overlaps(&without_variables(pattern), chosen)) {
            let Some((choice, sure)) = in_force(grants, &grant, pattern, chosen) else { continue };
            if choice > found.choice {
                found = Assumable { choice, grants: Vec::new(), sure: false };
            }
            if choice == found.choice {
                found.sure |= sure;
                if !found.grants.iter().any(|one| one.is(&grant)) {
                    found.grants.push(grant);
                }
            }
        }
    }
    found
}

/// What a statement allows; all but some is as good as all.
fn patterns<'a>(grant: &Grant<'a>) -> Vec<&'a str> {
    match &grant.statement.resources {
        Some(Selector::Only(patterns)) => patterns.iter().map(String::as_str).collect(),
        Some(Selector::AllBut(_)) => vec!["*"],
        None => Vec::new(),
    }
}

/// The choice that one pattern of one statement leaves, with what denials and the boundary take from it.
fn in_force(grants: &Grants<'_>, grant: &Grant<'_>, pattern: &str, chosen: &str) -> Option<(Choice, bool)> {
    let by = |resource: &str| {
        let (by, sure) = grants.on(resource, ASSUME_ROLE).allows()?;
        by.iter().any(|one| one.is(grant)).then_some(sure)
    };
    let choice = width(pattern).min(width(chosen));
    if choice > Choice::Named {
        // A made-up role that fits both shows that the choice is so wide.
        let mut roles = [pattern, chosen].map(some_role).into_iter().filter(|role| glob_matches(chosen, role, false));
        if let Some(sure) = roles.find_map(|role| by(&role)) {
            return Some((choice, sure));
        }
    }
    // Of `*` itself IAM is asked where no resource is named.
    let all = if pattern == "*" { ALL_ROLES.to_owned() } else { without_variables(pattern) };
    by(&all).map(|sure| (Choice::Named, sure))
}

/// How many roles fit a pattern of ARNs.
fn width(pattern: &str) -> Choice {
    // What a policy variable stands for is one thing, though it is not known here.
    if pattern.contains("${") {
        return Choice::Named;
    }
    let wild = |text: &str| text.contains(['*', '?']);
    let parts: Vec<_> = pattern.splitn(6, ':').collect();
    match parts[..] {
        ["arn", _, _, _, account, role] if !wild(account) => match role {
            "*" | "role*" | "role/*" => Choice::Account,
            role if wild(role) => Choice::Pattern,
            _ => Choice::Named,
        },
        _ => Choice::Everywhere,
    }
}

/// The ARN of a role that fits the pattern and that nobody had in mind.
fn some_role(pattern: &str) -> String {
    let parts: Vec<_> = pattern.splitn(6, ':').collect();
    let [_, partition, _, _, account, role] = parts[..] else {
        return format!("arn:aws:iam::{SOME_ACCOUNT}:role/{SOME_ROLE}");
    };
    let partition = if partition.contains('*') { "aws" } else { partition };
    let account = if account.contains(['*', '?']) { SOME_ACCOUNT } else { account };
    let role = match role {
        "*" | "role*" => format!("role/{SOME_ROLE}"),
        role => role.replace('*', SOME_ROLE).replace('?', "x"),
    };
    format!("arn:{partition}:iam::{account}:{role}")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Choice, assumable};
    use crate::access::Grants;
    use crate::iam::Policy;

    fn choice(statements: &Value, chosen: &str) -> (Choice, bool) {
        let policies = [Policy::parse(&json!({ "Statement": statements })).unwrap()];
        let found = assumable(&Grants::of_documents(&policies, None), chosen);
        (found.choice, found.sure)
    }

    fn allow(resource: &Value) -> Value {
        json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": resource})
    }

    #[test]
    fn what_is_granted_is_the_choice() {
        let role = |name: &str| format!("arn:aws:iam::123456789012:role/{name}");
        for (resource, expected) in [
            (json!("*"), Choice::Everywhere),
            (json!("arn:aws:iam::*:role/tenant"), Choice::Everywhere),
            (json!([role("one"), role("*")]), Choice::Account),
            (json!([role("one"), role("tenant-*")]), Choice::Pattern),
            (json!([role("one"), role("two")]), Choice::Named),
        ] {
            assert_eq!(choice(&allow(&resource), "*"), (expected, true), "{resource}");
        }
        assert_eq!(
            choice(&json!({"Effect": "Allow", "Action": "sts:*", "NotResource": role("x")}), "*").0,
            Choice::Everywhere
        );
        assert_eq!(choice(&json!({"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}), "*"), (Choice::None, false));
    }

    #[test]
    fn what_the_definition_leaves_narrows_it() {
        let all = allow(&json!("*"));
        assert_eq!(choice(&all, "arn:aws:iam::999999999999:role/*").0, Choice::Account);
        assert_eq!(choice(&all, "arn:aws:iam::999999999999:role/tenant-*").0, Choice::Pattern);
        assert_eq!(choice(&all, "arn:aws:iam::*:role/tenant").0, Choice::Everywhere);
        let own = allow(&json!("arn:aws:iam::123456789012:role/*"));
        assert_eq!(choice(&own, "arn:aws:iam::*:role/tenant").0, Choice::Named);
        assert_eq!(choice(&allow(&json!("arn:aws:iam::${aws:PrincipalAccount}:role/x")), "*"), (Choice::Named, false));
        assert_eq!(choice(&own, "arn:aws:iam::999999999999:role/*").0, Choice::None);
    }

    #[test]
    fn denials_and_conditions_count() {
        let denied = json!([allow(&json!("*")), {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:iam::123456789012:role/one"}]);
        assert_eq!(choice(&denied, "*").0, Choice::Named);
        let nothing = json!([allow(&json!("*")), {"Effect": "Deny", "Action": "sts:*", "Resource": "*"}]);
        assert_eq!(choice(&nothing, "*"), (Choice::None, false));
        let mut condition = allow(&json!("*"));
        condition["Condition"] = json!({"StringEquals": {"aws:ResourceAccount": "999999999999"}});
        assert_eq!(choice(&condition, "*"), (Choice::Everywhere, false));
    }
}
