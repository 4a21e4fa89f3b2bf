//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html>: sorted by name,
//! 50 a page, found by prefix.

use serde_json::{Value, json};
use stepwarden::model::LogGroup;
use stepwarden::types::{Arn, Gap, Observed};

use super::machines::{described, listing};
use super::{HOME, Scan, brief, scan};
use crate::replay::{Answer, Rule, denied, ok, on};

const ACCOUNT_AND_REGION: &str = "arn:aws:logs:eu-west-1:123456789012:log-group:";

fn group_arn(name: &str) -> String {
    format!("{ACCOUNT_AND_REGION}{name}")
}

fn group(name: &str) -> Value {
    json!({ "logGroupName": name, "arn": group_arn(name), "creationTime": 1, "storedBytes": 7, "retentionInDays": 30 })
}

fn page(names: &[String], next: Option<&str>) -> Answer {
    let groups: Vec<_> = names.iter().map(|name| group(name)).collect();
    ok(json!({ "logGroups": groups, "nextToken": next }))
}

/// Machines that log to these log groups.
async fn logging_to(groups: &[&str], rules: impl IntoIterator<Item = Rule>) -> Scan {
    let arns: Vec<_> = groups.iter().map(|name| group_arn(name)).collect();
    logging_to_arns(&arns, rules).await
}

async fn logging_to_arns(groups: &[String], rules: impl IntoIterator<Item = Rule>) -> Scan {
    const NAMES: [&str; 5] = ["machine-0", "machine-1", "machine-2", "machine-3", "machine-4"];
    let names = &NAMES[..groups.len()];
    let describe = |(name, group): (&&'static str, &String)| {
        let destination = json!({ "cloudWatchLogsLogGroup": { "logGroupArn": format!("{group}:*") } });
        let logging = json!({ "loggingConfiguration": { "level": "ALL", "destinations": [destination] } });
        on("DescribeStateMachine", ok(described(name, &logging))).with(name)
    };
    let machines = names.iter().zip(groups).map(describe);
    let list = on("ListStateMachines", ok(listing(names)));
    scan(rules.into_iter().chain(machines).chain([list]).collect::<Vec<_>>()).await
}

fn seen(scan: &Scan, arn: &str) -> Observed<Option<LogGroup>> {
    let groups = scan.home().log_groups();
    let arn = Arn::parse(arn).expect("the tests' ARNs are some");
    groups
        .whole()
        .expect("the machines were read")
        .get(&arn)
        .cloned()
        .unwrap_or_else(|| panic!("{arn} was not looked up"))
}

fn gap(scan: &Scan, arn: &str) -> Gap {
    seen(scan, arn).gap().cloned().unwrap_or_else(|| panic!("{arn} is known"))
}

#[tokio::test]
async fn a_group_as_documented() {
    let mut answer = group("/aws/vendedlogs/states/orders");
    answer["kmsKeyId"] = "arn:aws:kms:eu-west-1:123456789012:key/k".into();
    answer["logGroupClass"] = "INFREQUENT_ACCESS".into();
    answer["dataProtectionStatus"] = "ACTIVATED".into();
    answer["inheritedProperties"] = json!(["ACCOUNT_DATA_PROTECTION"]);
    let neighbour = group("/aws/vendedlogs/states/orders-old");
    let groups = on("DescribeLogGroups", ok(json!({ "logGroups": [answer, neighbour] })));
    let scan = logging_to(&["/aws/vendedlogs/states/orders"], [groups]).await;
    let expected = LogGroup {
        name: "/aws/vendedlogs/states/orders".to_owned(),
        retention_days: Some(30),
        kms_key_id: Some("arn:aws:kms:eu-west-1:123456789012:key/k".to_owned()),
        class: Some("INFREQUENT_ACCESS".to_owned()),
        data_protection: Some("ACTIVATED".to_owned()),
        account_data_protection: true,
        stored_bytes: Some(7),
    };
    assert_eq!(seen(&scan, &group_arn("/aws/vendedlogs/states/orders")), Observed::known(Some(expected)));
    assert_eq!(scan.home().log_groups().whole().unwrap().len(), 1, "neighbours are not kept");
}

