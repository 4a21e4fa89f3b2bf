//! <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRules.html> and
//! <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListTargetsByRule.html>.

use serde_json::{Value, json};
use stepwarden::model::{EventRule, EventRules, PatternMatch, RuleState};
use stepwarden::types::{Arn, Observed};

use super::{HOME, Scan, brief, scan};
use crate::replay::{Rule, denied, error, ok, on, throttled};

fn arn(name: &str) -> String {
    format!("arn:aws:events:eu-west-1:123456789012:rule/{name}")
}

/// A rule as ListRules gives it.
pub(super) fn rule(name: &str, pattern: impl Into<Value>) -> Value {
    let pattern = pattern.into().to_string();
    json!({ "Name": name, "Arn": arn(name), "State": "ENABLED", "EventBusName": "default", "EventPattern": pattern })
}

fn on_executions(name: &str) -> Value {
    rule(name, json!({ "source": ["aws.states"] }))
}

fn target(arn: &str) -> Value {
    json!({ "Targets": [{ "Id": "1", "Arn": arn }] })
}

fn to_queue() -> Rule {
    on("ListTargetsByRule", ok(target("arn:aws:sqs:eu-west-1:123456789012:q")))
}

async fn with_rules(rules: Value, more: impl IntoIterator<Item = Rule>) -> Scan {
    scan(more.into_iter().chain([on("ListRules", ok(json!({ "Rules": rules })))]).collect::<Vec<_>>()).await
}

fn rules(scan: &Scan) -> EventRules {
    scan.home().event_rules().last_known().map(|rules| (*rules).clone()).expect("the rules were listed")
}

fn names(scan: &Scan) -> Vec<String> {
    rules(scan).into_values().map(|rule| rule.name).collect()
}

fn one(scan: &Scan, name: &str) -> EventRule {
    rules(scan)
        .remove(&Arn::parse(arn(name)).expect("the tests' ARNs are some"))
        .unwrap_or_else(|| panic!("{name} was not kept"))
}

#[tokio::test]
async fn a_rule_as_documented() {
    let targets = json!({ "Targets": [
        { "Id": "queue", "Arn": "arn:aws:sqs:us-east-1:999999999999:audit", "RoleArn": "arn:aws:iam::123456789012:role/r",
          "InputPath": "$.detail" },
        { "Id": "again", "Arn": "arn:aws:states:eu-west-1:123456789012:stateMachine:orders:prod" },
    ] });
    let mut egress = on_executions("egress");
    egress["State"] = "DISABLED".into();
    egress["ManagedBy"] = "states.amazonaws.com".into();
    let scan = with_rules(json!([egress]), [on("ListTargetsByRule", ok(targets)).with("\"egress\"")]).await;
    assert_eq!(scan.run(HOME, "event_rules").gap, None);
    let rule = one(&scan, "egress");
    assert_eq!((rule.state, rule.managed_by.as_deref()), (RuleState::Disabled, Some("states.amazonaws.com")));
    assert_eq!(rule.matches_states_events(), PatternMatch::Yes);
    assert_eq!(*rule.pattern.as_ref().unwrap().whole().unwrap().get(), json!({ "source": ["aws.states"] }));
    let targets = rule.targets.whole().unwrap();
    let target =
        |index: usize| (targets[index].id.get().as_str(), targets[index].arn.account(), targets[index].is_machine());
    assert_eq!((target(0), target(1)), (("queue", "999999999999", false), ("again", "123456789012", true)));
    assert_eq!(targets[0].role_arn.as_ref().map(Arn::as_str), Some("arn:aws:iam::123456789012:role/r"));
}

#[tokio::test]
async fn only_what_matches_executions_or_starts_machines_is_kept() {
    let schedule =
        |name: &str| json!({ "Name": name, "Arn": arn(name), "State": "ENABLED", "ScheduleExpression": "rate(1 day)" });
    let mut internal = rule("ecs-managed", json!({ "source": ["aws.ecs"] }));
    internal["ManagedBy"] = "ecs.amazonaws.com".into();
    let listed = json!([
        on_executions("egress"),
        rule("unknown", json!({ "source": [{ "quantum": "aws" }] })),
        rule("other", json!({ "source": ["aws.ec2"] })),
        rule("uploads", json!({ "source": ["aws.s3"] })),
        schedule("nightly"),
        schedule("hourly"),
        internal,
    ]);
    let machine = || ok(target("arn:aws:states:eu-west-1:123456789012:stateMachine:orders"));
    let starts = [
        on("ListTargetsByRule", machine()).with("\"nightly\""),
        on("ListTargetsByRule", machine()).with("\"uploads\""),
        to_queue(),
    ];
    let scan = with_rules(listed, starts).await;
    assert_eq!(names(&scan), ["egress", "nightly", "unknown", "uploads"]);
    assert_eq!(scan.replay.count("ListTargetsByRule"), 6, "what an AWS service made for itself is not asked for");
    let matches = ["egress", "unknown", "nightly"].map(|name| one(&scan, name).matches_states_events());
    assert_eq!(matches, [PatternMatch::Yes, PatternMatch::Maybe, PatternMatch::No]);
}

#[tokio::test]
async fn states_of_rules() {
    for (word, state) in [
        (json!("ENABLED"), RuleState::Enabled),
        (json!("ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"), RuleState::Enabled),
        (json!("DISABLED"), RuleState::Disabled),
        (json!("DREAMING"), RuleState::Unknown),
        (json!(null), RuleState::Unknown),
    ] {
        let mut rule = on_executions("egress");
        rule["State"] = word;
        assert_eq!(one(&with_rules(json!([rule]), [to_queue()]).await, "egress").state, state);
    }
}

