//! No value leaves the process. Marked values stand in every place where a payload or free text can, in many disguises;
//! then every byte that a scan gives away is searched for the marks: snapshots, the store, every format of the report, the
//! log at its loudest, and what `Debug` prints.

mod account;

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use proptest::prelude::*;
use stepwarden::audit::{self, Accepted, CheckSelection, LastState, Report, RunFacts};
use stepwarden::export::sarif::Results;
use stepwarden::export::terminal::Style;
use stepwarden::export::{asff, csv, json, junit, markdown, ocsf, prometheus, sarif, terminal};
use stepwarden::finding::CheckSettings;
use stepwarden::types::Gap;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;

use crate::collectors::{Scan, scan};
use account::{account, places};

/// The log at trace level, caught.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

/// Scans the account, logging all that the program can log.
fn scanned(mark: &str, disguise: Disguise) -> (Scan, String) {
    let log = Log::default();
    let writer = log.clone();
    let own = Targets::new().with_target("stepwarden", LevelFilter::TRACE);
    let layer = tracing_subscriber::fmt::layer().with_writer(move || writer.clone());
    let subscriber = tracing_subscriber::registry().with(own).with(layer);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let rules = account(&|place| disguise.dress(mark, place));
    let scan = tracing::subscriber::with_default(subscriber, || runtime.block_on(scan(rules)));
    (scan, log.text())
}

fn report(scan: &Scan) -> Report {
    let collection = scan.collection();
    let as_of = collection.runs.first().expect("collectors ran").observed_at;
    let facts = RunFacts {
        started_at: as_of,
        finished_at: as_of,
        complete: true,
        collectors: collection.runs.clone(),
        api_usage: scan.usage.clone(),
    };
    audit::audit(
        &collection.snapshots,
        &CheckSettings::default(),
        &CheckSelection::default(),
        &Accepted::default(),
        facts,
    )
}

/// Every byte that leaves, by where it leaves.
fn given_away(scan: &Scan, log: String) -> Vec<(&'static str, String)> {
    let mut report = report(scan);
    let mut state = LastState::default();
    state.date(&mut report);
    let written = |write: &dyn Fn(&mut dyn Write) -> std::io::Result<()>| {
        let mut out = Vec::new();
        write(&mut out).expect("writing to memory");
        String::from_utf8(out).expect("UTF-8")
    };
    let style = Style { verbose: true, ..Style::default() };
    vec![
        ("the snapshot", scan.text()),
        ("the log", log),
        ("the JSON report", written(&|out| json::write(&report, out))),
        ("the JSON lines", written(&|out| json::write_lines(&report, out))),
        ("SARIF", written(&|out| sarif::write(&report, Results::All, out))),
        ("OCSF", written(&|out| ocsf::write(&report, out))),
        ("ASFF", written(&|out| asff::write(&report, out))),
        ("CSV", written(&|out| csv::write(&report, out))),
        ("Markdown", written(&|out| markdown::write(&report, out))),
        ("JUnit", written(&|out| junit::write(&report, out))),
        ("the metrics", written(&|out| prometheus::write(&report, out))),
        ("the summary", written(&|out| terminal::write(&report, style, out))),
        ("the store's state", serde_json::to_string(&state).expect("JSON")),
        ("Debug of the report", format!("{report:?}")),
        ("Debug of the snapshots", format!("{:?}", scan.collection())),
    ]
}

/// What a value looks like; the mark is in all of them.
#[derive(Debug, Clone, Copy)]
enum Disguise {
    /// Nothing that a detector knows: payloads are dropped whatever they are.
    Words,
    Email,
    Token,
    Uri,
    PrivateKey,
    /// A key of a map.
    Key,
    /// Keys that no detector knows: a person's name, an id, a word of another alphabet.
    UnknownKeys,
    /// JSON in a string in JSON.
    Nested,
    /// JSON that breaks off.
    Truncated,
}

impl Disguise {
    const ALL: [Self; 9] = [
        Self::Words,
        Self::Email,
        Self::Token,
        Self::Uri,
        Self::PrivateKey,
        Self::Key,
        Self::UnknownKeys,
        Self::Nested,
        Self::Truncated,
    ];

    /// The text that stands at a place.
    fn dress(self, mark: &str, place: &str) -> String {
        // Every place has a mark of its own, so that a leak names it.
        let number = places().iter().position(|known| *known == place).expect("places are listed");
        let mark = format!("{mark}{number:02}");
        let email = format!("{mark}@{mark}.com");
        match self {
            Self::Words => format!("the words {mark} of nobody"),
            Self::Email => email,
            Self::Token => format!("ghp_{mark:x<36}"),
            Self::Uri => format!("postgres://svc:{mark}@db.internal/app"),
            Self::PrivateKey => format!("-----BEGIN PRIVATE KEY-----\n{mark}\n-----END PRIVATE KEY-----"),
            Self::Key => format!(r#"{{"prefs":{{"{email}":{{"password":"{mark}"}}}}}}"#),
            Self::UnknownKeys => format!(
                r#"{{"Zorblax {mark}":{{"dob":"1983-02-11"}},"cust-{mark}-88123":{{"email":"a@mail-{mark}.com"}},"é{mark}":{{"ssn":"536-22-8145"}}}}"#
            ),
            Self::Nested => format!(r#"{{"body":"{{\"customer\":{{\"email\":\"{email}\",\"name\":\"{mark}\"}}}}"}}"#),
            Self::Truncated => format!(r#"{{"customer":{{"email":"{email}","password":"{mark}","note":"{mark} and"#),
        }
    }

    /// In kept text only what is recognised is replaced.
    fn is_recognised(self) -> bool {
        !matches!(self, Self::Words | Self::UnknownKeys | Self::Nested | Self::Truncated)
    }
}

fn assert_kept(mark: &str, disguise: Disguise) {
    let (scan, log) = scanned(mark, disguise);
    let unread: Vec<_> = scan.collection().runs.iter().filter_map(|run| run.gap.as_ref()).collect();
    // The mark stands where a key would; and CloudWatch has no answer for each state machine here.
    let expected =
        |gap: &Gap| gap.api.starts_with("xray:") || gap.detail.starts_with("CloudWatch's answer does not speak");
    assert!(unread.iter().all(|gap| expected(gap)), "all of it was read: {unread:?}");
    let read = |operation| scan.replay.count(operation);
    assert_eq!([read("GetExecutionHistory"), read("FilterLogEvents")], [2, 1], "an execution, a child, a log");
    for (way, text) in given_away(&scan, log) {
        let Some(at) = text.find(mark) else { continue };
        let number: usize = text[at + mark.len()..][..2].parse().expect("a mark ends in its place");
        let place = places()[number];
        if place.starts_with("kept: ") && !disguise.is_recognised() {
            continue;
        }
        let before = text.floor_char_boundary(at.saturating_sub(160));
        panic!("{way} gives away {disguise:?} of {place}: …{}", &text[before..at + mark.len()]);
    }
}

#[test]
fn every_disguise_stays_inside() {
    for disguise in Disguise::ALL {
        assert_kept("qzvwkj", disguise);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn no_value_leaves_the_process(mark in "q[bcdfghjkmnpqrtvwxz]{7}", index in 0..Disguise::ALL.len()) {
        assert_kept(&mark, Disguise::ALL[index]);
    }
}