#[tokio::test]
async fn without_retention_events_never_expire() {
    let groups = on("DescribeLogGroups", ok(json!({ "logGroups": [{ "logGroupName": "orders" }] })));
    let scan = logging_to(&["orders"], [groups]).await;
    assert_eq!(seen(&scan, &group_arn("orders")).whole().unwrap().as_ref().unwrap().retention_days, None);
}

#[tokio::test]
async fn groups_of_one_folder_are_read_together_over_pages() {
    let wanted = ["/aws/states/a", "/aws/states/m", "/aws/states/z"];
    let [first, second] = [["/aws/states/a", "/aws/states/b"], ["/aws/states/m", "/aws/states/z"]];
    let rules = [
        on("DescribeLogGroups", page(&second.map(str::to_owned), None)).with("page-2"),
        on("DescribeLogGroups", page(&first.map(str::to_owned), Some("page-2"))).with("\"/aws/states/\""),
    ];
    let scan = logging_to(&wanted, rules).await;
    for name in wanted {
        assert!(seen(&scan, &group_arn(name)).whole().unwrap().is_some(), "{name}");
    }
    assert_eq!(scan.replay.count("DescribeLogGroups"), 2);
}

#[tokio::test]
async fn a_crowded_folder_is_given_up_for_single_questions() {
    let wanted = ["/aws/states/x", "/aws/states/y", "/aws/states/z"];
    let answers = |token: &'static str| page(&["/aws/states/a".to_owned()], Some(token));
    let mut rules = vec![on("DescribeLogGroups", page(&["/aws/states/x".to_owned()], None)).with("\"/aws/states/x\"")];
    rules.push(on("DescribeLogGroups", page(&["/aws/states/y".to_owned()], None)).with("\"/aws/states/y\""));
    rules.push(on("DescribeLogGroups", page(&[], None)).with("\"/aws/states/z\""));
    rules.push(on("DescribeLogGroups", answers("1")).then(answers("2")).then(answers("3")).then(answers("4")));
    let scan = logging_to(&wanted, rules).await;
    assert!(seen(&scan, &group_arn("/aws/states/x")).whole().unwrap().is_some());
    assert!(seen(&scan, &group_arn("/aws/states/y")).whole().unwrap().is_some());
    assert_eq!(seen(&scan, &group_arn("/aws/states/z")), Observed::known(None));
    assert_eq!(scan.replay.count("DescribeLogGroups"), 7);
}

#[tokio::test]
async fn a_group_that_does_not_exist_is_known_not_to() {
    let scan = logging_to(&["gone"], [on("DescribeLogGroups", page(&["gone-too".to_owned()], None))]).await;
    assert_eq!(seen(&scan, &group_arn("gone")), Observed::known(None));
    assert_eq!(scan.run(HOME, "log_groups").gap, None);
}

/// Groups whose names begin like the missing one's fill several pages.
#[tokio::test]
async fn a_missing_group_with_many_namesakes_comes_to_an_end() {
    let names = |from: u32| (from..from + 50).map(|number| format!("gone-{number:04}")).collect::<Vec<_>>();
    let pages = [
        on("DescribeLogGroups", page(&names(50), Some("page-3"))).with("page-2"),
        on("DescribeLogGroups", page(&names(100), Some("page-4"))).with("page-3"),
        on("DescribeLogGroups", page(&names(150), None)).with("page-4"),
        on("DescribeLogGroups", page(&names(0), Some("page-2"))),
    ];
    let scan = tokio::time::timeout(std::time::Duration::from_secs(5), logging_to(&["gone"], pages)).await;
    let scan = scan.expect("it comes to an end");
    assert_eq!(seen(&scan, &group_arn("gone")), Observed::known(None));
    assert!(scan.replay.count("DescribeLogGroups") <= 4);
}

#[tokio::test]
async fn the_same_token_over_and_over_comes_to_an_end() {
    let endless = on("DescribeLogGroups", page(&["other".to_owned()], Some("again")));
    let scan = tokio::time::timeout(std::time::Duration::from_secs(5), logging_to(&["orders"], [endless])).await;
    let scan = scan.expect("it comes to an end");
    assert_eq!(gap(&scan, &group_arn("orders")).reason.as_str(), "partial", "nobody said that it does not exist");
}

