//! <https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html>: the last page has an
//! empty token.

use serde_json::{Value, json};
use stepwarden::types::{Arn, Observed};

use super::machines::arn;
use super::{HOME, brief, scan};
use crate::replay::{Answer, denied, error, ok, on};

fn page(name: &str, token: &str) -> Value {
    let tags = json!([{ "Key": "team", "Value": name }]);
    json!({ "ResourceTagMappingList": [{ "ResourceARN": arn(name), "Tags": tags }], "PaginationToken": token })
}

/// The tag `team` of a machine, with the first page known and this answer to the question for the second.
async fn second_page(answer: Answer) -> super::Scan {
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
