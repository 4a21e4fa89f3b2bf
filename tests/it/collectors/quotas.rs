//! <https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_ListServiceQuotas.html>,
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html> and
//! <https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html>.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use stepwarden::model::{Quota, QuotaLimit, QuotaStatus, Reading, RememberedQuotas, SlowQuotas, Throttling, Usage};

use super::{Aws, HOME, NOW, Scan, brief, now, quiet};
use crate::replay::{Rule, denied, error, ok, on};

const MACHINES: &str = "Maximum number of registered state machines";
const EXECUTIONS: &str = "Maximum number of open executions";
const MAP_RUNS: &str = "Maximum number of open Map Runs";

fn page(quotas: &[(&str, f64)], next: Option<&str>) -> Value {
    let quota = |(name, value): &(&str, f64)| json!({ "ServiceCode": "states", "QuotaName": name, "Value": value });
    let mut page = json!({ "Quotas": quotas.iter().map(quota).collect::<Vec<_>>() });
    if let Some(next) = next {
        page["NextToken"] = next.into();
    }
    page
}

/// One result of `GetMetricData`: the collector numbers its questions.
fn points(id: &str, points: &[(i64, f64)]) -> Value {
    let times: Vec<_> = points.iter().map(|(time, _)| json!({ "timestamp": time })).collect();
    let values: Vec<_> = points.iter().map(|(_, value)| value).collect();
    json!({ "Id": id, "Label": id, "Timestamps": times, "Values": values, "StatusCode": "Complete" })
}

const OPEN_EXECUTION_COUNT: &str = "m0";
const OPEN_EXECUTION_LIMIT: &str = "m1";
const OPEN_MAP_RUN_COUNT: &str = "m2";
const MAP_RUN_BACKLOG: &str = "m4";
const STATE_MACHINE_COUNT: &str = "m5";

fn metrics(results: &[Value]) -> Rule {
    on("GetMetricData", ok(json!({ "MetricDataResults": results })))
}

/// Without what runs, which would be counted where CloudWatch does not tell.
async fn quiet_but(rules: impl IntoIterator<Item = Rule>) -> Scan {
    Aws::new(rules.into_iter().chain(quiet()).collect::<Vec<_>>()).only(&["state_machines", "quotas"]).scan().await
}

fn status(scan: &Scan, quota: Quota) -> QuotaStatus {
    QuotaStatus::of(scan.home()).into_iter().find(|status| status.quota == quota).expect("every quota has a status")
}

fn limit(scan: &Scan, quota: Quota) -> (f64, &'static str) {
    let QuotaLimit { value, source } = status(scan, quota).limit;
    (value, source)
}

#[tokio::test]
async fn applied_values_win_over_defaults_and_both_are_read_to_the_end() {
    let scan = quiet_but([
        on("ListServiceQuotas", ok(page(&[(EXECUTIONS, 2e6)], None))).with("applied-2"),
        on("ListServiceQuotas", ok(page(&[("StartExecution throttle token bucket size", 1.0)], Some("applied-2")))),
        on("ListAWSDefaultServiceQuotas", ok(page(&[(MACHINES, 1e5)], None))).with("defaults-2"),
        on("ListAWSDefaultServiceQuotas", ok(page(&[(EXECUTIONS, 1e6), (MAP_RUNS, 1e3)], Some("defaults-2")))),
    ])
    .await;
    assert_eq!(limit(&scan, Quota::OpenExecutions), (2e6, "applied"));
    assert_eq!(limit(&scan, Quota::StateMachines), (1e5, "default"));
    assert_eq!(limit(&scan, Quota::OpenMapRuns), (1e3, "default"));
    assert_eq!(scan.run(HOME, "quotas").gap, None);
    assert!(scan.replay.calls("ListServiceQuotas").iter().all(|call| call.body.contains("\"states\"")));
}

