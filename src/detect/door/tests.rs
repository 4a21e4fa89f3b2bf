use proptest::prelude::*;
use serde_json::json;

use super::{Door, HashKey};

fn door() -> Door {
    Door::new(HashKey::new(*b"test key"))
}

fn token() -> String {
    format!("ghp_{}", "a1B2".repeat(9))
}

#[test]
fn a_document_comes_through_with_markers_for_its_secrets() {
    let inspected = door().json(json!({
        "Comment": format!("use {} for now", token()),
        "nested": [{"SecretAccessKey": "a1B2".repeat(10)}],
        token(): 1,
    }));
    let text = inspected.clean.get().to_string();
    assert!(!text.contains("a1B2"), "{text}");
    assert_eq!(inspected.clean.get()["Comment"], "use [stepwarden:GITHUB_TOKEN:40] for now");
    let mut seen: Vec<_> = inspected.observations.iter().map(|o| (o.kind.as_str(), o.pointer.as_str())).collect();
    seen.sort_unstable();
    assert_eq!(
        seen,
        [("AWS_SECRET_KEY", "/nested/0/SecretAccessKey"), ("GITHUB_TOKEN", ""), ("GITHUB_TOKEN", "/Comment")]
    );
}

fn definition(state: &serde_json::Value) -> serde_json::Value {
    json!({ "StartAt": "password", "States": { "password": state } })
}

/// What is left of a state, and what was seen in it.
fn inspected(state: &serde_json::Value) -> (serde_json::Value, Vec<(String, String)>) {
    let inspected = door().json(definition(state));
    let clean = &inspected.clean.get()["States"]["password"];
    let seen = inspected.observations.iter().map(|o| (o.kind.clone(), o.pointer.to_string()));
    (clean.clone(), seen.collect())
}

