use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::account::{Account, Someone};
use super::actor::{Actor, May, administrator_policy};
use super::ways::{Kind, Way, Wins};
use super::{Escalation, Reach, Step};
use crate::iam::Context;
use crate::model::Principal;
use crate::types::{Arn, Gap};

/// A look for where the ways lead that are open to one principal.
pub(super) struct Search<'s, 'a> {
    pub(super) principal: &'a Principal,
    pub(super) actor: &'s Actor<'a>,
    pub(super) account: &'a Account<'a>,
    /// The first thing that was not read and might have mattered.
    pub(super) unread: OnceCell<Gap>,
}

/// Something that the decisive action may be done to.
struct Hit<'a> {
    may: May,
    resource: String,
    context: Context,
    reach: Reach<'a>,
}

impl<'a> Search<'_, 'a> {
    pub(super) fn escalation(&self, way: &'static Way) -> Option<Escalation<'a>> {
        let decisive = way.needs[0][0];
        let (rest, mut steps) = match way.wins {
            // What a new principal needs is asked about that principal.
            Wins::New(_) => (May::Yes, Vec::new()),
            _ => self.rest(way)?,
        };
        let hits = match way.wins {
            Wins::Rights(kind) => self.rights(decisive, kind),
            Wins::OldRights => self.policies(decisive),
            Wins::Identity(kind) => self.identities(decisive, kind),
            Wins::New(_) => self.new_ones(way),
            Wins::Unbound => self.unbound(decisive),
            Wins::Passed(service) => self.passed(decisive, service),
            Wins::Running(service) => self.running(decisive, service),
            Wins::Machine => self.machines(decisive),
        };
        let chosen = hits.iter().rev().max_by_key(|hit| (rank(&hit.reach), hit.may))?;
        steps.insert(0, self.step(decisive, &chosen.resource, &chosen.context));
        if let Wins::New(_) = way.wins {
            let needed = way.needs[1..].iter().filter_map(|choice| {
                let context = |action: &str| self.changing(action, None);
                let may = |action: &str| self.actor.may(action, &chosen.resource, &context(action));
                let action = choice.iter().rev().max_by_key(|action| may(action))?;
                Some(self.step(action, &chosen.resource, &context(action)))
            });
            steps.extend(needed);
        }
        let sure = chosen.may.min(rest) == May::Yes;
        let found = steps.iter().all(|step| !step.grants.is_empty());
        found.then(|| Escalation { way, steps, sure, reach: joined(&hits, rank(&chosen.reach)) })
    }

    fn step(&self, action: &'static str, resource: &str, context: &Context) -> Step<'a> {
        Step { action, grants: self.actor.grants(action, resource, context) }
    }

    /// Whether the actions besides the decisive one are allowed on something, and by which of the choices.
    fn rest(&self, way: &'static Way) -> Option<(May, Vec<Step<'a>>)> {
        let context = self.actor.context();
        let (mut all, mut steps) = (May::Yes, Vec::new());
        for choice in &way.needs[1..] {
            let asked = choice.iter().map(|action| (self.actor.may_somewhere(action, &context), *action));
            let ((may, resource), action) = asked.rev().max_by_key(|((may, _), _)| *may)?;
            if may == May::No {
                return None;
            }
            all = all.min(may);
            steps.push(self.step(action, &resource, &context));
        }
        Some((all, steps))
    }

    /// A fact about somebody, or the note that it was not read.
    fn known<T>(&self, fact: Result<T, Gap>) -> Option<T> {
        match fact {
            Ok(fact) => Some(fact),
            Err(gap) => {
                self.unread.get_or_init(|| gap);
                None
            }
        }
    }

    fn someone(&self, kind: Kind) -> &'a [Someone<'a>] {
        match kind {
            Kind::Role => &self.account.roles,
            Kind::User => &self.account.users,
            Kind::Group => &self.account.groups,
            Kind::Policy => &[],
        }
    }

    /// More permissions would be worth something: no boundary keeps it from them, and another is no administrator yet.
    fn can_be_raised(&self, one: &Someone<'_>) -> bool {
        match self.own(one.arn()) {
            true => !self.actor.bounded(),
            false => self.known(one.can_be_raised()) == Some(true),
        }
    }

    /// Other roles that are administrators, or that may be, for all that was read.
    fn strangers(&self) -> impl Iterator<Item = &'a Someone<'a>> {
        self.account.roles.iter().filter(|role| !self.own(role.arn()) && !role.is_weak())
    }

    fn own(&self, arn: &Arn) -> bool {
        arn == self.actor.arn
    }

    /// The context of a change to what `target` may do.
    fn changing(&self, action: &str, target: Option<&Principal>) -> Context {
        let context = self.actor.context();
        let context = match target.and_then(|target| target.boundary.as_ref()) {
            Some(boundary) => context.with("iam:PermissionsBoundary", boundary.as_str()),
            None => context.without("iam:PermissionsBoundary"),
        };
        match action.starts_with("iam:Attach") {
            true => administrator_policy(context, self.actor.arn.partition()),
            false => context,
        }
    }

    fn hit(&self, action: &str, resource: &str, context: Context, reach: Reach<'a>) -> Option<Hit<'a>> {
        let may = self.actor.may(action, resource, &context);
        (may != May::No).then(|| Hit { may, resource: resource.to_owned(), context, reach })
    }

    fn rights(&self, action: &str, kind: Kind) -> Vec<Hit<'a>> {
        if kind == Kind::Policy {
            return self.policies(action);
        }
        let mut hits = Vec::new();
        for one in self.someone(kind) {
            let arn = one.arn();
            let reach = if self.own(arn) { Reach::Itself } else { Reach::Others(vec![arn]) };
            let hit = self.hit(action, arn.as_str(), self.changing(action, Some(one.principal)), reach);
            let worth = hit.is_some() && (kind != Kind::Group || self.account.has_members(arn));
            if worth && self.can_be_raised(one) {
                hits.extend(hit);
            }
        }
        if !hits.is_empty() {
            let context = self.changing(action, None);
            hits.extend(self.hit(action, &self.actor.any(action), context, Reach::AllOthers));
        }
        hits
    }

    /// Customer managed policies by which somebody has its permissions.
    fn policies(&self, action: &str) -> Vec<Hit<'a>> {
        let mut hits = Vec::new();
        for kind in [Kind::Role, Kind::User, Kind::Group] {
            for one in self.someone(kind) {
                let customer = |policy: &&'a Arn| policy.account() == self.actor.arn.account();
                for policy in one.principal.attached.iter().filter(customer) {
                    let reach = if self.own(one.arn()) { Reach::Itself } else { Reach::Others(vec![one.arn()]) };
                    let hit = self.hit(action, policy.as_str(), self.actor.context(), reach);
                    if hit.is_some() && self.can_be_raised(one) {
                        hits.extend(hit);
                    }
                }
            }
        }
        hits
    }

    fn identities(&self, action: &str, kind: Kind) -> Vec<Hit<'a>> {
        if action == "sts:AssumeRole" {
            return self.assumed();
        }
        let mut hits = Vec::new();
        for one in self.someone(kind).iter().filter(|one| !self.own(one.arn()) && !one.is_weak()) {
            let reach = Reach::Powerful(vec![one.arn()]);
            let hit = self.hit(action, one.arn().as_str(), self.actor.context(), reach);
            if hit.is_some() && self.known(one.is_powerful()) == Some(true) {
                hits.extend(hit);
            }
        }
        hits.extend(self.hit(action, &self.actor.any(action), self.actor.context(), Reach::Anybody));
        hits
    }

    /// Roles that let it in.
    fn assumed(&self) -> Vec<Hit<'a>> {
        let mut hits = Vec::new();
        let actor = self.actor;
        let hit =
            |may, resource: &str, reach| Hit { may, resource: resource.to_owned(), context: actor.context(), reach };
        for role in self.strangers() {
            let name = role.arn().as_str();
            if self.actor.may_assume(name, None) == May::No {
                continue;
            }
            let Some(Some(trust)) = self.known(role.trust.as_ref().map(Result::as_ref).transpose().map_err(Gap::clone))
            else {
                continue;
            };
            let may = self.actor.may_assume(name, Some(trust));
            if may != May::No && self.known(role.is_powerful()) == Some(true) {
                hits.push(hit(may, name, Reach::Powerful(vec![role.arn()])));
            }
        }
        let any = self.actor.any("sts:AssumeRole");
        let may = self.actor.may_assume(&any, None);
        hits.extend((may != May::No).then(|| hit(may, &any, Reach::Anybody)));
        hits
    }

    fn passed(&self, action: &str, service: &str) -> Vec<Hit<'a>> {
        let context = self.actor.context().with("iam:PassedToService", service);
        let mut hits = Vec::new();
        for role in self.strangers() {
            let reach = Reach::Powerful(vec![role.arn()]);
            let Some(hit) = self.hit(action, role.arn().as_str(), context.clone(), reach) else { continue };
            if self.known(role.is_powerful()) == Some(true) && self.known(role.trusts(service)) == Some(true) {
                hits.push(hit);
            }
        }
        hits.extend(self.hit(action, &self.actor.any(action), context, Reach::Anybody));
        hits
    }

    /// What runs as whom is not known, so only the permission to do it to everything counts, where a role is to be had.
    fn running(&self, action: &str, service: &str) -> Vec<Hit<'a>> {
        let any = self.actor.any(action);
        if self.actor.may(action, &any, &self.actor.context()) == May::No {
            return Vec::new();
        }
        let mut hits = Vec::new();
        for role in self.strangers() {
            if self.known(role.trusts(service)) == Some(true) && self.known(role.is_powerful()) == Some(true) {
                hits.extend(self.hit(action, &any, self.actor.context(), Reach::Powerful(vec![role.arn()])));
            }
        }
        hits
    }

    fn machines(&self, action: &str) -> Vec<Hit<'a>> {
        let context = self.actor.context();
        let strangers: BTreeMap<_, _> = self.strangers().map(|role| (role.arn(), role)).collect();
        let mut hits = Vec::new();
        for (machine, runs_as) in &self.account.machines {
            let Some(role) = strangers.get(runs_as) else { continue };
            let starts = ["states:StartExecution", "states:StartSyncExecution"];
            let start = starts.iter().map(|start| self.actor.may(start, machine.as_str(), &context)).max();
            let reach = Reach::Powerful(vec![machine]);
            let hit = self.hit(action, machine.as_str(), context.clone(), reach);
            let (Some(mut hit), Some(start)) = (hit, start.filter(|start| *start != May::No)) else { continue };
            if self.known(role.is_powerful()) == Some(true) {
                hit.may = hit.may.min(start);
                hits.push(hit);
            }
        }
        hits
    }

    /// A principal that is made and given any policy: all of it must be allowed for one name.
    fn new_ones(&self, way: &'static Way) -> Vec<Hit<'a>> {
        let create = way.needs[0][0];
        let Some(form) = self.actor.form(create) else { return Vec::new() };
        let names = way.needs.iter().flat_map(|choice| self.actor.examples(choice[0], &form));
        let mut hits = Vec::new();
        for name in names {
            let may = |action: &&'static str| self.actor.may(action, &name, &self.changing(action, None));
            let all = way.needs.iter().map(|choice| choice.iter().map(may).max().unwrap_or(May::No));
            let all = all.min().unwrap_or(May::No);
            let hit = self.hit(create, &name, self.changing(create, None), Reach::New);
            hits.extend(hit.filter(|_| all != May::No).map(|hit| Hit { may: all, ..hit }));
        }
        hits
    }

    fn unbound(&self, action: &str) -> Vec<Hit<'a>> {
        if !self.actor.bounded() || self.actor.unbound().may_raise_itself() == May::No {
            return Vec::new();
        }
        let administrator = format!("arn:{}:iam::aws:policy/AdministratorAccess", self.actor.arn.partition());
        let context = self.actor.context().with("iam:PermissionsBoundary", administrator);
        let hit = self.hit(action, self.principal.arn.as_str(), context, Reach::Itself);
        hit.into_iter().collect()
    }
}

fn rank(reach: &Reach<'_>) -> u8 {
    match reach {
        Reach::Anybody => 0,
        Reach::Others(_) => 1,
        Reach::AllOthers => 2,
        Reach::New => 3,
        Reach::Powerful(_) => 4,
        Reach::Itself => 5,
    }
}

/// One reach of this rank with all that the hits name.
fn joined<'a>(hits: &[Hit<'a>], best: u8) -> Reach<'a> {
    let mut names: Vec<&'a Arn> = Vec::new();
    let mut reach = Reach::Anybody;
    for hit in hits.iter().filter(|hit| rank(&hit.reach) == best) {
        reach = hit.reach.clone();
        if let Reach::Others(more) | Reach::Powerful(more) = &hit.reach {
            names.extend(more);
        }
    }
    names.sort_unstable();
    names.dedup();
    match reach {
        Reach::Others(_) => Reach::Others(names),
        Reach::Powerful(_) => Reach::Powerful(names),
        other => other,
    }
}
