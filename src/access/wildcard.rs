//! Wildcards in the actions that a role's statements allow, and what they open.

use super::{Grant, Grants};
use crate::iam::{Effect, Policy, Selector, Statement, glob_matches};

/// One wildcard of one allowing statement that denials and the boundary leave in force.
#[derive(Debug, Clone)]
pub struct Wildcard<'a> {
    pub grant: Grant<'a>,
    /// As written; [`NOT_ACTION`] for a `NotAction`.
    pub pattern: &'a str,
    /// The patterns that are in force, with what they open; narrower than `pattern` where a boundary is.
    pub opens: Vec<(&'a str, Reach)>,
    /// No condition decides.
    pub sure: bool,
    /// In force on every resource: neither the statement nor a boundary nor a denial names some.
    pub everywhere: bool,
}

/// How a `NotAction` is named among wildcards.
pub const NOT_ACTION: &str = "NotAction";

/// What a wildcard opens, from the least to the most.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Reading that gives away these data.
    Data(Vec<&'static str>),
    /// Some actions of one service that change things.
    Writes,
    /// All of one service.
    Service,
    /// All of IAM: whoever may do that may do everything.
    Identity,
    /// All services.
    Everything,
}

/// Verbs of actions that only read.
const READS: [&str; 14] = [
    "Get",
    "List",
    "Describe",
    "BatchGet",
    "BatchDescribe",
    "BatchCheck",
    "Head",
    "Lookup",
    "Query",
    "Scan",
    "Search",
    "Select",
    "Filter",
    "View",
];

/// Actions that only read, and what they read that is more than names and settings. Those that a role of Step Functions
/// is likely to have; the services' own lists are at
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>.
const DATA: [(&str, &str); 33] = [
    ("athena:GetQueryResults", "query results"),
    ("codecommit:GetFile", "source code"),
    ("cognito-idp:ListUsers", "user profiles"),
    ("dynamodb:BatchGetItem", "table items"),
    ("dynamodb:GetItem", "table items"),
    ("dynamodb:GetRecords", "table items"),
    ("dynamodb:Query", "table items"),
    ("dynamodb:Scan", "table items"),
    ("ecr:BatchGetImage", "container images"),
    ("kinesis:GetRecords", "stream records"),
    ("lambda:GetFunction", "function code and environment"),
    ("lambda:GetFunctionConfiguration", "function code and environment"),
    ("lambda:ListFunctions", "function code and environment"),
    ("logs:FilterLogEvents", "log events"),
    ("logs:GetLogEvents", "log events"),
    ("logs:GetLogRecord", "log events"),
    ("logs:GetQueryResults", "log events"),
    ("redshift-data:GetStatementResult", "query results"),
    ("s3:GetObject", "objects"),
    ("s3:GetObjectVersion", "objects"),
    ("s3:ListBucket", "names of objects"),
    ("secretsmanager:BatchGetSecretValue", "secrets"),
    ("secretsmanager:GetSecretValue", "secrets"),
    ("ssm:GetParameter", "parameters"),
    ("ssm:GetParameterHistory", "parameters"),
    ("ssm:GetParameters", "parameters"),
    ("ssm:GetParametersByPath", "parameters"),
    ("states:DescribeExecution", "execution input and output"),
    ("states:DescribeStateMachine", "definitions"),
    ("states:DescribeStateMachineForExecution", "definitions"),
    ("states:GetActivityTask", "activity input"),
    ("states:GetExecutionHistory", "execution input and output"),
    ("xray:BatchGetTraces", "traces"),
];

/// Families of one operation that AWS's own pages write with a wildcard.
/// Source: <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>.
const ONE_OPERATION: [&str; 2] = ["kms:GenerateDataKey*", "kms:ReEncrypt*"];

