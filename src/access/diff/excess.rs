use std::collections::BTreeMap;

use serde_json::Value;

use super::narrow::narrowed;
use super::rest;
use crate::access::Grants;
use crate::access::need::{Certainty, Choice, Need};
use crate::access::overlap::{covers, overlaps, without_variables};
use crate::access::statement::{meets, names, names_action};
use crate::iam::{Selector, Statement};

/// What an allowing statement grants beside what is needed of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Surplus<'s> {
    /// Nothing of it is needed.
    pub unused: bool,
    /// As written: no need has to do with these actions.
    pub actions: Vec<&'s str>,
    /// As written: these are needed, but on none of the statement's resources.
    pub elsewhere: Vec<&'s str>,
    /// As written: these stand for needed actions and for others.
    pub wildcards: Vec<&'s str>,
    /// It grants all actions but some.
    pub not_action: bool,
    /// As written: no need reaches these resources.
    pub resources: Vec<&'s str>,
    /// It grants on all resources but some, though what is needed can be named.
    pub not_resource: bool,
    /// What is needed, and granted on more than it is needed on.
    pub wide: Vec<Wide>,
    /// What to put in its place, as a policy's `Statement`: one statement, a list of them, or null for none.
    pub narrowed: Value,
}

/// A need that a statement grants on more than it is needed on.
#[derive(Debug, Clone, PartialEq)]
pub struct Wide {
    pub action: String,
    /// Where it is needed.
    pub resources: Vec<String>,
    pub choice: Choice,
}

/// What is needed of a role.
#[derive(Debug)]
pub struct Wanted<'n> {
    needs: &'n [Need],
    /// By need: its target is not sure, and no statement reaches what is known of it.
    adrift: Vec<bool>,
}

impl<'n> Wanted<'n> {
    pub fn new(needs: &'n [Need], grants: &Grants<'_>) -> Self {
        let adrift = |need: &Need| {
            let is_sure = need.choice == Choice::Fixed && need.certainty <= Certainty::Recommended;
            !is_sure
                && need.certainty != Certainty::Optional
                && !grants.allowing().any(|one| names(one.statement, &need.action) && reaches(one.statement, need))
        };
        Self { needs, adrift: needs.iter().map(adrift).collect() }
    }

    pub fn needs(&self) -> &'n [Need] {
        self.needs
    }

    /// Of a statement that reaches what is needed, or grants an action of which nothing else does and whose target is not
    /// sure: what is not missing because of it is no excess either.
    fn of(&self, statement: &Statement) -> Vec<&'n Need> {
        let uses =
            |(need, adrift): &(&Need, &bool)| names(statement, &need.action) && (**adrift || reaches(statement, need));
        self.needs.iter().zip(&self.adrift).filter(uses).map(|(need, _)| need).collect()
    }
}

/// What of an allowing statement is not needed, and what of it is granted on more than is needed.
pub fn surplus<'s>(statement: &'s Statement, wanted: &Wanted<'_>) -> Surplus<'s> {
    let (needs, used) = (wanted.needs, wanted.of(statement));
    let mut surplus = Surplus { unused: used.is_empty(), ..Surplus::default() };
    if surplus.unused {
        return surplus;
    }
    add_unneeded_actions(statement, needs, &used, &mut surplus);
    add_unneeded_resources(statement, &used, &mut surplus);
    let used = without_tolerated(statement, used);
    surplus.wide = wider_than(statement, &used);
    if surplus.is_excess() || !surplus.wide.is_empty() {
        surplus.narrowed = narrowed(statement, &used);
    }
    surplus
}

