//! What runs: <https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html>,
//! <https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListMapRuns.html>.

use serde_json::{Value, json};
use stepwarden::model::{Durations, MapRunCounts, Quota, QuotaStatus, RunningExecutions, Usage};
use stepwarden::types::{Arn, Observed};

use super::executions::{execution, keeps_to_itself, machines, with};
use super::machines::{arn, described, listing};
use super::{Aws, HOME, NOW, Scan, brief};
use crate::replay::{Answer, Rule, denied, error, ok, on, throttled};

const PARTS: [&str; 3] = ["state_machines", "executions", "running"];

/// Open Map Runs, and such that ended so many seconds ago.
pub(super) fn map_runs(stopped: &[Option<i64>]) -> Value {
    let item = |(index, stopped): (usize, &Option<i64>)| {
        json!({ "executionArn": "arn:x", "mapRunArn": map_run_arn(index), "stateMachineArn": "arn:x", "startDate": NOW - 600,
            "stopDate": stopped.map(|ago| NOW - ago) })
    };
    json!({ "mapRuns": stopped.iter().enumerate().map(item).collect::<Vec<_>>() })
}

fn map_run_arn(index: usize) -> String {
    format!("arn:aws:states:eu-west-1:123456789012:mapRun:orders/Each:{}", uuid(index))
}

fn uuid(index: usize) -> String {
    format!("0a1b2c3d-0000-4000-8000-{index:012}")
}

/// What DescribeMapRun answers of the first.
pub(super) fn counts(total: u64, pending: u64, running: u64) -> Value {
    let counts = json!({ "pending": pending, "running": running, "succeeded": total - pending - running, "failed": 0,
        "timedOut": 0, "aborted": 0, "total": total, "resultsWritten": 0 });
    json!({ "mapRunArn": map_run_arn(0), "executionArn": "arn:x", "status": "RUNNING", "startDate": NOW - 600,
        "maxConcurrency": 5, "toleratedFailurePercentage": 0.0, "toleratedFailureCount": 0, "itemCounts": counts,
        "executionCounts": counts })
}

fn page(items: &[Value], next: Option<&str>) -> Answer {
    ok(json!({ "executions": items, "nextToken": next }))
}

fn running(items: &[Value]) -> Rule {
    on("ListExecutions", page(items, None)).with("RUNNING")
}

fn succeeded(items: &[Value]) -> Rule {
    on("ListExecutions", page(items, None)).with("SUCCEEDED")
}

fn defined(states: &Value) -> Value {
    let first = states.as_object().expect("states").keys().next().expect("a state");
    json!({ "definition": json!({ "StartAt": first, "States": states }).to_string() })
}

fn looping() -> Value {
    defined(&json!({ "Again": { "Type": "Pass", "Next": "Again" } }))
}

fn distributed() -> Value {
    let one = json!({ "StartAt": "One", "States": { "One": { "Type": "Pass", "End": true } },
        "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" } });
    defined(&json!({ "Each": { "Type": "Map", "ItemProcessor": one, "End": true } }))
}

/// A machine called `orders`, and nothing else that is asked about its executions.
fn orders(rules: impl IntoIterator<Item = Rule>, fields: &Value) -> Aws {
    let rest = machines(&["orders"], fields).into_iter().chain([succeeded(&[])]);
    Aws::new(rules.into_iter().chain(rest).collect::<Vec<_>>())
        .only(&PARTS)
        .executions(with(|settings| settings.per_machine = 1))
}

fn of(scan: &Scan, machine: &str) -> Observed<RunningExecutions> {
    let machine = Arn::parse(arn(machine)).expect("an ARN");
    scan.home().running().seen().0.expect("the part was collected")[&machine].clone()
}

fn seen(scan: &Scan) -> RunningExecutions {
    of(scan, "orders").whole().unwrap_or_else(|gap| panic!("{gap}")).clone()
}

fn usage(scan: &Scan, quota: Quota) -> Usage {
    QuotaStatus::of(scan.home()).into_iter().find(|status| status.quota == quota).expect("a status").usage
}

