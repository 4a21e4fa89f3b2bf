//! <https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html>.

use serde_json::{Value, json};
use stepwarden::detect::Clean;
use stepwarden::finding::{CheckSettings, View};
use stepwarden::iam::Policy;
use stepwarden::types::{Arn, Gap, Observed};

use super::kms_keys::policy;
use super::machines::{described, listing};
use super::{HOME, Scan, brief, scan};
use crate::replay::{Answer, Rule, denied, error, ok, on};

const FUNCTION: &str = "arn:aws:lambda:eu-west-1:123456789012:function:";

/// A definition with one task, which calls this.
pub(super) fn calling(resource: &str) -> String {
    let call = json!({ "Type": "Task", "Resource": resource, "End": true });
    json!({ "StartAt": "Call", "States": { "Call": call } }).to_string()
}

/// Machines that call these.
async fn machines(resources: &[&str], rules: impl IntoIterator<Item = Rule>) -> Scan {
    const NAMES: [&str; 4] = ["machine-0", "machine-1", "machine-2", "machine-3"];
    let names = &NAMES[..resources.len()];
    let describe = |(name, resource): (&&'static str, &&str)| {
        on("DescribeStateMachine", ok(described(name, &json!({ "definition": calling(resource) })))).with(name)
    };
    let machines = names.iter().zip(resources).map(describe);
    let list = on("ListStateMachines", ok(listing(names)));
    scan(rules.into_iter().chain(machines).chain([list]).collect::<Vec<_>>()).await
}

fn arn(name: &str) -> Arn {
    let text = if name.starts_with("arn:") { name.to_owned() } else { format!("{FUNCTION}{name}") };
    Arn::parse(text).expect("the tests' ARNs are some")
}

fn seen(scan: &Scan, name: &str) -> Observed<Option<Clean<Policy>>> {
    let policies = scan.home().function_policies();
    let policies = policies.last_known().expect("the machines were read");
    policies.get(&arn(name)).cloned().unwrap_or_else(|| panic!("{name} was not looked up"))
}

fn gap(scan: &Scan, name: &str) -> Gap {
    seen(scan, name).gap().cloned().unwrap_or_else(|| panic!("{name} is known"))
}

fn policy_of(action: &str) -> Answer {
    ok(json!({ "Policy": policy(action).to_string(), "RevisionId": "1" }))
}

#[tokio::test]
async fn each_function_is_asked_for_once_and_its_aliases_by_themselves() {
    let latest = format!("{FUNCTION}orders:$LATEST");
    let alias = format!("{FUNCTION}orders:prod");
    let plain = format!("{FUNCTION}orders");
    let rules = [
        on("GetPolicy", policy_of("lambda:InvokeAsync")).with("/functions/orders/policy?Qualifier=prod"),
        on("GetPolicy", policy_of("lambda:InvokeFunction")).with("/functions/orders/policy"),
    ];
    let scan = machines(&[&plain, &plain, &latest, &alias], rules).await;
    assert_eq!(scan.run(HOME, "function_policies").gap, None);
    assert_eq!(scan.replay.count("GetPolicy"), 2);
    let settings = CheckSettings::default();
    let view = View::new(&scan.collection().snapshots, &settings);
    let region = view.regions().next().expect("the Region was collected");
    for (name, action) in [("orders", "lambda:InvokeFunction"), ("orders:prod", "lambda:InvokeAsync")] {
        let policy = region.function_policy(&arn(name)).unwrap().expect("it has a policy");
        assert!(policy.statements[0].matches_action(action), "{name}");
    }
    assert_eq!(region.function_policy(&arn("other")).unwrap_err().reason.as_str(), "disabled", "nobody named it");
}

#[tokio::test]
async fn without_a_policy_or_a_function_there_is_none() {
    for message in ["The resource you requested does not exist.", "Function not found: orders"] {
        let missing = Answer::Error { status: 404, code: "ResourceNotFoundException", message: message.to_owned() };
        let scan = machines(&[arn("orders").as_str()], [on("GetPolicy", missing)]).await;
        assert_eq!(seen(&scan, "orders"), Observed::known(None));
        assert_eq!(scan.run(HOME, "function_policies").gap, None);
    }
}

