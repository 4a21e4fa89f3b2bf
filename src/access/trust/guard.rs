use std::collections::BTreeSet;

use super::condition::{Entry, entries};
use super::principal::{Principal, denied, is_account};
use crate::iam::{Effect, Policy, Statement};

/// For whose state machines Step Functions may assume the role by one statement of its trust policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guard {
    /// Only for those of the role's own account.
    Own,
    /// For those of accounts that are not the role's own.
    Accounts(BTreeSet<String>),
    /// For those of the organization.
    Organization,
    /// A condition decides that this version does not understand.
    Unclear(String),
    /// For everybody's; why a condition that looks like a guard is none.
    Open(Option<&'static str>),
}

const ACCOUNT: &str = "aws:SourceAccount";
const ARN: &str = "aws:SourceArn";
const ORGANIZATION: [&str; 2] = ["aws:SourceOrgID", "aws:SourceOrgPaths"];

/// Judges `statement` of `policy`, the trust policy of a role of `account`. All lines of a condition must hold, so one
/// that pins the account is enough.
pub fn guard(policy: &Policy, statement: &Statement, account: &str) -> Guard {
    let lines = entries(statement.condition.as_ref());
    let mut guards: Vec<_> = lines.iter().map(|line| pinned(line, &lines, account)).collect();
    guards.extend(policy.statements.iter().filter_map(|denial| denied_elsewhere(denial, account)));
    if denied(policy, &Principal::Service("states.amazonaws.com")) == Some(true) {
        guards.push(Guard::Own);
    }
    guards.into_iter().min_by_key(rank).unwrap_or(Guard::Open(None))
}

fn rank(guard: &Guard) -> u8 {
    match guard {
        Guard::Own => 0,
        Guard::Accounts(_) => 1,
        Guard::Organization => 2,
        Guard::Unclear(_) => 3,
        Guard::Open(Some(_)) => 4,
        Guard::Open(None) => 5,
    }
}

/// What one line of an allowing statement's condition achieves.
fn pinned(line: &Entry<'_>, lines: &[Entry<'_>], account: &str) -> Guard {
    let base = line.base();
    if base == "null" {
        return Guard::Open(None);
    }
    let key = [ACCOUNT, ARN].into_iter().chain(ORGANIZATION).find(|key| line.is_key(key));
    let Some(key) = key else {
        // Step Functions sends no external id; tags and organizations of callers say nothing about a service.
        return Guard::Unclear(format!("{} {}", line.operator, line.key));
    };
    if base.contains("not") {
        return Guard::Open(Some("its condition only excludes some"));
    }
    if line.if_exists() && !lines.iter().any(|line| line.requires(key)) {
        return Guard::Open(Some("its condition also holds where the key is absent (IfExists)"));
    }
    if line.over_a_set() || line.values.iter().any(|value| variable(value)) {
        return Guard::Unclear(format!("{} {}", line.operator, line.key));
    }
    if ORGANIZATION.contains(&key) {
        return match line.values.iter().any(|value| value.starts_with('*')) {
            true => Guard::Open(Some("a wildcard stands where its condition should name the organization")),
            false => Guard::Organization,
        };
    }
    match accounts(line, key, account) {
        Some(accounts) if accounts.iter().all(|one| one == account) => Guard::Own,
        Some(accounts) => Guard::Accounts(accounts.into_iter().filter(|one| one != account).collect()),
        None if key == ACCOUNT && base.starts_with("arn") => Guard::Unclear(format!("{} {}", line.operator, line.key)),
        None => Guard::Open(Some("a wildcard stands where its condition should name the account")),
    }
}

/// A policy variable other than the account of the role itself.
fn variable(value: &str) -> bool {
    value.contains("${") && !value.eq_ignore_ascii_case("${aws:ResourceAccount}")
}

/// The accounts that the values fix; `None` where one of them fixes none.
fn accounts(line: &Entry<'_>, key: &str, own: &str) -> Option<BTreeSet<String>> {
    let base = line.base();
    let literal = base.starts_with("stringequals");
    let fixed = |value: &String| {
        if value.eq_ignore_ascii_case("${aws:ResourceAccount}") {
            return Some(own.to_owned());
        }
        let open = |text: &str| !literal && text.contains(['*', '?']);
        if key == ACCOUNT {
            return (!base.starts_with("arn") && !open(value)).then(|| value.clone());
        }
        let parts: Vec<_> = value.splitn(6, ':').collect();
        match parts.get(4).filter(|account| is_account(account)) {
            Some(account) => Some((*account).to_owned()),
            // Over a whole text a wildcard spans colons: `arn:aws:states:*:123456789012:*` may have fewer of them.
            // At the end it would be a machine's name.
            None if base == "stringlike" => {
                let (before_the_name, _) = value.rsplit_once(':')?;
                before_the_name.split(':').find(|part| is_account(part)).map(ToOwned::to_owned)
            }
            None => None,
        }
    };
    line.values.iter().map(fixed).collect::<Option<BTreeSet<_>>>().filter(|accounts| !accounts.is_empty())
}