#[tokio::test]
async fn tokens_that_take_turns_come_to_an_end() {
    let other = || ["other".to_owned()];
    let rules = [
        on("DescribeLogGroups", page(&other(), Some("page-3"))).with("page-2"),
        on("DescribeLogGroups", page(&other(), Some("page-2"))),
    ];
    let scan = tokio::time::timeout(std::time::Duration::from_secs(5), logging_to(&["orders"], rules)).await;
    let scan = scan.expect("it comes to an end");
    assert_eq!(gap(&scan, &group_arn("orders")).reason.as_str(), "partial");
}

#[tokio::test]
async fn a_group_of_another_account_or_region_is_not_asked_for() {
    let foreign = [
        "arn:aws:logs:eu-west-1:999999999999:log-group:central".to_owned(),
        "arn:aws:logs:us-east-1:123456789012:log-group:central".to_owned(),
    ];
    let scan = logging_to_arns(&foreign, []).await;
    for arn in &foreign {
        let gap = gap(&scan, arn);
        assert_eq!((gap.reason.as_str(), gap.resource.as_deref()), ("unsupported", Some(arn.as_str())));
        assert_eq!((gap.account_id.unwrap().as_str(), gap.region.unwrap().as_str()), (super::ACCOUNT, HOME));
    }
    assert_eq!(scan.replay.count("DescribeLogGroups"), 0);
}

#[tokio::test]
async fn denied_names_the_action_and_the_group() {
    let scan = logging_to(&["orders", "refunds"], [on("DescribeLogGroups", denied())]).await;
    for name in ["orders", "refunds"] {
        let gap = gap(&scan, &group_arn(name));
        assert_eq!(brief(&gap), ("denied", "logs:DescribeLogGroups", Some("logs:DescribeLogGroups")));
        assert_eq!(gap.resource, Some(group_arn(name)));
    }
}

#[tokio::test]
async fn where_the_machines_are_half_read_so_are_their_groups() {
    let mut list = listing(&["orders"]);
    list["nextToken"] = "page-2".into();
    let destination = json!({ "cloudWatchLogsLogGroup": { "logGroupArn": group_arn("orders") + ":*" } });
    let logging = json!({ "loggingConfiguration": { "level": "ALL", "destinations": [destination] } });
    let scan = scan([
        on("ListStateMachines", denied()).with("page-2"),
        on("ListStateMachines", ok(list)),
        on("DescribeStateMachine", ok(described("orders", &logging))),
        on("DescribeLogGroups", page(&["orders".to_owned()], None)),
    ])
    .await;
    let Observed::Partial { value, gap } = scan.home().log_groups() else { panic!("half of them were named") };
    assert_eq!((value.len(), gap.api.as_str()), (1, "states:ListStateMachines"));
}

/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Transaction-Search.html>.
#[tokio::test]
async fn the_group_of_spans_is_read_where_machines_trace_into_it() {
    let traced = |destination: &str, tracing: bool| {
        let tracing = json!({ "tracingConfiguration": { "enabled": tracing } });
        scan([
            on("GetTraceSegmentDestination", ok(json!({ "Destination": destination, "Status": "ACTIVE" }))),
            on("GetEncryptionConfig", ok(json!({ "EncryptionConfig": { "Type": "NONE" } }))),
            on("ListStateMachines", ok(listing(&["orders"]))),
            on("DescribeStateMachine", ok(described("orders", &tracing))),
            on("DescribeLogGroups", page(&["aws/spans".to_owned()], None)),
        ])
    };
    let searched = traced("CloudWatchLogs", true).await;
    assert_eq!(seen(&searched, &group_arn("aws/spans")).whole().unwrap().as_ref().unwrap().retention_days, Some(30));
    for scan in [traced("XRay", true).await, traced("CloudWatchLogs", false).await] {
        assert_eq!(scan.replay.count("DescribeLogGroups"), 0);
    }
}
