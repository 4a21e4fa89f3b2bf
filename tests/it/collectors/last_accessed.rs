//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateServiceLastAccessedDetails.html> and
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServiceLastAccessedDetails.html>.

use serde_json::json;
use stepwarden::finding::{CheckSettings, View};
use stepwarden::model::{LastAccessed, RoleAccess, SnapshotLine};
use stepwarden::types::{Arn, Gap, Region};

use super::machines::{described, listing};
use super::{Aws, Scan, brief, quiet};
use crate::replay::{Answer, Rule, denied, on, raw, throttled, xml};

const GENERATE: &str = "GenerateServiceLastAccessedDetails";
const GET: &str = "GetServiceLastAccessedDetails";
const ORDERS: &str = "arn:aws:iam::123456789012:role/orders";

/// A role for functions, and these, which Step Functions may assume.
fn roles(names: &[String]) -> Answer {
    let role = |name: &str, service: &str| {
        let trust = json!({ "Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole",
            "Condition": { "StringEquals": { "aws:SourceAccount": "123456789012" } } } });
        let trust = trust.to_string().replace('"', "&quot;");
        format!(
            "<member><Arn>arn:aws:iam::123456789012:role/{name}</Arn>\
             <AssumeRolePolicyDocument>{trust}</AssumeRolePolicyDocument></member>"
        )
    };
    let roles: String = names.iter().map(|name| role(name, "states.amazonaws.com")).collect();
    let roles = roles + &role("function", "lambda.amazonaws.com");
    xml(format!(
        "<UserDetailList/><GroupDetailList/><RoleDetailList>{roles}</RoleDetailList><Policies/>\
         <IsTruncated>false</IsTruncated>"
    ))
}

fn job() -> Answer {
    xml("<JobId>job-1</JobId>")
}

fn report(status: &str, services: &str, rest: &str) -> Answer {
    xml(format!(
        "<JobStatus>{status}</JobStatus><JobType>ACTION_LEVEL</JobType>\
         <JobCreationDate>2026-01-02T03:04:04Z</JobCreationDate>\
         <JobCompletionDate>2026-01-02T03:04:05Z</JobCompletionDate>\
         <ServicesLastAccessed>{services}</ServicesLastAccessed>{rest}"
    ))
}

fn service(namespace: &str, rest: &str) -> String {
    format!(
        "<member><ServiceName>A service</ServiceName><ServiceNamespace>{namespace}</ServiceNamespace>{rest}</member>"
    )
}

async fn switched_on(rules: impl IntoIterator<Item = Rule>) -> Scan {
    let rules: Vec<_> = rules
        .into_iter()
        .chain([on("GetAccountAuthorizationDetails", roles(&["orders".to_owned()]))])
        .chain(quiet())
        .collect();
    Aws::new(rules).only(&["iam", "last_accessed", "state_machines"]).scan().await
}

fn roles_seen(scan: &Scan) -> LastAccessed {
    scan.global().last_accessed().last_known().map(|roles| (*roles).clone()).expect("the roles were read")
}

fn orders(scan: &Scan) -> Result<RoleAccess, Gap> {
    let roles = roles_seen(scan);
    assert_eq!(roles.len(), 1, "only the role that Step Functions may assume is asked about");
    roles[&Arn::parse(ORDERS).expect("an ARN")].whole().cloned().map_err(Gap::clone)
}

#[tokio::test]
async fn a_report_is_waited_for_and_read_to_its_end() {
    let tracked = "<LastAuthenticated>2025-12-24T12:00:00Z</LastAuthenticated>\
        <LastAuthenticatedEntity>arn:aws:iam::123456789012:role/orders</LastAuthenticatedEntity>\
        <TrackedActionsLastAccessed>\
        <member><ActionName>GetObject</ActionName><LastAccessedTime>2025-12-24T12:00:00Z</LastAccessedTime></member>\
        <member><ActionName>PutObject</ActionName></member></TrackedActionsLastAccessed>";
    let more = "<IsTruncated>true</IsTruncated><Marker>page-2</Marker>";
    let scan = switched_on([
        on(GENERATE, job()),
        on(GET, report("COMPLETED", &service("sqs", ""), "<IsTruncated>false</IsTruncated>")).with("Marker=page-2"),
        on(GET, report("IN_PROGRESS", "", "<IsTruncated>false</IsTruncated>")).then(report(
            "COMPLETED",
            &service("s3", tracked),
            more,
        )),
    ])
    .await;
    let access = orders(&scan).unwrap();
    assert_eq!(access.reported_at.to_string(), "2026-01-02T03:04:05Z");
    assert_eq!(access.services.keys().collect::<Vec<_>>(), ["s3", "sqs"]);
    assert_eq!(access.services["s3"].last.map(|at| at.to_string()).as_deref(), Some("2025-12-24T12:00:00Z"));
    assert_eq!(
        (access.services["s3"].actions["GetObject"].is_some(), access.services["s3"].actions["PutObject"]),
        (true, None)
    );
    assert_eq!((access.services["sqs"].last, access.services["sqs"].actions.len()), (None, 0));
    let asked = scan.replay.calls(GENERATE);
    assert!(asked.len() == 1 && asked[0].body.contains("Granularity=ACTION_LEVEL"), "{asked:?}");
    assert_eq!((scan.replay.count(GET), scan.run(Region::GLOBAL, "last_accessed").gap.as_ref()), (3, None));
}

