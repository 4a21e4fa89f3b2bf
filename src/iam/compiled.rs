use super::action::ActionSet;
use super::condition::{self, Condition};
use super::context::Keys;
use super::parse::PolicyKind;
use super::policy::{Effect, Policy, Statement};
use super::principal::{Named, PrincipalSet};
use super::request::Request;
use super::resource::ResourceSet;
use super::tri::Tri;

/// A policy made ready to be asked often: patterns split, actions by service, condition values read.
#[derive(Debug, Clone)]
pub struct Compiled {
    pub(super) lines: Box<[Line]>,
}

/// One statement.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) effect: Effect,
    actions: ActionSet,
    /// `None` where the statement names no resource: a trust policy's is the role itself.
    resources: Option<ResourceSet>,
    pub(super) principals: Option<PrincipalSet>,
    conditions: Box<[Condition]>,
    kind: PolicyKind,
}

/// A statement that applies to a request, for sure or where its conditions hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applies {
    /// Which of the policy's statements.
    pub statement: usize,
    pub effect: Effect,
    /// Whether it applies whatever the unknown keys are.
    pub for_sure: bool,
}

impl Compiled {
    /// A policy attached to a principal, or one that bounds it: boundary, session, service or resource control policy.
    pub fn identity(policy: &Policy) -> Self {
        Self::of(policy, PolicyKind::Identity)
    }

    /// A policy attached to a resource; a trust policy is one.
    pub fn resource(policy: &Policy) -> Self {
        Self::of(policy, PolicyKind::Resource)
    }

    fn of(policy: &Policy, kind: PolicyKind) -> Self {
        let line = |statement: &Statement| Line::new(statement, policy.has_variables(), kind);
        Self { lines: policy.statements.iter().map(line).collect() }
    }

    /// The statements that apply to the request.
    pub fn applying<'p>(&'p self, request: &'p Request<'_>) -> impl Iterator<Item = Applies> + 'p {
        self.lines.iter().enumerate().filter_map(|(statement, line)| {
            let applies = line.applies_to(request, &mut Keys::default());
            (applies != Tri::No).then_some(Applies { statement, effect: line.effect, for_sure: applies == Tri::Yes })
        })
    }
}

impl Line {
    fn new(statement: &Statement, variables: bool, kind: PolicyKind) -> Self {
        Self {
            effect: statement.effect,
            actions: ActionSet::new(&statement.actions),
            resources: statement.resources.as_ref().map(|resources| ResourceSet::new(resources, variables)),
            principals: PrincipalSet::new(statement.principal.as_ref(), statement.not_principal.as_ref()),
            conditions: condition::compile(statement.condition.as_ref(), variables),
            kind,
        }
    }

    /// How a resource policy's statement names who asks.
    pub(super) fn names(&self, request: &Request<'_>) -> Named {
        self.principals.as_ref().map_or(Named::No, |principals| principals.names(&request.caller))
    }

    /// Whether action, resource, principal and conditions match. Adds the keys that this depends on.
    pub(super) fn applies_to<'p>(&'p self, request: &Request<'_>, keys: &mut Keys<'p>) -> Tri {
        if !self.actions.matches(request.service, request.action_name) {
            return Tri::No;
        }
        if self.kind == PolicyKind::Resource && self.names(request) == Named::No {
            return Tri::No;
        }
        let mark = keys.mark();
        let resources = match &self.resources {
            Some(resources) => resources.matches(&request.resource, request.context, keys),
            None => (self.kind == PolicyKind::Resource).into(),
        };
        let mut applies = resources;
        for condition in &self.conditions {
            if applies == Tri::No {
                break;
            }
            applies = applies.and(condition.holds(request.context, keys));
        }
        if applies == Tri::No {
            keys.back_to(mark);
        }
        applies
    }
}
