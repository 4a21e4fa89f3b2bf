//! What the detectors find and what they leave alone, as data; and that they never tell a value.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};
use stepwarden::detect::{Detectors, Finding, HashKey, Protection, Seen, Settings, Shield};

#[derive(Deserialize)]
struct Case {
    name: String,
    payload: Value,
    expected: BTreeSet<(String, String)>,
}

fn seen(payload: &str) -> Vec<Seen> {
    let mut seen = Vec::new();
    let detectors = Detectors::new(&Settings::default()).expect("no settings have no fault");
    detectors.with_hash_key(HashKey::new(*b"test key")).inspect_payload(payload, &mut |one| seen.push(one));
    seen
}

fn findings(payload: &str) -> Vec<Finding> {
    let finding = |seen| match seen {
        Seen::Finding(finding) => Some(finding),
        Seen::Protection(_) => None,
    };
    seen(payload).into_iter().filter_map(finding).collect()
}

#[test]
fn cases() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("detect/cases.json")).unwrap();
    for Case { name, payload, expected } in cases {
        let reported = findings(&payload.to_string()).into_iter().filter(|finding| finding.confidence >= 50);
        let found: BTreeSet<_> = reported.map(|finding| (finding.pointer.to_string(), finding.kind)).collect();
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn what_is_protected_is_told_as_such() {
    let payload = json!({
        "email": "j***@mail.com", "ssn": "vault:v1:8SDd3WHDOjf7mq69CyCqYjBXAiQQAVZRkFM13ok481zo",
        "apiKey": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db", "email_hash": "00112233445566778899aabbccddeeff",
        "phone": "{{phone}}",
    });
    let shields: BTreeSet<_> = seen(&payload.to_string())
        .into_iter()
        .map(|seen| match seen {
            Seen::Protection(Protection { shield, pointer, .. }) => (pointer.to_string(), shield),
            Seen::Finding(finding) => panic!("{finding:?}"),
        })
        .collect();
    let wanted = [
        ("/email", Shield::Masked),
        ("/ssn", Shield::Encrypted),
        ("/email_hash", Shield::Hashed),
        ("/phone", Shield::Template),
        ("/apiKey", Shield::Reference),
    ];
    assert_eq!(shields, wanted.map(|(pointer, shield)| (pointer.to_owned(), shield)).into());
}

/// Places where a value can stand.
fn places(value: &str) -> Vec<Value> {
    vec![
        json!({ "email": value, "password": value, "customer": { "name": value, "ssn": value } }),
        json!({ "a": [{ "Name": "DB_PASSWORD", "Value": value }], "headers": { "authorization": value } }),
        json!({ "body": json!({ "Message": json!({ "token": value }).to_string() }).to_string() }),
        json!({ "text": format!("password={value} and more"), "log": format!("email: {value}, x") }),
        json!({ "map": { value: { "phone": value } } }),
        json!(value),
    ]
}

proptest! {
    #[test]
    fn no_value_is_told(local in "[a-z]{6,10}", tail in "[A-Za-z0-9!+-]{0,12}") {
        let marked = format!("zq7{local}");
        for value in [format!("{marked}@mail.com"), format!("{marked}Ab1{tail}"), format!("ghp_{}{marked}", "a1B2".repeat(9))] {
            for payload in places(&value) {
                // A key that is no data by its form is a name; only what is recognised is redacted.
                if payload.get("map").is_some() && !(value.contains('@') || value.starts_with("ghp_")) {
                    continue;
                }
                let told = format!("{:?}", seen(&payload.to_string()));
                prop_assert!(!told.contains(&marked), "{payload}: {told}");
            }
        }
    }

    #[test]
    fn any_text_is_taken(text in "\\PC{0,200}") {
        seen(&text);
        seen(&json!({ "a": text, "password": text, "email": [text], text.clone(): text }).to_string());
    }

    #[test]
    fn any_text_of_what_the_rules_look_for_is_taken(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("@".to_owned()), Just("://".to_owned()), Just("eyJ".to_owned()), Just("-----BEGIN ".to_owned()), Just("PRIVATE KEY-----".to_owned()),
                Just("password=".to_owned()), Just("Cookie: ".to_owned()), Just("jdbc:".to_owned()), Just("+49".to_owned()), Just("%40".to_owned()),
                Just("AKIA".to_owned()), Just("T3BlbkFJ".to_owned()), Just(" '".to_owned()), Just("ssn: ".to_owned()), Just("é".to_owned()), Just("日".to_owned()),
                Just("{".to_owned()), Just("}".to_owned()), Just("\"".to_owned()), Just("\\".to_owned()), Just("\n".to_owned()), Just(",".to_owned()),
                "[0-9]{1,20}", "[A-Za-z0-9]{1,30}", "[ .:/=-]{1,3}",
            ],
            0..24,
        )
    ) {
        let text = parts.concat();
        seen(&text);
        seen(&json!({ "a": text, "cardNumber": text, "authorization": text, "ip": text, "dob": text, "cookie": text, text.clone(): 1 }).to_string());
    }

    #[test]
    fn findings_lie_where_they_say(email in "[a-z]{3,8}@[a-z]{3,8}\\.com", key in "[a-zA-Z/~ ]{1,12}") {
        let payload = json!({ "list": [{ key: email.clone() }] });
        let detectors = Detectors::new(&Settings::default()).expect("no settings have no fault");
        let mut all = Vec::new();
        detectors.showing_keys().inspect_payload(&payload.to_string(), &mut |one| all.push(one));
        for one in all {
            if let Seen::Finding(finding) = one && finding.kind == "EMAIL" {
                prop_assert_eq!(payload.pointer(finding.pointer.as_str()).and_then(Value::as_str), Some(email.as_str()));
                prop_assert_eq!(finding.length as usize, email.len());
            }
        }
    }
}