/// A page that does not come, or says nothing, leaves no half report: what is not on it would look unused.
#[tokio::test]
async fn what_is_no_whole_report_is_a_gap() {
    let done = |services: &str, rest: &str| report("COMPLETED", services, rest);
    for (answer, why) in [
        (denied(), "refused"),
        (throttled(), ""),
        (raw(200, "<html><body>Please log in"), ""),
        (raw(200, ""), ""),
        (xml(""), "without a usable JobStatus"),
        (report("FAILED", "", "<Error><Code>X</Code><Message>no luck</Message></Error>"), "failed: no luck"),
        (xml("<JobStatus>COMPLETED</JobStatus><ServicesLastAccessed/>"), "without JobCompletionDate"),
        (done("<member><ServiceName>A service</ServiceName></member>", ""), "ServiceNamespace"),
        (done(&service("s3", ""), "<IsTruncated>true</IsTruncated>"), "but not where"),
        (done(&service("s3", ""), "<IsTruncated>true</IsTruncated><Marker>again</Marker>"), "same page token twice"),
    ] {
        let scan = switched_on([on(GENERATE, job()), on(GET, answer)]).await;
        let gap = orders(&scan).expect_err(why);
        assert_eq!((gap.api.as_str(), gap.resource.as_deref()), ("iam:GetServiceLastAccessedDetails", Some(ORDERS)));
        assert!(gap.detail.contains(why), "{why}: {gap}");
        assert_eq!(scan.run(Region::GLOBAL, "last_accessed").gap.as_ref(), Some(&gap));
    }
    for answer in [denied(), xml("")] {
        let scan = switched_on([on(GENERATE, answer)]).await;
        assert_eq!(orders(&scan).unwrap_err().api, "iam:GenerateServiceLastAccessedDetails");
        assert_eq!(scan.replay.count(GET), 0);
    }
}

#[tokio::test]
async fn what_is_refused_for_one_role_is_not_asked_for_all() {
    let names: Vec<_> = (0..100).map(|number| format!("role-{number}")).collect();
    let scan = switched_on([on("GetAccountAuthorizationDetails", roles(&names)), on(GENERATE, denied())]).await;
    let roles = roles_seen(&scan);
    assert!(roles.len() == 100 && roles.values().all(|role| role.gap().unwrap().reason.as_str() == "denied"));
    assert!(scan.replay.count(GENERATE) < 50, "{} calls", scan.replay.count(GENERATE));
}

#[tokio::test]
async fn without_the_roles_nothing_is_asked() {
    let scan = switched_on([on("GetAccountAuthorizationDetails", denied())]).await;
    let gap = scan.global().last_accessed().gap().cloned().unwrap();
    let needed = "iam:GetAccountAuthorizationDetails";
    assert_eq!((brief(&gap), scan.replay.count(GENERATE)), (("denied", needed, Some(needed)), 0));
}

#[tokio::test]
async fn it_is_off_unless_it_is_switched_on() {
    let rules: Vec<_> =
        [on("GetAccountAuthorizationDetails", roles(&["orders".to_owned()]))].into_iter().chain(quiet()).collect();
    let scan = Aws::new(rules).scan().await;
    assert_eq!(
        (scan.replay.count(GENERATE), scan.global().last_accessed().gap().unwrap().reason.as_str()),
        (0, "disabled")
    );
}

#[tokio::test]
async fn a_check_asks_the_view_of_a_role_and_a_snapshot_file_keeps_it() {
    let scan = switched_on([
        on("ListStateMachines", crate::replay::ok(listing(&["orders"]))),
        on("DescribeStateMachine", crate::replay::ok(described("orders", &json!({ "roleArn": ORDERS })))),
        on(GENERATE, job()),
        on(GET, report("COMPLETED", &service("s3", ""), "")),
    ])
    .await;
    let lines = scan.collection().snapshots.iter().flat_map(|snapshot| snapshot.clone().into_lines());
    let text: Vec<_> = lines.map(|line| serde_json::to_string(&line).unwrap()).collect();
    let lines = text.iter().map(|line| serde_json::from_str::<SnapshotLine>(line).unwrap());
    let snapshots = stepwarden::model::Snapshot::assemble(lines);
    assert_eq!(snapshots, scan.collection().snapshots);
    let settings = CheckSettings::default();
    let view = View::new(&snapshots, &settings);
    let roles = view.accounts[0].roles();
    assert_eq!(roles[0].last_accessed().unwrap().services["s3"].last, None);
}
