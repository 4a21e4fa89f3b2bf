use std::fmt;

use sha2::{Digest, Sha256};

use crate::iam::{Effect, Policy, Selector, Statement, glob_matches};
use crate::model::{Iam, Role};
use crate::types::{Arn, Gap, GapReason};

/// One statement that allows something, and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Grant<'a> {
    /// The managed policy's ARN or the inline policy's name.
    pub policy: &'a str,
    pub inline: bool,
    pub statement: &'a Statement,
}

/// All statements of a role: what its own policies say and what bounds them.
#[derive(Debug)]
pub struct Grants<'a> {
    statements: Vec<Grant<'a>>,
    boundary: Option<&'a Policy>,
}

/// Whether a role may do something.
#[derive(Debug)]
pub enum Answer<'a> {
    /// By these statements, none of which has a condition.
    Granted(Vec<Grant<'a>>),
    /// Only by statements whose conditions are decided at run time, or against a denial that is.
    Depends(Vec<Grant<'a>>),
    NotGranted,
}

/// What is left of an allowing statement when some actions are taken out of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Rest {
    Nothing,
    Statement(Statement),
    /// A wildcard or `NotAction` names the actions among others, and nobody said which of those are needed.
    Unclear,
}

impl<'a> Answer<'a> {
    /// The statements that allow it, and whether they do for sure.
    pub fn allows(self) -> Option<(Vec<Grant<'a>>, bool)> {
        match self {
            Self::Granted(grants) => Some((grants, true)),
            Self::Depends(grants) => Some((grants, false)),
            Self::NotGranted => None,
        }
    }
}

impl fmt::Display for Grant<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.inline { "inline" } else { "managed" };
        write!(f, "statement {} of the {kind} policy {}", self.statement_id(), self.policy)
    }
}

impl Grant<'_> {
    /// The same statement of the same policy.
    pub fn is(&self, other: &Grant<'_>) -> bool {
        self.policy == other.policy && std::ptr::eq(self.statement, other.statement)
    }

    /// The statement without `actions`.
    pub fn without(&self, actions: &[&str]) -> Rest {
        let Selector::Only(patterns) = &self.statement.actions else { return Rest::Unclear };
        if !self.wildcards(actions).is_empty() {
            return Rest::Unclear;
        }
        let named = |pattern: &String| actions.iter().any(|action| action.eq_ignore_ascii_case(pattern));
        let kept: Vec<_> = patterns.iter().filter(|pattern| !named(pattern)).cloned().collect();
        if kept.is_empty() {
            return Rest::Nothing;
        }
        Rest::Statement(Statement { actions: Selector::Only(kept), ..self.statement.clone() })
    }

    /// The wildcards by which the statement names any of `actions`; `NotAction` counts as one.
    pub fn wildcards(&self, actions: &[&str]) -> Vec<&str> {
        let Selector::Only(patterns) = &self.statement.actions else {
            let any = actions.iter().any(|action| self.statement.matches_action(action));
            return if any { vec!["NotAction"] } else { Vec::new() };
        };
        let wild = |pattern: &&str| {
            pattern.contains(['*', '?']) && actions.iter().any(|action| glob_matches(pattern, action, true))
        };
        patterns.iter().map(String::as_str).filter(wild).collect()
    }

    /// The statement's id, or a hash of the statement where it has none: stable when statements are reordered.
    pub fn statement_id(&self) -> String {
        if let Some(sid) = &self.statement.sid {
            return sid.clone();
        }
        let text = serde_json::to_string(self.statement).expect("a statement is plain JSON");
        let hex: String = Sha256::digest(text).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        format!("sha256:{hex}")
    }
}

impl<'a> Grants<'a> {
    /// A policy that could not be read hides grants and denials alike: then nothing is known.
    pub fn of(role: &'a Role, iam: &'a Iam) -> Result<Self, Gap> {
        let mut statements = Vec::new();
        for inline in &role.principal.inline {
            let policy = inline.policy.whole().map_err(Gap::clone)?.get();
            statements.extend(policy.statements.iter().map(|statement| Grant {
                policy: &inline.name,
                inline: true,
                statement,
            }));
        }
        for arn in &role.principal.attached {
            let policy = managed(iam, arn)?;
            statements.extend(policy.statements.iter().map(|statement| Grant {
                policy: arn.as_str(),
                inline: false,
                statement,
            }));
        }
        let boundary = role.principal.boundary.as_ref().map(|arn| managed(iam, arn)).transpose()?;
        Ok(Self { statements, boundary })
    }

