//! Reports made by hand for the exporters' golden files.

mod machines;
mod quotas;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::date;
use serde_json::json;
use stepwarden::audit::{
    ApiUsage, Band, ChangeSince, CollectorRun, Coverage, Finding, Inspected, Inventory, Judged, Report, Score, Status,
    Suppression, SuppressionUse, Throttled,
};
use stepwarden::finding::{Change, Confidence, Family, Location, Severity};
use stepwarden::model::MachineKind;
use stepwarden::types::{AccountId, Arn, Gap, GapReason, JsonPointer, Region};

use machines::{machine, machines};
use quotas::quotas;

/// A name that tries to move the cursor, to break lines, labels and quotes, to hide text, and to run in a browser.
pub(crate) const HOSTILE: &str = "\u{1b}[2J\u{9b}31m<script>alert(1)</script>\n\"} 1\r\u{202e}gnp\u{7}";

fn at(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

fn account() -> AccountId {
    AccountId::parse("123456789012").expect("an account")
}

fn region(name: &str) -> Region {
    Region::parse(name).expect("a Region")
}

fn machine_arn(region: &str, name: &str) -> Arn {
    Arn::parse(format!("arn:aws:states:{region}:123456789012:stateMachine:{name}")).expect("an ARN")
}

fn role_arn(name: &str) -> Arn {
    Arn::parse(format!("arn:aws:iam::123456789012:role/{name}")).expect("an ARN")
}

fn finding(number: usize, check: &'static str, severity: Severity, region_name: &str, resource: Arn) -> Finding {
    let (family, title, references): (_, _, &'static [&'static str]) = match check {
        "wildcard-resource" => (
            Family::Access,
            "Role allows actions on every resource",
            &["https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html"],
        ),
        "open-map-run-quota" => (
            Family::Quota,
            "Open Map Runs are near the account quota",
            &["https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"],
        ),
        "logging-disabled" => (
            Family::Logging,
            "Execution logging is off",
            &["https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html"],
        ),
        "secret-in-definition" => (Family::Data, "Definition holds a secret", &[]),
        _ => (Family::Hygiene, "X-Ray tracing is off", &[]),
    };
    Finding {
        id: format!("{number:032x}"),
        check,
        family,
        title,
        severity,
        confidence: Confidence::High,
        score: match severity {
            Severity::Critical => 90.0,
            Severity::High => 70.0,
            Severity::Medium => 40.0,
            Severity::Low => 15.0,
            Severity::Info => 0.0,
        },
        status: Status::NonCompliant,
        account_id: account(),
        region: region(region_name),
        console_url: "https://console.aws.amazon.com/".to_owned(),
        machines: if resource.service() == "states" { vec![resource.clone()] } else { Vec::new() },
        resource,
        location: Location::default(),
        message: String::new(),
        evidence: Vec::new(),
        gap: None,
        remediation: String::new(),
        change: None,
        references,
        folded: Vec::new(),
        owner: None,
        stack: None,
        first_seen: at("2026-11-20T06:00:00Z"),
        last_seen: at("2026-11-20T06:00:42Z"),
        since_last: ChangeSince::Unchanged,
        suppression: None,
    }
}

