//! Who can get more permissions than it has: the known ways, judged by evaluation.

mod account;
mod actor;
mod reach;
mod ways;

use std::cell::OnceCell;

use actor::{Actor, May};
use reach::Search;

pub use account::Account;
pub use ways::{Kind, Way, Wins};

use super::Grant;
use crate::model::Principal;
use crate::types::{Arn, Gap};

/// A way that is open to somebody.
#[derive(Debug)]
pub struct Escalation<'a> {
    pub way: &'static Way,
    /// What it takes, of what the way leaves to choose; the decisive action first.
    pub steps: Vec<Step<'a>>,
    /// No condition decides.
    pub sure: bool,
    pub reach: Reach<'a>,
}

/// One action of a way.
#[derive(Debug)]
pub struct Step<'a> {
    pub action: &'static str,
    /// The statements that allow it, those without a doubt first; never empty.
    pub grants: Vec<Grant<'a>>,
}

/// Whom a way leads to, the worst last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach<'a> {
    /// Whoever there is or will be, though no administrator was seen there.
    Anybody,
    /// Some others, who become administrators.
    Others(Vec<&'a Arn>),
    /// All others of the kind, who become administrators.
    AllOthers,
    /// A new principal of any permissions.
    New,
    /// These, which are administrators, can make themselves ones, or run as one.
    Powerful(Vec<&'a Arn>),
    Itself,
}

/// What somebody can make of its permissions.
#[derive(Debug)]
pub enum Standing<'a> {
    /// It is an administrator by this statement; whether for sure.
    Administrator(Grant<'a>, bool),
    /// The ways that are open to it, and what was not read of where they might lead.
    Ways(Vec<Escalation<'a>>, Option<Gap>),
}

/// What `principal` can make of its permissions in `account`.
pub fn standing<'a>(principal: &'a Principal, account: &'a Account<'a>) -> Result<Standing<'a>, Gap> {
    let actor = Actor::of(principal, account.iam)?;
    if let Some(grant) = actor.allowed_everything() {
        let raised = actor.may_raise_itself();
        if raised != May::No {
            return Ok(Standing::Administrator(grant, raised == May::Yes && grant.statement.condition.is_none()));
        }
    }
    let search = Search { principal, actor: &actor, account, unread: OnceCell::new() };
    let mut found = Vec::new();
    for way in ways::WAYS.iter().filter(|way| actor.names(way.needs[0][0])) {
        found.extend(search.escalation(way));
    }
    Ok(Standing::Ways(found, search.unread.into_inner()))
}
