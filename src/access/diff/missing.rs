use serde_json::Value;

use super::Missing;
use crate::access::need::{Certainty, Choice, Need};
use crate::access::statement::names;
use crate::access::{Answer, Grant, Grants, derive, overlap};
use crate::detect::is_marker_in;
use crate::iam::{Selector, Statement};

/// A need that a role's policies do not grant.
#[derive(Debug, Clone, PartialEq)]
pub struct Lack {
    /// With only those of its resources on which it is not granted.
    pub need: Need,
    pub refusal: Refusal,
}

/// Why something that is needed is not granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No statement allows it.
    NotGranted,
    /// The permissions boundary does not allow it, whatever else does.
    OutOfBounds,
    /// These statements deny it.
    Denied(Vec<String>),
}

/// What is needed and granted by nothing: a wrong answer here breaks a role that works.
pub fn lacking(needs: &[Need], grants: &Grants<'_>) -> Vec<Lack> {
    let mut found: Vec<Lack> = Vec::new();
    for need in needs.iter().filter(|need| need.certainty <= Certainty::Recommended) {
        for (resource, refusal) in refused(need, grants) {
            match found.iter_mut().rfind(|lack| lack.need.is_part_of(need) && lack.refusal == refusal) {
                Some(lack) => lack.need.resources.push(resource),
                None => found.push(Lack { need: Need { resources: vec![resource], ..need.clone() }, refusal }),
            }
        }
    }
    found
}

impl Need {
    fn is_part_of(&self, whole: &Self) -> bool {
        self.action == whole.action
            && self.condition == whole.condition
            && self.resources.iter().all(|resource| whole.resources.contains(resource))
    }
}

/// The resources of a need on which nothing grants it.
fn refused(need: &Need, grants: &Grants<'_>) -> Vec<(String, Refusal)> {
    // A target that is chosen at run time, or that the definition does not show, may be any: then a grant on whatever
    // resource may be the one. So it may where the door has replaced a part of the granted one.
    let anywhere = matches!(need.choice, Choice::Runtime { .. } | Choice::Unseen);
    let replaced = |grant: &Grant<'_>| match &grant.statement.resources {
        Some(Selector::Only(patterns)) => patterns.iter().any(|pattern| is_marker_in(pattern)),
        _ => false,
    };
    if grants.allowing().any(|grant| names(grant.statement, &need.action) && (anywhere || replaced(&grant))) {
        return Vec::new();
    }
    // Versions of a function are not the function that is called without one.
    let is_version =
        |pattern: &str| pattern.strip_suffix(":*").is_some_and(|of| need.resources.iter().any(|it| it == of));
    if need.also.iter().any(|pattern| !is_version(pattern) && reached(&need.action, pattern, grants)) {
        return Vec::new();
    }
    let mut refused = Vec::new();
    for resource in &need.resources {
        let refusal = match grants.on(resource, &need.action) {
            Answer::Granted(_) | Answer::Depends(_) => continue,
            Answer::NotGranted => Refusal::NotGranted,
            Answer::OutOfBounds => Refusal::OutOfBounds,
            Answer::Denied(by) => Refusal::Denied(by.iter().map(ToString::to_string).collect()),
        };
        refused.push((resource.clone(), refusal));
    }
    refused
}

/// Whether a pattern that is as good as the resource is granted.
fn reached(action: &str, pattern: &str, grants: &Grants<'_>) -> bool {
    let is_as_good = |statement: &Statement| match &statement.resources {
        Some(Selector::Only(patterns)) => {
            let good = |granted: &String| overlap::covers(pattern, granted) || overlap::covers(granted, pattern);
            patterns.iter().any(good)
        }
        _ => false,
    };
    grants.allowing().any(|grant| names(grant.statement, action) && is_as_good(grant.statement))
}

impl Missing {
    /// One entry for what the same states need for the same reason in the same place.
    pub fn of(lacks: Vec<Lack>) -> Vec<Self> {
        let mut groups: Vec<(Vec<Need>, Refusal)> = Vec::new();
        for Lack { need, refusal } in lacks {
            let same = |group: &&mut (Vec<Need>, Refusal)| {
                let first = &group.0[0];
                group.1 == refusal
                    && first.action.split(':').next() == need.action.split(':').next()
                    && first.resources == need.resources
                    && first.condition == need.condition
                    && first.states == need.states
                    && first.certainty == need.certainty
            };
            match groups.iter_mut().find(same) {
                Some(group) => group.0.push(need),
                None => groups.push((vec![need], refusal)),
            }
        }
        groups.into_iter().map(|(needs, refusal)| entry(&needs, refusal)).collect()
    }
}

fn entry(needs: &[Need], refusal: Refusal) -> Missing {
    let first = &needs[0];
    let mut written = derive::statements(needs.iter()).iter().map(|group| group.document(None)).collect::<Vec<_>>();
    let statement = if written.len() == 1 { written.remove(0) } else { Value::Array(written) };
    let mut why = first.why.clone();
    if let Choice::Runtime { from } = &first.choice {
        why = format!("{why}; {from} chooses the target at run time");
    }
    match &refusal {
        Refusal::NotGranted => {}
        Refusal::OutOfBounds => why.push_str("; the permissions boundary does not allow it either"),
        Refusal::Denied(_) => why.push_str("; a Deny statement refuses it, so that adding the statement is not enough"),
    }
    Missing {
        statement,
        why,
        state: first.states.first().cloned(),
        states: first.states.iter().cloned().collect(),
        certainty: first.certainty,
        source: first.source,
        actions: needs.iter().map(|need| need.action.clone()).collect(),
        resources: first.resources.clone(),
        refusal,
    }
}