fn non_compliant() -> Vec<Finding> {
    let secret = Finding {
        location: Location {
            state: Some("Charge the card".to_owned()),
            pointer: Some(JsonPointer::root().join("States").join("Charge the card").join("Parameters").join("key")),
            statement: None,
        },
        message:
            "The state passes a GitHub token as text. Everybody who may call DescribeStateMachine can read it, and \
                  each execution copies it into its history for 90 days."
                .to_owned(),
        evidence: vec![("type", "github_token".to_owned()), ("length", "40".to_owned())],
        remediation: "Revoke the token, keep the new one in Secrets Manager and fetch it in the task.".to_owned(),
        owner: Some("team-payments".to_owned()),
        since_last: ChangeSince::New,
        ..finding(1, "secret-in-definition", Severity::Critical, "eu-west-1", machine_arn("eu-west-1", "payments"))
    };
    let map_runs = Finding {
        message: "912 of 1,000 Map Runs are open. At the limit each new Distributed Map waits and then fails."
            .to_owned(),
        evidence: vec![("usage", "912".to_owned()), ("limit", "1000".to_owned())],
        remediation: "Ask for a higher quota or lower the number of parallel Distributed Maps.".to_owned(),
        change: Some(Change::Command(
            "aws service-quotas request-service-quota-increase \\\n  --service-code states --desired-value 2000"
                .to_owned(),
        )),
        machines: Vec::new(),
        ..finding(2, "open-map-run-quota", Severity::High, "eu-west-1", machine_arn("eu-west-1", "*"))
    };
    let wildcard = |number, name: &str, severity| Finding {
        location: Location { statement: Some("AllowTables".to_owned()), ..Location::default() },
        machines: vec![machine_arn("eu-west-1", "orders"), machine_arn("eu-west-1", "payments")],
        message: format!("The statement allows dynamodb:* on every table; {name} needs PutItem on one."),
        remediation: "Replace the statement by the narrower one.".to_owned(),
        change: Some(Change::Policy(json!({
            "Effect": "Allow",
            "Action": "dynamodb:PutItem",
            "Resource": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
        }))),
        since_last: ChangeSince::Reopened,
        ..finding(number, "wildcard-resource", severity, "global", role_arn(name))
    };
    let logging = |number, place: &str, name: &str| Finding {
        message: "Nothing is logged, so a failed Express execution leaves no trace.".to_owned(),
        remediation: "Set the level to ERROR or ALL with a log group of its own.".to_owned(),
        ..finding(number, "logging-disabled", Severity::Medium, place, machine_arn(place, name))
    };
    let hostile = Finding {
        location: Location { state: Some(HOSTILE.to_owned()), pointer: None, statement: None },
        message: format!("The state {HOSTILE} is not traced."),
        remediation: "Turn tracing on.".to_owned(),
        ..finding(11, "tracing-disabled", Severity::Low, "us-east-1", machine_arn("us-east-1", HOSTILE))
    };
    vec![
        secret,
        map_runs,
        wildcard(3, "orders-role", Severity::High),
        wildcard(4, "a-role-with-a-name-that-is-as-long-as-iam-lets-a-role-be-64-chars", Severity::Medium),
        logging(5, "eu-west-1", "orders"),
        logging(6, "us-east-1", "refunds"),
        logging(7, "us-east-1", "notifications"),
        logging(8, "us-east-1", "reconciliation"),
        hostile,
        finding(12, "tracing-disabled", Severity::Info, "eu-west-1", machine_arn("eu-west-1", "orders")),
    ]
}

/// What a denied DescribeStateMachine and a throttled log group list leave behind.
fn insufficient() -> Vec<Finding> {
    let unread = |number, check, place: &str, name: &str, gap: Gap| Finding {
        status: Status::InsufficientData,
        score: 0.0,
        message: gap.detail.clone(),
        gap: Some(gap),
        ..finding(number, check, Severity::Medium, place, machine_arn(place, name))
    };
    vec![
        unread(20, "logging-disabled", "us-east-1", "legacy", denied()),
        unread(21, "tracing-disabled", "us-east-1", "legacy", denied()),
        unread(22, "logging-disabled", "eu-west-1", "*", throttled()),
        unread(23, "secret-in-definition", "us-east-1", "refunds", encrypted()),
    ]
}

fn encrypted() -> Gap {
    Gap {
        api: "states:DescribeStateMachine".to_owned(),
        iam_action: Some("kms:Decrypt".to_owned()),
        ..Gap::new(GapReason::Encrypted, "the definition is under a customer managed key")
    }
}

fn denied() -> Gap {
    Gap {
        api: "states:DescribeStateMachine".to_owned(),
        iam_action: Some("states:DescribeStateMachine".to_owned()),
        ..Gap::new(GapReason::Denied, format!("AccessDeniedException: no policy allows it on {HOSTILE}"))
            .about("legacy")
    }
}

