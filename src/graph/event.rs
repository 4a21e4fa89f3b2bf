use super::{How, Likelihood, Way};
use crate::asl::Bound;
use crate::model::{EventRule, EventRules, PatternMatch, RuleState, StatusEvent, taken};
use crate::types::Arn;

/// The ways by which rules start a machine on status events of `machine`, which is a Standard one: others have none. What
/// was not read of a rule gives none.
pub fn event_edges<'a>(rules: &'a EventRules, machine: &Arn) -> Vec<(Arn, Way<'a>)> {
    let mut found = Vec::new();
    for (arn, rule) in rules {
        let Some((bound, likelihood)) = takes(rule, machine) else { continue };
        for target in rule.targets.seen().0.into_iter().flatten().filter(|target| target.is_machine()) {
            let Some((to, qualifier)) = super::aim::machine(&target.arn) else { continue };
            let likelihood = if qualifier.is_some() { likelihood.min(Likelihood::Likely) } else { likelihood };
            found.push((to, Way { how: How::Rule { arn, name: &rule.name, target }, likelihood, bound }));
        }
    }
    found
}

fn takes(rule: &EventRule, machine: &Arn) -> Option<(Bound, Likelihood)> {
    let pattern = rule.pattern.as_ref()?.whole().ok()?.get();
    let usual = taken(pattern, machine, StatusEvent::Usual);
    let failure = taken(pattern, machine, StatusEvent::Failure);
    let (bound, likelihood) = match (usual, failure) {
        (PatternMatch::Yes, _) => (Bound::None, Likelihood::Sure),
        (_, PatternMatch::Yes) => (Bound::Catch, Likelihood::Sure),
        (PatternMatch::No, PatternMatch::No) => return None,
        _ => (Bound::Choice, Likelihood::May),
    };
    match rule.state {
        RuleState::Enabled => Some((bound, likelihood)),
        RuleState::Disabled => None,
        RuleState::Unknown => Some((bound, Likelihood::May)),
    }
}