#[tokio::test]
async fn where_applied_values_were_not_read_the_metric_knows_better_than_the_default() {
    let scan = quiet_but([
        on("ListServiceQuotas", denied()),
        on("ListAWSDefaultServiceQuotas", ok(page(&[(EXECUTIONS, 1e6), (MACHINES, 1e5)], None))),
        metrics(&[points(OPEN_EXECUTION_LIMIT, &[(NOW - 60, 3e6)])]),
    ])
    .await;
    assert_eq!(limit(&scan, Quota::OpenExecutions), (3e6, "metric"));
    assert_eq!(limit(&scan, Quota::StateMachines), (1e5, "default"));
    assert_eq!(limit(&scan, Quota::OpenMapRuns), (1e3, "documented"));
    let gap = scan.run(HOME, "quotas").gap.as_ref().unwrap();
    let needed = ("denied", "servicequotas:ListServiceQuotas", Some("servicequotas:ListServiceQuotas"));
    assert_eq!(brief(gap), needed);
}

#[tokio::test]
async fn where_nothing_could_be_read_the_documented_limit_stands_and_usage_is_unknown() {
    let names = ["ListServiceQuotas", "ListAWSDefaultServiceQuotas", "ListMetrics", "GetMetricData"];
    let names = names.into_iter().chain(["ListActivities", "DescribeResourcePolicies"]);
    let scan = quiet_but(names.map(|name| on(name, denied()))).await;
    assert!(scan.home().quotas().last_known().is_none());
    for (quota, documented) in [(Quota::StateMachines, 1e5), (Quota::OpenExecutions, 1e6), (Quota::OpenMapRuns, 1e3)] {
        assert_eq!(limit(&scan, quota), (documented, "documented"));
    }
    assert!(matches!(status(&scan, Quota::OpenExecutions).usage, Usage::Unknown(_)));
    assert!(matches!(status(&scan, Quota::OpenMapRuns).usage, Usage::Unknown(_)));
}

#[tokio::test]
async fn the_newest_point_counts_in_whatever_order_they_come() {
    let (old, new) = ((NOW - 600, 100.0), (NOW - 60, 900.0));
    for series in [[old, new], [new, old]] {
        let scan = quiet_but([metrics(&[points(OPEN_MAP_RUN_COUNT, &series)])]).await;
        let status = status(&scan, Quota::OpenMapRuns);
        let Usage::Exact { value, at: Some(at), .. } = status.usage else { panic!("{status:?}") };
        assert_eq!((value, at.as_second()), (900.0, NOW - 60));
        assert_eq!(status.ratio(), Some(0.9));
    }
}

#[tokio::test]
async fn the_newest_point_counts_over_several_pages() {
    let page = |time, value, next: Option<&str>| {
        ok(json!({ "MetricDataResults": [points(OPEN_MAP_RUN_COUNT, &[(time, value)])], "NextToken": next }))
    };
    let first = on("GetMetricData", page(NOW - 60, 7.0, Some("page-2")));
    let scan = quiet_but([on("GetMetricData", page(NOW - 600, 5.0, None)).with("page-2"), first]).await;
    let Usage::Exact { value, .. } = status(&scan, Quota::OpenMapRuns).usage else { panic!("it was read") };
    assert_eq!((value, scan.replay.count("GetMetricData")), (7.0, 8), "two pages of each of the four questions");
}

#[tokio::test]
async fn a_metric_without_points_is_unknown_not_zero() {
    let scan = quiet_but([metrics(&[points(OPEN_EXECUTION_COUNT, &[]), points(OPEN_MAP_RUN_COUNT, &[])])]).await;
    assert!(scan.home().quotas().whole().unwrap().metrics.whole().unwrap().is_empty());
    for quota in [Quota::OpenExecutions, Quota::OpenMapRuns] {
        let status = status(&scan, quota);
        assert!(matches!(&status.usage, Usage::Unknown(gap) if gap.reason.as_str() == "unsupported"), "{status:?}");
        assert_eq!(status.ratio(), None);
    }
}

