use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::json;

use super::Grant;
use super::overlap::without_variables;
use super::statement::{holds, meets, names, names_all};
use crate::iam::{Compiled, Context, Decision, Effect, Policies, Policy, Request, Selector, Statement, Verdict};
use crate::model::{Iam, Role};
use crate::types::{Arn, Gap};

/// All that a role's policies say, and what bounds them, ready to be asked.
#[derive(Debug)]
pub struct Grants<'a> {
    policies: Vec<Held<'a>>,
    boundary: Option<Held<'a>>,
    /// The role's ARN and account.
    caller: String,
    account: String,
    /// Stands in for the policies of resources, which are not known here: hands the decision to the account.
    delegation: Compiled,
}

#[derive(Debug)]
struct Held<'a> {
    /// The managed policy's ARN or the inline policy's name.
    name: &'a str,
    inline: bool,
    policy: &'a Policy,
    compiled: Rc<Compiled>,
}

/// Managed policies, compiled once for all roles that have them.
#[derive(Debug, Default)]
pub struct ManagedPolicies<'a>(BTreeMap<&'a Arn, Rc<Compiled>>);

/// Whether a role may do something, as far as its own policies tell.
#[derive(Debug)]
pub enum Answer<'a> {
    /// By these statements, whatever the request's context is.
    Granted(Vec<Grant<'a>>),
    /// Only by statements whose conditions are decided at run time, or against a denial that is.
    Depends(Vec<Grant<'a>>),
    /// Its policies allow it, but not its permissions boundary.
    OutOfBounds,
    /// By these statements, whatever the request's context is.
    Denied(Vec<Grant<'a>>),
    NotGranted,
}

/// A caller where no role is known.
const SOMEBODY: &str = "arn:aws:iam::111122223333:role/execution";

impl<'a> Answer<'a> {
    /// The statements that allow it, and whether they do for sure.
    pub fn allows(self) -> Option<(Vec<Grant<'a>>, bool)> {
        match self {
            Self::Granted(grants) => Some((grants, true)),
            Self::Depends(grants) => Some((grants, false)),
            Self::OutOfBounds | Self::Denied(_) | Self::NotGranted => None,
        }
    }
}

impl<'a> Held<'a> {
    fn statements(&self) -> impl Iterator<Item = Grant<'a>> + use<'a> {
        let (policy, inline) = (self.name, self.inline);
        self.policy.statements.iter().map(move |statement| Grant { policy, inline, statement })
    }
}

impl<'a> ManagedPolicies<'a> {
    fn held(&mut self, iam: &'a Iam, arn: &'a Arn) -> Result<Held<'a>, Gap> {
        let policy = iam.managed_policy(arn)?;
        let compiled = self.0.entry(arn).or_insert_with(|| Rc::new(Compiled::identity(policy)));
        Ok(Held { name: arn.as_str(), inline: false, policy, compiled: Rc::clone(compiled) })
    }
}

impl<'a> Grants<'a> {
    /// A policy that could not be read hides grants and denials alike: then nothing is known.
    pub fn of(role: &'a Role, iam: &'a Iam, managed: &mut ManagedPolicies<'a>) -> Result<Self, Gap> {
        let mut policies = Vec::new();
        for inline in &role.principal.inline {
            let policy = inline.policy.whole().map_err(Gap::clone)?.get();
            policies.push(inline_policy(&inline.name, policy));
        }
        for arn in &role.principal.attached {
            policies.push(managed.held(iam, arn)?);
        }
        let boundary = role.principal.boundary.as_ref().map(|arn| managed.held(iam, arn)).transpose()?;
        Ok(Self::new(&role.principal.arn, policies, boundary))
    }

    /// Those of a role of which only the policies are known.
    pub fn of_documents(policies: &'a [Policy], boundary: Option<&'a Policy>) -> Self {
        let policies = policies.iter().map(|policy| inline_policy("", policy)).collect();
        let nobody = Arn::parse(SOMEBODY).expect("it is an ARN");
        Self::new(&nobody, policies, boundary.map(|policy| inline_policy("", policy)))
    }

    fn new(caller: &Arn, policies: Vec<Held<'a>>, boundary: Option<Held<'a>>) -> Self {
        let account = caller.account().to_owned();
        let delegation = json!({ "Statement":
            { "Effect": "Allow", "Principal": { "AWS": account }, "Action": "*", "Resource": "*" } });
        let delegation = Policy::parse(&delegation).expect("it is a policy");
        let delegation = Compiled::resource(&delegation);
        Self { policies, boundary, caller: caller.to_string(), account, delegation }
    }

    pub fn statements(&self) -> impl Iterator<Item = Grant<'a>> {
        self.policies.iter().flat_map(Held::statements)
    }

    /// Those that allow something.
    pub fn allowing(&self) -> impl Iterator<Item = Grant<'a>> {
        self.statements().filter(|grant| grant.statement.effect == Effect::Allow)
    }

    /// The permissions boundary's document.
    pub fn boundary(&self) -> Option<&'a Policy> {
        self.boundary.as_ref().map(|held| held.policy)
    }

    /// Whether the role may call `action` on every resource: the only question there is about actions that cannot be
    /// scoped, which IAM asks as "on `*`".
    pub fn on_everything(&self, action: &str) -> Answer<'a> {
        self.on("*", action)
    }

    /// Whether the role may call `action` on `resource`, as a role of the resource's own account. Where either is a
    /// pattern, one that fits it is meant, and which is not known: that depends, unless nothing reaches any.
    pub fn on(&self, resource: &str, action: &str) -> Answer<'a> {
        self.in_context(&Context::open(), resource, action)
    }

    /// The same where something of the request's context is known.
    pub fn in_context(&self, context: &Context, resource: &str, action: &str) -> Answer<'a> {
        let wild = |text: &str| text.contains(['*', '?']);
        if wild(action) || (wild(resource) && resource != "*") {
            return self.somewhere(action, resource);
        }
        let request = Request::new(&self.caller, action, resource, context).owned_by(&self.account);
        let applying = |effect| {
            let bounds = self.boundary.iter().filter(|_| effect == Effect::Deny);
            applying(self.policies.iter().chain(bounds), &request, effect)
        };
        let grants = |found: Vec<(Grant<'a>, bool)>, sure_only: bool| {
            found.into_iter().filter(|(_, sure)| *sure || !sure_only).map(|(grant, _)| grant).collect()
        };
        match self.policies(&self.delegation).evaluate(&request) {
            Verdict::Decided(Decision::Allowed) => Answer::Granted(grants(applying(Effect::Allow), true)),
            Verdict::DependsOn(_) => Answer::Depends(grants(applying(Effect::Allow), false)),
            Verdict::Decided(Decision::ExplicitlyDenied) => Answer::Denied(grants(applying(Effect::Deny), true)),
            Verdict::Decided(Decision::ImplicitlyDenied) if applying(Effect::Allow).is_empty() => Answer::NotGranted,
            Verdict::Decided(Decision::ImplicitlyDenied) => Answer::OutOfBounds,
        }
    }

    /// Whether the role may call `action` on a resource of its own account that has this policy.
    pub fn with_policy_of(&self, policy: &Policy, resource: &str, action: &str) -> Verdict {
        let context = Context::open();
        let request = Request::new(&self.caller, action, resource, &context).owned_by(&self.account);
        self.policies(&Compiled::resource(policy)).evaluate(&request)
    }

    fn policies<'p>(&'p self, resource: &'p Compiled) -> Policies<'p> {
        Policies {
            identity: self.policies.iter().map(|held| &*held.compiled).collect(),
            boundary: self.boundary.as_ref().map(|held| vec![&*held.compiled]),
            resource: Some(resource),
            ..Policies::default()
        }
    }

    /// Whether denials and the boundary leave something of what a statement allows; `whole`: all of it on one of its
    /// resources.
    pub fn leave(&self, statement: &Statement, action: &str, whole: bool) -> bool {
        let Some(Selector::Only(resources)) = &statement.resources else { return true };
        let left = |resource: &String| {
            let resource = without_variables(resource);
            let answer = if whole { self.on(&resource, action) } else { self.somewhere(action, &resource) };
            answer.allows().is_some()
        };
        let denied =
            || self.statements().any(|one| one.statement.effect == Effect::Deny && names(one.statement, action));
        (self.boundary.is_none() && !denied()) || resources.iter().any(left)
    }

    /// Whether any of its policies denies something.
    pub fn deny(&self) -> bool {
        self.statements().any(|grant| grant.statement.effect == Effect::Deny)
    }

    fn somewhere(&self, action: &str, resource: &str) -> Answer<'a> {
        let reaches = |grant: &Grant<'_>| names(grant.statement, action) && meets(grant.statement, resource);
        let allows: Vec<_> = self.allowing().filter(reaches).collect();
        if allows.is_empty() {
            return Answer::NotGranted;
        }
        let denies = |grant: &Grant<'_>| {
            grant.statement.effect == Effect::Deny
                && grant.statement.condition.is_none()
                && names_all(grant.statement, action)
                && holds(grant.statement, resource)
        };
        let bounds = self.boundary.iter().flat_map(Held::statements);
        let denials: Vec<_> = self.statements().chain(bounds).filter(denies).collect();
        if !denials.is_empty() {
            return Answer::Denied(denials);
        }
        let within =
            |held: &Held<'a>| held.statements().any(|grant| grant.statement.effect == Effect::Allow && reaches(&grant));
        match self.boundary.as_ref().is_none_or(within) {
            true => Answer::Depends(allows),
            false => Answer::OutOfBounds,
        }
    }
}

fn inline_policy<'a>(name: &'a str, policy: &'a Policy) -> Held<'a> {
    Held { name, inline: true, policy, compiled: Rc::new(Compiled::identity(policy)) }
}

/// The statements of this effect that apply to a request, and whether each does for sure.
fn applying<'h, 'a: 'h>(
    policies: impl Iterator<Item = &'h Held<'a>>,
    request: &Request<'_>,
    effect: Effect,
) -> Vec<(Grant<'a>, bool)> {
    let of = |held: &'h Held<'a>| {
        let statements: Vec<_> = held.statements().collect();
        let found = held.compiled.applying(request).filter(|one| one.effect == effect);
        found.map(|one| (statements[one.statement], one.for_sure)).collect::<Vec<_>>()
    };
    policies.flat_map(of).collect()
}
