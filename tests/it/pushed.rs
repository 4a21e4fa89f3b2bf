//! Metrics of a scan that ends before anybody scrapes it, pushed to the real receivers.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::binary::{Ran, Run, nothing_may_be_skipped};
use crate::emulator::{Emulator, Kind};
use crate::validator;

/// A program of Debian's on a free port; it ends with the test.
struct Receiver {
    child: Child,
    address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Receiver {
    /// Started with what the arguments make of its folder and its address; `None` where it is not installed, which `make
    /// test` says.
    fn start(program: &str, ready: &str, arguments: impl FnOnce(&str, SocketAddr) -> Vec<String>) -> Option<Self> {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address");
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = Command::new(program);
        command.args(arguments(folder.path().to_str().expect("a path"), free));
        let child = command.stderr(Stdio::null()).stdout(Stdio::null()).spawn();
        let must = nothing_may_be_skipped();
        assert!(child.is_ok() || !must, "CI needs {program}");
        let receiver = Self { child: child.ok()?, address: free, _folder: folder };
        let begun = Instant::now();
        while get(free, ready).is_none_or(|(status, _)| status != 200) {
            assert!(begun.elapsed() < Duration::from_secs(30), "{program} does not get ready");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(receiver)
    }

    fn prometheus() -> Option<Self> {
        Self::start("prometheus", "/-/ready", |folder, address| {
            let config = format!("{folder}/prometheus.yml");
            std::fs::write(&config, "{}\n").expect("a file");
            vec![
                format!("--config.file={config}"),
                format!("--storage.tsdb.path={folder}/data"),
                format!("--web.listen-address={address}"),
                "--web.enable-remote-write-receiver".to_owned(),
            ]
        })
    }

    fn victoria_metrics() -> Option<Self> {
        Self::start("victoria-metrics", "/health", |folder, address| {
            let data = format!("-storageDataPath={folder}");
            // It shows what is 30 seconds old unless it is told otherwise.
            vec![data, format!("-httpListenAddr={address}"), "-search.latencyOffset=0s".to_owned()]
        })
    }

    /// What arrived, once as many series are there: one of the two makes them visible a little later.
    fn series(&self, expected: usize) -> Vec<Value> {
        let begun = Instant::now();
        loop {
            let (_, answer) = get(self.address, "/api/v1/query?query=%7Bjob%3D%22stepwarden%22%7D").expect("an answer");
            let answer: Value = serde_json::from_str(&answer).expect("JSON");
            let arrived = answer["data"]["result"].as_array().expect("series");
            if arrived.len() == expected || begun.elapsed() > Duration::from_secs(20) {
                return arrived.clone();
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

fn get(address: SocketAddr, path: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n").ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
}

fn scan(emulator: &Emulator, sinks: &[String]) -> Run {
    let mut run = Run::emulated(&["scan", "--region", "us-east-1", "--allow-incomplete"], &emulator.endpoint)
        .env("STEPWARDEN_LOG_LEVEL", "error");
    for sink in sinks {
        run = run.argument("--metrics").argument(sink);
    }
    run
}

#[test]
fn those_who_keep_metrics_take_what_is_written_remotely() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    for receiver in [Receiver::prometheus(), Receiver::victoria_metrics()].into_iter().flatten() {
        let folder = tempfile::tempdir().expect("a folder");
        let sinks = [
            format!("remote-write=http://{}/api/v1/write", receiver.address),
            format!("textfile={}", folder.path().display()),
        ];
        scan(emulator, &sinks).run().expect(0);
        let text = std::fs::read_to_string(folder.path().join("stepwarden.prom")).expect("the textfile");
        let written = text.lines().filter(|line| !line.starts_with('#')).count();
        let arrived = receiver.series(written);
        assert_eq!(arrived.len(), written);
        let limit = |series: &&Value| {
            series["metric"]["__name__"] == "stepwarden_quota_limit" && series["metric"]["quota"] == "open_executions"
        };
        assert_eq!(arrived.iter().find(limit).expect("the limit")["value"][1], "1000000");
    }
}

#[test]
fn a_node_exporter_reads_the_textfile() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let textfiles = tempfile::tempdir().expect("a folder");
    let folder = textfiles.path().display().to_string();
    let exporter = Receiver::start("prometheus-node-exporter", "/", |_, address| {
        vec![
            "--collector.disable-defaults".to_owned(),
            "--collector.textfile".to_owned(),
            format!("--collector.textfile.directory={folder}"),
            format!("--web.listen-address={address}"),
        ]
    });
    let Some(exporter) = exporter else { return };
    scan(emulator, &[format!("textfile={folder}")]).run().expect(0);
    let (_, text) = get(exporter.address, "/metrics").expect("an answer");
    assert!(text.contains("node_textfile_scrape_error 0"), "{text}");
    assert!(text.lines().filter(|line| line.starts_with("stepwarden_findings{")).count() > 30);
}

#[test]
fn a_pushgateway_keeps_each_region_by_itself() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let gateway = Receiver::start("prometheus-pushgateway", "/-/ready", |_, address| {
        vec![format!("--web.listen-address={address}")]
    });
    let Some(gateway) = gateway else { return };
    let sink = format!("pushgateway=http://{}", gateway.address);
    for _ in 0..2 {
        scan(emulator, std::slice::from_ref(&sink)).run().expect(0);
    }
    let (_, text) = get(gateway.address, "/metrics").expect("an answer");
    for line in [
        r#"push_failure_time_seconds{account_id="123456789012",instance="",job="stepwarden",region="us-east-1"} 0"#,
        r#"push_failure_time_seconds{account_id="123456789012",instance="",job="stepwarden",region="global"} 0"#,
        r#"push_failure_time_seconds{instance="",job="stepwarden"} 0"#,
    ] {
        assert!(text.lines().any(|one| one == line), "{line} in {text}");
    }
    let findings = |line: &&str| line.starts_with("stepwarden_findings{") && line.contains(r#"region="us-east-1""#);
    assert!(text.lines().filter(findings).count() > 30);
}

/// Answers each request with the next of these statuses; gives the heads of the requests.
fn answering(statuses: &'static [u16]) -> (SocketAddr, std::thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let answered = std::thread::spawn(move || {
        let mut heads = Vec::new();
        for status in statuses {
            let (mut stream, _) = listener.accept().expect("a connection");
            let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                reader.read_line(&mut head).expect("a line");
            }
            let length =
                head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
            reader.read_exact(&mut vec![0; length.expect("a length")]).expect("the body");
            let body = "out of order";
            write!(
                stream,
                "HTTP/1.1 {status} Told\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            )
            .expect("an answer");
            heads.push(head.to_ascii_lowercase());
        }
        heads
    });
    (address, answered)
}

#[test]
fn what_passes_by_itself_is_tried_again_and_a_workspace_gets_a_signature() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let (address, answered) = answering(&[503, 200]);
    let ran = scan(emulator, &[format!("remote-write=http://{address}/api/v1/remote_write")])
        .env("STEPWARDEN_METRICS_SIGNING_REGION", "eu-west-1")
        .run();
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for head in answered.join().expect("two requests") {
        assert!(head.starts_with("post /api/v1/remote_write http/1.1"), "{head}");
        assert!(head.contains("authorization: aws4-hmac-sha256 credential=test/"), "{head}");
        assert!(head.contains("/eu-west-1/aps/aws4_request"), "{head}");
        for header in ["content-encoding: snappy", "content-type: application/x-protobuf"] {
            assert!(head.contains(header), "{head}");
        }
    }
}

#[test]
fn a_refusal_is_told_and_a_token_is_not() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("authorization");
    std::fs::write(&file, "Bearer secret-token\n").expect("a file");
    let (address, answered) = answering(&[400]);
    let ran: Ran = scan(emulator, &[format!("remote-write=http://{address}/write")])
        .env("STEPWARDEN_METRICS_AUTHORIZATION_FILE", &file)
        .run();
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr.contains(&format!("remote write to http://{address}/write: HTTP 400 out of order")),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains("secret-token"), "{}", ran.stderr);
    assert!(answered.join().expect("a request")[0].contains("authorization: bearer secret-token"));
}