/// What `pattern` opens; `None` where that is no more than a list of names, or one action.
pub fn reach(pattern: &str) -> Option<Reach> {
    let (service, action) = pattern.split_once(':').unwrap_or((pattern, "*"));
    if !pattern.contains(['*', '?']) || ONE_OPERATION.iter().any(|one| one.eq_ignore_ascii_case(pattern)) {
        return None;
    }
    if service.contains(['*', '?']) {
        return Some(Reach::Everything);
    }
    if !action.is_empty() && action.bytes().all(|byte| byte == b'*') {
        let identity = ["iam", "organizations"].iter().any(|one| one.eq_ignore_ascii_case(service));
        return Some(if identity { Reach::Identity } else { Reach::Service });
    }
    let stem = literal(action);
    let reads = READS.iter().any(|verb| stem.get(..verb.len()).is_some_and(|head| head.eq_ignore_ascii_case(verb)));
    if !reads {
        return Some(Reach::Writes);
    }
    let mut data: Vec<_> =
        DATA.iter().filter(|(action, _)| glob_matches(pattern, action, true)).map(|(_, data)| *data).collect();
    data.sort_unstable();
    data.dedup();
    (!data.is_empty()).then_some(Reach::Data(data))
}

/// The wildcards of the role's statements that open something.
pub fn wildcards<'a>(grants: &Grants<'a>) -> Vec<Wildcard<'a>> {
    let mut found = Vec::new();
    for grant in grants.allowing() {
        let statement = grant.statement;
        let written: Vec<&str> = match &statement.actions {
            Selector::Only(patterns) => patterns.iter().map(String::as_str).collect(),
            Selector::AllBut(_) => vec![NOT_ACTION],
        };
        for pattern in written {
            let (bounded, sure_bound) = bounded(pattern, statement, grants.boundary());
            let left = bounded.into_iter().filter(|pattern| !taken_back(pattern, statement, grants, true));
            let opens: Vec<_> = left.filter_map(|pattern| Some((pattern, opened(pattern, statement)?))).collect();
            if opens.is_empty() {
                continue;
            }
            let contested = opens.iter().any(|(pattern, _)| taken_back(pattern, statement, grants, false));
            let sure = statement.condition.is_none() && sure_bound && !contested;
            let everywhere = statement.reaches_everything()
                && opens.iter().any(|(pattern, _)| !scoped_elsewhere(pattern, statement, grants));
            found.push(Wildcard { grant, pattern, opens, sure, everywhere });
        }
    }
    found
}

/// A `NotAction` opens all services, unless it excludes everything.
fn opened(pattern: &str, statement: &Statement) -> Option<Reach> {
    match &statement.actions {
        Selector::AllBut(spared) if pattern == NOT_ACTION => {
            (!spared.iter().any(|one| covers(one, "*"))).then_some(Reach::Everything)
        }
        Selector::AllBut(spared) if spared.iter().any(|one| covers(one, pattern)) => None,
        _ => reach(pattern),
    }
}

/// What a boundary leaves of `pattern`, and whether it does so without a condition.
fn bounded<'a>(pattern: &'a str, statement: &Statement, boundary: Option<&'a Policy>) -> (Vec<&'a str>, bool) {
    let Some(boundary) = boundary else { return (vec![pattern], true) };
    let any = if pattern == NOT_ACTION { "*" } else { pattern };
    let (mut left, mut sure) = (Vec::new(), true);
    for allow in boundary.statements.iter().filter(|one| one.effect == Effect::Allow && meets(one, statement)) {
        let before = left.len();
        match &allow.actions {
            Selector::AllBut(spared) if !spared.iter().any(|one| covers(one, any)) => left.push(pattern),
            Selector::AllBut(_) => {}
            Selector::Only(patterns) => {
                for one in patterns {
                    if covers(one, any) {
                        left.push(pattern);
                    } else if covers(any, one) {
                        left.push(one.as_str());
                    } else if may_overlap(one, any) {
                        left.push(pattern);
                    }
                }
            }
        }
        sure &= left.len() == before || allow.condition.is_none();
    }
    left.sort_unstable();
    left.dedup();
    (left, sure)
}

/// Denials cover all that `pattern` gives on the statement's resources; `for_sure`: without a condition.
fn taken_back(pattern: &str, statement: &Statement, grants: &Grants<'_>, for_sure: bool) -> bool {
    let any = if pattern == NOT_ACTION { "*" } else { pattern };
    let own = grants.statements().map(|grant| grant.statement);
    let mut denials = own
        .chain(grants.boundary().into_iter().flat_map(|policy| &policy.statements))
        .filter(|denial| denial.effect == Effect::Deny && denial.condition.is_none() == for_sure);
    denials.any(|denial| {
        let resources = match (&denial.resources, &statement.resources) {
            (Some(Selector::Only(denied)), Some(Selector::Only(allowed))) => {
                allowed.iter().all(|one| denied.iter().any(|denied| glob_matches(denied, &stand_in(one), false)))
            }
            (Some(Selector::Only(denied)), _) => denied.iter().any(|denied| covers(denied, "*")),
            _ => false,
        };
        denies(denial, any) && resources
    })
}

