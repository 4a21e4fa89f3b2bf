use sha2::{Digest, Sha256};

use crate::iam::{Effect, Policy, Statement};
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

/// Whether a role may do something on every resource.
#[derive(Debug)]
pub enum Answer<'a> {
    /// By these statements, none of which has a condition.
    Granted(Vec<Grant<'a>>),
    /// Only by statements whose conditions are decided at run time, or against a denial that is.
    Depends(Vec<Grant<'a>>),
    NotGranted,
}

impl Grant<'_> {
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

    /// Whether the role may call `action` on every resource: the only question there is about actions that cannot be
    /// scoped.
    pub fn on_everything(&self, action: &str) -> Answer<'a> {
        let applies = |statement: &Statement, effect| {
            statement.effect == effect && statement.matches_action(action) && statement.reaches_everything()
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

fn managed<'a>(iam: &'a Iam, arn: &Arn) -> Result<&'a Policy, Gap> {
    let unlisted = || {
        Gap::new(GapReason::Partial, "the managed policy is not in the account's authorization details")
            .about(arn.as_str())
    };
    let policy = iam.policies.get(arn).ok_or_else(unlisted)?;
    Ok(policy.whole().map_err(Gap::clone)?.get())
}