#[tokio::test]
async fn pages_are_counted_and_nothing_but_numbers_and_times_is_kept() {
    let (first, second) =
        ([execution("jane", "RUNNING", 10), execution("b", "RUNNING", 20)], [execution("c", "RUNNING", 15_000)]);
    let scan = orders(
        [
            on("ListExecutions", page(&second, None)).with("page-2"),
            on("ListExecutions", page(&first, Some("page-2"))).with("RUNNING"),
            succeeded(&[execution("d", "SUCCEEDED", 30), execution("e", "SUCCEEDED", 40)]),
        ],
        &json!({}),
    )
    .scan()
    .await;
    let running = seen(&scan);
    let at = |time: Option<jiff::Timestamp>| NOW - time.expect("something runs").as_second();
    assert_eq!((running.count, at(running.oldest), at(running.newest)), (3, 900_000, 600));
    let older: Vec<_> = running.older.iter().map(|older| (older.days, older.count)).collect();
    assert_eq!(older, [(1, 1), (7, 1)]);
    let usual = Durations { count: 2, median: 60, p95: 60, max: 60 };
    assert_eq!(running.durations, Observed::known(Some(usual)));
    let calls = scan.replay.calls("ListExecutions");
    let asked: Vec<_> = calls.iter().filter(|call| call.body.contains("statusFilter")).collect();
    assert_eq!(asked.len(), 3);
    assert!(asked.iter().all(|call| call.body.contains("\"maxResults\":1000")));
    assert!(matches!(usage(&scan, Quota::OpenExecutions), Usage::Exact { value: 3.0, source: "ListExecutions", .. }));
    assert!(matches!(usage(&scan, Quota::OpenMapRuns), Usage::Exact { value: 0.0, .. }));
    keeps_to_itself(&scan, &["jane"]);
}

#[tokio::test]
async fn a_list_that_breaks_off_is_a_lower_bound() {
    let first = || on("ListExecutions", page(&[execution("a", "RUNNING", 10)], Some("page-2"))).with("RUNNING");
    for (second, pages, reason) in [
        (denied(), 5, "denied"),
        (throttled(), 5, "throttled"),
        (page(&[], None), 1, "not_sampled"),
        (page(&[], Some("page-2")), 5, "partial"),
    ] {
        let scan =
            orders([on("ListExecutions", second).with("page-2"), first()], &json!({})).running(200, pages).scan().await;
        let Observed::Partial { value, gap } = of(&scan, "orders") else { panic!("it broke off: {reason}") };
        assert_eq!((value.count, gap.reason.as_str()), (1, reason));
        let usage = usage(&scan, Quota::OpenExecutions);
        assert!(matches!(usage, Usage::AtLeast { value: 1.0, .. }), "{usage:?}");
    }
}

#[tokio::test]
async fn what_could_not_be_listed_is_unknown_and_never_none() {
    for (answer, reason) in
        [(denied(), "denied"), (throttled(), "throttled"), (error("StateMachineDoesNotExist", "no"), "error")]
    {
        let scan = orders([on("ListExecutions", answer).with("RUNNING")], &json!({})).scan().await;
        let gap = of(&scan, "orders").gap().cloned().expect("it was not listed");
        assert_eq!((gap.reason.as_str(), gap.api.as_str()), (reason, "states:ListExecutions"));
        assert!(matches!(usage(&scan, Quota::OpenExecutions), Usage::Unknown(_)));
        assert_eq!(scan.run(HOME, "running").gap.as_ref(), Some(&gap));
    }
}

#[tokio::test]
async fn express_machines_are_not_asked_about() {
    let mut list = listing(&["orders"]);
    list["stateMachines"][0]["type"] = "EXPRESS".into();
    let rules = [on("ListStateMachines", ok(list)), on("DescribeStateMachine", ok(described("orders", &json!({}))))];
    let scan = Aws::new(rules).only(&["state_machines", "running"]).scan().await;
    assert!(scan.home().running().whole().expect("all was asked").is_empty());
    assert_eq!(scan.replay.count("ListExecutions"), 0);
    assert!(matches!(usage(&scan, Quota::OpenExecutions), Usage::Exact { value: 0.0, .. }));
}

