//! The service with a real Prometheus, a real Alertmanager and a webhook, and under an account that changes.

use std::path::Path;
use std::process::Command;

use crate::emulator::Kind;

/// What the script prints, where it ends well; skipped where a part of it is not installed, which `make test` says.
fn run(arguments: &[&str]) -> Option<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stack/stack.py");
    let mut python = Command::new(Kind::Moto.python()?);
    let ran = python.arg(script).args(arguments).args(["--binary", env!("CARGO_BIN_EXE_stepwarden")]).output();
    let ran = ran.expect("python starts");
    let told = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{arguments:?}: {told}");
    (!told.contains("SKIPPED")).then_some(told)
}

#[test]
fn a_quota_that_fills_is_told_to_a_webhook_and_so_is_its_end() {
    if let Some(told) = run(&["test"]) {
        assert!(told.contains("it was resolved"), "{told}");
    }
}

/// `make soak` does the same for ten minutes.
#[test]
fn nothing_stays_behind_of_an_account_that_changes() {
    if let Some(told) = run(&["soak", "--minutes", "0.5"]) {
        assert!(!told.contains("FAULT"), "{told}");
    }
}
