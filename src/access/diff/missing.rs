use serde_json::{Value, json};

use super::decide::{Answer, Evaluator, names};
use super::{Granted, Missing};
use crate::access::need::{Certainty, Choice, Need};
use crate::access::{derive, overlap};
use crate::iam::Effect;

/// What is needed for sure and granted by nothing: a wrong answer here breaks a role that works.
pub(super) fn missing(needs: &[Need], granted: Granted<'_>) -> Vec<Missing> {
    let evaluator = Evaluator::new(granted);
    let mut found = Vec::<(Need, bool)>::new();
    for need in needs.iter().filter(|need| need.certainty <= Certainty::Recommended) {
        let mut denied = false;
        let lacking = lacking(need, granted, &evaluator, &mut denied);
        if lacking.is_empty() {
            continue;
        }
        found.push((Need { resources: lacking, ..need.clone() }, denied));
    }
    group(found)
}

/// The resources of a need on which nothing grants it.
fn lacking(need: &Need, granted: Granted<'_>, evaluator: &Evaluator<'_>, denied: &mut bool) -> Vec<String> {
    // A target that is chosen at run time, or that the definition does not show, may be any: then a grant on whatever
    // resource may be the one.
    let anywhere = matches!(need.choice, Choice::Runtime { .. } | Choice::Unseen);
    if anywhere {
        let named = granted.of(Effect::Allow).any(|statement| names(statement, &need.action));
        return if named { Vec::new() } else { need.resources.clone() };
    }
    // Versions of a function are not the function that is called without one.
    let is_version =
        |pattern: &str| pattern.strip_suffix(":*").is_some_and(|of| need.resources.iter().any(|it| it == of));
    if need.also.iter().any(|pattern| !is_version(pattern) && reached(&need.action, pattern, granted)) {
        return Vec::new();
    }
    let mut lacks = |resource: &&String| match evaluator.decide(&need.action, resource) {
        Answer::Granted | Answer::Depends => false,
        Answer::NotGranted => true,
        Answer::Denied => {
            *denied = true;
            true
        }
    };
    need.resources.iter().filter(&mut lacks).cloned().collect()
}

/// Whether a pattern that is as good as the resource is granted.
fn reached(action: &str, pattern: &str, granted: Granted<'_>) -> bool {
    let is_as_good = |statement: &crate::iam::Statement| match &statement.resources {
        Some(crate::iam::Selector::Only(patterns)) => {
            let good = |granted: &String| overlap::covers(pattern, granted) || overlap::covers(granted, pattern);
            patterns.iter().any(good)
        }
        _ => false,
    };
    granted.of(Effect::Allow).any(|statement| names(statement, action) && is_as_good(statement))
}

/// One entry for what the same states need for the same reason in the same place.
fn group(found: Vec<(Need, bool)>) -> Vec<Missing> {
    let mut groups: Vec<(Vec<Need>, bool)> = Vec::new();
    for (need, denied) in found {
        let same = |group: &&mut (Vec<Need>, bool)| {
            let first = &group.0[0];
            group.1 == denied
                && first.action.split(':').next() == need.action.split(':').next()
                && first.resources == need.resources
                && first.condition == need.condition
                && first.states == need.states
                && first.certainty == need.certainty
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.0.push(need),
            None => groups.push((vec![need], denied)),
        }
    }
    groups.into_iter().map(|(needs, denied)| entry(&needs, denied)).collect()
}

fn entry(needs: &[Need], denied: bool) -> Missing {
    let first = &needs[0];
    let mut written = derive::statements(needs.iter()).iter().map(|group| group.document(None)).collect::<Vec<_>>();
    let statement = if written.len() == 1 { written.remove(0) } else { Value::Array(written) };
    let mut why = first.why.clone();
    if let Choice::Runtime { from } = &first.choice {
        why = format!("{why}; {from} chooses the target at run time");
    }
    if denied {
        why = format!("{why}; a Deny statement refuses it, so that adding the statement is not enough");
    }
    Missing {
        statement: json!(statement),
        why,
        state: first.states.first().cloned(),
        states: first.states.iter().cloned().collect(),
        certainty: first.certainty,
        source: first.source,
    }
}