/// The machine in which something may hang comes first; the others' turns come in other hours.
#[tokio::test]
async fn a_small_budget_is_spent_where_it_matters() {
    let names = ["calm-a", "calm-b", "calm-c", "loops"];
    let mut rules = vec![on("DescribeStateMachine", ok(described("loops", &looping()))).with("loops")];
    rules.extend(machines(&names, &json!({})));
    rules.push(on("ListExecutions", page(&[], None)));
    let scan = Aws::new(rules).only(&["state_machines", "running"]).running(2, 5).scan().await;
    assert_eq!(scan.replay.count("ListExecutions"), 2);
    assert_eq!(of(&scan, "loops").whole().expect("it came first").count, 0);
    let unread = names.iter().filter(|name| of(&scan, name).gap().is_some_and(|gap| gap.reason.as_str() == "budget"));
    assert_eq!(unread.count(), 2);
    assert!(matches!(usage(&scan, Quota::OpenExecutions), Usage::Unknown(_)), "at least none is no number");
}

#[tokio::test]
async fn without_calls_nothing_is_asked() {
    let scan = orders([], &json!({})).only(&["state_machines", "running"]).running(0, 5).scan().await;
    assert_eq!(scan.home().running().gap().expect("it is off").reason.as_str(), "disabled");
    assert_eq!(scan.replay.count("ListExecutions"), 0);
}

/// 40 machines, each with 50 running executions, a loop and Map Runs.
#[tokio::test]
async fn calls_are_bounded_whatever_runs() {
    let names: Vec<&'static str> = (0..40).map(|index| &*format!("machine-{index}").leak()).collect();
    let items: Vec<_> = (0..50).map(|index| execution(&format!("run-{index}"), "RUNNING", index)).collect();
    let each: Value = serde_json::from_str(distributed()["definition"].as_str().expect("text")).expect("JSON");
    let mut states = each["States"].clone();
    states["Again"] = json!({ "Type": "Pass", "Next": "Again" });
    let mut rules = machines(&names, &defined(&states));
    rules.extend([running(&items), succeeded(&[]), on("ListMapRuns", ok(map_runs(&[None])))]);
    rules.extend([
        on("DescribeMapRun", ok(counts(9, 5, 1))),
        on("GetExecutionHistory", ok(json!({ "events": [{ "id": 7, "timestamp": NOW, "type": "PassStateEntered" }] }))),
    ]);
    let aws = Aws::new(rules).only(&PARTS).executions(with(|settings| settings.per_machine = 1)).running(100, 5);
    let scan = aws.scan().await;
    let count = |name| scan.replay.count(name);
    let histories = scan.replay.calls("GetExecutionHistory");
    let sized = histories.iter().filter(|call| call.body.contains("\"reverseOrder\":true")).count();
    let lists = scan.replay.calls("ListExecutions");
    let counted = lists.iter().filter(|call| call.body.contains("\"RUNNING\"")).count();
    let usual = lists.iter().filter(|call| call.body.contains("\"SUCCEEDED\"")).count();
    assert_eq!(counted, 40, "half of the calls are for counting");
    assert!(counted + usual + sized + count("DescribeMapRun") <= 100);
    assert!(count("DescribeMapRun") <= 20);
    assert_eq!(scan.run(HOME, "running").gap.as_ref().expect("the details are not whole").reason.as_str(), "budget");
}

#[tokio::test]
async fn the_newest_event_says_how_long_a_history_is() {
    let history = |id: i64| ok(json!({ "events": [{ "id": id, "timestamp": NOW, "type": "PassStateEntered" }] }));
    let rules = [
        running(&[execution("short", "RUNNING", 10), execution("long", "RUNNING", 20)]),
        on("GetExecutionHistory", history(20_500)).with("orders:long\""),
        on("GetExecutionHistory", history(3)),
    ];
    let scan = orders(rules, &looping()).scan().await;
    let histories = *seen(&scan).histories.whole().expect("both were asked");
    let longest = histories.longest.expect("there is one");
    assert_eq!((histories.asked, longest.events, longest.started_at.as_second()), (2, 20_500, NOW - 1_200));
    let calls = scan.replay.calls("GetExecutionHistory");
    let sized: Vec<_> = calls.iter().filter(|call| call.body.contains("\"reverseOrder\":true")).collect();
    assert_eq!(sized.len(), 2);
    assert!(
        sized.iter().all(|call| call.body.contains("\"maxResults\":1,") || call.body.contains("\"maxResults\":1}"))
    );
    assert!(sized.iter().all(|call| call.body.contains("\"includeExecutionData\":false")));
    keeps_to_itself(&scan, &["short", "orders:long"]);
}