#[tokio::test]
async fn what_is_no_function_or_not_of_this_account_and_region_is_not_asked_for() {
    let foreign =
        ["arn:aws:lambda:eu-west-1:999999999999:function:f", "arn:aws:lambda:us-east-1:123456789012:function:f"];
    let scan = machines(&[foreign[0], foreign[1], "arn:aws:states:::lambda:invoke", "arn:aws:lambda:::$.f"], []).await;
    for name in foreign {
        let gap = gap(&scan, name);
        assert_eq!((gap.reason.as_str(), gap.resource.as_deref()), ("unsupported", Some(name)));
    }
    assert_eq!(scan.home().function_policies().whole().unwrap().len(), 2);
    assert_eq!(scan.replay.count("GetPolicy"), 0);
}

#[tokio::test]
async fn denied_names_the_action_and_the_function_and_leaves_the_others() {
    let resources = [arn("orders"), arn("refunds")];
    let rules = [on("GetPolicy", denied()).with("/refunds/"), on("GetPolicy", policy_of("lambda:*"))];
    let scan = machines(&resources.each_ref().map(Arn::as_str), rules).await;
    let gap = gap(&scan, "refunds");
    assert_eq!(brief(&gap), ("denied", "lambda:GetPolicy", Some("lambda:GetPolicy")));
    assert_eq!(gap.resource.as_deref(), Some(resources[1].as_str()));
    assert!(seen(&scan, "orders").whole().unwrap().is_some());
    assert_eq!(scan.run(HOME, "function_policies").gap, Some(gap));
}

#[tokio::test]
async fn answers_that_are_none_are_gaps() {
    let answers: Vec<(Answer, &str)> = vec![
        (ok(json!({ "RevisionId": "1" })), "error"),
        (ok(json!({ "Policy": "no policy" })), "error"),
        (ok(json!({ "Policy": "{\"Statement\": [{\"Effect\": \"Perhaps\"}]}" })), "error"),
        (error("InvalidParameterValueException", "no"), "error"),
        (crate::replay::raw(404, "<html>Not Found</html>"), "unsupported"),
    ];
    for (answer, reason) in answers {
        let scan = machines(&[arn("orders").as_str()], [on("GetPolicy", answer.clone())]).await;
        assert_eq!(gap(&scan, "orders").reason.as_str(), reason, "{answer:?}");
    }
}

#[tokio::test]
async fn where_the_machines_are_half_read_so_are_their_functions() {
    let mut list: Value = listing(&["orders"]);
    list["nextToken"] = "page-2".into();
    let scan = scan([
        on("ListStateMachines", denied()).with("page-2"),
        on("ListStateMachines", ok(list)),
        on("DescribeStateMachine", ok(described("orders", &json!({ "definition": calling(arn("f").as_str()) })))),
        on("GetPolicy", policy_of("lambda:*")),
    ])
    .await;
    let Observed::Partial { value, gap } = scan.home().function_policies() else { panic!("half of them were named") };
    assert_eq!((value.len(), gap.api.as_str()), (1, "states:ListStateMachines"));
}

#[tokio::test]
async fn functions_are_found_in_arguments_too() {
    let invoke = |arguments: Value| json!({ "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": arguments, "End": true });
    let elsewhere = "arn:aws:iam::999999999999:role/orders";
    let states = json!({
        "Alias": invoke(json!({ "FunctionName": "orders", "Qualifier": "prod" })),
        "Chosen": invoke(json!({ "FunctionName.$": "$.function" })),
        "Other": { "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:lambda:invoke", "End": true,
                   "Credentials": { "RoleArn": elsewhere }, "Parameters": { "FunctionName": "theirs" } },
    });
    let definition = json!({ "StartAt": "Alias", "States": states }).to_string();
    let scan = scan([
        on("ListStateMachines", ok(listing(&["orders"]))),
        on("DescribeStateMachine", ok(described("orders", &json!({ "definition": definition })))),
        on("GetPolicy", policy_of("lambda:InvokeFunction")).with("/functions/orders/policy?Qualifier=prod"),
    ])
    .await;
    assert!(matches!(seen(&scan, "orders:prod"), Observed::Known { value: Some(_) }));
    assert_eq!(scan.replay.count("GetPolicy"), 1);
}
