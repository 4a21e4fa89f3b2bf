//! Proxies, FIPS, dual-stack and other partitions, by the SDK's own settings: which hosts are asked for.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::mpsc;

use crate::binary::Run;

/// The hosts that a dry run asks a proxy to connect it to; the proxy refuses.
fn asked_for(region: &str, settings: &[(&str, &str)]) -> BTreeSet<String> {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let (hosts, met) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut line = String::new();
            BufReader::new(&stream).read_line(&mut line).expect("a request");
            hosts.send(line).expect("the test listens");
            stream.write_all(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n").expect("an answer");
        }
    });
    let mut run = Run::new(&["scan", "--dry-run", "--region", region])
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_REGION", region)
        .env("STEPWARDEN_AWS_MAX_ATTEMPTS", "1")
        .env("HTTPS_PROXY", format!("http://{address}"));
    for (name, value) in settings {
        run = run.env(name, value);
    }
    run.run().expect(1);
    let host = |line: String| line.strip_prefix("CONNECT ").and_then(|rest| rest.split(':').next()).map(str::to_owned);
    met.try_iter().filter_map(host).collect()
}

#[test]
fn the_sdk_s_own_settings_choose_the_host() {
    for (region, settings, host) in [
        ("eu-west-1", &[][..], "sts.eu-west-1.amazonaws.com"),
        ("us-east-1", &[("AWS_USE_FIPS_ENDPOINT", "true")], "sts-fips.us-east-1.amazonaws.com"),
        ("eu-west-1", &[("AWS_USE_DUALSTACK_ENDPOINT", "true")], "sts.eu-west-1.api.aws"),
        ("cn-north-1", &[], "sts.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", &[], "sts.us-gov-west-1.amazonaws.com"),
    ] {
        assert_eq!(asked_for(region, settings), BTreeSet::from([host.to_owned()]), "{region} {settings:?}");
    }
}
