use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use serde_json::json;

use super::holders::{gives_everything, group_of};
use crate::access::Grants;
use crate::access::actions::{LOG_DELIVERY, LOG_WRITE, XRAY_WRITE};
use crate::iam::{Compiled, Context, Policies, Policy, Request, Selector, Verdict};
use crate::model::{Iam, Principal};
use crate::types::{Arn, Gap};

/// All that principals of an account may do, each made ready when it is first asked about.
#[derive(Debug)]
pub struct Powers<'a> {
    iam: &'a Iam,
    account: &'a str,
    /// Stands in for the policies of resources, which are not known here: hands the decision to the account.
    delegation: Compiled,
    context: Context,
    /// By where the policy stands.
    compiled: RefCell<HashMap<*const Policy, Rc<Compiled>>>,
    /// Those who have the same policies have the same power.
    alike: RefCell<HashMap<Alike, Rc<Power>>>,
    principals: RefCell<HashMap<&'a Arn, Rc<Power>>>,
    strengths: RefCell<HashMap<Arn, Rc<Strength>>>,
    gains: RefCell<HashMap<(*const Power, *const Strength), Option<Gain>>>,
}

type Alike = (Vec<*const Compiled>, Option<*const Compiled>);

#[derive(Debug)]
struct Power {
    identity: Vec<Rc<Compiled>>,
    boundary: Option<Rc<Compiled>>,
}

/// What a role may do, to hold others' powers against.
#[derive(Debug)]
struct Strength {
    everything: bool,
    asks: Vec<Ask>,
}

#[derive(Debug)]
struct Ask {
    action: String,
    resource: String,
    said: String,
}

/// What a role may do that somebody else may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gain {
    /// Everything there is.
    Everything,
    /// Actions with the resource that they are allowed on; never empty.
    Actions(Vec<String>),
}

/// More examples tell nothing new.
const ENOUGH: usize = 5;
/// Statements can name hundreds of resources; of each action, so many are asked about.
const RESOURCES: usize = 4;

impl Strength {
    fn of(grants: &Grants<'_>) -> Self {
        let everything = is_administrator(grants);
        let mut asks = Vec::new();
        for grant in grants.allowing().filter(|_| !everything) {
            let whole = ["*".to_owned()];
            let actions = match &grant.statement.actions {
                Selector::Only(actions) => actions.as_slice(),
                Selector::AllBut(_) => whole.as_slice(),
            };
            let resources = match &grant.statement.resources {
                Some(Selector::Only(resources)) => resources.as_slice(),
                _ => whole.as_slice(),
            };
            for action in actions.iter().filter(|action| !is_plumbing(action)) {
                let named = resources.iter().filter(|resource| !resource.contains("${")).take(RESOURCES);
                let may = |resource: &&String| grants.on(resource, action).allows().is_some();
                asks.extend(named.filter(may).map(|resource| Ask {
                    action: action.clone(),
                    resource: resource.clone(),
                    said: match &grant.statement.actions {
                        Selector::Only(_) => format!("{action} on {resource}"),
                        Selector::AllBut(spared) => format!("all but {} on {resource}", spared.join(", ")),
                    },
                }));
            }
        }
        Self { everything, asks }
    }
}

impl<'a> Powers<'a> {
    pub fn new(iam: &'a Iam, account: &'a str) -> Self {
        let delegation = json!({ "Statement":
            { "Effect": "Allow", "Principal": { "AWS": account }, "Action": "*", "Resource": "*" } });
        let delegation = Policy::parse(&delegation).expect("it is a policy");
        Self {
            iam,
            account,
            delegation: Compiled::resource(&delegation),
            context: Context::open().with("aws:PrincipalAccount", account),
            compiled: RefCell::default(),
            alike: RefCell::default(),
            principals: RefCell::default(),
            strengths: RefCell::default(),
            gains: RefCell::default(),
        }
    }

