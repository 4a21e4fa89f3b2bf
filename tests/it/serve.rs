//! `stepwarden serve`, the real binary before a real emulator, asked as Prometheus and a browser ask it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::binary::{Ran, Run};
use crate::emulator::{Emulator, Kind};
use crate::validator;

/// An answer: status, head in lower case, body.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

fn ask(address: SocketAddr, method: &str, path: &str) -> Option<Answer> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    let request =
        format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Answer { status, head: head.to_ascii_lowercase(), body: body.to_owned() })
}

fn get(address: SocketAddr, path: &str) -> Answer {
    ask(address, "GET", path).expect("it answers")
}

/// Waits until `holds`, for as long as a slow machine may take.
fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_mins(1), "{what} does not come");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address")
}

fn kill(process: u32, signal: &str) {
    let ran = Command::new("kill").args([signal, &process.to_string()]).status().expect("kill");
    assert!(ran.success());
}

const LAST_QUOTAS: &str =
    "stepwarden_last_success_timestamp_seconds{account_id=\"123456789012\",collector=\"quotas\",region=\"us-east-1\"}";

/// A service with schedules that a test can wait for, until `meanwhile` is over and the service is told to stop.
fn served(emulator: &Emulator, settings: &[(&str, &str)], meanwhile: impl FnOnce(SocketAddr, u32)) -> Ran {
    let address = free_address();
    let listen = address.to_string();
    let mut run = Run::emulated(&["serve", "--region", "us-east-1", "--listen", &listen], &emulator.endpoint)
        .env("STEPWARDEN_SCHEDULE_QUOTAS", "1s")
        .env("STEPWARDEN_SCHEDULE_EXECUTIONS", "2s")
        .env("STEPWARDEN_SCHEDULE_INVENTORY", "3s")
        .env("STEPWARDEN_LOG_LEVEL", "error");
    for (name, value) in settings {
        run = run.env(name, value);
    }
    run.run_while(|process| {
        wait_for("an answer", || ask(address, "GET", "/-/healthy").is_some());
        wait_for("the first pass", || get(address, "/-/ready").status == 200);
        meanwhile(address, process);
        kill(process, "-TERM");
    })
}

/// What a health check says of a service at this address.
fn health(address: SocketAddr) -> Ran {
    Run::new(&["healthcheck"]).env("STEPWARDEN_SERVE_LISTEN", address.to_string()).run()
}

/// The value of the one series that begins so.
fn metric(address: SocketAddr, series: &str) -> f64 {
    let answer = get(address, "/metrics");
    let mut lines = answer.body.lines().filter(|line| line.starts_with(series));
    let line = lines.next().unwrap_or_else(|| panic!("no {series}"));
    assert!(lines.next().is_none(), "{series} is more than one series");
    line.rsplit(' ').next().and_then(|value| value.parse().ok()).expect("a number")
}