impl Surplus<'_> {
    /// Something that it grants is not needed at all.
    pub fn is_excess(&self) -> bool {
        self.unused
            || self.not_action
            || self.not_resource
            || !self.actions.is_empty()
            || !self.elsewhere.is_empty()
            || !self.wildcards.is_empty()
            || !self.resources.is_empty()
    }

    /// What is not needed, in words.
    pub fn reasons(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        let mut say = |is_so: bool, reason: String| {
            if is_so {
                reasons.push(reason);
            }
        };
        say(self.unused, "nothing of it is needed".to_owned());
        say(self.not_action, "NotAction grants all actions but some".to_owned());
        let are = if self.actions.len() == 1 { "is" } else { "are" };
        say(!self.actions.is_empty(), format!("{} {are} not needed", self.actions.join(", ")));
        let are = if self.elsewhere.len() == 1 { "is" } else { "are" };
        let elsewhere = self.elsewhere.join(", ");
        say(!self.elsewhere.is_empty(), format!("{elsewhere} {are} not needed on these resources"));
        let wildcards = self.wildcards.join(", ");
        say(!wildcards.is_empty(), format!("{wildcards} grants more actions than are needed"));
        say(self.not_resource, "NotResource grants all resources but some".to_owned());
        say(!self.resources.is_empty(), format!("no state reaches {}", self.resources.join(", ")));
        reasons
    }
}

impl Wide {
    /// Where each group of actions is needed, in words.
    pub fn reasons<'w>(all: impl IntoIterator<Item = &'w Self>) -> Vec<String> {
        let mut places = Vec::<(String, Vec<&str>)>::new();
        for wide in all {
            let mut place = wide.resources.join(", ");
            if let Choice::Runtime { from } = &wide.choice {
                place = format!("{place}, chosen by {from}");
            }
            match places.iter_mut().find(|(known, _)| *known == place) {
                Some((_, actions)) => actions.push(&wide.action),
                None => places.push((place, vec![&wide.action])),
            }
        }
        let are = |actions: &[&str]| if actions.len() == 1 { "is" } else { "are" };
        let reason = |(place, actions): &(String, Vec<&str>)| {
            format!("{} {} needed on {place}", actions.join(", "), are(actions))
        };
        places.iter().map(reason).collect()
    }
}

/// What is only tolerated stays where the statement names it; a wildcard need not go on granting it.
fn without_tolerated<'a>(statement: &Statement, used: Vec<&'a Need>) -> Vec<&'a Need> {
    if used.iter().all(|need| need.certainty == Certainty::Optional) {
        return used;
    }
    let named = |action: &str| match &statement.actions {
        Selector::Only(patterns) => patterns.iter().any(|pattern| pattern.eq_ignore_ascii_case(action)),
        Selector::AllBut(_) => false,
    };
    let stays =
        |need: &&Need| need.certainty != Certainty::Optional || need.action.contains('*') || named(&need.action);
    used.into_iter().filter(stays).collect()
}

fn reaches(statement: &Statement, need: &Need) -> bool {
    need.resources.iter().chain(&need.also).any(|resource| meets(statement, resource))
}

fn add_unneeded_actions<'s>(statement: &'s Statement, needs: &[Need], used: &[&Need], surplus: &mut Surplus<'s>) {
    let Selector::Only(patterns) = &statement.actions else {
        surplus.not_action = true;
        return;
    };
    for pattern in patterns {
        let needed: Vec<_> = used.iter().filter(|need| names_action(pattern, &need.action)).collect();
        let is_literal = !pattern.contains(['*', '?']);
        if needed.is_empty() && is_literal && needs.iter().any(|need| names_action(pattern, &need.action)) {
            surplus.elsewhere.push(pattern);
        } else if needed.is_empty() {
            surplus.actions.push(pattern);
        } else if !is_literal && !needed.iter().any(|need| is_pattern_of(&need.action, pattern)) {
            let actions: Vec<_> = needed.iter().map(|need| need.action.as_str()).collect();
            if rest::grants_more(pattern, &actions) {
                surplus.wildcards.push(pattern);
            }
        }
    }
}

/// A need that is a pattern itself: of an integration that is not known.
fn is_pattern_of(action: &str, pattern: &str) -> bool {
    action.contains('*') && covers(&action.to_ascii_lowercase(), &pattern.to_ascii_lowercase())
}

