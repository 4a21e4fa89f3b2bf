//! Writes a generated report of 10,000 findings in every format and prints how long each takes, how large it is, and the
//! peak memory of it all: `cargo bench --bench formats`. Part of `make bench`.

#![allow(clippy::print_stdout, reason = "a bench prints what it measures")]

#[path = "../tests/it/formats/generated.rs"]
mod generated;

use std::io::{self, Write};
use std::time::{Duration, Instant};

use stepwarden::audit::Report;
use stepwarden::export::sarif::Results;
use stepwarden::export::terminal::Style;
use stepwarden::export::{asff, csv, html, json, junit, markdown, ocsf, prometheus, sarif, terminal};

const FINDINGS: usize = 10_000;
/// What all formats together may take.
const SECONDS: u64 = 2;
const MEBIBYTES: u64 = 200;

struct Count(usize);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

type Writer = fn(&Report, &mut dyn Write) -> io::Result<()>;

/// The highest resident memory so far, in KiB, as Linux tells it.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

fn main() {
    let formats: [(&str, Writer); 11] = [
        ("terminal", |report, out| terminal::write(report, Style::default(), out)),
        ("json", |report, out| json::write(report, out)),
        ("jsonl", |report, out| json::write_lines(report, out)),
        ("sarif", |report, out| sarif::write(report, Results::Failures, out)),
        ("ocsf", |report, out| ocsf::write(report, out)),
        ("asff", |report, out| asff::write(report, out)),
        ("csv", |report, out| csv::write(report, out)),
        ("html", |report, out| html::write(report, out)),
        ("markdown", |report, out| markdown::write(report, out)),
        ("junit", |report, out| junit::write(report, out)),
        ("prometheus", |report, out| prometheus::write(report, out)),
    ];
    let report = generated::generated(FINDINGS, false);
    let before = peak();
    let mut total = Duration::ZERO;
    for (name, write) in formats {
        let (mut out, started) = (Count(0), Instant::now());
        write(&report, &mut out).expect("counting bytes");
        let took = started.elapsed();
        total += took;
        println!("{name:<12} {:>8.1} ms {:>12} bytes", took.as_secs_f64() * 1_000.0, out.0);
    }
    println!("{:<12} {:>8.1} ms, of at most {SECONDS} s", "all formats", total.as_secs_f64() * 1_000.0);
    println!("peak memory  {} MiB, of at most {MEBIBYTES}; the report itself {} MiB", peak() / 1_024, before / 1_024);
    if total > Duration::from_secs(SECONDS) || peak() > MEBIBYTES * 1_024 {
        println!("MORE THAN IT MAY BE");
    }
}
