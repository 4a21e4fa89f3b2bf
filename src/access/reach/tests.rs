//! The index against the plain question, principal by principal and machine by machine.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Reach, Target, Way};
use crate::detect::{Clean, Door, HashKey};
use crate::iam::{Compiled, Context, Decision, Policies, Policy, Request, Verdict};
use crate::model::{Iam, InlinePolicy, Principal, Role};
use crate::types::{Arn, Observed};

const ACCOUNT: &str = "123456789012";
const MACHINES: [(&str, &str); 4] =
    [("eu-west-1", "orders"), ("eu-west-1", "orders-old"), ("eu-west-1", "ship"), ("us-east-1", "orders")];
const WAYS: [Way; 3] = [Way::History, Way::Start, Way::Update];

fn clean(document: &Value) -> Clean<Policy> {
    let clean = Door::new(HashKey::new(*b"reach")).json(document.clone()).clean;
    clean.read(Policy::parse).expect("the policies here are legal")
}

fn arn(text: String) -> Arn {
    Arn::parse(text).unwrap()
}

type Managed = (Arn, Observed<Clean<Policy>>);

fn role(name: &str, policy: &Value, boundary: Option<&Value>) -> (Role, Option<Managed>) {
    let boundary = boundary
        .map(|document| (arn(format!("arn:aws:iam::{ACCOUNT}:policy/{name}")), Observed::known(clean(document))));
    let principal = Principal {
        arn: arn(format!("arn:aws:iam::{ACCOUNT}:role/{name}")),
        inline: vec![InlinePolicy { name: "p".to_owned(), policy: Observed::known(clean(policy)) }],
        attached: Vec::new(),
        boundary: boundary.as_ref().map(|(arn, _)| arn.clone()),
        groups: Vec::new(),
    };
    (Role { principal, trust: Observed::known(clean(&json!({"Statement": []}))) }, boundary)
}

fn statement() -> impl Strategy<Value = Value> {
    let action = prop_oneof![
        Just("*"),
        Just("states:*"),
        Just("states:Get*"),
        Just("STATES:StartExecution"),
        Just("states:UpdateStateMachine"),
        Just("s3:GetObject"),
        Just("logs:*"),
    ];
    let resource = prop_oneof![
        Just("*"),
        Just("arn:aws:states:*:*:execution:orders*"),
        Just("arn:aws:states:eu-west-1:123456789012:stateMachine:orders"),
        Just("arn:aws:states:*:*:stateMachine:*"),
        Just("arn:aws:states:eu-west-1:*:*:ship*"),
        Just("arn:aws:states:*:*:*:${aws:PrincipalTag/team}*"),
        Just("arn:aws:states:*:*:stateMachine:${aws:PrincipalArn}"),
        Just("arn:aws:states:us-east-1:*"),
    ];
    let condition = prop_oneof![
        4 => Just(Value::Null),
        1 => Just(json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})),
        1 => Just(json!({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}})),
        1 => Just(json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*a"}})),
    ];
    let effect = prop_oneof![4 => Just("Allow"), 1 => Just("Deny")];
    (effect, prop::bool::weighted(0.1), action, prop::bool::weighted(0.15), resource, condition).prop_map(
        |(effect, not_action, action, not_resource, resource, condition)| {
            let mut statement = json!({ "Effect": effect });
            statement[if not_action { "NotAction" } else { "Action" }] = json!(action);
            statement[if not_resource { "NotResource" } else { "Resource" }] = json!(resource);
            if !condition.is_null() {
                statement["Condition"] = condition;
            }
            statement
        },
    )
}

fn policy() -> impl Strategy<Value = Value> {
    let statements = prop::collection::vec(statement(), 1..4);
    (prop::bool::ANY, statements).prop_map(|(current, statements)| {
        json!({"Version": if current { "2012-10-17" } else { "2008-10-17" }, "Statement": statements})
    })
}

/// The plain question; `Some(true)` for sure.
fn asked(
    policy: &Value,
    boundary: Option<&Value>,
    who: &Arn,
    region: &str,
    action: &str,
    resource: &str,
) -> Option<bool> {
    let context = Context::open()
        .with("aws:RequestedRegion", region)
        .with("aws:PrincipalArn", who.as_str())
        .with("aws:PrincipalAccount", ACCOUNT);
    let compile = |document: &Value| Compiled::identity(&Policy::parse(document).unwrap());
    let (own, bound) = (compile(policy), boundary.map(compile));
    let policies =
        Policies { identity: vec![&own], boundary: bound.as_ref().map(|bound| vec![bound]), ..Policies::default() };
    match policies.evaluate(&Request::new(who.as_str(), action, resource, &context)) {
        Verdict::Decided(Decision::Allowed) => Some(true),
        Verdict::DependsOn(_) => Some(false),
        Verdict::Decided(_) => None,
    }
}

