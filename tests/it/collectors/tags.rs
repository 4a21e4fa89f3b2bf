//! <https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html>: the last page has an
//! empty token.

use serde_json::{Value, json};
use stepwarden::types::{Arn, Observed};

use super::machines::{arn, described, listing};
use super::{Aws, HOME, Scan, activities, brief, scan};
use crate::replay::{Answer, denied, error, ok, on};

fn page(name: &str, token: &str) -> Value {
    let tags = json!([{ "Key": "team", "Value": name }]);
    json!({ "ResourceTagMappingList": [{ "ResourceARN": arn(name), "Tags": tags }], "PaginationToken": token })
}

/// The tag `team` of a machine, with the first page known and this answer to the question for the second.
async fn second_page(answer: Answer) -> Scan {
    scan([on("GetResources", answer).with("page-2"), on("GetResources", ok(page("orders", "page-2")))]).await
}

#[tokio::test]
async fn tags_over_two_pages() {
    let scan = second_page(ok(page("refunds", ""))).await;
    let tags = scan.home().tags();
    let tags = tags.whole().unwrap();
    for name in ["orders", "refunds"] {
        let of = &tags[&Arn::parse(arn(name)).unwrap()];
        let of: Vec<_> = of.tags.iter().map(|(key, value)| (key.get().as_str(), value.get().as_str())).collect();
        assert_eq!(of, [("team", name)]);
    }
    assert_eq!(scan.run(HOME, "tags").gap, None);
}

#[tokio::test]
async fn a_token_that_expires_leaves_half_the_tags() {
    let scan = second_page(error("PaginationTokenExpiredException", "start over")).await;
    let Observed::Partial { value, gap } = scan.home().tags() else { panic!("half of them were read") };
    assert_eq!((value.len(), gap.reason.as_str()), (1, "partial"));
}

#[tokio::test]
async fn denied_names_the_action() {
    let scan = scan([on("GetResources", denied())]).await;
    let gap = scan.home().tags().gap().cloned().unwrap();
    assert_eq!(brief(&gap), ("denied", "tag:GetResources", Some("tag:GetResources")));
}

/// An account with a machine and an activity, of which the tagging call names neither.
async fn unnamed(answer: Answer) -> Scan {
    Aws::new([
        on("ListStateMachines", ok(listing(&["orders"]))),
        on("DescribeStateMachine", ok(described("orders", &json!({})))),
        on("ListActivities", ok(activities::listing(&["approve"], None))),
        on("DescribeActivity", ok(activities::described("approve", &json!({ "type": "AWS_OWNED_KEY" })))),
        on("GetResources", ok(json!({ "ResourceTagMappingList": [], "PaginationToken": "" }))),
        on("ListTagsForResource", ok(json!({ "tags": [] }))).with("stateMachine:orders"),
        on("ListTagsForResource", answer),
    ])
    .only(&["state_machines", "activities", "tags"])
    .scan()
    .await
}

#[tokio::test]
async fn where_nothing_is_named_the_first_are_asked_singly() {
    let scan = unnamed(ok(json!({ "tags": [] }))).await;
    let tags = scan.home().tags();
    let of: Vec<_> = tags.whole().unwrap().iter().map(|(arn, set)| (arn.name(), set.tags.len())).collect();
    assert_eq!(of, [("approve", 0), ("orders", 0)]);
    assert_eq!(scan.run(HOME, "tags").gap, None);
}

#[tokio::test]
async fn a_tag_that_the_tagging_call_left_out_shows_that_it_is_silent() {
    let scan = unnamed(ok(json!({ "tags": [{ "key": "team", "value": "sales" }] }))).await;
    let Observed::Partial { value, gap } = scan.home().tags() else { panic!("the two calls contradict each other") };
    assert_eq!((value.len(), brief(&gap)), (2, ("unsupported", "tag:GetResources", None)));
}

#[tokio::test]
async fn each_kind_is_asked_for_itself() {
    let scan = Aws::new([
        on("ListStateMachines", ok(listing(&["orders"]))),
        on("DescribeStateMachine", ok(described("orders", &json!({})))),
        on("ListActivities", ok(activities::listing(&["approve"], None))),
        on("DescribeActivity", ok(activities::described("approve", &json!({ "type": "AWS_OWNED_KEY" })))),
        on("GetResources", ok(page("orders", ""))),
        on("ListTagsForResource", ok(json!({ "tags": [] }))),
    ])
    .only(&["state_machines", "activities", "tags"])
    .scan()
    .await;
    assert_eq!(scan.replay.count("ListTagsForResource"), 1);
    assert_eq!(scan.home().tags().whole().unwrap().len(), 2);
}

#[tokio::test]
async fn a_denied_question_leaves_the_rest_unknown() {
    let scan = unnamed(denied()).await;
    let Observed::Partial { value, gap } = scan.home().tags() else { panic!("one of two was read") };
    let needed = ("denied", "states:ListTagsForResource", Some("states:ListTagsForResource"));
    assert_eq!((value.len(), brief(&gap)), (1, needed));
}

#[tokio::test]
async fn ten_are_asked_at_most() {
    let names: Vec<_> = (0..15).map(|number| format!("m{number:02}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let scan = Aws::new([
        on("ListStateMachines", ok(listing(&names))),
        on("DescribeStateMachine", ok(described("any", &json!({})))),
        on("GetResources", ok(json!({ "ResourceTagMappingList": [], "PaginationToken": "" }))),
        on("ListTagsForResource", ok(json!({ "tags": [] }))),
    ])
    .only(&["state_machines", "tags"])
    .scan()
    .await;
    assert_eq!(scan.replay.count("ListTagsForResource"), 10);
    assert_eq!(scan.home().tags().whole().unwrap().len(), 10);
}
