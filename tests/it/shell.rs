//! What scripts rely on: exit codes, files, pipes, signals, colours, and that only what is asked for is called.

use std::io::{PipeWriter, pipe};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::json;

use crate::binary::Run;
use crate::emulator::{Emulator, Kind, Proxy};

/// A scan of one Region; the emulator's account has critical findings there.
fn scan(endpoint: &str) -> Run {
    Run::emulated(&["scan", "--region", "us-east-1"], endpoint)
}

fn kill(signal: &str, id: u32) {
    let kill = Command::new("kill").args([format!("-{signal}"), id.to_string()]).status();
    assert!(kill.expect("kill starts").success());
}

/// Waits until there were calls, and none any more for a second.
fn quiet(proxy: &Proxy) {
    let mut before = 0;
    loop {
        std::thread::sleep(Duration::from_secs(1));
        let now = proxy.calls().len();
        if now > 0 && now == before {
            return;
        }
        before = now;
    }
}

/// The writing end of a pipe that nobody reads.
fn closed_pipe() -> PipeWriter {
    pipe().expect("a pipe").1
}

#[test]
fn a_reader_that_has_seen_enough_does_not_change_the_end() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let folder = tempfile::tempdir().unwrap();
    let metrics = format!("textfile={}", folder.path().display());
    for format in ["json", "terminal"] {
        let run =
            scan(&emulator.endpoint).argument("--format").argument(format).argument("--metrics").argument(&metrics);
        let run = run.env("STEPWARDEN_STORE_LOCATION", folder.path().join(format));
        run.argument("--fail-on").argument("critical").output(closed_pipe()).run().expect(3);
        let written = folder.path().join("stepwarden.prom");
        std::fs::remove_file(&written).expect("the metrics were written first");
        assert!(folder.path().join(format).join("state.json").exists());
    }
    scan(&emulator.endpoint).output(closed_pipe()).run().expect(4);
    Run::emulated(&["collect", "-o", "-", "--region", "us-east-1"], &emulator.endpoint)
        .output(closed_pipe())
        .run()
        .expect(4);
}

#[test]
fn a_signal_before_the_first_answer() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    for (signal, code) in [("HUP", 129), ("INT", 130), ("TERM", 143)] {
        if signal == "HUP" && ignores_hangup() {
            continue;
        }
        let mut connection = None;
        let ran = scan(&endpoint).run_while(|id| {
            connection = silent.accept().ok();
            kill(signal, id);
        });
        let ran = ran.expect(code);
        assert!(ran.stderr.contains("before AWS gave its first answer"), "{}", ran.stderr);
        assert!(ran.stdout.is_empty());
        drop(connection);
    }
}

/// These tests themselves run under something like `nohup`.
fn ignores_hangup() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}

/// `nohup` ignores the signal on behalf of what it starts.
#[test]
fn an_ignored_hangup_stays_ignored() {
    if !Path::new("/proc/self/status").exists() {
        return;
    }
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let script = format!(
        "trap '' HUP; exec {} scan --region us-east-1 --endpoint-url {endpoint}",
        env!("CARGO_BIN_EXE_stepwarden")
    );
    let mut connection = None;
    let ran =
        Run::shell(&script).env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test").run_while(|id| {
            connection = silent.accept().ok();
            kill("HUP", id);
            std::thread::sleep(Duration::from_millis(300));
            kill("TERM", id);
        });
    drop(connection);
    ran.expect(143);
}

#[test]
fn a_blocked_output_can_be_ended() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let proxy = emulator.behind(&json!([]));
    let (reader, writer) = pipe().unwrap();
    // A pipe holds 64 KiB; nobody reads this one.
    let full = Command::new("head").args(["-c", "65536", "/dev/zero"]).stdout(writer.try_clone().unwrap()).status();
    assert!(full.unwrap().success());
    let run = Run::emulated(&["collect", "-o", "-", "--region", "us-east-1"], &proxy.endpoint).output(writer);
    let ran = run.run_while(|id| {
        quiet(&proxy);
        kill("TERM", id);
    });
    ran.expect(143);
    drop(reader);
}

#[test]
fn places_that_cannot_be_written_to_are_known_before_the_scan() {
    // Nobody, root neither, makes files there.
    let place = Path::new("/proc");
    if !place.is_dir() {
        return;
    }
    let nobody = "http://127.0.0.1:9";
    let file = place.join("snapshot.jsonl");
    for run in [
        scan(nobody).argument("--output-dir").argument(place),
        scan(nobody).argument("--metrics").argument("textfile=/proc"),
        scan(nobody).env("STEPWARDEN_STORE_LOCATION", place),
        Run::emulated(&["collect"], nobody).argument("-o").argument(file),
        Run::emulated(&["collect"], nobody).argument("-o").argument("/tmp"),
    ] {
        let ran = run.run().expect(1);
        assert!(!ran.stderr.contains("sts:") && ran.stderr.contains('/'), "{}", ran.stderr);
    }
}

#[test]
fn a_store_that_fails_stops_no_other_output() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let store = tempfile::tempdir().unwrap();
    std::fs::create_dir(store.path().join("state.json")).unwrap();
    let out = tempfile::tempdir().unwrap();
    let run = scan(&emulator.endpoint).env("STEPWARDEN_STORE_LOCATION", store.path());
    let run = run.argument("--output-dir").argument(out.path()).argument("--format").argument("json");
    let ran = run.argument("--format").argument("terminal").run().expect(1);
    assert!(ran.stderr.contains("the store's"), "{}", ran.stderr);
    assert!(ran.stdout.contains("FINDINGS"), "{}", ran.stdout);
    assert!(out.path().join("report.json").exists());
}

#[test]
fn one_decision_about_colours() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let proxy = emulator.behind(&json!([{"operation": "DescribeLogGroups", "answer": {"drop": true}}]));
    for (color, there) in [("always", true), ("never", false), ("auto", false)] {
        let ran = scan(&proxy.endpoint).argument("--color").argument(color).run().expect(4);
        assert!(ran.stderr.contains("WARN"), "{}", ran.stderr);
        assert_eq!(ran.stderr.contains('\u{1b}'), there, "{color}: {}", ran.stderr);
        assert_eq!(ran.stdout.contains('\u{1b}'), there, "{color}");
    }
}

#[test]
fn a_summary_fits_the_columns() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let widest = |run: Run| run.run().expect(4).stdout.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(widest(scan(&emulator.endpoint).env("COLUMNS", "48")) <= 48);
    assert!((90..=100).contains(&widest(scan(&emulator.endpoint))));
}

/// A Region named twice is read once, and the collectors whose parts no selected check reads do not call.
#[test]
fn only_what_is_asked_for_is_called() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let proxy = emulator.behind(&json!([]));
    let run =
        scan(&proxy.endpoint).argument("--region").argument("eu-west-1").argument("--region").argument("us-east-1");
    run.argument("--check").argument("logging-disabled").run().expect(0);
    let calls = proxy.calls();
    let of = |operation: &str| calls.iter().filter(|call| call["operation"] == operation).count();
    assert_eq!((of("ListStateMachines"), of("GetCallerIdentity") > 0), (2, true), "{calls:#?}");
    let known = ["ListStateMachines", "DescribeStateMachine", "GetCallerIdentity"];
    let other: Vec<_> = calls.iter().filter(|call| !known.iter().any(|name| call["operation"] == *name)).collect();
    assert!(other.is_empty(), "{other:#?}");

    let policy = Run::new(&["permissions", "--check", "logging-disabled"]).run().expect(0).stdout;
    assert!(policy.contains("states:DescribeStateMachine") && !policy.contains("logs:"), "{policy}");
}