fn add_unneeded_resources<'s>(statement: &'s Statement, used: &[&Need], surplus: &mut Surplus<'s>) {
    if used.iter().any(|need| !reaches(statement, need)) {
        return;
    }
    let patterns = match &statement.resources {
        Some(Selector::Only(patterns)) => patterns,
        Some(Selector::AllBut(_)) => {
            surplus.not_resource = used.iter().all(|need| need.choice != Choice::Unscopable);
            return;
        }
        None => return,
    };
    let needed = |pattern: &&String| {
        let plain = without_variables(pattern);
        used.iter().any(|need| need.resources.iter().chain(&need.also).any(|resource| overlaps(&plain, resource)))
    };
    surplus.resources = patterns.iter().filter(|pattern| !needed(pattern)).map(String::as_str).collect();
}

/// The needs on whose resources a grant would do.
fn wider_than(statement: &Statement, used: &[&Need]) -> Vec<Wide> {
    let Some(Selector::Only(patterns)) = &statement.resources else { return Vec::new() };
    let mut by_action = BTreeMap::<String, Vec<&Need>>::new();
    for need in used {
        by_action.entry(need.action.to_ascii_lowercase()).or_default().push(need);
    }
    let patterns: Vec<_> = patterns.iter().map(|pattern| without_variables(pattern)).collect();
    let mut wide = Vec::new();
    for needs in by_action.values() {
        // A pattern that some need of the action holds whole is not too wide for any other, and what is tolerated on more
        // stays granted on more.
        let unknown = used.iter().filter(|need| is_pattern_of(&need.action, &needs[0].action));
        let mut others = needs.iter().chain(unknown);
        let places: Vec<_> = others.clone().flat_map(|need| need.resources.iter().chain(&need.also)).collect();
        let patterns: Vec<_> =
            patterns.iter().filter(|pattern| !places.iter().any(|place| covers(place, pattern))).collect();
        let tolerated: Vec<_> = others
            .by_ref()
            .filter(|need| need.certainty == Certainty::Optional)
            .flat_map(|need| &need.resources)
            .collect();
        let stays = |need: &Need| {
            need.certainty != Certainty::Optional
                && need.resources.iter().all(|resource| tolerated.iter().any(|place| covers(place, resource)))
        };
        for need in needs.iter().filter(|need| !is_bound(statement, need) && !stays(need)) {
            let exceeds = |resource: &String, pattern: &str| covers(pattern, resource) && says_more(resource, pattern);
            if patterns.iter().any(|pattern| need.resources.iter().any(|resource| exceeds(resource, pattern))) {
                let Need { action, resources, choice, .. } = (*need).clone();
                wide.push(Wide { action, resources, choice });
            }
        }
    }
    wide
}

/// A grant on every resource that its condition binds to what is needed.
fn is_bound(statement: &Statement, need: &Need) -> bool {
    let bound = statement.condition.as_ref().map(Value::to_string).unwrap_or_default().to_ascii_lowercase();
    need.action == "states:InvokeHTTPEndpoint" && bound.contains("states:httpendpoint")
}

/// Whether a needed pattern says more than the granted one that holds it: an account, a Region or a name, not only what
/// kind of resource the action is about anyway.
fn says_more(needed: &str, granted: &str) -> bool {
    if granted != "*" && !granted.ends_with(":*:*:*") {
        return needed != granted;
    }
    let parts: Vec<_> = needed.splitn(6, ':').collect();
    let [_, _, service, region, account, resource] = parts[..] else { return false };
    let pinned = |part: &str| !part.is_empty() && part != "*";
    let kind = resource.find([':', '/']).map_or(0, |at| at + 1);
    let name = resource.get(kind..).unwrap_or_default();
    let named = match service {
        "s3" => !resource.trim_matches(['*', '/']).is_empty(),
        _ => !name.trim_matches(['*', '/', ':']).is_empty(),
    };
    pinned(region) || pinned(account) || named
}
