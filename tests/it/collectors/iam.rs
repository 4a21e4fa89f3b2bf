//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html>: XML, documents
//! percent-encoded (RFC 3986).

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use stepwarden::access::{Grants, ManagedPolicies};
use stepwarden::model::Iam;
use stepwarden::types::{Arn, Observed, Region};

use super::{Scan, brief, scan};
use crate::replay::{Answer, denied, on, throttled, xml};

const DETAILS: &str = "GetAccountAuthorizationDetails";

fn arn(resource: &str) -> Arn {
    Arn::parse(format!("arn:aws:iam::123456789012:{resource}")).expect("the tests' ARNs are some")
}

fn policy(action: &str) -> Value {
    let statement = json!({ "Effect": "Allow", "Action": action, "Resource": "*" });
    json!({ "Version": "2012-10-17", "Statement": [statement] })
}

fn encoded(document: &Value) -> String {
    utf8_percent_encode(&document.to_string(), NON_ALPHANUMERIC).to_string()
}

fn element(name: &str, content: &str) -> String {
    format!("<{name}>{content}</{name}>")
}

fn inline(list: &str, name: &str, document: &str) -> String {
    element(list, &element("member", &(element("PolicyName", name) + &element("PolicyDocument", document))))
}

fn attached(name: &str) -> String {
    let policy = element("PolicyName", name) + &element("PolicyArn", arn(&format!("policy/{name}")).as_str());
    element("AttachedManagedPolicies", &element("member", &policy))
}

/// One member of a list: a role, a user or a group with its ARN.
fn member(resource: &str, rest: &str) -> String {
    element("member", &(element("Arn", arn(resource).as_str()) + rest))
}

fn role(name: &str, rest: &str) -> String {
    let trust = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "Service": "states.amazonaws.com" }, "Action": "sts:AssumeRole",
    }] });
    let trust = element("AssumeRolePolicyDocument", &encoded(&trust));
    member(&format!("role/{name}"), &(trust + rest))
}

fn managed(name: &str, versions: &[(&str, bool)]) -> String {
    let version = |(document, default): &(&str, bool)| {
        let default = element("IsDefaultVersion", &default.to_string());
        element("member", &(element("Document", document) + &default))
    };
    let versions: String = versions.iter().map(version).collect();
    member(&format!("policy/{name}"), &element("PolicyVersionList", &versions))
}

fn page(roles: &str, users: &str, groups: &str, policies: &str, marker: Option<&str>) -> Answer {
    let more = element("IsTruncated", &marker.is_some().to_string());
    let lists = element("RoleDetailList", roles)
        + &element("UserDetailList", users)
        + &element("GroupDetailList", groups)
        + &element("Policies", policies);
    xml(lists + &more + &marker.map(|marker| element("Marker", marker)).unwrap_or_default())
}

fn iam(scan: &Scan) -> Iam {
    scan.global().iam().whole().map(|iam| (*iam).clone()).expect("the account was read")
}

#[tokio::test]
async fn an_account_over_two_pages() {
    let orders = role(
        "orders",
        &(inline("RolePolicyList", "own", &encoded(&policy("s3:GetObject")))
            + &attached("shared")
            + &element("PermissionsBoundary", &element("PermissionsBoundaryArn", arn("policy/boundary").as_str()))),
    );
    let jane = member("user/jane", &element("GroupList", "<member>admins</member><member>readers</member>"));
    let admins = member("group/admins", &inline("GroupPolicyList", "all", &encoded(&policy("*"))));
    let old = encoded(&policy("s3:*"));
    let new = encoded(&policy("s3:ListBucket"));
    let scan = scan([
        on(DETAILS, page(&role("refunds", ""), "", "", &managed("shared", &[(&old, false), (&new, true)]), None))
            .with("Marker=page%2F2"),
        on(DETAILS, page(&orders, &jane, &admins, "", Some("page/2"))),
    ])
    .await;
    let iam = iam(&scan);
    assert_eq!(iam.roles.keys().map(Arn::name).collect::<Vec<_>>(), ["orders", "refunds"]);
    let orders = &iam.roles[&arn("role/orders")];
    assert!(orders.trust.whole().is_ok());
    assert_eq!(orders.principal.attached, [arn("policy/shared")]);
    assert_eq!(orders.principal.boundary, Some(arn("policy/boundary")));
    let own = orders.principal.inline[0].policy.whole().unwrap();
    assert!(serde_json::to_string(own).unwrap().contains("s3:GetObject"));
    assert_eq!(iam.users[0].groups, ["admins", "readers"]);
    assert_eq!((iam.groups[0].arn.name(), iam.groups[0].inline[0].name.as_str()), ("admins", "all"));
    let shared = serde_json::to_string(&iam.policies[&arn("policy/shared")]).unwrap();
    assert!(shared.contains("s3:ListBucket") && !shared.contains("s3:*"), "the default version counts: {shared}");
    assert_eq!(scan.run(Region::GLOBAL, "iam").gap, None);
    assert_eq!(scan.replay.count(DETAILS), 2);
}

