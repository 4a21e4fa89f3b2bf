use aws_sdk_eventbridge::types::{Rule, RuleState as SdkRuleState, Target};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};
use serde_json::Value;

use super::collector::{Collector, Context, Scope};
use super::pages::{Page, all_pages, required};
use super::progress::Event;
use crate::aws::FailureKind;
use crate::aws::apis::{EVENTS_LIST_RULES as RULES, EVENTS_LIST_TARGETS_BY_RULE as TARGETS};
use crate::detect::Clean;
use crate::model::{EventRule, EventRules, EventTarget, PartName, PartValue, PatternMatch, RuleState, TargetInput};
use crate::types::{Arn, Gap, GapReason, Observed};

/// The largest page that the service hands out.
const PAGE: i32 = 100;

/// Rules of the default event bus, where Step Functions publishes what becomes of Standard executions, inputs and outputs
/// included: those that can match these events, and those that start machines.
pub(super) static COLLECTOR: Collector =
    Collector { part: PartName::EventRules, scope: Scope::Region, after: &[], apis: &[&RULES, &TARGETS], run };

fn run<'a>(context: &'a Context<'a>) -> BoxFuture<'a, PartValue> {
    async move {
        let client = context.clients.events();
        let (rules, failure) = all_pages(&RULES, |token| {
            let request = client.list_rules().limit(PAGE).set_next_token(token);
            async move {
                let answer = context.call(&RULES, || request.clone().send()).await?;
                Ok(Page { items: required(&RULES, answer.rules, "Rules")?, next: answer.next_token })
            }
        })
        .await;
        let seen = !rules.is_empty();
        let rules: Vec<_> = rules.into_iter().filter_map(|rule| listed(context, rule)).filter(may_matter).collect();
        context.tell(Event::Counted(rules.len()));
        let read = |(arn, rule)| with_targets(context, arn, rule);
        let read = futures_util::stream::iter(rules).map(read).buffer_unordered(context.concurrency);
        let kept: EventRules = read.filter_map(async |rule| rule.filter(matters)).collect().await;
        PartValue::EventRules(match failure {
            Some(failure) if !seen => Observed::missing(context.gap(&failure)),
            failure => Observed::listed(kept, failure.map(|failure| context.gap(&failure))),
        })
    }
    .boxed()
}

/// Only the targets tell which rules start machines; a rule that an AWS service made for itself starts none of a
/// customer's.
fn may_matter((_, rule): &(Arn, EventRule)) -> bool {
    rule.managed_by.is_none() || rule.matches_states_events() != PatternMatch::No
}

/// Where its targets were not read whole, a rule may start a machine.
fn matters((_, rule): &(Arn, EventRule)) -> bool {
    rule.matches_states_events() != PatternMatch::No || rule.has_machine_as_target() || rule.targets.whole().is_err()
}

fn listed(context: &Context<'_>, rule: Rule) -> Option<(Arn, EventRule)> {
    let arn = Arn::parse(rule.arn?).ok()?;
    let pattern = rule.event_pattern.filter(|text| !text.is_empty());
    let pattern = pattern.map(|text| pattern_of(context, &text).map_err(|gap| gap.about(arn.as_str())).into());
    let state = match rule.state {
        Some(SdkRuleState::Enabled | SdkRuleState::EnabledWithAllCloudtrailManagementEvents) => RuleState::Enabled,
        Some(SdkRuleState::Disabled) => RuleState::Disabled,
        _ => RuleState::Unknown,
    };
    let targets = Observed::missing(Gap::not_collected("the rule's targets"));
    let managed_by = rule.managed_by.map(|service| context.door.text(&service).clean.into_inner());
    Some((arn, EventRule { name: rule.name?, state, pattern, managed_by, targets }))
}

fn pattern_of(context: &Context<'_>, text: &str) -> Result<Clean<Value>, Gap> {
    let document: Value = serde_json::from_str(text).map_err(|error| {
        let detail = format!("the event pattern is not JSON: {error}");
        context.locate(Gap { api: RULES.name.to_owned(), ..Gap::new(GapReason::Error, detail) })
    })?;
    Ok(context.door.json(document).clean)
}

/// `None` where the rule was deleted since it was listed.
async fn with_targets(context: &Context<'_>, arn: Arn, rule: EventRule) -> Option<(Arn, EventRule)> {
    let client = context.clients.events();
    let (found, failure) = all_pages(&TARGETS, |token| {
        let request = client.list_targets_by_rule().rule(&rule.name).limit(PAGE).set_next_token(token);
        async move {
            let answer = context.call(&TARGETS, || request.clone().send()).await?;
            Ok(Page { items: required(&TARGETS, answer.targets, "Targets")?, next: answer.next_token })
        }
    })
    .await;
    context.tell(Event::Advanced);
    if failure.as_ref().is_some_and(|failure| failure.kind == FailureKind::NotFound) {
        return None;
    }
    let listed = found.len();
    let targets: Vec<_> = found.into_iter().filter_map(|one| target(context, one)).collect();
    let unusable = || {
        let detail = format!("{} answered with a target without a usable Arn", TARGETS.name);
        context.locate(Gap { api: TARGETS.name.to_owned(), ..Gap::new(GapReason::Error, detail) })
    };
    let gap = failure.as_ref().map(|failure| context.gap(failure));
    let gap = gap.or_else(|| (targets.len() < listed).then(unusable)).map(|gap| gap.about(arn.as_str()));
    let targets = match gap {
        Some(gap) if targets.is_empty() => Observed::missing(gap),
        gap => Observed::listed(targets, gap),
    };
    Some((arn, EventRule { targets, ..rule }))
}

fn target(context: &Context<'_>, target: Target) -> Option<EventTarget> {
    let transformer = target.input_transformer;
    let input = TargetInput {
        constant: target.input.is_some(),
        path: target.input_path.as_deref(),
        template: transformer.as_ref().map(|transformer| transformer.input_template.as_str()),
    };
    let variables = transformer.as_ref().and_then(|transformer| transformer.input_paths_map.as_ref());
    let variables = variables.into_iter().flatten().map(|(name, path)| (name.as_str(), path.as_str()));
    let passes_data = Some(input.passes_data(variables));
    let role_arn = target.role_arn.and_then(|arn| Arn::parse(arn).ok());
    let (id, arn) = (context.door.text(&target.id).clean, Arn::parse(target.arn).ok()?);
    Some(EventTarget { id, arn, role_arn, passes_data })
}