proptest! {
    #[test]
    fn agrees_with_the_plain_question(
        roles in prop::collection::vec((policy(), prop::option::weighted(0.3, policy())), 1..5),
    ) {
        let mut iam = Iam::default();
        for (index, (policy, boundary)) in roles.iter().enumerate() {
            let name = format!("{index}{}", if index % 2 == 0 { "a" } else { "b" });
            let (role, boundary) = role(&name, policy, boundary.as_ref());
            iam.roles.insert(role.principal.arn.clone(), role);
            iam.policies.extend(boundary);
        }
        let machines: Vec<_> = MACHINES
            .map(|(region, name)| arn(format!("arn:aws:states:{region}:{ACCOUNT}:stateMachine:{name}"))).into();
        let targets: Vec<_> =
            machines.iter().map(|machine| Target { machine, role: None, group: None, activities: vec![], map_labels: vec![] }).collect();
        let reach = Reach::new(ACCOUNT, "aws", &Observed::known(&iam), &targets);
        prop_assert!(reach.gap().is_none());
        for (role, (policy, boundary)) in iam.roles.values().zip(&roles) {
            let who = &role.principal.arn;
            let circle = reach.circles().find(|circle| circle.holders().iter().any(|holder| holder.arn == *who));
            for machine in &machines {
                let accesses = circle.map(|circle| reach.accesses(circle, reach.spot(machine).unwrap(), &WAYS)).unwrap_or_default();
                let execution = machine.as_str().replace(":stateMachine:", ":execution:") + ":*";
                let ask = |action, resource| asked(policy, boundary.as_ref(), who, machine.region(), action, resource);
                for (way, expected) in [
                    (Way::History, ask("states:GetExecutionHistory", &execution)),
                    (Way::Start, ask("states:StartExecution", machine.as_str())
                        .max(ask("states:StartSyncExecution", machine.as_str()))),
                    (Way::Update, ask("states:UpdateStateMachine", machine.as_str())),
                ] {
                    let found = accesses.iter().find(|access| access.way == way).map(|access| access.sure);
                    prop_assert_eq!(found, expected, "{} {} {:?}", who, machine, way);
                }
            }
        }
    }
}

fn reached(policies: &[&Value], way: Way) -> Vec<bool> {
    let machine = arn(format!("arn:aws:states:eu-west-1:{ACCOUNT}:stateMachine:orders"));
    let own = arn(format!("arn:aws:iam::{ACCOUNT}:role/orders"));
    let group = arn(format!("arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/orders"));
    let target =
        Target { machine: &machine, role: Some(&own), group: Some(&group), activities: vec![], map_labels: vec![] };
    let mut iam = Iam::default();
    for (index, statements) in policies.iter().enumerate() {
        let (role, _) = role(&index.to_string(), &json!({ "Statement": statements }), None);
        iam.roles.insert(role.principal.arn.clone(), role);
    }
    let reach = Reach::new(ACCOUNT, "aws", &Observed::known(&iam), &[target]);
    let one = |role: &Role| {
        let mut circles =
            reach.circles().filter(|circle| circle.holders().iter().any(|one| one.arn == role.principal.arn));
        circles.any(|circle| !reach.accesses(circle, reach.spot(&machine).unwrap(), &[way]).is_empty())
    };
    iam.roles.values().map(one).collect()
}

fn allow(action: &str, resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": resource})
}

#[test]
fn some_ways_take_several_permissions() {
    let role = format!("arn:aws:iam::{ACCOUNT}:role/orders");
    let test = allow("states:TestState", "*");
    let pass = allow("iam:PassRole", &role);
    let to_lambda = json!({"Effect": "Allow", "Action": "iam:PassRole", "Resource": role,
        "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}});
    let both = json!([test, pass]);
    assert_eq!(reached(&[&test, &pass, &both, &json!([test, to_lambda])], Way::TestState), [false, false, true, false]);
    let query = allow("logs:StartQuery", "arn:aws:logs:eu-west-1:*:log-group:/orders:*");
    let results = allow("logs:GetQueryResults", "*");
    assert_eq!(reached(&[&query, &json!([query, results])], Way::LogQuery), [false, true]);
}

#[test]
fn tasks_are_answered_by_whoever_may_answer_any() {
    let all = allow("states:SendTask*", "*");
    let one = allow("states:SendTaskSuccess", "arn:aws:states:eu-west-1:123456789012:stateMachine:orders");
    assert_eq!(reached(&[&all, &one], Way::Complete), [true, false]);
}