#[tokio::test]
async fn a_policy_that_cannot_be_read_is_missing_and_the_others_are_not() {
    let broken = [
        ("no JSON", "%7B%22Version%22".to_owned()),
        ("half a character", "%7B%22Version%22%3A%22%C3".to_owned()),
        ("no policy", encoded(&json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Maybe" }] }))),
        ("a list", encoded(&json!([1, 2, 3]))),
        ("nothing", String::new()),
    ];
    let good = encoded(&policy("s3:GetObject"));
    for (what, document) in broken {
        let policies = managed("broken", &[(&document, true)]) + &managed("whole", &[(&good, true)]);
        let orders = role("orders", &inline("RolePolicyList", "own", &document));
        let scan = scan([on(DETAILS, page(&orders, "", "", &policies, None))]).await;
        let iam = iam(&scan);
        let gap = iam.policies[&arn("policy/broken")].gap().unwrap_or_else(|| panic!("{what} was taken for a policy"));
        assert_eq!(brief(gap), ("error", "iam:GetAccountAuthorizationDetails", None), "{what}");
        assert!(iam.policies[&arn("policy/whole")].whole().is_ok());
        let orders = &iam.roles[&arn("role/orders")];
        assert!(matches!(orders.principal.inline[0].policy, Observed::Missing { .. }), "{what}");
        assert!(scan.run(Region::GLOBAL, "iam").gap.is_some(), "{what}: the account is not wholly read");
        assert!(orders.trust.whole().is_ok());
    }
}

#[tokio::test]
async fn a_managed_policy_without_a_default_version_is_missing() {
    let document = encoded(&policy("s3:GetObject"));
    let policies = managed("odd", &[(&document, false)]) + &managed("empty", &[]);
    let scan = scan([on(DETAILS, page("", "", "", &policies, None))]).await;
    let iam = iam(&scan);
    assert!(iam.policies.values().all(|policy| matches!(policy, Observed::Missing { .. })));
    assert_eq!(iam.policies.len(), 2);
}

#[tokio::test]
async fn a_second_page_that_stays_throttled_leaves_half_an_account() {
    let scan = scan([
        on(DETAILS, throttled()).with("Marker=page-2"),
        on(DETAILS, page(&role("orders", ""), "", "", "", Some("page-2"))),
    ])
    .await;
    let Observed::Partial { value, gap } = scan.global().iam() else { panic!("half of it was read") };
    assert_eq!((value.roles.len(), gap.reason.as_str()), (1, "throttled"));
    assert_eq!(scan.replay.count(DETAILS), 3);
}

/// AWS sends each of the four lists, empty or not.
#[tokio::test]
async fn an_answer_that_lacks_a_list_is_none() {
    let lists = ["<RoleDetailList/>", "<UserDetailList/>", "<GroupDetailList/>", "<Policies/>"];
    for missing in lists {
        let others: String = lists.into_iter().filter(|list| *list != missing).collect();
        let scan = scan([on(DETAILS, xml(others + "<IsTruncated>false</IsTruncated>"))]).await;
        assert!(matches!(scan.global().iam(), Observed::Missing { .. }), "without {missing}");
    }
}

#[tokio::test]
async fn a_principal_or_policy_without_an_arn_leaves_half_an_account() {
    let nameless = "<member><Path>/</Path></member>";
    let good = role("orders", "");
    for answer in [
        page(&(good.clone() + nameless), "", "", "", None),
        page(&good, nameless, "", "", None),
        page(&good, "", nameless, "", None),
        page(&good, "", "", nameless, None),
    ] {
        let scan = scan([on(DETAILS, answer)]).await;
        let Observed::Partial { value, gap } = scan.global().iam() else { panic!("something has no name") };
        assert_eq!((value.roles.len(), gap.reason.as_str()), (1, "error"));
        assert!(gap.detail.contains("without a usable Arn"), "{}", gap.detail);
    }
}

#[tokio::test]
async fn a_role_with_a_policy_that_nobody_can_name_may_do_anything() {
    let nameless = element("AttachedManagedPolicies", "<member><PolicyName>who</PolicyName></member>");
    let unbounded =
        "<PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType></PermissionsBoundary>";
    for rest in [nameless.as_str(), unbounded] {
        let scan = scan([on(DETAILS, page(&role("orders", rest), "", "", "", None))]).await;
        let iam = iam(&scan);
        let gap = Grants::of(&iam.roles[&arn("role/orders")], &iam, &mut ManagedPolicies::default()).unwrap_err();
        assert_eq!(brief(&gap), ("error", "iam:GetAccountAuthorizationDetails", None));
        assert!(gap.detail.contains("without an ARN") && gap.account_id.is_some(), "{gap:?}");
        assert_eq!(scan.run(Region::GLOBAL, "iam").gap, Some(gap));
    }
}

/// `IsTruncated` says whether there is more; without a marker to go on with, the list is not whole.
#[tokio::test]
async fn a_truncated_page_without_a_marker_is_not_the_whole_account() {
    let truncated = "<RoleDetailList/><UserDetailList/><GroupDetailList/><Policies/><IsTruncated>true</IsTruncated>";
    let scan = scan([on(DETAILS, xml(truncated))]).await;
    assert!(scan.global().iam().whole().is_err());
}

#[tokio::test]
async fn denied_names_the_action() {
    let scan = scan([on(DETAILS, denied())]).await;
    let gap = scan.global().iam().gap().cloned().unwrap();
    let name = "iam:GetAccountAuthorizationDetails";
    assert_eq!(brief(&gap), ("denied", name, Some(name)));
}
