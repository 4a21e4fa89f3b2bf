//! <https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html>.

use serde_json::{Value, json};
use stepwarden::types::{Arn, Observed};

use super::function_policies::calling;
use super::machines::{described, listing};
use super::{HOME, Scan, brief, scan};
use crate::replay::{Answer, Rule, denied, ok, on};

const FUNCTION: &str = "arn:aws:lambda:eu-west-1:123456789012:function:";
const ROLE: &str = "arn:aws:iam::123456789012:role/service-role/orders";

/// What Lambda tells of a function, with something in its environment.
pub(super) fn configuration(secret: &str) -> Value {
    json!({ "FunctionName": "orders", "Role": ROLE, "Runtime": "python3.13", "Description": secret,
        "Environment": { "Variables": { "PASSWORD": secret }, "Error": { "Message": secret } } })
}

async fn machine(function: &str, rules: impl IntoIterator<Item = Rule>) -> Scan {
    let machine = described("orders", &json!({ "definition": calling(function) }));
    let machine = [on("DescribeStateMachine", ok(machine)), on("ListStateMachines", ok(listing(&["orders"])))];
    scan(rules.into_iter().chain(machine).collect::<Vec<_>>()).await
}

fn seen(scan: &Scan, function: &str) -> Observed<Option<Arn>> {
    let functions = scan.home().functions();
    functions.last_known().expect("the machines were read")[&Arn::parse(function).expect("an ARN")].clone()
}

#[tokio::test]
async fn only_the_role_is_kept() {
    let function = format!("{FUNCTION}orders:prod");
    let answer = ok(configuration("correct-horse-battery"));
    let path = "/functions/orders/configuration?Qualifier=prod";
    let scan = machine(&function, [on("GetFunctionConfiguration", answer).with(path)]).await;
    assert_eq!(seen(&scan, &function), Observed::known(Some(Arn::parse(ROLE).unwrap())));
    assert_eq!(scan.run(HOME, "functions").gap, None);
    assert!(!scan.text().contains("correct-horse"));
}

#[tokio::test]
async fn what_is_not_there_or_not_told_is_told_apart() {
    let function = format!("{FUNCTION}orders");
    let gone =
        Answer::Error { status: 404, code: "ResourceNotFoundException", message: "Function not found".to_owned() };
    let scan = machine(&function, [on("GetFunctionConfiguration", gone)]).await;
    assert_eq!(seen(&scan, &function), Observed::known(None));
    let scan = machine(&function, [on("GetFunctionConfiguration", denied())]).await;
    let action = "lambda:GetFunctionConfiguration";
    assert_eq!(brief(seen(&scan, &function).gap().unwrap()), ("denied", action, Some(action)));
    let scan = machine(&function, [on("GetFunctionConfiguration", ok(json!({ "FunctionName": "orders" })))]).await;
    assert_eq!(seen(&scan, &function).gap().unwrap().reason.as_str(), "error");
    let foreign = "arn:aws:lambda:eu-west-1:999999999999:function:f";
    let scan = machine(foreign, []).await;
    assert_eq!(seen(&scan, foreign).gap().unwrap().reason.as_str(), "unsupported");
    assert_eq!(scan.replay.count("GetFunctionConfiguration"), 0);
}