#[tokio::test]
async fn a_low_count_of_open_executions_says_nothing_and_a_high_one_is_a_lower_bound() {
    for (count, known) in [(0.0, false), (9_999.0, false), (10_000.0, true), (250_000.0, true)] {
        let scan = quiet_but([metrics(&[points(OPEN_EXECUTION_COUNT, &[(NOW - 60, count)])])]).await;
        match status(&scan, Quota::OpenExecutions).usage {
            Usage::AtLeast { value, source, .. } => {
                assert_eq!((known, value, source), (true, count, "OpenExecutionCount"));
            }
            Usage::Unknown(_) => assert!(!known, "{count}"),
            exact @ Usage::Exact { .. } => panic!("{exact:?}"),
        }
    }
}

/// The page does not name the dimensions of the metrics in `AWS/Usage`: they are asked for as `ListMetrics` names them.
#[tokio::test]
async fn the_count_of_machines_stands_in_where_the_list_cannot_be_read() {
    let dimension = json!({ "Name": "Resource", "Value": "NewInTown" });
    let metric = json!({ "Namespace": "AWS/Usage", "MetricName": "StateMachineCount", "Dimensions": [dimension] });
    let scan = quiet_but([
        on("ListStateMachines", denied()),
        on("ListMetrics", ok(json!({ "Metrics": [metric] }))),
        metrics(&[points(STATE_MACHINE_COUNT, &[(NOW - 60, 42.0)])]).with("NewInTown"),
    ])
    .await;
    let usage = status(&scan, Quota::StateMachines).usage;
    assert!(matches!(usage, Usage::Exact { value: 42.0, source: "StateMachineCount", .. }), "{usage:?}");
}

#[tokio::test]
async fn metrics_denied_leave_the_limits() {
    let scan = quiet_but([
        on("GetMetricData", error("AccessDenied", "no")),
        on("ListServiceQuotas", ok(page(&[(MAP_RUNS, 5e3)], None))),
    ])
    .await;
    assert_eq!(limit(&scan, Quota::OpenMapRuns), (5e3, "applied"));
    let needed = ("denied", "cloudwatch:GetMetricData", Some("cloudwatch:GetMetricData"));
    let Usage::Unknown(gap) = status(&scan, Quota::OpenMapRuns).usage else { panic!("it was denied") };
    assert_eq!(brief(&gap), needed);
    assert_eq!(brief(scan.run(HOME, "quotas").gap.as_ref().unwrap()), needed);
}

#[tokio::test]
async fn a_lookup_denied_leaves_the_metrics_half_read() {
    let scan =
        quiet_but([on("ListMetrics", denied()), metrics(&[points(OPEN_MAP_RUN_COUNT, &[(NOW - 60, 3.0)])])]).await;
    let quotas = scan.home().quotas();
    let (readings, gap) = quotas.whole().unwrap().metrics.seen();
    assert!(readings.unwrap().contains_key("ApproximateOpenMapRunCount"));
    assert_eq!(brief(gap.unwrap()), ("denied", "cloudwatch:ListMetrics", Some("cloudwatch:ListMetrics")));
    let usage = status(&scan, Quota::OpenMapRuns).usage;
    assert!(matches!(usage, Usage::Exact { value: 3.0, .. }), "what was read may be judged: {usage:?}");
}

