//! Execution data, by the spawned binary: what two emulators ran is found where it stands, and nothing is read twice.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::binary::Run;
use crate::emulator::{Emulator, Kind};

fn executions_are_read_once(kind: Kind) {
    let Some(emulator) = Emulator::seeded(kind) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let collect = |name: &str| {
        let proxy = emulator.behind(&json!([]));
        let file = at(name);
        let arguments = ["collect", "--output", &file, "--region", "us-east-1", "--region", "eu-west-1"];
        Run::emulated(&arguments, &proxy.endpoint).env("STEPWARDEN_STORE_LOCATION", at("store")).run().expect(4);
        let reads = ["GetExecutionHistory", "DescribeExecution"];
        let calls = proxy.calls();
        let reads = calls.iter().filter(|call| reads.contains(&call["operation"].as_str().expect("operation"))).count();
        let lines = std::fs::read_to_string(&file).expect("a snapshot");
        (reads, lines.lines().flat_map(sightings).collect::<BTreeSet<_>>())
    };
    let (first, found) = collect("first.jsonl");
    let logged = "clickstream-enrich Enrich input /visitor/email EMAIL";
    let run = [
        "customer-export - input /token GITHUB_TOKEN",
        "orders-fulfilment - input /customer/email EMAIL",
        "orders-fulfilment ReserveStock input /customer/email EMAIL",
    ];
    for line in run.into_iter().chain([logged]) {
        assert!(found.contains(line), "{line}: {found:#?}");
    }
    assert!(first > 0, "histories were read");
    let (second, again) = collect("second.jsonl");
    assert_eq!((second, again), (0, found));
}

fn sightings(line: &str) -> Vec<String> {
    let line: Value = serde_json::from_str(line).expect("a line is JSON");
    let of = |(arn, data): (&String, &Value)| {
        let name = arn.rsplit(':').next().expect("a name").to_owned();
        let seen = data["value"]["sightings"].as_array().cloned().unwrap_or_default();
        seen.into_iter().map(move |one| {
            let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
            let place = &one["place"];
            let words = [&place["state"], &place["field"], &one["pointer"], &one["type"]].map(text);
            format!("{name} {}", words.join(" "))
        })
    };
    let executions = line["data"]["part"] == "executions";
    let machines = line["data"]["content"]["value"].as_object().filter(|_| executions);
    machines.into_iter().flatten().flat_map(of).collect()
}

#[test]
fn executions_are_read_once_on_moto() {
    executions_are_read_once(Kind::Moto);
}

#[test]
fn executions_are_read_once_on_ministack() {
    executions_are_read_once(Kind::Ministack);
}
