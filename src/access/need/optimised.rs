use super::call::Call;
use super::tables::{EXTRAS, ROWS, RULES, When};
use super::target::Target;
use super::{Certainty, Need};
use crate::asl::Pattern;

const EVENTS: [&str; 3] = ["events:PutTargets", "events:PutRule", "events:DescribeRule"];
const SYNC: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html";

/// What an optimised integration needs; `None` where this version does not know it. API names come in both cases.
pub(super) fn needs(call: &Call<'_>, service: &str, api: &str) -> Option<Vec<Need>> {
    let waits = matches!(call.task.pattern, Pattern::Sync | Pattern::Sync2);
    let (mut known, mut needs) = (false, Vec::new());
    let names = |(of, an): (&str, &str)| of == service && an.eq_ignore_ascii_case(api);
    for row in ROWS.iter().copied().flatten().filter(|row| names((row.service, row.api))) {
        known = true;
        if row.when == When::Sync && !waits {
            continue;
        }
        let target = (row.on)(call);
        let need = |action: &&str| Need::of(call, action, target.clone(), row.why, row.source).certainty(row.certainty);
        needs.extend(row.actions.iter().map(need));
    }
    for extra in EXTRAS.iter().filter(|extra| names((extra.service, extra.api))) {
        known = true;
        needs.extend((extra.needs)(call));
    }
    for rule in RULES.iter().filter(|rule| waits && names((rule.service, rule.api))) {
        needs.extend(EVENTS.iter().map(|action| {
            let target = managed_rule(call, rule.name);
            Need::of(call, action, target, "the end of the job is told by a rule that AWS manages", SYNC)
                .certainty(rule.certainty)
        }));
    }
    known.then_some(needs)
}

/// AWS spells the names of its managed rules in two ways; a role may grant either.
fn managed_rule(call: &Call<'_>, name: &str) -> Target {
    let other = match name.strip_prefix("StepFunctionsGetEvents") {
        Some(rest) => format!("StepFunctionsGetEvent{rest}"),
        None => name.replacen("StepFunctionsGetEvent", "StepFunctionsGetEvents", 1),
    };
    let rule = |name: &str| call.place.arn("events", &format!("rule/{name}"));
    Target::fixed(rule(name)).also(rule(&other))
}

/// The certainty of what stops a job whose state is stopped: without it the job runs on.
pub(super) const STOP: Certainty = Certainty::Recommended;