/// A denial of everything but the account's own machines guards every statement of the policy.
fn denied_elsewhere(denial: &Statement, account: &str) -> Option<Guard> {
    let unconditional = Policy { version: None, statements: vec![Statement { condition: None, ..denial.clone() }] };
    let meant = denied(&unconditional, &Principal::Service("states.amazonaws.com")).is_some();
    if denial.effect == Effect::Allow || !meant || denial.condition.is_none() {
        return None;
    }
    let lines = entries(denial.condition.as_ref());
    // Always so when Step Functions calls.
    let always = |line: &&Entry<'_>| {
        line.base() == "bool" && line.is_key("aws:PrincipalIsAWSService") && line.values == ["true"]
    };
    let lines: Vec<_> = lines.iter().filter(|line| !always(line)).collect();
    let unclear = || Guard::Unclear("a conditional Deny".to_owned());
    let [line] = lines.as_slice() else { return Some(unclear()) };
    let key = [ACCOUNT, ARN].into_iter().find(|key| line.is_key(key));
    let (Some(key), Some(base)) = (
        key,
        line.base()
            .strip_prefix("stringnot")
            .map(|_| line.base())
            .or_else(|| line.base().starts_with("arnnot").then(|| line.base())),
    ) else {
        return Some(unclear());
    };
    if line.over_a_set() || line.values.iter().any(|value| variable(value)) {
        return Some(unclear());
    }
    let positive = base.replacen("not", "", 1);
    let as_allowed = Entry { operator: &positive, key: line.key, values: line.values.clone() };
    match accounts(&as_allowed, key, account) {
        Some(accounts) if accounts.iter().all(|one| one == account) => Some(Guard::Own),
        Some(accounts) => Some(Guard::Accounts(accounts.into_iter().filter(|one| one != account).collect())),
        None => Some(unclear()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Guard, guard};
    use crate::iam::Policy;

    fn judged(condition: &Value, more: &[Value]) -> Guard {
        let allow = json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Condition": condition,
            "Principal": {"Service": "states.amazonaws.com"}});
        let statements: Vec<_> = [allow].into_iter().chain(more.iter().cloned()).collect();
        let policy = Policy::parse(&json!({ "Statement": statements })).unwrap();
        guard(&policy, &policy.statements[0], "123456789012")
    }

    #[test]
    fn an_account_is_pinned_by_any_key_and_operator_that_holds_only_for_it() {
        for condition in [
            json!({"StringEquals": {"aws:SourceAccount": "123456789012"}}),
            json!({"StringLike": {"AWS:SOURCEACCOUNT": ["123456789012"]}}),
            json!({"ArnLike": {"aws:SourceArn": "arn:aws:states:*:123456789012:stateMachine:*"}}),
            json!({"ArnEquals": {"aws:sourcearn": "arn:aws:states:*:123456789012:stateMachine:*"}}),
            json!({"StringLike": {"aws:SourceArn": "arn:*:123456789012:*"}}),
            json!({"StringEquals": {"aws:SourceArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:a"}}),
            json!({"StringEquals": {"aws:SourceAccount": "${aws:ResourceAccount}"}}),
            json!({"StringEqualsIfExists": {"aws:SourceAccount": "123456789012"}, "Null": {"aws:SourceAccount": "false"}}),
            json!({"StringEqualsIfExists": {"aws:SourceArn": "x"}, "StringEquals": {"aws:SourceAccount": "123456789012"}}),
        ] {
            assert_eq!(judged(&condition, &[]), Guard::Own, "{condition}");
        }
    }

    #[test]
    fn what_holds_for_others_too_pins_nothing() {
        for condition in [
            json!({}),
            json!({"StringEqualsIfExists": {"aws:SourceAccount": "123456789012"}}),
            json!({"ArnLike": {"aws:SourceArn": "arn:aws:states:*:*:stateMachine:*"}}),
            json!({"ArnLike": {"aws:SourceArn": "arn:aws:states:*"}}),
            json!({"StringLike": {"aws:SourceAccount": "12345678901?"}}),
            json!({"StringNotEquals": {"aws:SourceAccount": "999999999999"}}),
            json!({"ArnLike": {"aws:SourceArn": ["arn:aws:states:*:123456789012:*", "*"]}}),
            json!({"Null": {"aws:SourceArn": "false"}}),
        ] {
            assert!(matches!(judged(&condition, &[]), Guard::Open(_)), "{condition}");
        }
        let both = json!({"StringEquals": {"aws:SourceAccount": ["123456789012", "999999999999"]}});
        assert_eq!(judged(&both, &[]), Guard::Accounts(["999999999999".to_owned()].into()));
        assert_eq!(judged(&json!({"StringEquals": {"aws:SourceOrgID": "o-1"}}), &[]), Guard::Organization);
    }

    #[test]
    fn what_is_not_understood_is_said_to_be_unclear() {
        for condition in [
            json!({"ForAnyValue:StringEquals": {"aws:SourceAccount": "123456789012"}}),
            json!({"StringEquals": {"sts:ExternalId": "x"}}),
            json!({"StringEquals": {"aws:SourceAccount": "${aws:PrincipalTag/account}"}}),
        ] {
            assert!(matches!(judged(&condition, &[]), Guard::Unclear(_)), "{condition}");
        }
    }

    #[test]
    fn a_denial_of_everything_else_is_a_guard() {
        let denial = |condition: Value| json!({"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Condition": condition});
        let own = json!({"StringNotEqualsIfExists": {"aws:SourceAccount": "123456789012"},
            "Bool": {"aws:PrincipalIsAWSService": "true"}});
        assert_eq!(judged(&json!({}), &[denial(own)]), Guard::Own);
        let tagged = json!({"StringNotEquals": {"aws:PrincipalTag/team": "a"}});
        assert!(matches!(judged(&json!({}), &[denial(tagged)]), Guard::Unclear(_)));
    }
}