#[test]
fn it_serves_what_its_collectors_found() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let begun = Instant::now();
    let ran = served(emulator, &[], |address, _| {
        health(address).expect(0);
        let metrics = get(address, "/metrics");
        assert!(metrics.head.contains("content-type: text/plain; version=0.0.4"), "{}", metrics.head);
        for header in ["x-content-type-options: nosniff", "cache-control: no-store", "x-frame-options: deny"] {
            assert!(metrics.head.contains(header), "{header}");
        }
        let mut names: Vec<_> = metrics.body.lines().filter(|line| !line.starts_with('#')).collect();
        let all = names.len();
        names.sort_unstable_by_key(|line| line.rsplit_once(' ').map(|(series, _)| series));
        names.dedup_by_key(|line| line.rsplit_once(' ').map(|(series, _)| series));
        assert_eq!(all, names.len(), "a series is there twice");
        let page = get(address, "/");
        assert!(page.body.starts_with("<!doctype html>") && page.body.contains("orders-fulfilment"));
        let report: Value = serde_json::from_str(&get(address, "/api/v1/report").body).expect("a report");
        assert!(report["schema_version"].is_string());
        assert!(report["findings"].as_array().is_some_and(|findings| findings.len() > 50));
        let part = |query: &str| -> Value {
            serde_json::from_str(&get(address, &format!("/api/v1/{query}")).body).expect("a page")
        };
        let critical = part("findings?severity=critical&status=non_compliant");
        assert!(critical["total"].as_u64().is_some_and(|total| total > 0), "{critical}");
        assert!(critical["items"].as_array().is_some_and(|all| all.iter().all(|one| one["severity"] == "critical")));
        let second = part("findings?limit=1&offset=1");
        assert_eq!((&second["items"][0], &second["offset"]), (&part("findings?limit=2")["items"][1], &1.into()));
        assert_eq!(part("findings?check=none")["total"], 0);
        assert_eq!(part("quotas?quota=open_map_runs&region=us-east-1")["items"][0]["quota"], "open_map_runs");
        for (method, path, status) in [
            ("GET", "/api/v1/findings?limit=0", 400),
            ("GET", "/api/v1/findings?limit=1001", 400),
            ("GET", "/api/v1/findings?sort=up", 400),
            ("GET", "/api/v1/findings?severity=worst", 400),
            ("GET", "/checks/none", 404),
            ("GET", "/alerts/None", 404),
            ("GET", "/api/v1/quotas?offset=-1", 400),
            ("GET", "/nothing", 404),
            ("GET", "/../etc/passwd", 404),
            ("POST", "/metrics", 405),
            ("POST", "/-/reload", 403),
        ] {
            assert_eq!(ask(address, method, path).expect("an answer").status, status, "{method} {path}");
        }
        // What the first pass finds is not new.
        let new = "stepwarden_findings_new{account_id=\"123456789012\",region=\"us-east-1\",severity=\"critical\"";
        wait_for("a second report", || get(address, "/metrics").body.contains(new));
        assert!(metric(address, new) < 1.0);
        // Each group goes on by itself.
        let last = |collector: &str| {
            metric(
                address,
                &format!(
                    "stepwarden_last_success_timestamp_seconds{{account_id=\"123456789012\",collector=\"{collector}\""
                ),
            )
        };
        let inspected = || metric(address, "stepwarden_executions_inspected_total{");
        let (before, inventory, first) = (last("identity"), last("state_machines"), inspected());
        assert!(first > 0.0);
        wait_for("the next inventory", || last("state_machines") > inventory && last("identity") > before);
        assert!((inspected() - first).abs() < 0.5, "what was read before is not counted again");
        assert!(metric(address, "stepwarden_ticks_late_total{schedule=\"inventory\"}") >= 0.0);
    });
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(begun.elapsed() < Duration::from_mins(1));
}

#[test]
fn it_does_what_its_description_says() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let ran = served(emulator, &[("STEPWARDEN_SERVE_RELOAD", "true")], |address, _| {
        let description: Value = serde_json::from_str(&get(address, "/api/v1/openapi.json").body).expect("JSON");
        let asked = description["paths"]["/api/v1/findings"]["get"]["parameters"].as_array().expect("parameters");
        assert_eq!(asked.len(), 12, "{asked:?}");
        assert_eq!(validator::api(&format!("http://{address}/api/v1/openapi.json")), None);
        let page = get(address, "/checks/open-execution-quota");
        assert!(page.status == 200 && page.body.starts_with("# open-execution-quota"), "{}", page.body);
    });
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
}

#[test]
fn a_service_that_is_not_there_is_not_healthy() {
    let address = free_address();
    let ran = health(address).expect(1);
    assert!(ran.stderr.contains(&address.to_string()), "{}", ran.stderr);
    let listen = address.to_string();
    let ran = Run::new(&["healthcheck", "--listen", &listen]).env("STEPWARDEN_SERVE_LISTEN", "wrong").run().expect(1);
    assert!(ran.stderr.contains(&listen), "what is wrong beside does not matter: {}", ran.stderr);
    let listening = Run::new(&["healthcheck"]).env("STEPWARDEN_SERVE_LISTEN", &listen);
    let ran = listening.env("STEPWARDEN_SERVE_LISTN", "x").run().expect(1);
    for told in [&listen, "STEPWARDEN_SERVE_LISTN"] {
        assert!(ran.stderr.contains(told), "{told}: {}", ran.stderr);
    }
}

#[test]
fn its_doors_open_to_who_may_ask() {
    let Some(python) = Kind::Moto.python() else { return };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/serve/web_config.py");
    let ran = Command::new(python).arg(script).arg(env!("CARGO_BIN_EXE_stepwarden")).output().expect("python starts");
    let told = |out: &[u8]| String::from_utf8_lossy(out).into_owned();
    assert_eq!((told(&ran.stdout), told(&ran.stderr)), (String::new(), String::new()));
    assert!(ran.status.success());
}

