//! Asks a service that holds a generated report of 100,000 findings, while reports are published under it, and prints how
//! long answers take: `cargo bench --bench serve`. Part of `make bench`.

#![allow(clippy::print_stdout, reason = "a bench prints what it measures")]

#[path = "../tests/it/formats/generated.rs"]
mod generated;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use stepwarden::audit::Report;
use stepwarden::aws::Session;
use stepwarden::checks::CHECKS;
use stepwarden::config::{Config, Known};
use stepwarden::detect::HashKey;
use stepwarden::serve::Service;
use tokio_util::sync::CancellationToken;

const FINDINGS: usize = 100_000;
const SCRAPES: usize = 400;
/// What a scrape may take.
const MILLISECONDS: f64 = 50.0;

/// Seconds, and the bytes of the answer.
fn asked(address: SocketAddr, path: &str) -> (Duration, usize) {
    let begun = Instant::now();
    let mut stream = TcpStream::connect(address).expect("a connection");
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n").expect("a request");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    assert!(answer.starts_with(b"HTTP/1.0 200"), "{path}");
    (begun.elapsed(), answer.len())
}

fn milliseconds(took: Duration) -> f64 {
    took.as_secs_f64() * 1_000.0
}

fn main() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let listen = ("STEPWARDEN_SERVE_LISTEN".to_owned(), "127.0.0.1:0".to_owned());
    let known = Known { checks: CHECKS.iter().map(|check| check.id).collect(), apis: Vec::new() };
    let config = Config::load(None, [listen].into_iter(), &known).expect("the defaults");
    let session = Session::from_sdk_config(aws_config::SdkConfig::builder().build());
    let load = Box::new(|| Err("it is never loaded again".to_owned()));
    let key = HashKey::new([0; 32]);
    let service = Arc::new(Service::new(config, load, session, None, key, jiff::Timestamp::now));
    let report: Report = generated::generated(FINDINGS, false);
    let begun = Instant::now();
    service.show(report.clone());
    println!("publishing {FINDINGS} findings  {:.1} ms", milliseconds(begun.elapsed()));
    let listener = runtime.block_on(service.listen()).expect("a free port");
    let address = listener.local_addr().expect("an address");
    let answering = service.clone();
    runtime.spawn(async move { answering.answer(listener, &CancellationToken::new()).await });
    let publishing = service.clone();
    std::thread::spawn(move || {
        loop {
            publishing.show(report.clone());
        }
    });
    let (mut took, mut bytes) = (Vec::new(), 0);
    for _ in 0..SCRAPES {
        let (one, size) = asked(address, "/metrics");
        took.push(milliseconds(one));
        bytes = size;
    }
    took.sort_by(f64::total_cmp);
    let (median, slowest) = (took[SCRAPES / 2], took[SCRAPES - 1]);
    println!(
        "/metrics of {bytes} bytes, {SCRAPES} times while reports are published  median {median:.1} ms, slowest {slowest:.1} ms, of at most {MILLISECONDS} ms"
    );
    for path in ["/api/v1/findings?limit=1000", "/api/v1/report", "/"] {
        let (one, size) = asked(address, path);
        println!("{path}  {:.1} ms, {size} bytes", milliseconds(one));
    }
    if slowest > MILLISECONDS {
        println!("MORE THAN IT MAY BE");
    }
}
