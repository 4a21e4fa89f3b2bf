//! How much payload the detectors inspect in a second, on one core, all detectors on; and the process's peak memory:
//! `cargo bench --bench detect -- [FILE] [MB] [SEED]`. The samples are written to FILE for `benches/detect.py`; the same seed
//! gives the same ones.
#![allow(clippy::print_stdout)]

use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use stepwarden::detect::Detectors;

const RUNS: usize = 7;

/// Sebastiano Vigna's splitmix64: small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).expect("31 bits fit") % sides
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.roll(words.len())]
    }

    fn text(&mut self, alphabet: &[u8], len: usize) -> String {
        (0..len).map(|_| char::from(alphabet[self.roll(alphabet.len())])).collect()
    }

    fn digits(&mut self, len: usize) -> String {
        self.text(b"0123456789", len)
    }

    fn hex(&mut self, len: usize) -> String {
        self.text(b"0123456789abcdef", len)
    }

    fn token(&mut self, len: usize) -> String {
        self.text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", len)
    }

    fn uuid(&mut self) -> String {
        [8, 4, 4, 4, 12].map(|len| self.hex(len)).join("-")
    }

    fn first(&mut self) -> &'static str {
        self.pick(&["Anna", "José", "Mei", "Ole", "Priya", "Liam", "Zoë", "Haruto", "Fatima", "Jan"])
    }

    fn last(&mut self) -> &'static str {
        self.pick(&[
            "Schmidt", "García", "Wang", "Nilsson", "Patel", "O'Brien", "Dubois", "Tanaka", "Kowalska", "Smith",
        ])
    }

    fn email(&mut self) -> String {
        format!("{}.{}@mail{}.com", self.token(6).to_lowercase(), self.token(7).to_lowercase(), self.roll(90))
    }

    fn time(&mut self) -> String {
        format!("2026-{:02}-{:02}T{:02}:15:{:02}Z", 1 + self.roll(12), 1 + self.roll(28), self.roll(24), self.roll(60))
    }
}

fn arn(dice: &mut Dice) -> String {
    format!("arn:aws:lambda:eu-west-1:123456789012:function:orders-{}", dice.roll(900))
}

fn order(dice: &mut Dice) -> Value {
    let items: Vec<_> = (0..=dice.roll(6))
        .map(|_| json!({ "sku": format!("SKU-{}", dice.digits(8)), "quantity": dice.roll(9), "price": "19.99", "title": "Trail running shoe" }))
        .collect();
    json!({
        "orderId": dice.uuid(), "createdAt": dice.time(), "currency": "EUR", "items": items,
        "customer": {
            "firstName": dice.first(), "lastName": dice.last(), "email": dice.email(), "phone": format!("+49151{}", dice.digits(8)),
            "shippingAddress": { "street": format!("Main Street {}", dice.roll(200)), "city": "Springfield", "postalCode": dice.digits(5) },
        },
        "payment": { "method": "card", "transactionId": dice.token(24), "amount": dice.roll(90_000), "authorizationStatus": "approved" },
        "trace": { "requestId": dice.uuid(), "taskToken": dice.token(420), "checksum": dice.hex(64), "retries": dice.roll(3) },
    })
}

fn event(dice: &mut Dice) -> Value {
    let inner = json!({ "type": "UserUpdated", "user": { "id": dice.uuid(), "mail": dice.email(), "name": "changed" }, "at": dice.time() });
    let body = json!({ "Type": "Notification", "MessageId": dice.uuid(), "TopicArn": arn(dice), "Message": inner.to_string() });
    json!({ "Records": [{
        "messageId": dice.uuid(), "receiptHandle": dice.token(180), "body": body.to_string(), "awsRegion": "eu-west-1",
        "attributes": { "SentTimestamp": dice.digits(13), "ApproximateReceiveCount": "1" }, "eventSourceARN": arn(dice),
    }] })
}

fn task(dice: &mut Dice) -> Value {
    json!({
        "cluster": "prod", "startedBy": arn(dice), "memory": 2048, "cpu": 1024, "revision": dice.hex(40),
        "overrides": { "containerOverrides": [{ "name": "worker", "environment": [
            { "name": "LOG_LEVEL", "value": "debug" }, { "name": "DB_PASSWORD", "value": dice.token(14) },
            { "name": "BUCKET", "value": format!("s3://exports-{}/daily/", dice.roll(90)) }, { "name": "API_TOKEN", "value": dice.token(40) },
        ], "command": ["node", "index.js", "--region", "eu-west-1", "--batch", dice.digits(6)] }] },
    })
}

fn log(dice: &mut Dice) -> Value {
    let lines: Vec<_> = (0..4 + dice.roll(8))
        .map(|_| {
            format!(
                "{} INFO RequestId: {} processed order {} of {} items in {} ms; next page {}",
                dice.time(),
                dice.uuid(),
                dice.digits(10),
                dice.roll(90),
                dice.roll(900),
                dice.token(32),
            )
        })
        .collect();
    json!({ "logGroup": "/aws/lambda/orders", "nextToken": dice.token(64), "messages": lines,
        "cause": format!("Login failed for {}: HTTP 403 from https://api.example.com/v1/users/{}", dice.email(), dice.uuid()) })
}

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let number = |at: usize, default: u64| {
        arguments.get(at).map_or(default, |text| text.parse().expect("the size and the seed are numbers"))
    };
    let size = usize::try_from(number(1, 64)).expect("a size in MB") * 1_000_000;
    let mut dice = Dice(number(2, 7));
    let mut samples = String::with_capacity(size + (1 << 16));
    let mut payloads = Vec::new();
    while samples.len() < size {
        let payload = [order, event, task, log][payloads.len() % 4](&mut dice).to_string();
        let from = samples.len() + write_sample(&mut samples, payloads.len(), &payload);
        payloads.push(from..from + payload.len());
    }
    if let Some(file) = arguments.first() {
        std::fs::write(file, &samples).expect("the samples are written");
    }
    let bytes: usize = payloads.iter().map(ExactSizeIterator::len).sum();
    let runs: Vec<_> = (0..RUNS).map(|_| inspect(payloads.iter().map(|range| &samples[range.clone()]))).collect();
    let best = runs.iter().map(|(time, _)| *time).min().expect("there are runs");
    // Sizes and times fit.
    #[expect(clippy::cast_precision_loss)]
    let rate = bytes as f64 / 1e6 / best.as_secs_f64();
    println!("detect: {} payloads, {} MB, {} findings", payloads.len(), bytes / 1_000_000, runs[0].1);
    println!(
        "detect: {rate:.0} MB/s, best of {RUNS}; peak of the process with its {} MB of samples: {}",
        size / 1_000_000,
        peak()
    );
}

/// Where the payload begins in what is written.
fn write_sample(samples: &mut String, id: usize, payload: &str) -> usize {
    let from = samples.len();
    write!(samples, "{{\"id\":{id},\"payload\":").expect("a string takes any text");
    let begins = samples.len() - from;
    samples.push_str(payload);
    samples.push_str("}\n");
    begins
}

fn inspect<'a>(payloads: impl Iterator<Item = &'a str>) -> (Duration, usize) {
    let mut detectors = Detectors::default();
    let mut findings = 0;
    let started = Instant::now();
    for payload in payloads {
        let mut json = serde_json::Deserializer::from_str(payload);
        let walked = detectors.inspect(&mut json, &mut |seen| {
            black_box(&seen);
            findings += 1;
        });
        walked.expect("the samples are JSON");
    }
    (started.elapsed(), findings)
}

/// Linux tells it; elsewhere it is not known.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |peak| peak.trim().to_owned())
}