#[test]
fn a_reload_takes_what_is_right_and_leaves_what_is_wrong() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("stepwarden.toml");
    let write = |text: &str| std::fs::write(&file, text).expect("a file");
    write("[serve]\nreload = true\n");
    let path = file.to_str().expect("a path").to_owned();
    let ran = served(emulator, &[("STEPWARDEN_CONFIG", &path)], |address, process| {
        let successful = || metric(address, "stepwarden_config_last_reload_successful");
        let findings = |check: &str| get(address, "/metrics").body.contains(&format!("check=\"{check}\""));
        assert!(successful() > 0.0 && findings("tracing-disabled"));
        write("[serve]\nreload = 1\n");
        let answer = ask(address, "POST", "/-/reload").expect("an answer");
        assert_eq!(answer.status, 400);
        assert!(answer.body.contains("serve.reload"), "{}", answer.body);
        assert!(successful() < 1.0 && get(address, "/-/healthy").status == 200);
        write("[serve]\nreload = true\n[checks]\nskip = [\"tracing-disabled\"]\n");
        kill(process, "-HUP");
        wait_for("the new configuration", || successful() > 0.0);
        wait_for("a report by it", || !findings("tracing-disabled"));
        assert_eq!(ask(address, "POST", "/-/reload").expect("an answer").status, 200);
    });
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("the old one stays in force"), "{}", ran.stderr);
}

#[test]
fn a_store_dates_findings_over_restarts() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let store = tempfile::tempdir().expect("a folder");
    let location = store.path().to_str().expect("a path").to_owned();
    let changes = |address| {
        let report: Value = serde_json::from_str(&get(address, "/api/v1/report").body).expect("a report");
        let findings = report["findings"].as_array().expect("findings").clone();
        findings.iter().filter(|finding| finding["change"] == "new").count()
    };
    let settings = [("STEPWARDEN_STORE_LOCATION", location.as_str())];
    served(emulator, &settings, |_, _| ()).expect(0);
    assert!(Path::new(&location).join("state.json").exists());
    served(emulator, &settings, |address, _| assert_eq!(changes(address), 0)).expect(0);
}

#[test]
fn two_services_share_a_store() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let store = tempfile::tempdir().expect("a folder");
    let location = store.path().to_str().expect("a path").to_owned();
    let settings = [("STEPWARDEN_STORE_LOCATION", location.as_str())];
    let ticked = |address| {
        let finished = || get(address, "/api/v1/report").body.len();
        let first = metric(address, LAST_QUOTAS);
        assert!(finished() > 0);
        wait_for("ticks of both", || metric(address, LAST_QUOTAS) > first + 3.0);
    };
    let outer = served(emulator, &settings, |_, _| {
        served(emulator, &settings, |address, _| ticked(address)).expect(0);
    });
    assert_eq!((outer.code, outer.stderr.as_str()), (0, ""));
    let names = std::fs::read_dir(&location).expect("the store").map(|entry| entry.expect("an entry").file_name());
    let odd: Vec<_> = names.filter(|name| name.display().to_string().contains("damaged")).collect();
    assert!(odd.is_empty(), "{odd:?}");
    let state = std::fs::read_to_string(Path::new(&location).join("state.json")).expect("the state");
    let state: Value = serde_json::from_str(&state).expect("JSON");
    assert!(state["findings"].as_object().is_some_and(|findings| findings.len() > 50));
}

#[test]
fn a_taken_port_and_a_wrong_address_are_told() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let ran = Run::new(&["serve", "--region", "us-east-1", "--listen", &address]).run().expect(1);
    assert!(ran.stderr.contains(&format!("cannot listen on {address}")), "{}", ran.stderr);
    let ran = Run::new(&["serve", "--listen", "everywhere"]).run().expect(2);
    assert!(ran.stderr.contains("--listen"), "{}", ran.stderr);
    for plan in ["", "0s", "sometimes", "61 * * * *"] {
        let ran =
            Run::new(&["serve"]).env("STEPWARDEN_SCHEDULE_QUOTAS", plan).env("STEPWARDEN_SERVE_LISTEN", "x").run();
        assert_eq!(
            (ran.code, ran.stderr.contains("STEPWARDEN_SCHEDULE_QUOTAS")),
            (2, !plan.is_empty()),
            "{plan}: {}",
            ran.stderr
        );
    }
}