#[test]
fn data_of_definitions_is_inspected_as_payloads_are() {
    let at = |kind: &str, pointer: &str| (kind.to_owned(), format!("/States/password{pointer}"));
    let marker = |kind: &str, len: usize| format!("[stepwarden:{kind}:{len}]");
    for (state, clean, seen) in [
        (
            json!({ "Parameters": { "password": "hunter2" } }),
            json!({ "Parameters": { "password": marker("GENERIC_SECRET", 7) } }),
            vec![at("GENERIC_SECRET", "/Parameters/password")],
        ),
        (
            json!({ "Arguments": { "Environment": [{ "Name": "DB_PASSWORD", "Value": "hunter2" }] } }),
            json!({ "Arguments": { "Environment": [{ "Name": "DB_PASSWORD", "Value": marker("GENERIC_SECRET", 7) }] } }),
            vec![at("GENERIC_SECRET", "/Arguments/Environment/0/Value")],
        ),
        (
            json!({ "Parameters": { "Command": ["sh", "-c", "DB_PASSWORD=hunter2hunter2 ./run"] } }),
            json!({ "Parameters": { "Command": ["sh", "-c", format!("DB_PASSWORD={} ./run", marker("GENERIC_SECRET", 14))] } }),
            vec![at("GENERIC_SECRET", "/Parameters/Command/2")],
        ),
        (
            json!({ "Parameters": { "Headers": { "Authorization": ["Basic c3ZjOmh1bnRlcjI0Mg=="] } } }),
            json!({ "Parameters": { "Headers": { "Authorization": [marker("GENERIC_SECRET", 26)] } } }),
            vec![at("GENERIC_SECRET", "/Parameters/Headers/Authorization/0")],
        ),
        (
            json!({ "Result": { "body": r#"{"user":{"password":"hunter2","mail":"jane@example.com"}}"# } }),
            json!({ "Result": { "body": r#"{"user":{"mail":"[stepwarden:EMAIL:16]","password":"[stepwarden:GENERIC_SECRET:7]"}}"# } }),
            vec![at("EMAIL", "/Result/body#/user/mail"), at("GENERIC_SECRET", "/Result/body#/user/password")],
        ),
        (
            json!({ "Comment": "Ask jane@example.com", "Assign": { "phone": "+4915123456789", "cpf": 52_998_224_725_i64 } }),
            json!({ "Comment": "Ask [stepwarden:EMAIL:16]", "Assign": {
                "phone": marker("PHONE", 14), "cpf": marker("BR_CPF", 11) } }),
            vec![at("BR_CPF", "/Assign/cpf"), at("PHONE", "/Assign/phone"), at("EMAIL", "/Comment")],
        ),
        (
            json!({ "Parameters": { "to": { "jane@example.com": 1, "joey@example.com": 2 } } }),
            json!({ "Parameters": { "to": { "[stepwarden:EMAIL:16]": 1, "[stepwarden:EMAIL:16]'": 2 } } }),
            vec![at("EMAIL", "/Parameters/to"), at("EMAIL", "/Parameters/to")],
        ),
    ] {
        assert_eq!(inspected(&state), (clean, seen), "{state}");
    }
}

#[test]
fn the_language_is_left_alone() {
    let state = json!({
        "Type": "Task", "Resource": "arn:aws:states:::sns:publish", "Next": "4539148803436467", "ResultPath": "$.password",
        "Comment": "Resets the password: an operator is asked", "Credentials": { "RoleArn.$": "$.token" },
        "Parameters": {
            "password.$": "$.password", "secret": "{{resolve:secretsmanager:db}}", "token.$": "$$.Task.Token",
            "apiKey": "{% $secrets.apiKey %}", "SecretId": "prod/db-password", "TopicArn": "arn:aws:sns:eu-west-1:123456789012:alerts",
            "FunctionName": "ResetPassword", "TableName": "Passwords", "Key": "reports/2026/11/export.json", "Name": "jane.doe-report",
            "Message": "Your password was reset", "hash.$": "States.Hash($.password, 'SHA-256')", "phoneNumber.$": "$.phone",
            "passwordParameter": "/prod/orders/db/password", "authType": "BASIC_AUTH", "tokenType": "Bearer", "to": "$.email",
        },
        "Retry": [{ "ErrorEquals": ["Lambda.TooManyRequestsException"], "MaxAttempts": 4 }],
        "Choices": [{ "Variable": "$.password", "StringEquals": "EXPIRED", "Next": "password" }],
    });
    assert_eq!(inspected(&state), (state.clone(), Vec::new()));
    let policy = json!({ "Statement": [{ "Action": "states:*", "Condition": {
        "StringEquals": { "aws:ResourceTag/password": "hunter2", "aws:PrincipalTag/owner": "jane@example.com" } } }] });
    assert_eq!(door().json(policy.clone()).clean.into_inner(), policy);
}

#[test]
fn external_ids_and_session_names_are_kept_as_markers() {
    let inspected = door().json(json!({ "Statement": {
        "Principal": { "AWS": ["arn:aws:sts::123456789012:assumed-role/Admin/jane@example.com"] },
        "Condition": {
            "ForAnyValue:StringLike": { "STS:ExternalID": ["hunter2-hunter2", "*"] },
            "NumericEquals": { "sts:ExternalId": 4711 },
            "StringEquals": { "aws:userid": "AROAEXAMPLE:jane@example.com" },
        },
    } }));
    let statement = &inspected.clean.get()["Statement"];
    let session = "arn:aws:sts::123456789012:assumed-role/Admin/[stepwarden:SESSION_NAME:16]";
    assert_eq!(statement["Principal"]["AWS"], json!([session]));
    assert_eq!(
        statement["Condition"],
        json!({
            "ForAnyValue:StringLike": { "STS:ExternalID": ["[stepwarden:EXTERNAL_ID:15]", "*"] },
            "NumericEquals": { "sts:ExternalId": "[stepwarden:EXTERNAL_ID:4]" },
            "StringEquals": { "aws:userid": "AROAEXAMPLE:[stepwarden:SESSION_NAME:16]" },
        })
    );
    assert_eq!(inspected.observations, []);
    assert_eq!(door().json(inspected.clean.get().clone()).clean, inspected.clean);
}

#[test]
fn hashes_depend_on_the_key() {
    let other = Door::new(HashKey::new(*b"other"));
    let hash = |door: &Door| door.text(&token()).observations[0].keyed_hash.clone();
    assert_eq!(hash(&door()), hash(&door()));
    assert_ne!(hash(&door()), hash(&other));
}

proptest! {
    #[test]
    fn no_token_survives_in_any_surroundings(before in "\\PC{0,20}", after in "\\PC{0,20}") {
        let planted = format!("{before} {} {after}", token());
        let inspected = door().json(json!({ "a": [planted.clone()], "b": { planted: true } }));
        prop_assert!(!inspected.clean.get().to_string().contains(&token()));
    }

    #[test]
    fn the_door_is_idempotent(text in "\\PC{0,60}") {
        let once = door().text(&text).clean.into_inner();
        prop_assert_eq!(&door().text(&once).clean.into_inner(), &once);
    }

    #[test]
    fn the_door_is_idempotent_for_what_it_replaces(
        parts in proptest::collection::vec(prop_oneof![
            Just("password=".to_owned()), Just("jane@example.com".to_owned()), Just(" ".to_owned()), Just("Authorization: ".to_owned()),
            Just("{\"password\":\"".to_owned()), Just("\"}".to_owned()), Just("\"".to_owned()), Just(",".to_owned()), Just("\n".to_owned()),
            Just("+4915123456789".to_owned()), Just("4539 1488 0343 6467".to_owned()), Just("[stepwarden:EMAIL:3]".to_owned()),
            Just("token: ".to_owned()), Just("--password ".to_owned()), Just("hunter2Hunter2".to_owned()), Just(token()), "[ -~]{1,9}",
        ], 0..10),
    ) {
        let text = parts.concat();
        let once = door().text(&text).clean.into_inner();
        prop_assert_eq!(&door().text(&once).clean.into_inner(), &once);
        let state = json!({ "Parameters": { "a": text.clone(), "password": text.clone(), "nested": { "email": [text.clone()], text: 1 } } });
        let once = door().json(definition(&state)).clean.into_inner();
        prop_assert_eq!(&door().json(once.clone()).clean.into_inner(), &once);
    }

    #[test]
    fn no_password_survives_under_its_key(value in "[a-z]{4,9}[0-9]{2,4}[!#+]", key in "((db|my|prod)[_-])?(password|apiKey|secret|passwd)") {
        for state in [
            json!({ "Parameters": { key.clone(): value.clone() } }),
            json!({ "Arguments": { "Environment": [{ "Name": key.clone(), "Value": value.clone() }] } }),
            json!({ "Result": json!({ "a": { key.clone(): value.clone() } }).to_string() }),
        ] {
            let inspected = door().json(definition(&state));
            prop_assert!(!inspected.clean.get().to_string().contains(&value), "{}", state);
            prop_assert_eq!(inspected.observations.len(), 1);
        }
    }
}
