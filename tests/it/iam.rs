//! `stepwarden policy evaluate` on cases with known decisions, and what must hold for every policy.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::{Value, json};
use stepwarden::iam::{Compiled, Context, Decision, Policies, Policy, Request, Verdict, read_json};

use crate::binary::Run;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/iam")
}

fn agree(file: &str) {
    let path = folder().join(file);
    let text = std::fs::read_to_string(&path).expect("the cases");
    let cases: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("a case")).collect();
    let ran = Run::new(&["policy", "evaluate"]).argument(&path).run().expect(0);
    let answers: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).expect("an answer")).collect();
    assert_eq!(answers.len(), cases.len());
    for (case, answer) in cases.iter().zip(answers) {
        assert_eq!(case["id"], answer["id"]);
        assert_eq!(case["expected"], answer["decision"], "{case}");
    }
}

#[test]
fn vectors_have_their_decisions() {
    agree("vectors.jsonl");
}

#[test]
fn what_the_documentation_says_is_so() {
    agree("documented.jsonl");
    let text = std::fs::read_to_string(folder().join("documented.jsonl")).expect("the cases");
    for case in text.lines().map(|line| serde_json::from_str::<Value>(line).expect("a case")) {
        assert!(
            case["source"].as_str().is_some_and(|source| source.starts_with("https://docs.aws.amazon.com/")),
            "{case}"
        );
    }
}