    /// What `role`, with these grants, may do that `principal` may not; `None`: nothing that is known of.
    ///
    /// What a condition decides counts as what the principal has. A wildcard is had by who has all of it.
    pub fn gain(&self, principal: &Arn, role: &Arn, grants: &Grants<'_>) -> Result<Option<Gain>, Gap> {
        let own = self.of(principal)?;
        let role = self.strength(role, grants);
        if role.everything {
            return Ok(Some(Gain::Everything));
        }
        let key = (Rc::as_ptr(&own), Rc::as_ptr(&role));
        if let Some(known) = self.gains.borrow().get(&key) {
            return Ok(known.clone());
        }
        let lacking = role.asks.iter().filter(|ask| !self.may(&own, principal, ask));
        let mut lacking: Vec<_> = lacking.take(ENOUGH).map(|ask| ask.said.clone()).collect();
        lacking.dedup();
        let gain = (!lacking.is_empty()).then_some(Gain::Actions(lacking));
        self.gains.borrow_mut().insert(key, gain.clone());
        Ok(gain)
    }

    fn strength(&self, role: &Arn, grants: &Grants<'_>) -> Rc<Strength> {
        if let Some(known) = self.strengths.borrow().get(role) {
            return Rc::clone(known);
        }
        let strength = Rc::new(Strength::of(grants));
        self.strengths.borrow_mut().insert(role.clone(), Rc::clone(&strength));
        strength
    }

    /// An action or a resource that is a pattern stands for all that it fits.
    fn may(&self, own: &Power, principal: &Arn, ask: &Ask) -> bool {
        let policies = Policies {
            identity: own.identity.iter().map(|policy| &**policy).collect(),
            boundary: own.boundary.as_ref().map(|policy| vec![&**policy]),
            resource: Some(&self.delegation),
            ..Policies::default()
        };
        let request =
            Request::new(principal.as_str(), &ask.action, &ask.resource, &self.context).owned_by(self.account);
        match policies.evaluate(&request) {
            Verdict::Decided(decision) => decision == crate::iam::Decision::Allowed,
            Verdict::DependsOn(_) => true,
        }
    }

    fn of(&self, principal: &Arn) -> Result<Rc<Power>, Gap> {
        if let Some(known) = self.principals.borrow().get(principal) {
            return Ok(Rc::clone(known));
        }
        let role = self.iam.roles.get(principal).map(|role| &role.principal);
        let found = role.or_else(|| self.iam.users.iter().find(|user| user.arn == *principal));
        let found = found.ok_or_else(|| Gap::not_collected("the principal").about(principal.as_str()))?;
        let mut identity = self.policies(found)?;
        for group in &found.groups {
            identity.extend(self.policies(group_of(self.iam, found, group)?)?);
        }
        let boundary = found.boundary.as_ref().map(|arn| self.managed(arn)).transpose()?;
        let key = (identity.iter().map(Rc::as_ptr).collect(), boundary.as_ref().map(Rc::as_ptr));
        let mut alike = self.alike.borrow_mut();
        let power = Rc::clone(alike.entry(key).or_insert_with(|| Rc::new(Power { identity, boundary })));
        self.principals.borrow_mut().insert(&found.arn, Rc::clone(&power));
        Ok(power)
    }

    fn policies(&self, principal: &'a Principal) -> Result<Vec<Rc<Compiled>>, Gap> {
        let inline = principal.inline.iter().map(|inline| {
            let policy = inline.policy.whole().map_err(Gap::clone)?.get();
            Ok(self.compiled(policy))
        });
        inline.chain(principal.attached.iter().map(|arn| self.managed(arn))).collect()
    }

    fn managed(&self, arn: &Arn) -> Result<Rc<Compiled>, Gap> {
        Ok(self.compiled(self.iam.managed_policy(arn)?))
    }

    fn compiled(&self, policy: &'a Policy) -> Rc<Compiled> {
        let mut compiled = self.compiled.borrow_mut();
        Rc::clone(compiled.entry(policy).or_insert_with(|| Rc::new(Compiled::identity(policy))))
    }
}

/// Allowed everything, or all of IAM, which comes to the same.
fn is_administrator(role: &Grants<'_>) -> bool {
    role.allowing().any(|grant| gives_everything(grant.statement))
        && role.boundary().is_none_or(|boundary| boundary.statements.iter().any(gives_everything))
}

/// What every execution role has to log and to trace: nobody is after that.
fn is_plumbing(action: &str) -> bool {
    let all = LOG_WRITE.iter().chain(&LOG_DELIVERY).chain(&XRAY_WRITE);
    all.into_iter().any(|one| one.eq_ignore_ascii_case(action))
}