/// The schema that AWS documents.
fn emf_schema() -> Value {
    json!({
        "type": "object",
        "required": ["_aws"],
        "properties": { "_aws": {
            "type": "object",
            "required": ["Timestamp", "CloudWatchMetrics"],
            "properties": {
                "Timestamp": { "type": "integer", "minimum": 0 },
                "CloudWatchMetrics": { "type": "array", "minItems": 1, "items": {
                    "type": "object",
                    "required": ["Namespace", "Dimensions", "Metrics"],
                    "properties": {
                        "Namespace": { "type": "string", "minLength": 1, "maxLength": 1024 },
                        "Dimensions": { "type": "array", "minItems": 1, "items": {
                            "type": "array", "maxItems": 30,
                            "items": { "type": "string", "minLength": 1, "maxLength": 250 },
                        }},
                        "Metrics": { "type": "array", "maxItems": 100, "items": {
                            "type": "object",
                            "required": ["Name"],
                            "properties": {
                                "Name": { "type": "string", "minLength": 1, "maxLength": 1024 },
                                "Unit": { "enum": ["None", "Count", "Seconds", "Bytes", "Percent"] },
                            },
                            "additionalProperties": false,
                        }},
                    },
                }},
            },
        }},
    })
}

#[test]
fn lines_for_cloudwatch_are_in_its_format() {
    let Some(emulator) = Emulator::seeded(Kind::Moto) else { return };
    let ran = scan(emulator, &["emf".to_owned()]).run().expect(0);
    assert!(ran.stderr.contains("QUOTAS"), "the summary makes room: {}", ran.stderr);
    let lines: Vec<Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(lines.len() > 10);
    if let Some(faults) = validator::json_schema(&emf_schema(), &lines) {
        assert!(faults.iter().all(Vec::is_empty), "{faults:?}");
    }
    for line in &lines {
        let directive = &line["_aws"]["CloudWatchMetrics"][0];
        let named = directive["Dimensions"][0]
            .as_array()
            .expect("dimensions")
            .iter()
            .map(|name| &line[name.as_str().expect("a name")]);
        assert!(named.into_iter().all(Value::is_string), "{line}");
        let metrics = directive["Metrics"].as_array().expect("metrics").iter();
        assert!(metrics.into_iter().all(|metric| line[metric["Name"].as_str().expect("a name")].is_number()), "{line}");
    }
    let quota = lines.iter().find(|line| line["quota"] == "open_executions").expect("a quota");
    assert_eq!(quota["quota_limit"], 1_000_000.0);
    let critical = lines.iter().find(|line| line["severity"] == "critical" && line["region"] == "us-east-1");
    assert!(critical.is_some_and(|line| line["findings"].as_f64() > Some(0.0)));
}