/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataResult.html>.
#[tokio::test]
async fn a_metric_that_cloudwatch_could_not_read_is_a_gap_and_half_of_one_is_none() {
    for (status_code, known) in
        [("Complete", true), ("PartialData", true), ("InternalError", false), ("Forbidden", false)]
    {
        let mut result = points(OPEN_MAP_RUN_COUNT, &[(NOW - 60, 3.0)]);
        result["StatusCode"] = status_code.into();
        result["Messages"] = json!([{ "Code": "Odd", "Value": "what jane@example.com asked for" }]);
        let scan = quiet_but([metrics(&[result])]).await;
        let usage = status(&scan, Quota::OpenMapRuns).usage;
        assert_eq!(matches!(usage, Usage::Exact { .. }), known, "{status_code}");
        let gap = scan.run(HOME, "quotas").gap.as_ref();
        assert_eq!(gap.is_none(), known, "{status_code}");
        if let (Some(gap), Usage::Unknown(why)) = (gap, usage) {
            assert_eq!((brief(gap), gap), (("error", "cloudwatch:GetMetricData", None), &why));
            let expected = format!("{status_code}, Odd for ApproximateOpenMapRunCount");
            assert!(gap.detail.contains(&expected) && !gap.detail.contains("jane"), "{}", gap.detail);
        }
    }
}

#[tokio::test]
async fn what_cloudwatch_says_about_the_whole_question_is_a_gap() {
    let said = json!([{ "Code": "MaxMetricsExceeded", "Value": "Maximum number of allowed metrics exceeded" }]);
    let results = [points(OPEN_MAP_RUN_COUNT, &[(NOW - 60, 3.0)])];
    let scan = quiet_but([on("GetMetricData", ok(json!({ "MetricDataResults": results, "Messages": said })))]).await;
    assert!(scan.run(HOME, "quotas").gap.as_ref().unwrap().detail.contains("MaxMetricsExceeded"));
    assert!(matches!(status(&scan, Quota::OpenMapRuns).usage, Usage::Exact { .. }), "what was read may be judged");
}

#[tokio::test]
async fn an_old_point_is_not_what_is_so_now() {
    for (age, known) in [(0, true), (900, true), (901, false), (7_200, false)] {
        let series = [OPEN_MAP_RUN_COUNT, MAP_RUN_BACKLOG].map(|id| points(id, &[(NOW - age, 3.0)]));
        let scan = quiet_but([metrics(&series)]).await;
        let status = status(&scan, Quota::OpenMapRuns);
        assert_eq!(status.backlog, known.then_some(3.0), "{age}");
        match status.usage {
            Usage::Exact { .. } => assert!(known, "{age}"),
            Usage::Unknown(gap) => {
                assert_eq!((known, gap.reason.as_str()), (false, "stale"), "{age}");
                assert!(gap.detail.contains("more than 15 minutes before the collection"), "{}", gap.detail);
            }
            bound @ Usage::AtLeast { .. } => panic!("{bound:?}"),
        }
        assert_eq!(scan.run(HOME, "quotas").gap, None, "CloudWatch answered");
    }
}

/// One group of an answer of Metrics Insights.
fn group(machine: &str, points: &[(i64, f64)]) -> Value {
    let mut group = self::points("highest", points);
    group["Label"] = format!("arn:aws:states:{HOME}:123456789012:stateMachine:{machine}").into();
    group
}

async fn fast(rules: impl IntoIterator<Item = Rule>) -> Scan {
    let rules: Vec<_> = rules.into_iter().chain(quiet()).collect();
    Aws::new(rules).only(&["quotas"]).scan().await
}

#[tokio::test]
async fn a_region_costs_twelve_calls_at_most_however_many_machines_it_has() {
    let machines: Vec<_> = (0..1_000)
        .map(|number| {
            let name = format!("machine-{number}");
            let arn = format!("arn:aws:states:{HOME}:123456789012:stateMachine:{name}");
            json!({ "stateMachineArn": arn, "name": name, "type": "STANDARD", "creationDate": NOW })
        })
        .collect();
    let scan = fast([on("ListStateMachines", ok(json!({ "stateMachines": machines, "nextToken": "more" })))]).await;
    let calls: u64 = scan.usage.iter().map(|usage| usage.ok + usage.denied + usage.errors + usage.throttled).sum();
    assert_eq!(calls, 12, "{:#?}", scan.usage);
    assert_eq!(scan.run(HOME, "quotas").gap, None, "a page that is enough is no failure");
    let usage = status(&scan, Quota::StateMachines).usage;
    assert_eq!(usage, Usage::AtLeast { value: 1e3, source: "ListStateMachines", at: Some(now()) });
    let none = status(&scan, Quota::Activities).usage;
    assert_eq!(none, Usage::Exact { value: 0.0, source: "ListActivities", at: Some(now()) });
}

