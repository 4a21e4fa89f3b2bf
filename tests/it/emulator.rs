//! The real counterparts: two independent AWS API emulators, and a proxy that makes one misbehave.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use crate::binary::{Run, nothing_may_be_skipped};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Moto,
    Ministack,
}

/// A seeded emulator. It stops when this process ends, as its standard input closes.
#[derive(Debug)]
pub(crate) struct Emulator {
    pub(crate) endpoint: String,
    _server: Server,
}

/// A proxy in front of an emulator, which answers by rules and logs every call.
#[derive(Debug)]
pub(crate) struct Proxy {
    pub(crate) endpoint: String,
    log: PathBuf,
    _folder: tempfile::TempDir,
    _server: Server,
}

/// A child that lives as long as its standard input is open.
#[derive(Debug)]
struct Server {
    child: Child,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        drop(self.child.wait());
    }
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emulator").join(name)
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Moto => "moto",
            Self::Ministack => "ministack",
        }
    }

    /// The interpreter of its environment; without one the suite is skipped, which `make test` says.
    pub(crate) fn python(self) -> Option<PathBuf> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".venv").join(self.name());
        let there = folder.join("ready").exists();
        let must = nothing_may_be_skipped();
        assert!(there || !must, "CI needs the environment of {}: run `make emulators`", self.name());
        there.then(|| folder.join("bin/python"))
    }
}

impl Emulator {
    /// One of each kind for all tests, which only read it.
    pub(crate) fn seeded(kind: Kind) -> Option<&'static Self> {
        static MOTO: OnceLock<Option<Emulator>> = OnceLock::new();
        static MINISTACK: OnceLock<Option<Emulator>> = OnceLock::new();
        let cell = match kind {
            Kind::Moto => &MOTO,
            Kind::Ministack => &MINISTACK,
        };
        cell.get_or_init(|| Self::start(kind)).as_ref()
    }

    fn start(kind: Kind) -> Option<Self> {
        // The seed speaks boto3, which moto's environment has.
        let (python, seeder) = (kind.python()?, Kind::Moto.python()?);
        let mut serve = Command::new(python);
        serve.arg(script("serve.py")).arg(kind.name());
        let (server, endpoint) = ready(serve);
        let mut seed = Command::new(seeder);
        seed.arg(script("seed.py")).args(["--endpoint", &endpoint, "--kind", kind.name()]);
        assert!(seed.stdout(Stdio::null()).status().expect("the seed starts").success(), "seeding {}", kind.name());
        Some(Self { endpoint, _server: server })
    }

    /// The same account behind a proxy with these rules (see `tests/emulator/fault_proxy.py`).
    pub(crate) fn behind(&self, rules: &Value) -> Proxy {
        let folder = tempfile::tempdir().expect("a folder");
        let (rules_file, log) = (folder.path().join("rules.json"), folder.path().join("calls.jsonl"));
        std::fs::write(&rules_file, rules.to_string()).expect("the rules are written");
        let mut proxy = Command::new(Kind::Moto.python().expect("an emulator is running, so its environment is there"));
        proxy.arg(script("fault_proxy.py")).args(["--upstream", &self.endpoint]);
        proxy.arg("--rules").arg(&rules_file).arg("--log").arg(&log);
        let (server, endpoint) = ready(proxy);
        Proxy { endpoint, log, _folder: folder, _server: server }
    }
}

/// A seeded emulator that holds users to policies.
#[derive(Debug)]
pub(crate) struct Enforcing {
    pub(crate) endpoint: String,
    keys: Value,
    emulator: Emulator,
}

impl Enforcing {
    /// With a user for each policy, by name.
    pub(crate) fn start(users: &BTreeMap<String, Value>) -> Option<Self> {
        let kind = Kind::Ministack;
        let (python, seeder) = (kind.python()?, Kind::Moto.python()?);
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("users.json");
        std::fs::write(&file, serde_json::to_vec(users).expect("policies are JSON")).expect("the users are written");
        let mut serve = Command::new(python);
        serve.arg(script("serve.py")).args([kind.name(), "--auth"]);
        let (server, endpoint) = ready(serve);
        let mut seed = Command::new(seeder);
        seed.arg(script("seed.py")).args(["--endpoint", &endpoint, "--kind", kind.name(), "--auditors"]).arg(&file);
        let output = seed.output().expect("the seed starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut summary: Value = serde_json::from_slice(&output.stdout).expect("the seed prints JSON");
        let keys = summary["auditors"].take();
        Some(Self { endpoint: endpoint.clone(), keys, emulator: Emulator { endpoint, _server: server } })
    }

    /// The run with this user's credentials.
    pub(crate) fn as_user(&self, name: &str, run: Run) -> Run {
        let key = |part: &str| self.keys[name][part].as_str().unwrap_or_else(|| panic!("no user {name}")).to_owned();
        run.env("AWS_ACCESS_KEY_ID", key("access_key_id")).env("AWS_SECRET_ACCESS_KEY", key("secret_access_key"))
    }

    pub(crate) fn behind(&self, rules: &Value) -> Proxy {
        self.emulator.behind(rules)
    }
}

impl Proxy {
    /// Every call so far, one JSON object each.
    pub(crate) fn calls(&self) -> Vec<Value> {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        log.lines().map(|line| serde_json::from_str(line).expect("the log is JSON Lines")).collect()
    }
}

/// Starts a server and waits for the line that says where it is.
fn ready(mut command: Command) -> (Server, String) {
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python starts");
    let mut server = Server { child };
    let stdout = server.child.stdout.take().expect("stdout is piped");
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).expect("the server speaks");
    let endpoint = line.trim().strip_prefix("ready ").unwrap_or_else(|| panic!("not ready: {line:?}"));
    (server, endpoint.to_owned())
}
