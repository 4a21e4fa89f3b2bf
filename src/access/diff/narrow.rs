//! A statement cut down to what is needed of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::access::need::Need;
use crate::access::overlap::{covers, overlaps, without_variables};
use crate::access::statement::names_action;
use crate::iam::{Selector, Statement};

/// Actions whose need carries the condition that a grant on them should have.
const BOUND_BY_CONDITION: [&str; 2] = ["iam:PassRole", "states:InvokeHTTPEndpoint"];

/// What to put in the place of `statement`: one statement, a list, or null.
pub(super) fn narrowed(statement: &Statement, used: &[&Need]) -> Value {
    let mut by_place = BTreeMap::<(BTreeSet<String>, String), BTreeSet<String>>::new();
    for need in used {
        let places = places(statement, need);
        let condition = match (&statement.condition, &need.condition) {
            (Some(own), _) => own.to_string(),
            (None, Some(needed)) if BOUND_BY_CONDITION.contains(&need.action.as_str()) => needed.to_string(),
            _ => String::new(),
        };
        let actions = spelled(statement, &need.action);
        for place in places {
            by_place.entry((BTreeSet::from([place]), condition.clone())).or_default().extend(actions.iter().cloned());
        }
    }
    // Resources with the same actions stand together, then actions with the same resources.
    let mut by_actions = BTreeMap::<(BTreeSet<String>, String), BTreeSet<String>>::new();
    for ((places, condition), actions) in by_place {
        by_actions.entry((actions, condition)).or_default().extend(places);
    }
    let many = by_actions.len() > 1;
    let mut written: Vec<_> = by_actions
        .into_iter()
        .enumerate()
        .map(|(index, ((actions, condition), resources))| {
            write(statement, &actions, &resources, &condition, many.then_some(index + 1))
        })
        .collect();
    match written.len() {
        0 => Value::Null,
        1 => written.remove(0),
        _ => Value::Array(written),
    }
}

fn write(
    statement: &Statement,
    actions: &BTreeSet<String>,
    resources: &BTreeSet<String>,
    condition: &str,
    number: Option<usize>,
) -> Value {
    let list = |texts: &BTreeSet<String>| match texts.len() {
        1 => json!(texts.first()),
        _ => json!(texts),
    };
    let mut document = json!({"Effect": "Allow", "Action": list(actions), "Resource": list(resources)});
    if let Some(sid) = &statement.sid {
        document["Sid"] = json!(number.map_or_else(|| sid.clone(), |number| format!("{sid}{number}")));
    }
    if !condition.is_empty() {
        document["Condition"] = serde_json::from_str(condition).unwrap_or_default();
    }
    document
}

/// The action as the statement spells it, or as IAM does where a wildcard stands for it.
fn spelled(statement: &Statement, action: &str) -> Vec<String> {
    let Selector::Only(patterns) = &statement.actions else { return vec![action.to_owned()] };
    if action.contains('*') {
        return patterns.iter().filter(|pattern| names_action(pattern, action)).cloned().collect();
    }
    let literal = patterns.iter().find(|pattern| pattern.eq_ignore_ascii_case(action));
    vec![literal.cloned().unwrap_or_else(|| action.to_owned())]
}

/// Where a statement may go on granting a need: the narrower of what is granted and what is needed.
fn places(statement: &Statement, need: &Need) -> Vec<String> {
    let Some(Selector::Only(granted)) = &statement.resources else { return need.resources.clone() };
    let mut places = Vec::new();
    for pattern in granted {
        let plain = without_variables(pattern);
        if need.resources.iter().chain(&need.also).any(|resource| covers(resource, &plain)) {
            places.push(pattern.clone());
            continue;
        }
        for resource in need.resources.iter().filter(|resource| overlaps(&plain, resource)) {
            // Where neither holds the other both have a say; the statement's own is kept.
            places.push(if covers(&plain, resource) { resource.clone() } else { pattern.clone() });
        }
        if !need.resources.iter().any(|resource| overlaps(&plain, resource)) {
            places.extend(need.also.iter().filter(|also| covers(&plain, also)).cloned());
        }
    }
    // The only grant there is of an action whose target is not sure stays as it is.
    if places.is_empty() { granted.clone() } else { places }
}