/// A boundary allows `pattern` on named resources only, or a denial spares only some.
fn scoped_elsewhere(pattern: &str, statement: &Statement, grants: &Grants<'_>) -> bool {
    let wide = |one: &Statement| one.reaches_everything();
    let bounded_to_some = grants.boundary().is_some_and(|boundary| {
        let statements = boundary.statements.iter().filter(|one| wide(one)).cloned().collect();
        bounded(pattern, statement, Some(&Policy { statements, ..boundary.clone() })).0.is_empty()
    });
    let any = if pattern == NOT_ACTION { "*" } else { pattern };
    let own = grants.statements().map(|grant| grant.statement);
    let mut denials = own.chain(grants.boundary().into_iter().flat_map(|policy| &policy.statements));
    let spares = |one: &Statement| one.effect == Effect::Deny && one.condition.is_none() && wide(one);
    bounded_to_some || denials.any(|one| spares(one) && denies(one, any))
}

/// The statement, where it is a denial, denies all actions that `pattern` matches.
fn denies(denial: &Statement, pattern: &str) -> bool {
    match &denial.actions {
        Selector::Only(patterns) => patterns.iter().any(|one| covers(one, pattern)),
        Selector::AllBut(spared) => !spared.iter().any(|one| may_overlap(one, pattern)),
    }
}

/// The two statements may be about one resource.
fn meets(one: &Statement, other: &Statement) -> bool {
    match (&one.resources, &other.resources) {
        (Some(Selector::Only(a)), Some(Selector::Only(b))) => a.iter().any(|a| b.iter().any(|b| may_overlap(a, b))),
        _ => true,
    }
}

/// `pattern` matches all actions that `other` matches.
fn covers(pattern: &str, other: &str) -> bool {
    glob_matches(pattern, &stand_in(other), true)
}

/// A text for all that `pattern` matches: bytes that no pattern spells out take the place of its wildcards, three for a
/// `*`, so that no `?` passes for one.
fn stand_in(pattern: &str) -> String {
    pattern.replace('*', "\u{1}\u{1}\u{1}").replace('?', "\u{1}")
}

/// What stands before the first wildcard.
fn literal(pattern: &str) -> &str {
    pattern.split(['*', '?']).next().unwrap_or_default()
}

/// False only where the two surely have nothing in common.
fn may_overlap(a: &str, b: &str) -> bool {
    let (a, b) = (literal(a).to_ascii_lowercase(), literal(b).to_ascii_lowercase());
    a.starts_with(&b) || b.starts_with(&a)
}

#[cfg(test)]
mod tests {
    use super::{Reach, covers, may_overlap, reach};

    #[test]
    fn what_patterns_open() {
        for (pattern, opens) in [
            ("*", Some(Reach::Everything)),
            ("*:*", Some(Reach::Everything)),
            ("s?:Get*", Some(Reach::Everything)),
            ("IAM:*", Some(Reach::Identity)),
            ("s3:**", Some(Reach::Service)),
            ("s3:Put*", Some(Reach::Writes)),
            ("s3:*Object", Some(Reach::Writes)),
            ("s3:G*", Some(Reach::Writes)),
            ("s3:getobject*", Some(Reach::Data(vec!["objects"]))),
            ("states:Describe*", Some(Reach::Data(vec!["definitions", "execution input and output"]))),
            ("s3:GetBucket*", None),
            ("ec2:Describe*", None),
            ("kms:ReEncrypt*", None),
            ("lambda:InvokeFunction", None),
        ] {
            assert_eq!(reach(pattern), opens, "{pattern}");
        }
    }

    #[test]
    fn covering_and_meeting() {
        assert!(covers("S3:*", "s3:Get*") && covers("*", "s3:G?t*") && covers("s3:Get?", "s3:Get?"));
        assert!(!covers("s3:Get?", "s3:Get*") && !covers("s3:Get*", "s3:*"));
        assert!(may_overlap("s3:*Object", "s3:Get*") && !may_overlap("s3:*", "sqs:*"));
    }
}