#[tokio::test]
async fn histories_are_not_asked_for_where_they_may_not_be_read_or_cannot_be_long() {
    let open = || running(&[execution("a", "RUNNING", 10)]);
    let aws = orders([open()], &looping()).only(&["state_machines", "running"]);
    let scan = aws.scan().await;
    assert_eq!(seen(&scan).histories.gap().expect("executions are off").reason.as_str(), "disabled");
    assert_eq!(scan.replay.count("GetExecutionHistory"), 0);
    let scan = orders([open()], &looping()).executions(with(|settings| settings.states = false)).scan().await;
    assert_eq!(seen(&scan).histories.gap().expect("states are off").reason.as_str(), "disabled");
    assert_eq!(scan.replay.count("GetExecutionHistory"), 0);
    let straight = defined(&json!({ "Pause": { "Type": "Wait", "Seconds": 5, "End": true } }));
    let history = on("GetExecutionHistory", denied());
    let scan = orders([open(), history], &straight).scan().await;
    assert_eq!(seen(&scan).histories.gap().expect("it cannot be long").reason.as_str(), "not_sampled");
    assert_eq!(scan.run(HOME, "running").gap, None);
    let denied = orders([open(), on("GetExecutionHistory", denied())], &looping()).scan().await;
    let needed = ("denied", "states:GetExecutionHistory", Some("states:GetExecutionHistory"));
    assert_eq!(brief(seen(&denied).histories.gap().expect("it was denied")), needed);
}

#[tokio::test]
async fn open_map_runs_are_described_and_their_children_counted() {
    let rules = [
        running(&[execution("a", "RUNNING", 10)]),
        on("ListMapRuns", ok(map_runs(&[None, Some(5)]))).with("orders:a"),
        on("DescribeMapRun", ok(counts(100, 90, 4))).with("000000000000\""),
    ];
    let scan = orders(rules, &distributed()).only(&["state_machines", "running"]).scan().await;
    let running = seen(&scan);
    let open = running.map_runs.whole().expect("all were listed");
    assert_eq!(open.iter().map(|run| (run.arn.name(), run.label())).collect::<Vec<_>>(), [(&*uuid(0), Some("Each"))]);
    let counted = MapRunCounts {
        max_concurrency: 5,
        total: 100,
        pending: 90,
        running: 4,
        succeeded: 6,
        failed: 0,
        children_running: 4,
    };
    assert_eq!(open[0].counts, Observed::known(counted));
    assert!(matches!(usage(&scan, Quota::OpenMapRuns), Usage::Exact { value: 1.0, .. }));
    let open = usage(&scan, Quota::OpenExecutions);
    assert!(matches!(open, Usage::Exact { value: 5.0, .. }), "one and four children: {open:?}");
    keeps_to_itself(&scan, &["orders:a"]);
}

#[tokio::test]
async fn map_runs_that_are_not_known_leave_lower_bounds() {
    let open = || running(&[execution("a", "RUNNING", 10)]);
    let odd = json!({ "mapRuns": [{ "executionArn": "arn:x", "mapRunArn": "arn:aws:states:eu-west-1:123456789012:mapRun:orders/jane",
        "stateMachineArn": "arn:x", "startDate": NOW }] });
    for (lists, describes, reason) in [
        (denied(), ok(counts(1, 1, 0)), "denied"),
        (ok(odd), ok(counts(1, 1, 0)), "error"),
        (ok(map_runs(&[None])), denied(), "denied"),
        (ok(map_runs(&[None])), ok(json!({ "mapRunArn": map_run_arn(0) })), "error"),
        (ok(map_runs(&[None])), ok(json!({ "status": "RUNNING" })), "error"),
    ] {
        let rules = [open(), on("ListMapRuns", lists), on("DescribeMapRun", describes)];
        let scan = orders(rules, &distributed()).only(&["state_machines", "running"]).scan().await;
        assert_eq!(scan.run(HOME, "running").gap.as_ref().map(|gap| gap.reason.as_str()), Some(reason));
        let open = usage(&scan, Quota::OpenExecutions);
        assert!(matches!(open, Usage::AtLeast { value: 1.0, .. }), "{open:?}");
        keeps_to_itself(&scan, &["jane"]);
    }
}
