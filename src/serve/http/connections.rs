//! Connections: how many there may be, how long they may take, and TLS.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::Response;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::HEADERS;
use super::guard::{Guard, guard};
use super::web_config::Web;

/// At once; others wait for one of them to end.
const MOST: usize = 128;
/// For a request's head to arrive, and for a kept connection to be used again.
const HEAD: Duration = Duration::from_secs(10);
const HANDSHAKE: Duration = Duration::from_secs(10);
/// After so long a connection is closed at the next answer: who reads slowly does not stay for ever.
const LONGEST: Duration = Duration::from_mins(5);
/// For an answer that is being read when its connection is to end.
const LAST_ANSWER: Duration = Duration::from_secs(5);
/// Of a buffer for a request's head, of which hyper takes two.
const HEAD_BYTES: usize = 64 * 1024;
/// Where accepting fails (no descriptors are left), until the next attempt.
const PAUSE: Duration = Duration::from_millis(200);

/// What held when somebody connected.
#[derive(Clone)]
pub(super) struct Peer {
    pub(super) guard: Arc<Guard>,
    /// The names by which a service on loopback is asked; elsewhere by any.
    pub(super) hosts: Option<Vec<String>>,
}

/// Answers until `cancel`, then waits for what is being answered.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    doors: impl Fn() -> (Web, Vec<String>),
    cancel: &CancellationToken,
) {
    let loopback = listener.local_addr().is_ok_and(|address| address.ip().is_loopback());
    let (room, tasks) = (Arc::new(Semaphore::new(MOST)), TaskTracker::new());
    loop {
        let (stream, place) = tokio::select! {
            () = cancel.cancelled() => break,
            next = next(&listener, &room) => next,
        };
        let (web, hosts) = doors();
        let peer = Peer { guard: web.guard, hosts: loopback.then_some(hosts) };
        let router = router.clone().layer(from_fn_with_state(peer, guard)).layer(map_response(headed));
        let (tls, cancel) = (web.tls, cancel.clone());
        tasks.spawn(async move {
            connection(stream, router, tls, cancel).await;
            drop(place);
        });
    }
    tasks.close();
    tasks.wait().await;
}

async fn next(listener: &TcpListener, room: &Arc<Semaphore>) -> (TcpStream, tokio::sync::OwnedSemaphorePermit) {
    let place = room.clone().acquire_owned().await.expect("the semaphore is never closed");
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, place),
            Err(error) => {
                tracing::warn!("a connection could not be accepted: {error}");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn connection(stream: TcpStream, router: Router, tls: Option<TlsAcceptor>, cancel: CancellationToken) {
    match tls {
        None => answer(stream, router, cancel).await,
        Some(tls) => match tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await {
            Ok(Ok(stream)) => answer(stream, router, cancel).await,
            Ok(Err(error)) => tracing::debug!("a TLS handshake failed: {error}"),
            Err(_) => tracing::debug!("a TLS handshake did not end"),
        },
    }
}

/// On every answer, refusals too.
async fn headed(mut response: Response) -> Response {
    response.headers_mut().extend(HEADERS.map(|(name, value)| (Some(name), value)));
    response
}

async fn answer(stream: impl AsyncRead + AsyncWrite + Unpin, router: Router, cancel: CancellationToken) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => Some(ended),
        () = cancel.cancelled() => None,
        () = tokio::time::sleep(LONGEST) => None,
    };
    let ended = match ended {
        Some(ended) => ended,
        None => {
            connection.as_mut().graceful_shutdown();
            tokio::time::timeout(LAST_ANSWER, connection).await.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = ended {
        tracing::debug!("a connection failed: {error}");
    }
}