#[tokio::test]
async fn what_cloudwatch_counts_is_not_listed() {
    let metric = |name: &'static str| {
        let dimension = json!({ "Name": "Resource", "Value": name });
        let metrics = [json!({ "Namespace": "AWS/Usage", "MetricName": name, "Dimensions": [dimension] })];
        on("ListMetrics", ok(json!({ "Metrics": metrics }))).with(name)
    };
    let counts = [points("m5", &[(NOW - 60, 42.0)]), points("m6", &[(NOW - 60, 7.0)])];
    let scan = fast([metric("StateMachineCount"), metric("ActivityCount"), metrics(&counts)]).await;
    let usage = status(&scan, Quota::Activities).usage;
    assert!(matches!(usage, Usage::Exact { value: 7.0, source: "ActivityCount", .. }), "{usage:?}");
    assert_eq!((scan.replay.count("ListStateMachines"), scan.replay.count("ListActivities")), (0, 0));
}

#[tokio::test]
async fn a_stale_count_is_counted_anew() {
    let dimension = json!({ "Name": "Resource", "Value": "StateMachineCount" });
    let metric = json!({ "Namespace": "AWS/Usage", "MetricName": "StateMachineCount", "Dimensions": [dimension] });
    let scan = fast([
        on("ListMetrics", ok(json!({ "Metrics": [metric] }))).with("StateMachineCount"),
        metrics(&[points(STATE_MACHINE_COUNT, &[(NOW - 3_600, 42.0)])]),
    ])
    .await;
    let usage = status(&scan, Quota::StateMachines).usage;
    assert_eq!(usage, Usage::Exact { value: 0.0, source: "ListStateMachines", at: Some(now()) });
}

#[tokio::test]
async fn resource_policies_are_counted_against_ten() {
    let policies: Vec<_> = (0..9).map(|number| json!({ "policyName": number.to_string() })).collect();
    let scan = quiet_but([on("DescribeResourcePolicies", ok(json!({ "resourcePolicies": policies })))]).await;
    let status = status(&scan, Quota::LogResourcePolicies);
    assert_eq!((status.ratio(), status.limit.value, status.limit.source), (Some(0.9), 10.0, "documented"));
    let refused = quiet_but([on("DescribeResourcePolicies", denied())]).await;
    let Usage::Unknown(gap) = self::status(&refused, Quota::LogResourcePolicies).usage else { panic!("it was denied") };
    assert_eq!(gap.iam_action.as_deref(), Some("logs:DescribeResourcePolicies"));
}

#[tokio::test]
async fn cloudwatch_names_the_machines_with_the_most_versions() {
    let foreign = {
        let mut group = group("theirs", &[(NOW - 60, 999.0)]);
        group["Label"] = "arn:aws:states:eu-west-1:210987654321:stateMachine:theirs".into();
        group
    };
    let groups = [foreign, group("b", &[(NOW - 600, 950.0), (NOW - 60, 940.0)]), group("a", &[(NOW - 60, 12.0)])];
    let scan = fast([metrics(&groups).with("MAX(VersionCount)")]).await;
    let versions = status(&scan, Quota::Versions);
    assert_eq!(versions.usage, Usage::AtLeast { value: 950.0, source: "VersionCount", at: Some(now()) });
    assert_eq!(versions.machine.unwrap().name(), "b");
    let aliases = status(&scan, Quota::Aliases);
    assert!(matches!(aliases.usage, Usage::Unknown(_)), "no points of AliasCount is not 0 aliases: {aliases:?}");
}

