//! How many requests the policy evaluator decides in a second, on one core, with policies that are parsed and compiled:
//! `cargo bench --bench iam`.
#![allow(clippy::print_stdout)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use stepwarden::iam::{Compiled, Context, Decision, Policies, Policy, Request};

const ACCOUNT: &str = "111122223333";
const SAMPLES: usize = 15;
const SAMPLE: Duration = Duration::from_millis(200);

struct Role {
    arn: String,
    policies: Vec<Compiled>,
    boundary: Option<Compiled>,
    context: Context,
    requests: Vec<(String, String)>,
}

fn compile(document: &Value) -> Compiled {
    Compiled::identity(&Policy::parse(document).expect("the benchmark's policies are legal"))
}

/// What an execution role looks like: a few statements for its tasks, one with a variable, logging and tracing on `*`, a
/// denial; every fourth role has a boundary.
fn role(index: usize) -> Role {
    let arn = |service: &str, rest: &str| format!("arn:aws:{service}:eu-west-1:{ACCOUNT}:{rest}");
    let tasks = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "lambda:InvokeFunction",
         "Resource": [arn("lambda", &format!("function:orders-{index}")), arn("lambda", &format!("function:orders-{index}:*"))]},
        {"Effect": "Allow", "Action": ["sqs:SendMessage", "sns:Publish"], "Resource": arn("sqs", &format!("queue-{index}*"))},
        {"Effect": "Allow", "Action": ["dynamodb:*Item", "dynamodb:Query"], "Resource": arn("dynamodb", "table/${aws:PrincipalTag/team}-*")},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::inbox/*",
         "Condition": {"Bool": {"aws:SecureTransport": "true"}, "IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.168.0.0/16"]}}},
        {"Effect": "Allow", "Action": "states:StartExecution", "Resource": arn("states", "stateMachine:child-*"),
         "Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}},
    ]});
    let logging = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery",
            "logs:DeleteLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies",
            "logs:DescribeLogGroups", "xray:Put*", "xray:GetSampling*"], "Resource": "*"},
        {"Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "Resource": "*",
         "Condition": {"StringNotEqualsIfExists": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}}},
    ]});
    let boundary = json!({"Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}});
    let requests = [
        ("lambda:InvokeFunction", arn("lambda", &format!("function:orders-{index}"))),
        ("lambda:InvokeFunction", arn("lambda", "function:another")),
        ("dynamodb:PutItem", arn("dynamodb", "table/payments-orders")),
        ("s3:GetObject", "arn:aws:s3:::inbox/2026/01/01.json".to_owned()),
        ("states:StartExecution", arn("states", "stateMachine:child-7")),
        ("states:GetExecutionHistory", arn("states", "execution:orders:run")),
        ("xray:PutTraceSegments", "*".to_owned()),
        ("iam:PassRole", format!("arn:aws:iam::{ACCOUNT}:role/admin")),
    ];
    let role = format!("arn:aws:iam::{ACCOUNT}:role/role-{index}");
    let context = Context::closed()
        .with("aws:PrincipalArn", &role)
        .with("aws:PrincipalAccount", ACCOUNT)
        .with("aws:RequestedRegion", if index.is_multiple_of(10) { "us-east-1" } else { "eu-west-1" })
        .with("aws:SecureTransport", "true")
        .with("aws:SourceIp", "10.1.2.3")
        .with("aws:PrincipalTag/team", "payments")
        .with("aws:ResourceTag/team", "payments");
    Role {
        arn: role,
        policies: vec![compile(&tasks), compile(&logging)],
        boundary: index.is_multiple_of(4).then(|| compile(&boundary)),
        context,
        requests: requests.map(|(action, resource)| (action.to_owned(), resource)).to_vec(),
    }
}

/// Decides every request of every role; how many, and how many were allowed.
fn round(roles: &[Role]) -> (u32, u32) {
    let (mut decided, mut allowed) = (0, 0);
    for role in roles {
        let policies = Policies {
            identity: role.policies.iter().collect(),
            boundary: role.boundary.as_ref().map(|boundary| vec![boundary]),
            ..Policies::default()
        };
        for (action, resource) in &role.requests {
            let request = Request::new(&role.arn, action, resource, &role.context);
            allowed += u32::from(black_box(policies.decide(&request)) == Decision::Allowed);
            decided += 1;
        }
    }
    (decided, allowed)
}

fn main() {
    let roles: Vec<Role> = (0..250).map(role).collect();
    let (requests, allowed) = round(&roles);
    let sample = || {
        let (mut decided, start) = (0_u32, Instant::now());
        while start.elapsed() < SAMPLE {
            decided += round(&roles).0;
        }
        f64::from(decided) / start.elapsed().as_secs_f64()
    };
    let mut rates: Vec<f64> = (0..SAMPLES).map(|_| sample()).collect();
    rates.sort_by(f64::total_cmp);
    let [low, middle, high] = [rates[0], rates[SAMPLES / 2], rates[SAMPLES - 1]];
    println!("{} roles, {requests} requests ({allowed} allowed), {SAMPLES} samples", roles.len());
    println!("{middle:.0} decisions/s (median; {low:.0} to {high:.0})");
}
