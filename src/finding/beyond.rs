use serde_json::{Value, json};

use super::{Change, RoleView, shell_quote};
use crate::access::actions::LOG_WRITE;
use crate::access::{
    Certainty, Choice, Grant, Grants, Need, Surplus, Wanted, Wide, log_write_needs, service_needs, surplus,
};
use crate::iam::{Effect, Selector, Statement};
use crate::types::Gap;

/// A statement that grants a role more than its machines need.
#[derive(Debug)]
pub struct Beyond<'a> {
    pub grant: Grant<'a>,
    pub surplus: Surplus<'a>,
    /// No denial and no boundary may take a part of it back.
    pub sure: bool,
    /// The change that leaves what is needed.
    pub change: Change,
}

/// An allowing statement, and what is beyond need in it where something is.
pub type Compared<'a> = (Grant<'a>, Option<Beyond<'a>>);

/// A log group that nobody chose: only a pattern for any matches it.
const ANY_LOG_GROUP: &str = "log-group:any-\u{2237}-group:log-stream:any-stream";

impl<'a> RoleView<'a> {
    /// Statements that grant more than the role's machines need, as [`Self::beyond_by_statement`] finds them. Two that say
    /// the same in one policy, or bear one name, are one. `None` where IAM has no such role.
    pub fn beyond_needs(&self) -> Result<Option<Vec<Beyond<'a>>>, Gap> {
        let Some(all) = self.beyond_by_statement()? else { return Ok(None) };
        let mut found = Vec::<Beyond<'a>>::new();
        for beyond in all.into_iter().filter_map(|(_, beyond)| beyond) {
            let same = |one: &Beyond<'_>| {
                let (one, grant) = (&one.grant, &beyond.grant);
                let named = grant.statement.sid.is_some() && grant.statement.sid == one.statement.sid;
                (named || one.statement == grant.statement) && one.policy == grant.policy && one.inline == grant.inline
            };
            if !found.iter().any(same) {
                found.push(beyond);
            }
        }
        Ok(Some(found))
    }

    /// Every allowing statement, in order, with what it grants beyond what the role's machines need; what only log delivery
    /// and tracing would need is not counted. `None` where IAM has no such role.
    pub fn beyond_by_statement(&self) -> Result<Option<Vec<Compared<'a>>>, Gap> {
        let Some((_, grants)) = self.grants()? else { return Ok(None) };
        let needs = Need::union(self.needs()?.into_iter().chain(service_needs()));
        let wanted = Wanted::new(&needs, grants);
        let of = |grant: Grant<'a>| {
            let surplus = self.surplus(&grant, grants, &wanted);
            if !surplus.is_excess() && surplus.wide.is_empty() {
                return (grant, None);
            }
            let sure = grants.boundary().is_none() && !grants.deny();
            let change = self.change(&grant, &surplus, grants, &wanted);
            (grant, Some(Beyond { grant, surplus, sure, change }))
        };
        Ok(Some(grants.allowing().map(of).collect()))
    }

    /// What of a statement is in force and not needed.
    fn surplus(&self, grant: &Grant<'a>, grants: &Grants<'_>, wanted: &Wanted<'_>) -> Surplus<'a> {
        let statement = grant.statement;
        let mut surplus = self.of_statement(statement, grants, wanted);
        let left = |action: &&str| grants.leave(statement, action, false);
        surplus.actions.retain(left);
        surplus.elsewhere.retain(left);
        surplus.wildcards.retain(left);
        surplus.wide.retain(|wide| grants.leave(statement, &wide.action, true));
        if let Selector::Only(actions) = &statement.actions
            && !actions.iter().any(|action| left(&action.as_str()))
        {
            return Surplus::default();
        }
        // Only what is tolerated was found to be wide, or what the definition does not show.
        surplus.wide.retain(|wide| matters(wide, wanted.needs()));
        surplus
    }

    fn of_statement(&self, statement: &'a Statement, grants: &Grants<'_>, wanted: &Wanted<'_>) -> Surplus<'a> {
        let tolerated: Vec<_> = self.any_log_group(statement).into_iter().flat_map(log_write_needs).collect();
        match tolerated.is_empty() {
            true => surplus(statement, wanted),
            false => {
                let needs = Need::union(wanted.needs().iter().cloned().chain(tolerated));
                surplus(statement, &Wanted::new(&needs, grants))
            }
        }
    }

    /// Its resources that fit every log group of a machine's Region.
    fn any_log_group(&self, statement: &'a Statement) -> Vec<&'a str> {
        let Some(Selector::Only(resources)) = &statement.resources else { return Vec::new() };
        if !LOG_WRITE.iter().any(|action| statement.matches_action(action)) {
            return Vec::new();
        }
        let fits = |resource: &&String| {
            let one = Statement { resources: Some(Selector::Only(vec![(*resource).clone()])), ..statement.clone() };
            self.machines.iter().map(|machine| &machine.machine.arn).any(|arn| {
                let (partition, region, account) = (arn.partition(), arn.region(), arn.account());
                one.matches_resource(&format!("arn:{partition}:logs:{region}:{account}:{ANY_LOG_GROUP}"))
            })
        };
        resources.iter().filter(fits).map(String::as_str).collect()
    }

    /// What replaces the statement; of a managed policy all of it, as the role has to part with the policy.
    fn change(&self, grant: &Grant<'a>, surplus: &Surplus<'_>, grants: &Grants<'a>, wanted: &Wanted<'_>) -> Change {
        let of_policy = |one: &Grant<'_>| one.policy == grant.policy && one.inline == grant.inline;
        let others = grants.statements().filter(|one| of_policy(one) && !one.is(grant));
        let rest: Vec<_> = match (grant.inline, &surplus.narrowed) {
            (true, Value::Null) => others.map(|one| one.statement.to_document()).collect(),
            (true, narrowed) => listed(narrowed.clone()),
            (false, _) => grants
                .statements()
                .filter(of_policy)
                .flat_map(|one| {
                    if one.statement.effect == Effect::Deny {
                        return vec![one.statement.to_document()];
                    }
                    let surplus = self.of_statement(one.statement, grants, wanted);
                    match surplus.is_excess() || !surplus.wide.is_empty() {
                        true => listed(surplus.narrowed),
                        false => vec![one.statement.to_document()],
                    }
                })
                .collect(),
        };
        if !rest.is_empty() {
            return Change::Policy(json!({ "Version": "2012-10-17", "Statement": rest }));
        }
        let (role, policy) = (shell_quote(self.arn.name()), shell_quote(grant.policy));
        Change::Command(match grant.inline {
            true => format!("aws iam delete-role-policy --role-name {role} --policy-name {policy}"),
            false => format!("aws iam detach-role-policy --role-name {role} --policy-arn {policy}"),
        })
    }
}

impl Beyond<'_> {
    /// What to do with the change, in one sentence.
    pub fn remediation(&self) -> String {
        let Self { grant, surplus, change, .. } = self;
        let policy = grant.policy;
        let emptied = matches!(change, Change::Command(_));
        match (grant.inline, emptied) {
            (true, true) => format!("Delete the inline policy {policy}: it grants nothing else."),
            (true, false) if surplus.narrowed.is_null() => {
                format!("Take the statement out of the inline policy {policy}; below is what remains of it.")
            }
            (true, false) => format!("Replace the statement in the inline policy {policy} by what is below."),
            (false, true) => format!("Detach {policy}: nothing of it is needed."),
            (false, false) => format!(
                "Detach {policy}, which other roles may have too or which is AWS's own, and put what is below in its \
                 place: it is all that is needed of the policy."
            ),
        }
    }
}

/// A policy's `Statement`, one or several, as a list.
fn listed(narrowed: Value) -> Vec<Value> {
    match narrowed {
        Value::Null => Vec::new(),
        Value::Array(list) => list,
        one => vec![one],
    }
}

/// Whether a grant that is wider than its need is worth a word: the need is more than tolerated, and its target known.
fn matters(wide: &Wide, needs: &[Need]) -> bool {
    let need = needs.iter().find(|need| need.action == wide.action && need.resources == wide.resources);
    wide.choice != Choice::Unseen && need.is_some_and(|need| need.certainty != Certainty::Optional)
}
