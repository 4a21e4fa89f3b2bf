//! Which Regions are audited: <https://docs.aws.amazon.com/accounts/latest/reference/API_ListRegions.html>.

use serde_json::json;
use stepwarden::collect::settings::Regions;
use stepwarden::types::Region;

use super::{ACCOUNT, Aws, HOME, Scan, brief, quiet, region};
use crate::replay::{Rule, denied, error, ok, on, xml};

async fn every_region(rules: impl IntoIterator<Item = Rule>) -> Scan {
    let rules: Vec<_> = rules.into_iter().chain(quiet()).collect();
    Aws::new(rules).regions(Regions::AllEnabled).scan().await
}

fn audited(scan: &Scan) -> Vec<&str> {
    let places = scan.collection().snapshots.iter().map(|snapshot| snapshot.region.as_str());
    places.filter(|place| *place != Region::GLOBAL).collect()
}

#[tokio::test]
async fn all_enabled_regions_over_two_pages() {
    let page = |name: &str, next: Option<&str>| {
        ok(json!({ "Regions": [{ "RegionName": name, "RegionOptStatus": "ENABLED" }], "NextToken": next }))
    };
    let scan = every_region([
        on("ListRegions", page("af-south-1", None)).with("page-2"),
        on("ListRegions", page("eu-west-1", Some("page-2"))).with("ENABLED_BY_DEFAULT"),
    ])
    .await;
    assert_eq!(audited(&scan), ["af-south-1", "eu-west-1"]);
    let identity = scan.global().identity();
    assert_eq!(*identity.whole().unwrap().regions.whole().unwrap(), [region("af-south-1"), region("eu-west-1")]);
    for place in ["af-south-1", "eu-west-1"] {
        assert!(scan.replay.calls("ListStateMachines").iter().any(|call| call.region == place), "{place}");
    }
}

#[tokio::test]
async fn where_the_list_is_denied_the_default_regions_are_audited_and_it_is_said() {
    let scan = every_region([on("ListRegions", denied())]).await;
    let audited = audited(&scan);
    assert_eq!(audited.len(), 17);
    assert!(audited.contains(&HOME) && audited.contains(&"us-east-1") && !audited.contains(&"af-south-1"));
    let gap = scan.run(Region::GLOBAL, "identity").gap.as_ref().unwrap();
    assert_eq!(brief(gap), ("denied", "account:ListRegions", Some("account:ListRegions")));
}

#[tokio::test]
async fn the_default_regions_are_those_of_the_partition() {
    for (partition, expected) in [
        ("aws-cn", &["cn-north-1", "cn-northwest-1"][..]),
        ("aws-us-gov", &["us-gov-east-1", "us-gov-west-1"]),
        ("aws-of-tomorrow", &[HOME]),
    ] {
        let arn = format!("<Arn>arn:{partition}:iam::{ACCOUNT}:user/audit</Arn>");
        let caller = xml(format!("{arn}<UserId>AIDAEXAMPLE</UserId><Account>{ACCOUNT}</Account>"));
        let scan = every_region([on("GetCallerIdentity", caller), on("ListRegions", denied())]).await;
        assert_eq!(audited(&scan), expected);
    }
}

/// Credentials that a Region took before are not of an account that has not enabled it.
#[tokio::test]
async fn credentials_that_die_on_the_way_do_not_disable_the_region() {
    let dead = error("InvalidClientTokenId", "The security token included in the request is invalid.");
    let list = ok(crate::collectors::machines::listing(&["orders"]));
    let rules: Vec<_> =
        [on("ListStateMachines", list), on("DescribeStateMachine", dead)].into_iter().chain(quiet()).collect();
    let scan = Aws::new(rules).scan().await;
    let gap = scan.run(HOME, "state_machines").gap.as_ref().unwrap();
    assert_eq!(gap.reason.as_str(), "error");
}

#[tokio::test]
async fn where_the_list_is_empty_the_default_regions_are_audited() {
    assert_eq!(audited(&every_region([on("ListRegions", ok(json!({ "Regions": [] })))]).await).len(), 17);
}

#[tokio::test]
async fn a_half_read_list_is_said_to_be_one() {
    let page = ok(json!({
        "Regions": [{ "RegionName": "eu-west-1", "RegionOptStatus": "ENABLED" }], "NextToken": "page-2",
    }));
    let scan = every_region([on("ListRegions", denied()).with("page-2"), on("ListRegions", page)]).await;
    assert_eq!(audited(&scan), ["eu-west-1"]);
    assert_eq!(scan.run(Region::GLOBAL, "identity").gap.as_ref().unwrap().api, "account:ListRegions");
}

#[tokio::test]
async fn named_regions_need_no_list() {
    let scan = Aws::new(quiet()).scan().await;
    assert_eq!(scan.replay.count("ListRegions"), 0);
    assert_eq!(audited(&scan), [HOME]);
}

/// A Region that the account has not opted into does not know the account's credentials.
#[tokio::test]
async fn a_region_that_is_not_enabled_fails_alone() {
    const CLOSED: &str = "me-south-1";
    const REGIONAL: [&str; 11] = [
        "ListStateMachines",
        "GetResources",
        "ListRules",
        "GetEncryptionConfig",
        "GetTraceSegmentDestination",
        "ListServiceQuotas",
        "ListAWSDefaultServiceQuotas",
        "ListMetrics",
        "GetMetricData",
        "ListActivities",
        "DescribeResourcePolicies",
    ];
    let unknown = || error("UnrecognizedClientException", "The security token included in the request is invalid.");
    let rules = REGIONAL.map(|name| on(name, unknown()).in_region(CLOSED)).into_iter().chain(quiet());
    let named = Regions::Named(vec![region(HOME), region(CLOSED)]);
    let scan = Aws::new(rules.collect::<Vec<_>>()).regions(named).scan().await;
    for run in &scan.collection().runs {
        let closed = run.region.as_str() == CLOSED;
        assert_eq!(run.gap.is_some(), closed, "{} {}", run.region, run.collector);
        if let Some(gap) = &run.gap {
            assert_eq!(gap.reason.as_str(), "disabled");
            assert!(gap.detail.starts_with("the Region is not enabled for the account, or "), "{}", gap.detail);
        }
    }
    assert!(scan.snapshot(ACCOUNT, CLOSED).state_machines().last_known().is_none());
    assert!(scan.home().state_machines().whole().is_ok());
}
