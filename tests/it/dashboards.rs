//! The Grafana dashboards: by Grafana's schema, the conventions of its linter and the catalogue of metrics, and what their
//! queries show for a service and for an hourly task. What they show of a real account is seen in the stack's test.

use std::path::Path;
use std::process::Command;

use crate::binary::nothing_may_be_skipped;

/// Runs a script; what it prints is what is wrong.
fn run(python: &Path, script: &str, arguments: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ran = Command::new(python).arg(root.join(script)).args(arguments).current_dir(root).output();
    let ran = ran.expect("python starts");
    let told = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{script}: {told}");
    told
}

#[test]
fn grafana_can_read_the_dashboards() {
    let environment = Path::new(env!("CARGO_MANIFEST_DIR")).join(".venv/grafana");
    let there = environment.join("ready").exists();
    let must = nothing_may_be_skipped();
    assert!(there || !must, "CI needs the environment of the dashboards: run `make emulators`");
    if there {
        let binary = env!("CARGO_BIN_EXE_stepwarden");
        assert_eq!(run(&environment.join("bin/python"), "tests/grafana/lint.py", &["--binary", binary]), "");
    }
}

#[test]
fn panels_show_the_present_of_a_service_and_the_last_run_of_a_task() {
    let promtool = Command::new("promtool").arg("--version").output().is_ok();
    let must = nothing_may_be_skipped();
    assert!(promtool || !must, "CI needs promtool");
    if promtool {
        assert!(run(Path::new("python3"), "tests/grafana/windows.py", &[]).contains("cases hold"));
    }
}