#[test]
fn bad_cases_are_answered_with_their_place() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let allow = r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#;
    let case = |rest: &str| format!(r#"{{"id":"x","action":"s3:GetObject","resource":"arn:aws:s3:::b/k",{rest}}}"#);
    let cases = [
        (case(r#""policies":[{"Statement":{"Effect":"Allow","Action":"s3"}}]"#), "'/policies/0/Statement/Action'"),
        (case(r#""policies":[{"name":"p","policy":{"Statement":[1]}}]"#), "'/policies/0/policy/Statement/0'"),
        (case(r#""policies":[],"boundary":{"Version":"2011"}"#), "'/boundary/Version'"),
        (case(r#""policies":[],"scps":[[{}]]"#), "'/scps/0/0/Statement'"),
        (
            case(&format!(r#""policies":[],"resource_policy":{{"Statement":{allow}}}"#)),
            "'/resource_policy/Statement/0/Principal'",
        ),
        (case(r#""policies":[],"context":{"a":{}}"#), "'/context/a'"),
        (case(r#""policies":[],"action":"s3:PutObject""#), "'/action'"),
        (r#"{"id":"x","policies":[],"resource":"*"}"#.to_owned(), "'/action'"),
        ("{".to_owned(), "line 9"),
    ];
    let lines: Vec<_> = cases.iter().map(|(line, _)| line.as_str()).collect();
    let good = case(&format!(r#""policies":[{{"Statement":{allow}}}]"#));
    std::fs::write(file.path(), format!("{}\n{good}\n", lines.join("\n"))).expect("written");
    let ran = Run::new(&["policy", "evaluate"]).argument(file.path()).run().expect(4);
    let answers: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).expect("an answer")).collect();
    assert_eq!(answers.len(), cases.len() + 1, "{}", ran.stdout);
    for (answer, (line, place)) in answers.iter().zip(&cases) {
        assert_eq!(answer["decision"], "Error", "{line}");
        assert!(answer["error"].as_str().expect("a text").contains(place), "{answer} {line}");
    }
    assert_eq!(answers[cases.len()]["decision"], "Allowed");
}

/// JSON that looks like a policy often enough.
fn json_value() -> impl Strategy<Value = Value> {
    let words = prop_oneof![
        Just("Allow"),
        Just("Deny"),
        Just("*"),
        Just("s3:*"),
        Just("arn:aws:s3:::b/*"),
        Just("2012-10-17"),
        Just("${a"),
        Just("${aws:x, 'y'}"),
        Just(""),
        Just("é:?"),
        Just("arn:*"),
        Just("true"),
    ];
    let keys = prop_oneof![
        Just("Version"),
        Just("Statement"),
        Just("Effect"),
        Just("Action"),
        Just("NotAction"),
        Just("Resource"),
        Just("Sid"),
        Just("NotResource"),
        Just("Principal"),
        Just("NotPrincipal"),
        Just("Condition"),
        Just("AWS"),
        Just("StringLike"),
        Just("ForAllValues:NumericEqualsIfExists"),
        Just("aws:x"),
        Just("Other"),
    ];
    let leaf = prop_oneof![
        4 => words.prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((keys.clone(), inner), 0..6)
                .prop_map(|pairs| pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}

fn pattern(choices: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(choices)
}

/// A legal statement that has something to do with the request below.
fn statement() -> impl Strategy<Value = Value> {
    let actions = pattern(&["s3:GetObject", "s3:*", "*", "s3:Put*", "sqs:*"]);
    let resources = pattern(&["*", "arn:aws:s3:::b/k", "arn:aws:s3:::b/*", "arn:aws:s3:::${aws:x}/*", "arn:aws:sqs:*"]);
    let operators = pattern(&[
        "StringEquals",
        "StringNotLike",
        "StringEqualsIfExists",
        "ForAnyValue:StringLike",
        "Null",
        "ArnLike",
    ]);
    let condition = prop::option::of((operators, pattern(&["aws:x", "aws:y", "aws:z"]), pattern(&["b", "true", "*"])));
    (any::<[bool; 3]>(), actions, resources, condition).prop_map(
        |([deny, not_action, not_resource], action, resource, condition)| {
            let mut statement = json!({"Effect": if deny { "Deny" } else { "Allow" }});
            statement[if not_action { "NotAction" } else { "Action" }] = action.into();
            statement[if not_resource { "NotResource" } else { "Resource" }] = resource.into();
            if let Some((operator, key, value)) = condition {
                statement["Condition"] = json!({operator: {key: value}});
            }
            statement
        },
    )
}

fn evaluate(statements: &[Value], context: &Context) -> Verdict {
    let policy = Policy::parse(&json!({"Version": "2012-10-17", "Statement": statements})).expect("legal");
    let compiled = Compiled::identity(&policy);
    let policies = Policies { identity: vec![&compiled], ..Policies::default() };
    policies.evaluate(&Request::new("arn:aws:iam::1:role/r", "s3:GetObject", "arn:aws:s3:::b/k", context))
}

proptest! {
    #[test]
    fn whatever_is_read_is_refused_or_means_something(value in json_value()) {
        if let Ok(policy) = Policy::parse(&value) {
            let compiled = Compiled::resource(&policy);
            let policies = Policies { identity: vec![&compiled], resource: Some(&compiled), ..Policies::default() };
            let context = Context::closed().with("aws:x", "b");
            let _verdict = policies.evaluate(&Request::new("1", "s3:GetObject", "b", &context));
            prop_assert_eq!(&Policy::parse(&policy.to_document()), &Ok(policy));
        }
        prop_assert_eq!(read_json(&value.to_string()).ok(), Some(value));
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "[\\[\\]{}\":,a*$ 0-9\\\\]{0,60}") {
        let _refused = Policy::from_json(&text);
    }

    #[test]
    fn a_denial_more_never_allows_more(mut statements in prop::collection::vec(statement(), 0..5), mut more in statement()) {
        let context = Context::closed().with("aws:x", "b").with_all("aws:y", vec!["b".to_owned(), "c".to_owned()]);
        let before = evaluate(&statements, &context);
        more["Effect"] = "Deny".into();
        statements.push(more);
        let after = evaluate(&statements, &context);
        let allowed = Verdict::Decided(Decision::Allowed);
        prop_assert!(after != allowed || before == allowed, "{statements:?}");
    }

    /// What is decided without knowing a key stays so whatever the key is.
    #[test]
    fn answers_under_unknown_keys_hold(statements in prop::collection::vec(statement(), 0..5), known in any::<[bool; 3]>()) {
        let told = |closed: bool| {
            let start = if closed { Context::closed() } else { Context::open() };
            [("aws:x", "b"), ("aws:y", "c"), ("aws:z", "b")].into_iter().zip(known).fold(start, |context, ((key, value), known)| {
                if known { context.with(key, value) } else { context }
            })
        };
        let open = evaluate(&statements, &told(false));
        let mut closed = vec![told(true)];
        for key in ["aws:x", "aws:y", "aws:z"].into_iter().zip(known).filter(|(_, known)| !known).map(|(key, _)| key) {
            let with: Vec<_> = closed.iter().flat_map(|context| ["b", "q"].map(|value| context.clone().with(key, value))).collect();
            closed.extend(with);
        }
        for context in closed {
            let answer = evaluate(&statements, &context);
            match &open {
                Verdict::Decided(Decision::ImplicitlyDenied) => prop_assert_ne!(answer, Verdict::Decided(Decision::Allowed)),
                Verdict::Decided(_) => prop_assert_eq!(&answer, &open),
                Verdict::DependsOn(keys) => prop_assert!(!keys.is_empty()),
            }
        }
    }
}
