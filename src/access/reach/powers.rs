use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use serde_json::json;

use super::holders::{gives_everything, group_of, managed_policy};
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
    managed: RefCell<HashMap<Arn, Rc<Compiled>>>,
    principals: RefCell<HashMap<Arn, Rc<Power>>>,
}

#[derive(Debug)]
struct Power {
    identity: Vec<Rc<Compiled>>,
    boundary: Option<Rc<Compiled>>,
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

impl<'a> Powers<'a> {
    pub fn new(iam: &'a Iam, account: &'a str) -> Self {
        let delegation = json!({ "Statement":
            { "Effect": "Allow", "Principal": { "AWS": account }, "Action": "*", "Resource": "*" } });
        let delegation = Policy::parse(&delegation).expect("it is a policy");
        Self {
            iam,
            account,
            delegation: Compiled::resource(&delegation),
            managed: RefCell::default(),
            principals: RefCell::default(),
        }
    }

    /// What a role with these grants may do that `principal` may not; `None`: nothing that is known of.
    ///
    /// What a condition decides counts as what the principal has. A wildcard is had by who has all of it.
    pub fn gain(&self, principal: &Arn, role: &Grants<'_>) -> Result<Option<Gain>, Gap> {
        let own = self.of(principal)?;
        if is_administrator(role) {
            return Ok(Some(Gain::Everything));
        }
        let context =
            Context::open().with("aws:PrincipalArn", principal.as_str()).with("aws:PrincipalAccount", self.account);
        let mut gained = Vec::new();
        for grant in role.allowing() {
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
                let asked = resources.iter().filter(|resource| !resource.contains("${")).take(RESOURCES);
                for resource in asked {
                    let has = self.may(&own, principal, action, resource, &context);
                    if !has && role.on(resource, action).allows().is_some() {
                        gained.push(match &grant.statement.actions {
                            Selector::Only(_) => format!("{action} on {resource}"),
                            Selector::AllBut(spared) => format!("all but {} on {resource}", spared.join(", ")),
                        });
                        break;
                    }
                }
                if gained.len() == ENOUGH {
                    return Ok(Some(Gain::Actions(gained)));
                }
            }
        }
        gained.dedup();
        Ok((!gained.is_empty()).then_some(Gain::Actions(gained)))
    }

    /// An action or a resource that is a pattern stands for all that it fits.
    fn may(&self, own: &Power, principal: &Arn, action: &str, resource: &str, context: &Context) -> bool {
        let policies = Policies {
            identity: own.identity.iter().map(|policy| &**policy).collect(),
            boundary: own.boundary.as_ref().map(|policy| vec![&**policy]),
            resource: Some(&self.delegation),
            ..Policies::default()
        };
        let request = Request::new(principal.as_str(), action, resource, context).owned_by(self.account);
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
        let power = Rc::new(Power { identity, boundary });
        self.principals.borrow_mut().insert(principal.clone(), Rc::clone(&power));
        Ok(power)
    }

    fn policies(&self, principal: &Principal) -> Result<Vec<Rc<Compiled>>, Gap> {
        let inline = principal.inline.iter().map(|inline| {
            let policy = inline.policy.whole().map_err(Gap::clone)?.get();
            Ok(Rc::new(Compiled::identity(policy)))
        });
        inline.chain(principal.attached.iter().map(|arn| self.managed(arn))).collect()
    }

    fn managed(&self, arn: &Arn) -> Result<Rc<Compiled>, Gap> {
        if let Some(known) = self.managed.borrow().get(arn) {
            return Ok(Rc::clone(known));
        }
        let compiled = Rc::new(Compiled::identity(managed_policy(self.iam, arn)?));
        self.managed.borrow_mut().insert(arn.clone(), Rc::clone(&compiled));
        Ok(compiled)
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