fn throttled() -> Gap {
    Gap {
        api: "logs:DescribeLogGroups".to_owned(),
        ..Gap::new(GapReason::Throttled, "ThrottlingException after 5 attempts: rate exceeded")
    }
}

fn score(place: &str, risk: f64, unread: usize, by_band: &[(Band, usize)]) -> Score {
    Score {
        account_id: account(),
        region: region(place),
        risk: Some(risk),
        machines_evaluated: by_band.iter().map(|(_, count)| count).sum(),
        machines_unread: unread,
        by_band: by_band.iter().copied().collect(),
    }
}

fn coverage(place: &str, check: &'static str, severity: Severity, counts: [usize; 3], reason: GapReason) -> Coverage {
    let [compliant, non_compliant, insufficient] = counts;
    Coverage {
        account_id: account(),
        region: region(place),
        check,
        family: finding(0, check, severity, place, role_arn("any")).family,
        severity,
        compliant,
        non_compliant,
        insufficient,
        reasons: if insufficient > 0 { [(reason, insufficient)].into() } else { BTreeMap::new() },
    }
}

fn collector(place: &str, name: &'static str, duration: Option<f64>, gap: Option<Gap>) -> CollectorRun {
    let observed_at = at("2026-11-20T06:00:40Z");
    CollectorRun {
        account_id: account(),
        region: region(place),
        collector: name,
        duration_seconds: duration,
        observed_at,
        gap,
        succeeded_before: None,
    }
}

fn api(place: &str, api: &'static str, answers: [u64; 4], waited_seconds: f64) -> ApiUsage {
    let [ok, throttled, denied, errors] = answers;
    ApiUsage { account_id: Some(account()), region: region(place), api, ok, throttled, denied, errors, waited_seconds }
}

/// Two Regions, every severity, each kind of quota, gaps, throttling and hostile names.
/// One that is accepted.
fn suppressed() -> Finding {
    Finding {
        status: Status::Suppressed,
        message: "The machine is not traced.".to_owned(),
        suppression: Some(Suppression {
            reason: "Traced by the caller.".to_owned(),
            owner: Some("team-payments".to_owned()),
            expires: Some(date(2027, 1, 31)),
        }),
        ..finding(40, "tracing-disabled", Severity::Low, "eu-west-1", machine_arn("eu-west-1", "orders"))
    }
}