#[tokio::test]
async fn metrics_insights_is_not_everywhere_and_its_lack_is_no_failure() {
    let refused = || error("ValidationError", "Unsupported");
    let scan = fast([
        on("GetMetricData", refused()).with("VersionCount"),
        on("GetMetricData", refused()).with("AliasCount"),
        metrics(&[points(OPEN_MAP_RUN_COUNT, &[(NOW - 60, 3.0)])]),
    ])
    .await;
    assert_eq!(scan.run(HOME, "quotas").gap, None);
    assert!(matches!(status(&scan, Quota::Versions).usage, Usage::Unknown(_)));
    assert!(matches!(status(&scan, Quota::OpenMapRuns).usage, Usage::Exact { .. }));
}

#[tokio::test]
async fn the_minutes_of_a_whole_answer_without_points_are_there_and_empty() {
    let id = |name: &str| {
        let quotas = ["ExecutionThrottled", "ConsumedCapacity", "ThrottledEvents"];
        format!("m{}", 5 + quotas.iter().position(|known| *known == name).unwrap())
    };
    let mut half = points(&id("ThrottledEvents"), &[]);
    half["StatusCode"] = "PartialData".into();
    let scan = quiet_but([metrics(&[
        points(&id("ExecutionThrottled"), &[]),
        points(&id("ConsumedCapacity"), &[(NOW - 300, 6e4), (NOW - 240, 3e4)]),
        half,
    ])])
    .await;
    let minutes = &scan.home().quotas().whole().unwrap().minutes;
    assert_eq!(minutes["ExecutionThrottled"], []);
    assert_eq!(minutes["ConsumedCapacity:StateTransition"].len(), 2);
    assert!(!minutes.contains_key("ThrottledEvents:StateTransition"), "half an answer does not say none");
    assert_eq!(Throttling::of_executions(scan.home()), Ok(0.0));
    assert!(Throttling::of(Quota::StateTransitions, scan.home()).is_err());
    let usage = status(&scan, Quota::StateTransitions).usage;
    assert!(matches!(usage, Usage::AtLeast { value: 300.0, .. }), "two of five minutes: {usage:?}");
}

#[tokio::test]
async fn what_earlier_collections_saw_is_handed_on() {
    let at = |hours: i64| jiff::Timestamp::from_second(NOW - hours * 3_600).expect("a time");
    let usage = vec![Reading { at: at(2), value: 7.0 }, Reading { at: at(1), value: 8.0 }];
    let usage = BTreeMap::from([(Quota::LogResourcePolicies, usage)]);
    let known = RememberedQuotas { usage: usage.clone(), slow: None };
    let scan = Aws::new(quiet()).remembering(known).scan().await;
    assert_eq!(scan.home().quotas().whole().unwrap().remembered, usage);
}

#[tokio::test]
async fn what_changes_slowly_is_asked_for_once_an_hour() {
    let hours = [("OpenExecutionCount".to_owned(), vec![Reading { at: now(), value: 12_000.0 }])];
    for (minutes_ago, asked) in [(1, 1), (58, 1), (60, 4), (-5, 4)] {
        let asked_at = now() - jiff::SignedDuration::from_mins(minutes_ago);
        let highest = [(Quota::Versions, Vec::new()), (Quota::Aliases, Vec::new())].into();
        let slow = SlowQuotas { asked_at, hours: hours.clone().into(), highest };
        let known = RememberedQuotas { usage: BTreeMap::new(), slow: Some(slow) };
        let scan = Aws::new(quiet()).only(&["quotas"]).remembering(known).scan().await;
        assert_eq!(scan.replay.count("GetMetricData"), asked, "{minutes_ago}");
        let quotas = scan.home().quotas().whole().copied().unwrap();
        assert_eq!(quotas.slow_at, (asked == 1).then_some(asked_at), "told on, so that it does not stay young");
        assert_eq!(quotas.hours.whole().unwrap().is_empty(), asked == 4);
    }
}
