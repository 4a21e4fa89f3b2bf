use std::cell::OnceCell;

use super::actor::{Actor, May};
use crate::iam::{Compiled, Context, Decision, Policies, Request, Verdict};
use crate::model::{Iam, Principal};
use crate::types::{Arn, Gap};

/// Everybody of an account, with what the ways to more permissions need to know of them.
#[derive(Debug)]
pub struct Account<'a> {
    pub(super) iam: &'a Iam,
    pub(super) roles: Vec<Someone<'a>>,
    pub(super) users: Vec<Someone<'a>>,
    pub(super) groups: Vec<Someone<'a>>,
    /// State machines and the roles that they run as.
    pub(super) machines: Vec<(&'a Arn, &'a Arn)>,
}

/// Somebody whose permissions can be taken over.
#[derive(Debug)]
pub(super) struct Someone<'a> {
    pub(super) principal: &'a Principal,
    pub(super) actor: Result<Actor<'a>, Gap>,
    /// Of a role.
    pub(super) trust: Option<Result<Compiled, Gap>>,
    /// Whether it may give itself any policy; asked once.
    raises_itself: OnceCell<May>,
}

impl<'a> Account<'a> {
    pub fn new(iam: &'a Iam, machines: Vec<(&'a Arn, &'a Arn)>) -> Self {
        let someone = |principal: &'a Principal| Someone {
            principal,
            actor: Actor::of(principal, iam),
            trust: None,
            raises_itself: OnceCell::new(),
        };
        let roles = iam.roles.values().filter(|role| !service_linked(&role.principal.arn)).map(|role| {
            let trust = role.trust.whole().map(|trust| Compiled::resource(trust.get())).map_err(Gap::clone);
            Someone { trust: Some(trust), ..someone(&role.principal) }
        });
        Self {
            iam,
            roles: roles.collect(),
            users: iam.users.iter().map(someone).collect(),
            groups: iam.groups.iter().map(someone).collect(),
            machines,
        }
    }

    /// A group brings its policies to somebody.
    pub(super) fn has_members(&self, group: &Arn) -> bool {
        self.iam.users.iter().any(|user| user.groups.iter().any(|name| name == group.name()))
    }
}

/// AWS alone changes such a role, and it is passed to nobody else.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html>.
fn service_linked(role: &Arn) -> bool {
    role.resource().starts_with("role/aws-service-role/")
}

impl<'a> Someone<'a> {
    pub(super) fn arn(&self) -> &'a Arn {
        &self.principal.arn
    }

    /// Can make itself an administrator without a doubt, or is one.
    pub(super) fn is_powerful(&self) -> Result<bool, Gap> {
        let actor = self.actor.as_ref().map_err(Gap::clone)?;
        Ok(*self.raises_itself.get_or_init(|| actor.may_raise_itself()) == May::Yes)
    }

    /// Read, and no administrator: a look over many passes it by before anything dearer is asked.
    pub(super) fn is_weak(&self) -> bool {
        matches!(self.is_powerful(), Ok(false))
    }

    /// It has no boundary that keeps it from more permissions, and is no administrator.
    pub(super) fn can_be_raised(&self) -> Result<bool, Gap> {
        let actor = self.actor.as_ref().map_err(Gap::clone)?;
        Ok(!actor.bounded() && !self.is_powerful()?)
    }

    /// The role lets this service act as it, perhaps only for its own account.
    pub(super) fn trusts(&self, service: &str) -> Result<bool, Gap> {
        let Some(trust) = &self.trust else { return Ok(false) };
        let trust = trust.as_ref().map_err(Gap::clone)?;
        let context = Context::open().with("aws:SourceAccount", self.arn().account());
        let request = Request::new(service, "sts:AssumeRole", self.arn().as_str(), &context);
        let verdict = Policies { resource: Some(trust), ..Policies::default() }.evaluate(&request);
        Ok(matches!(verdict, Verdict::Decided(Decision::Allowed) | Verdict::DependsOn(_)))
    }
}