#[tokio::test]
async fn rules_and_targets_are_read_over_pages() {
    let page = |name: &str, next: Option<&str>| ok(json!({ "Rules": [on_executions(name)], "NextToken": next }));
    let targets = |next: Option<&str>| {
        let mut page = target("arn:aws:sqs:eu-west-1:123456789012:q");
        page["NextToken"] = next.into();
        ok(page)
    };
    let scan = scan([
        on("ListRules", page("b", None)).with("page-2"),
        on("ListRules", page("a", Some("page-2"))),
        on("ListTargetsByRule", targets(None)).with("more"),
        on("ListTargetsByRule", targets(Some("more"))),
    ])
    .await;
    assert_eq!(names(&scan), ["a", "b"]);
    assert_eq!(one(&scan, "a").targets.whole().unwrap().len(), 2);
    assert_eq!(scan.run(HOME, "event_rules").gap, None);
}

#[tokio::test]
async fn denied_and_half_read_lists() {
    let refused = scan([on("ListRules", denied())]).await;
    let gap = refused.home().event_rules().gap().cloned().unwrap();
    assert_eq!(brief(&gap), ("denied", "events:ListRules", Some("events:ListRules")));
    let page = json!({ "Rules": [on_executions("egress")], "NextToken": "page-2" });
    let half = scan([on("ListRules", throttled()).with("page-2"), on("ListRules", ok(page)), to_queue()]).await;
    let Observed::Partial { value, gap } = half.home().event_rules() else { panic!("one page was read") };
    assert_eq!((value.len(), gap.reason.as_str()), (1, "throttled"));
    // Rules were seen, although none of them matters.
    let page = json!({ "Rules": [rule("other", json!({ "source": ["aws.ec2"] }))], "NextToken": "page-2" });
    let half = scan([on("ListRules", throttled()).with("page-2"), on("ListRules", ok(page)), to_queue()]).await;
    assert!(matches!(half.home().event_rules(), Observed::Partial { value, .. } if value.is_empty()));
}

#[tokio::test]
async fn a_rule_whose_targets_are_denied_may_start_machines() {
    let listed = json!([on_executions("egress"), rule("other", json!({ "source": ["aws.ec2"] }))]);
    let scan = with_rules(listed, [on("ListTargetsByRule", denied())]).await;
    for name in ["egress", "other"] {
        let gap = one(&scan, name).targets.gap().cloned().unwrap();
        assert_eq!(brief(&gap), ("denied", "events:ListTargetsByRule", Some("events:ListTargetsByRule")));
        assert_eq!(gap.resource, Some(arn(name)));
    }
    assert_eq!(scan.run(HOME, "event_rules").gap.as_ref().unwrap().api, "events:ListTargetsByRule");
}

#[tokio::test]
async fn a_rule_deleted_since_it_was_listed_is_dropped() {
    let gone =
        on("ListTargetsByRule", error("ResourceNotFoundException", "Rule gone does not exist.")).with("\"gone\"");
    let scan = with_rules(json!([on_executions("gone"), on_executions("egress")]), [gone, to_queue()]).await;
    assert_eq!(names(&scan), ["egress"]);
    assert_eq!(scan.run(HOME, "event_rules").gap, None);
}

#[tokio::test]
async fn answers_that_are_none_are_gaps() {
    let mut broken = on_executions("egress");
    broken["EventPattern"] = "{\"source\": [".into();
    let scan = with_rules(json!([broken]), [to_queue()]).await;
    let rule = one(&scan, "egress");
    assert_eq!(rule.matches_states_events(), PatternMatch::Maybe);
    assert_eq!(brief(rule.pattern.unwrap().gap().unwrap()), ("error", "events:ListRules", None));
    for targets in [
        json!({ "NextToken": "x" }),
        json!({ "Targets": [{ "Id": "1", "Arn": "me" }] }),
        json!({ "Targets": [{ "Id": "1", "Arn": "me" }, { "Id": "2", "Arn": "arn:aws:sqs:eu-west-1:1:q" }] }),
        json!({ "Targets": [], "NextToken": "again" }),
    ] {
        let scan = with_rules(json!([on_executions("egress")]), [on("ListTargetsByRule", ok(targets.clone()))]).await;
        assert!(one(&scan, "egress").targets.gap().is_some(), "{targets}");
    }
    let nameless = json!([{}, { "Name": "x" }, { "Arn": "me", "Name": "x" }]);
    assert!(rules(&with_rules(nameless, []).await).is_empty());
}

/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html>.
#[tokio::test]
async fn a_target_may_be_given_less_than_the_event() {
    let queue = "arn:aws:sqs:eu-west-1:123456789012:q";
    let told = json!({ "InputPathsMap": { "status": "$.detail.status" }, "InputTemplate": "\"<status>\"" });
    let more = json!({ "InputPathsMap": { "what": "$.detail.input" }, "InputTemplate": "<what>" });
    let targets = json!({ "Targets": [
        { "Id": "whole", "Arn": queue },
        { "Id": "constant", "Arn": queue, "Input": "{}" },
        { "Id": "path", "Arn": queue, "InputPath": "$.detail.name" },
        { "Id": "told", "Arn": queue, "InputTransformer": told },
        { "Id": "more", "Arn": queue, "InputTransformer": more },
    ] });
    let scan = with_rules(json!([on_executions("egress")]), [on("ListTargetsByRule", ok(targets))]).await;
    let targets = one(&scan, "egress").targets;
    let passes: Vec<_> = targets.whole().unwrap().iter().map(|target| target.passes_data.unwrap()).collect();
    assert_eq!(passes, [true, false, false, false, true]);
}