#[test]
fn a_workspace_is_in_the_policy_and_others_are_not() {
    for (url, resource) in [
        (
            "https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1/api/v1/remote_write",
            Some("arn:aws:aps:eu-west-1:*:workspace/ws-1"),
        ),
        ("https://prometheus.example.com/api/v1/write", None),
    ] {
        let ran = Run::new(&["permissions"]).env("STEPWARDEN_METRICS_REMOTE_WRITE_URL", url).run().expect(0);
        let policy: Value = serde_json::from_str(&ran.stdout).expect("a policy");
        let statements = policy["Statement"].as_array().expect("statements");
        let writes = statements.iter().find(|statement| statement["Action"] == json!(["aps:RemoteWrite"]));
        assert_eq!(writes.map(|statement| statement["Resource"].as_str().expect("a resource")), resource, "{url}");
    }
}

#[test]
fn sinks_are_named_rightly() {
    for (sink, told) in [
        ("", "--metrics: expected emf"),
        ("textfile=", "--metrics: expected emf"),
        ("remote-write=nowhere", "--metrics: expected a URL"),
        ("pushgateway=http://user:password@127.0.0.1", "--metrics: expected a URL"),
    ] {
        let ran = Run::new(&["scan", "--metrics", sink]).run().expect(2);
        assert!(ran.stderr.contains(told), "{sink}: {}", ran.stderr);
    }
    let ran = Run::new(&["scan", "--metrics", "emf", "--format", "json"]).run().expect(2);
    assert!(ran.stderr.contains("standard output"), "{}", ran.stderr);
}