fn suppressions() -> Vec<SuppressionUse> {
    let known = |selects: &str, expired, findings| SuppressionUse {
        suppression: suppressed().suppression.expect("it has one"),
        selects: selects.to_owned(),
        expired,
        findings,
        unused: findings == 0,
    };
    vec![
        known(r#"checks = ["tracing-disabled"], resources = ["*:orders"]"#, false, 1),
        known(r#"checks = ["logging-disabled"], tags = ["env=test"]"#, false, 0),
        SuppressionUse { unused: false, ..known(r#"checks = ["wildcard-resource"]"#, true, 2) },
    ]
}

pub(crate) fn rich() -> Report {
    let kinds = |standard, express| Some([(MachineKind::Standard, standard), (MachineKind::Express, express)].into());
    let denied_once = GapReason::Denied;
    Report {
        judged: Judged::default(),
        version: "0.1.0".to_owned(),
        started_at: at("2026-11-20T06:00:00Z"),
        finished_at: at("2026-11-20T06:00:42.5Z"),
        as_of: at("2026-11-20T06:00:40Z"),
        complete: true,
        findings: non_compliant().into_iter().chain(insufficient()).chain([suppressed()]).collect(),
        coverage: vec![
            coverage("eu-west-1", "logging-disabled", Severity::Medium, [2, 1, 1], GapReason::Throttled),
            coverage("eu-west-1", "open-map-run-quota", Severity::Medium, [0, 1, 0], denied_once),
            coverage("eu-west-1", "secret-in-definition", Severity::Critical, [2, 1, 0], denied_once),
            coverage("eu-west-1", "tracing-disabled", Severity::Low, [2, 1, 0], denied_once),
            coverage("global", "wildcard-resource", Severity::High, [4, 2, 0], denied_once),
            coverage("us-east-1", "logging-disabled", Severity::Medium, [1, 3, 1], denied_once),
            coverage("us-east-1", "open-map-run-quota", Severity::Medium, [1, 0, 0], denied_once),
            coverage("us-east-1", "secret-in-definition", Severity::Critical, [0, 0, 1], GapReason::Encrypted),
            coverage("us-east-1", "tracing-disabled", Severity::Low, [3, 1, 1], denied_once),
        ],
        scores: vec![
            score("eu-west-1", 62.5, 0, &[(Band::None, 1), (Band::High, 1), (Band::Critical, 1)]),
            score("us-east-1", 33.8, 1, &[(Band::Low, 1), (Band::Medium, 3)]),
            score(
                "global",
                46.1,
                1,
                &[(Band::None, 1), (Band::Low, 1), (Band::Medium, 3), (Band::High, 1), (Band::Critical, 1)],
            ),
        ],
        inventory: vec![
            Inventory {
                account_id: account(),
                region: region("eu-west-1"),
                state_machines: kinds(2, 1),
                complete: true,
            },
            Inventory {
                account_id: account(),
                region: region("us-east-1"),
                state_machines: kinds(4, 1),
                complete: true,
            },
        ],
        machines: machines(),
        inspected: vec![Inspected {
            account_id: account(),
            region: region("eu-west-1"),
            executions: 25,
            bytes: 81_920,
        }],
        quotas: quotas(),
        throttled: vec![Throttled { account_id: account(), region: region("eu-west-1"), executions: 12.0 }],
        collectors: vec![
            collector("eu-west-1", "state_machines", Some(3.25), None),
            collector("eu-west-1", "log_groups", Some(21.0), Some(throttled())),
            collector("us-east-1", "state_machines", Some(4.5), Some(denied())),
            collector("global", "iam", None, None),
        ],
        api_usage: vec![
            api("eu-west-1", "states:DescribeStateMachine", [3, 0, 0, 0], 0.0),
            api("us-east-1", "states:DescribeStateMachine", [4, 2, 1, 0], 1.5),
            api("eu-west-1", "logs:DescribeLogGroups", [12, 5, 0, 0], 18.75),
            api("eu-west-1", "states:ListStateMachines", [1, 0, 0, 0], 0.0),
            api("us-east-1", "states:ListStateMachines", [1, 0, 0, 0], 0.0),
            api("eu-west-1", "cloudwatch:GetMetricData", [2, 0, 0, 1], 0.0),
            api("global", "iam:GetAccountAuthorizationDetails", [1_204, 0, 0, 0], 0.25),
            ApiUsage { account_id: None, ..api("us-east-1", "sts:GetCallerIdentity", [1, 0, 0, 0], 0.0) },
        ],
        resolved: Vec::new(),
        suppressions: suppressions(),
        trend: Vec::new(),
        passed: Vec::new(),
    }
}

/// One Region, one machine, nothing wrong and nothing unread.
pub(crate) fn clean() -> Report {
    Report {
        findings: Vec::new(),
        coverage: vec![
            coverage("eu-west-1", "logging-disabled", Severity::Medium, [1, 0, 0], GapReason::Error),
            coverage("eu-west-1", "tracing-disabled", Severity::Low, [1, 0, 0], GapReason::Error),
        ],
        scores: vec![score("eu-west-1", 0.0, 0, &[(Band::None, 1)]), score("global", 0.0, 0, &[(Band::None, 1)])],
        inventory: vec![Inventory {
            account_id: account(),
            region: region("eu-west-1"),
            state_machines: Some([(MachineKind::Standard, 1)].into()),
            complete: true,
        }],
        machines: vec![machine("eu-west-1", "orders", MachineKind::Standard, Some((0.0, Band::None)), &[])],
        inspected: Vec::new(),
        quotas: Vec::new(),
        throttled: Vec::new(),
        collectors: vec![collector("eu-west-1", "state_machines", Some(0.5), None)],
        api_usage: Vec::new(),
        ..rich()
    }
}
