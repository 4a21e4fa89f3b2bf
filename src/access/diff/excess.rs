use serde_json::Value;

use super::decide::{meets, names, names_action};
use super::narrow::narrowed;
use super::rest;
use super::{Difference, Excess, Granted, Wider};
use crate::access::need::{Certainty, Choice, Need};
use crate::access::overlap::{covers, overlaps, without_variables};
use crate::iam::{Effect, Selector, Statement};

/// What of an allowing statement is not needed, and what of it is granted on more than is needed.
pub(super) fn judge(statement: &Statement, needs: &[Need], granted: Granted<'_>, difference: &mut Difference) {
    let used: Vec<_> = needs.iter().filter(|need| uses(statement, need, granted)).collect();
    let document = statement.to_document();
    if used.is_empty() {
        let why = "the definition needs nothing of it".to_owned();
        difference.excess.push(Excess { statement: document, why, narrowed: Value::Null });
        return;
    }
    let mut reasons = unneeded_actions(statement, needs, &used);
    reasons.extend(unneeded_resources(statement, &used));
    let used = without_tolerated(statement, used);
    let wider = wider_than(statement, &used);
    if reasons.is_empty() && wider.is_empty() {
        return;
    }
    let narrowed = narrowed(statement, &used);
    if !reasons.is_empty() {
        let why = reasons.join("; ");
        difference.excess.push(Excess { statement: document.clone(), why, narrowed: narrowed.clone() });
    }
    if !wider.is_empty() {
        difference.wider.push(Wider { statement: document, why: wider.join("; "), narrowed });
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

/// A grant that reaches what is needed, or the only one there is of an action whose target is not sure: what is not
/// missing because of it is no excess either.
fn uses(statement: &Statement, need: &Need, granted: Granted<'_>) -> bool {
    let is_sure = need.choice == Choice::Fixed && need.certainty <= Certainty::Recommended;
    let may_be_meant = || {
        !is_sure
            && need.certainty != Certainty::Optional
            && !granted.of(Effect::Allow).any(|other| names(other, &need.action) && reaches(other, need))
    };
    names(statement, &need.action) && (reaches(statement, need) || may_be_meant())
}

fn reaches(statement: &Statement, need: &Need) -> bool {
    need.resources.iter().chain(&need.also).any(|resource| meets(statement, resource))
}

fn unneeded_actions(statement: &Statement, needs: &[Need], used: &[&Need]) -> Vec<String> {
    let Selector::Only(patterns) = &statement.actions else {
        return vec!["NotAction grants all actions but some".to_owned()];
    };
    let (mut unneeded, mut elsewhere, mut wildcards) = (Vec::new(), Vec::new(), Vec::new());
    for pattern in patterns {
        let needed: Vec<_> = used.iter().filter(|need| names_action(pattern, &need.action)).collect();
        let is_literal = !pattern.contains(['*', '?']);
        if needed.is_empty() && is_literal && needs.iter().any(|need| names_action(pattern, &need.action)) {
            elsewhere.push(pattern.as_str());
        } else if needed.is_empty() {
            unneeded.push(pattern.as_str());
        } else if !is_literal && !needed.iter().any(|need| is_pattern_of(&need.action, pattern)) {
            let actions: Vec<_> = needed.iter().map(|need| need.action.as_str()).collect();
            if rest::grants_more(pattern, &actions) {
                wildcards.push(pattern.as_str());
            }
        }
    }
    let mut reasons = Vec::new();
    if !unneeded.is_empty() {
        reasons.push(format!("the definition does not need {}", unneeded.join(", ")));
    }
    if !elsewhere.is_empty() {
        reasons.push(format!("the definition does not need {} on these resources", elsewhere.join(", ")));
    }
    if !wildcards.is_empty() {
        reasons.push(format!("{} grants more actions than the definition needs", wildcards.join(", ")));
    }
    reasons
}

/// A need that is a pattern itself: of an integration that is not known.
fn is_pattern_of(action: &str, pattern: &str) -> bool {
    action.contains('*') && covers(&action.to_ascii_lowercase(), &pattern.to_ascii_lowercase())
}

fn unneeded_resources(statement: &Statement, used: &[&Need]) -> Option<String> {
    if used.iter().any(|need| !reaches(statement, need)) {
        return None;
    }
    let patterns = match &statement.resources {
        Some(Selector::Only(patterns)) => patterns,
        Some(Selector::AllBut(_)) => {
            let scoped = used.iter().all(|need| need.choice != Choice::Unscopable);
            return scoped.then(|| "NotResource grants all resources but some".to_owned());
        }
        None => return None,
    };
    let needed = |pattern: &&String| {
        let plain = without_variables(pattern);
        used.iter().any(|need| need.resources.iter().chain(&need.also).any(|resource| overlaps(&plain, resource)))
    };
    let unneeded: Vec<_> = patterns.iter().filter(|pattern| !needed(pattern)).map(String::as_str).collect();
    (!unneeded.is_empty()).then(|| format!("no state reaches {}", unneeded.join(", ")))
}

/// Why the statement's resources are wider than needed: one reason per place that would do.
fn wider_than(statement: &Statement, used: &[&Need]) -> Vec<String> {
    let Some(Selector::Only(patterns)) = &statement.resources else { return Vec::new() };
    let mut reasons = Vec::<(String, Vec<&str>)>::new();
    for need in used.iter().filter(|need| !is_bound(statement, need)) {
        if patterns.iter().any(|pattern| is_too_wide(&without_variables(pattern), need, used)) {
            let mut place = need.resources.join(", ");
            if let Choice::Runtime { from } = &need.choice {
                place = format!("{place}, chosen by {from}");
            }
            match reasons.iter_mut().find(|(known, _)| *known == place) {
                Some((_, actions)) => actions.push(&need.action),
                None => reasons.push((place, vec![&need.action])),
            }
        }
    }
    reasons.iter().map(|(place, actions)| format!("on {place} it needs {}", actions.join(", "))).collect()
}

/// Whether `pattern` holds what is needed and more, and no need of the same action holds the pattern.
fn is_too_wide(pattern: &str, need: &Need, used: &[&Need]) -> bool {
    let same = used.iter().filter(|other| other.action.eq_ignore_ascii_case(&need.action));
    let held = |other: &&Need| other.resources.iter().chain(&other.also).any(|resource| covers(resource, pattern));
    !same.copied().any(|other| held(&other))
        && need.resources.iter().any(|resource| covers(pattern, resource) && says_more(resource, pattern))
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
