//! The store in a directory and in a bucket: two scans at once, damage, and what is refused.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use stepwarden::audit::{self, Accepted, CheckSelection, LastState, RunFacts};
use stepwarden::aws::AwsSettings;
use stepwarden::finding::CheckSettings;
use stepwarden::store::settings::Location;
use stepwarden::store::{Remembered, SeenExecutions, SeenQuotas, Store, StoreSettings};

use crate::binary::{Ran, Run};
use crate::emulator::{Emulator, Kind};

/// The emulators look for a signature, and not at it.
fn bucket(emulator: &Emulator, method: &str, path: &str, body: &str) -> (u16, String) {
    let host = emulator.endpoint.strip_prefix("http://").expect("a loopback address");
    let mut stream = TcpStream::connect(host).expect("the emulator listens");
    let signature =
        "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
    let (size, line) = (body.len(), "\r\n");
    let head = format!("Host: {host}{line}Authorization: {signature}{line}Content-Length: {size}{line}");
    stream.write_all(format!("{method} {path} HTTP/1.0{line}{head}{line}{body}").as_bytes()).expect("it is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("HTTP");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    (status, body.to_owned())
}

/// One scan with a store that a variable of the environment names.
fn scan(emulator: &Emulator, region: &str, store: &str) -> Ran {
    let run =
        Run::emulated(&["scan", "--format", "json", "--allow-incomplete", "--region", region], &emulator.endpoint);
    run.env("STEPWARDEN_STORE_LOCATION", store).env("AWS_REGION", "us-east-1").run()
}

fn changes(ran: &Ran) -> BTreeSet<String> {
    let report: Value = serde_json::from_str(&ran.stdout).expect("a report");
    let findings = report["findings"].as_array().expect("findings").iter();
    findings.map(|finding| finding["change"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Scans two Regions at once; then each knows what it saw.
fn at_once(emulator: &Emulator, store: &str) {
    std::thread::scope(|scope| {
        for region in ["us-east-1", "eu-west-1"] {
            scope.spawn(move || scan(emulator, region, store).expect(0));
        }
    });
    for region in ["us-east-1", "eu-west-1"] {
        let again = scan(emulator, region, store).expect(0);
        let known = BTreeSet::from(["unchanged".to_owned()]);
        assert_eq!(changes(&again), known, "{region}: {}", again.stderr);
        assert!(!again.stderr.contains("warn"), "{}", again.stderr);
    }
}

#[test]
fn of_two_processes_at_once_none_is_lost_in_a_directory() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let root = tempfile::tempdir().expect("a folder");
    at_once(emulator, root.path().to_str().expect("text"));
    let reports = std::fs::read_dir(root.path().join("reports")).expect("a folder").count();
    assert_eq!(reports, 4);
}

#[test]
fn of_two_processes_at_once_none_is_lost_in_a_bucket() {
    for (kind, name) in [(Kind::Moto, "audits"), (Kind::Ministack, "more-audits")] {
        let Some(emulator) = Emulator::seeded(kind) else { continue };
        assert_eq!(bucket(emulator, "PUT", &format!("/{name}"), "").0, 200);
        at_once(emulator, &format!("s3://{name}/step/warden"));
        let (_, listed) = bucket(emulator, "GET", &format!("/{name}?list-type=2"), "");
        let keys: Vec<_> = listed.split("<Key>").skip(1).filter_map(|rest| rest.split("</Key>").next()).collect();
        let reports = keys.iter().filter(|key| key.starts_with("step/warden/reports/")).count();
        assert_eq!(reports, 4, "{keys:?}");
        let kept = ["executions.json", "hash-key", "quotas.json", "state.json", "store.json"];
        assert!(kept.iter().all(|name| keys.contains(&format!("step/warden/{name}").as_str())), "{keys:?}");
        assert_eq!(keys.len(), 9, "{keys:?}");
    }
}

#[test]
fn what_is_damaged_in_a_bucket_is_set_aside() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    assert_eq!(bucket(emulator, "PUT", "/damaged-audits", "").0, 200);
    for name in ["state", "executions", "quotas"] {
        assert_eq!(bucket(emulator, "PUT", &format!("/damaged-audits/{name}.json"), "{\"half").0, 200);
    }
    let ran = scan(emulator, "us-east-1", "s3://damaged-audits").expect(0);
    assert_eq!(changes(&ran), BTreeSet::from(["new".to_owned()]));
    for name in ["state", "executions", "quotas"] {
        assert!(ran.stderr.contains(&format!("s3://damaged-audits/{name}.damaged.json")), "{}", ran.stderr);
        assert_eq!(bucket(emulator, "GET", &format!("/damaged-audits/{name}.damaged.json"), "").1, "{\"half");
        let now = bucket(emulator, "GET", &format!("/damaged-audits/{name}.json"), "").1;
        assert!(serde_json::from_str::<Value>(&now).is_ok(), "{now}");
    }
}

#[test]
fn a_bucket_that_cannot_be_written_to_is_told_before_the_scan() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let ran = scan(emulator, "us-east-1", "s3://no-such-bucket/x").expect(1);
    let told = "the store's s3://no-such-bucket/x/store.json: s3:PutObject failed (NoSuchBucket)";
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
    assert_eq!(ran.stdout, "");
}

#[test]
fn permissions_name_what_the_store_needs_and_no_more() {
    let statements = |variables: &[(&str, &str)]| -> Vec<Value> {
        let run = variables.iter().fold(Run::new(&["permissions"]), |run, (name, value)| run.env(name, value));
        let policy: Value = serde_json::from_str(&run.run().expect(0).stdout).expect("a policy");
        let all = policy["Statement"].as_array().expect("a list").iter();
        all.filter(|one| one["Sid"].as_str().is_some_and(|sid| sid.contains("Store"))).cloned().collect()
    };
    assert!(statements(&[("STEPWARDEN_STORE_LOCATION", "/var/lib/stepwarden")]).is_empty());
    let bucket = ("STEPWARDEN_STORE_LOCATION", "s3://audits");
    let names = json!({
        "Sid": "StepwardenStoreNames", "Effect": "Allow", "Action": ["s3:ListBucket"],
        "Resource": "arn:aws:s3:::audits", "Condition": {"StringLikeIfExists": {"s3:prefix": "*"}},
    });
    let objects = json!({
        "Sid": "StepwardenStore", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
        "Resource": "arn:aws:s3:::audits/*",
    });
    assert_eq!(statements(&[bucket]), [objects, names]);
    let key = "arn:aws-cn:kms:cn-north-1:123456789012:key/1234";
    let all = statements(&[
        ("STEPWARDEN_STORE_LOCATION", "s3://audits/prod/"),
        ("STEPWARDEN_STORE_BUCKET_REGION", "cn-north-1"),
        ("STEPWARDEN_STORE_KEEP_DAYS", "90"),
        ("STEPWARDEN_STORE_BUCKET_KEY", key),
    ]);
    let resources: Vec<_> = all.iter().map(|one| one["Resource"].as_str().unwrap_or_default()).collect();
    let bucket = "arn:aws-cn:s3:::audits";
    assert_eq!(resources, [&format!("{bucket}/prod/*"), bucket, &format!("{bucket}/prod/reports/*"), key]);
    assert_eq!(all[1]["Condition"]["StringLikeIfExists"]["s3:prefix"], "prod/*");
    assert_eq!(all[2]["Action"], json!(["s3:DeleteObject"]));
    assert_eq!(all[3]["Action"], json!(["kms:Decrypt", "kms:GenerateDataKey"]));
}

fn open(root: &Path) -> Store {
    let settings = StoreSettings { location: Some(Location::Directory(root.to_owned())), ..StoreSettings::default() };
    Store::open(&settings, &AwsSettings::default()).expect("it can be written to").expect("there is one")
}

/// Reads, uses and changes it.
fn use_it<T: Remembered>(root: &Path, damaged: &[u8], change: impl FnMut(&mut T)) {
    let path = root.join(format!("{}.json", T::NAME));
    std::fs::write(&path, damaged).expect("it is written");
    let store = open(root);
    drop(store.remembered::<T>());
    store.update(change).expect("damage stops nothing");
    let now = std::fs::read(&path).expect("it is there");
    assert!(serde_json::from_slice::<T>(&now).is_ok(), "{}", String::from_utf8_lossy(&now));
}

/// A file as a crash, a full disk or a bad block leaves it.
fn damage() -> impl Strategy<Value = (prop::sample::Index, u8, bool)> {
    (any::<prop::sample::Index>(), 0..8_u8, any::<bool>())
}

#[test]
fn no_damage_stops_a_scan() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let root = tempfile::tempdir().expect("a folder");
    scan(emulator, "us-east-1", root.path().to_str().expect("text")).expect(0);
    let whole = |name: &str| std::fs::read(root.path().join(name)).expect("the scan wrote it");
    let (state, executions, quotas) = (whole("state.json"), whole("executions.json"), whole("quotas.json"));
    let (checks, selection, accepted) = (CheckSettings::default(), CheckSelection::default(), Accepted::default());
    let now = jiff::Timestamp::now();
    let facts = RunFacts { started_at: now, finished_at: now, complete: true, collectors: vec![], api_usage: vec![] };
    let report = audit::audit(&[], &checks, &selection, &accepted, facts);
    let damaged = |whole: &[u8], (at, bit, cut): (prop::sample::Index, u8, bool)| {
        let mut damaged = whole.to_vec();
        let at = at.index(damaged.len());
        damaged[at] ^= 1 << bit;
        damaged.truncate(if cut { at } else { damaged.len() });
        damaged
    };
    let mut runner = TestRunner::new(Config { cases: 60, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&damage(), |one| {
        use_it::<LastState>(root.path(), &damaged(&state, one), |state| {
            let mut report = report.clone();
            state.date(&mut report);
            state.trace(&mut report);
        });
        use_it::<SeenExecutions>(root.path(), &damaged(&executions, one), |seen| {
            drop(seen.known());
            seen.take(&[]);
        });
        use_it::<SeenQuotas>(root.path(), &damaged(&quotas, one), |seen| {
            drop(seen.known());
            seen.take(&[], now);
        });
        Ok(())
    });
    outcome.expect("it goes on");
}
