//! Metrics to those who keep them for tasks that nobody scrapes.

use crate::aws::{Draft, Pusher};

/// Bodies of Prometheus's remote write, in their order.
pub async fn remote_write(
    pusher: &Pusher,
    url: &str,
    authorization: Option<&str>,
    bodies: &[Vec<u8>],
) -> Result<(), String> {
    let mut headers = vec![
        ("content-type", "application/x-protobuf".to_owned()),
        ("content-encoding", "snappy".to_owned()),
        ("x-prometheus-remote-write-version", "0.1.0".to_owned()),
    ];
    headers.extend(own(authorization));
    for body in bodies {
        pusher.push(Draft { method: "POST", url, headers: &headers, body }).await?;
    }
    Ok(())
}

/// Puts each group's body at its path: what the group no longer has is gone.
pub async fn pushgateway(
    pusher: &Pusher,
    url: &str,
    authorization: Option<&str>,
    groups: impl Iterator<Item = (&str, &str)>,
) -> Result<(), String> {
    let mut headers = vec![("content-type", "text/plain; version=0.0.4".to_owned())];
    headers.extend(own(authorization));
    for (path, body) in groups {
        let url = format!("{}{path}", url.trim_end_matches('/'));
        pusher.push(Draft { method: "PUT", url: &url, headers: &headers, body: body.as_bytes() }).await?;
    }
    Ok(())
}

fn own(authorization: Option<&str>) -> impl Iterator<Item = (&'static str, String)> {
    let agent = concat!("stepwarden/", env!("CARGO_PKG_VERSION")).to_owned();
    let authorization = authorization.map(|value| ("authorization", value.to_owned()));
    std::iter::once(("user-agent", agent)).chain(authorization)
}