    pub fn statements(&self) -> impl Iterator<Item = &Grant<'a>> {
        self.statements.iter()
    }

    /// The permissions boundary's document.
    pub fn boundary(&self) -> Option<&'a Policy> {
        self.boundary
    }

    /// Whether the role may call `action` on every resource: the only question there is about actions that cannot be
    /// scoped, which IAM asks as "on `*`".
    pub fn on_everything(&self, action: &str) -> Answer<'a> {
        self.on("*", action)
    }

    /// Whether the role may call `action` on `resource`.
    pub fn on(&self, resource: &str, action: &str) -> Answer<'a> {
        let applies = |statement: &Statement, effect| {
            statement.effect == effect && statement.matches_action(action) && statement.matches_resource(resource)
        };
        let denials = || {
            self.statements
                .iter()
                .map(|grant| grant.statement)
                .chain(self.boundary.iter().flat_map(|policy| &policy.statements))
                .filter(|statement| applies(statement, Effect::Deny))
        };
        if denials().any(|denial| denial.condition.is_none()) {
            return Answer::NotGranted;
        }
        let bounded = match self.boundary {
            None => Some(true),
            Some(policy) => {
                let mut allows =
                    policy.statements.iter().filter(|statement| applies(statement, Effect::Allow)).peekable();
                allows.peek().is_some().then(|| allows.any(|statement| statement.condition.is_none()))
            }
        };
        let Some(bounded) = bounded else { return Answer::NotGranted };
        let allows: Vec<_> =
            self.statements.iter().filter(|grant| applies(grant.statement, Effect::Allow)).copied().collect();
        let sure: Vec<_> = allows.iter().filter(|grant| grant.statement.condition.is_none()).copied().collect();
        match (sure.is_empty(), allows.is_empty()) {
            (_, true) => Answer::NotGranted,
            (false, false) if bounded && denials().next().is_none() => Answer::Granted(sure),
            _ => Answer::Depends(allows),
        }
    }
}

pub(super) fn managed<'a>(iam: &'a Iam, arn: &Arn) -> Result<&'a Policy, Gap> {
    let unlisted = || {
        Gap::new(GapReason::Partial, "the managed policy is not in the account's authorization details")
            .about(arn.as_str())
    };
    let policy = iam.policies.get(arn).ok_or_else(unlisted)?;
    Ok(policy.whole().map_err(Gap::clone)?.get())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Grant, Rest};
    use crate::iam::{Policy, Selector};

    const WRITE: [&str; 2] = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"];

    fn rest(statement: &serde_json::Value) -> (Rest, Vec<String>) {
        let policy = Policy::parse(&json!({ "Statement": statement })).unwrap();
        let grant = Grant { policy: "p", inline: true, statement: &policy.statements[0] };
        (grant.without(&WRITE), grant.wildcards(&WRITE).iter().map(ToString::to_string).collect())
    }

    #[test]
    fn actions_are_taken_out_only_where_each_is_named() {
        let statement = |action| json!({"Effect": "Allow", "Action": action, "Resource": "*"});
        assert_eq!(rest(&statement(json!(["XRAY:puttracesegments"]))), (Rest::Nothing, vec![]));
        let (Rest::Statement(left), _) = rest(&statement(json!(["xray:PutTraceSegments", "s3:*"]))) else {
            panic!("s3:* stays");
        };
        assert_eq!(left.actions, Selector::Only(vec!["s3:*".into()]));
        assert_eq!(rest(&statement(json!(["xray:Put*", "s3:*"]))), (Rest::Unclear, vec!["xray:Put*".into()]));
        let all_but = json!({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"});
        assert_eq!(rest(&all_but), (Rest::Unclear, vec!["NotAction".into()]));
    }
}
