//! What is answered over HTTP. Nothing here waits for a collection.

mod api;
mod connections;
mod endpoints;
mod guard;
mod health;
mod openapi;
mod pages;
mod web_config;

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

pub(super) use self::connections::serve;
pub(super) use self::endpoints::router;
pub use self::health::healthcheck;
pub(super) use self::web_config::Web;
use super::latest::Latest;
use super::service::Service;

const JSON: &str = "application/json";
const PAGE: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";
/// Source: <https://prometheus.io/docs/instrumenting/exposition_formats/>.
const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// On every answer: it is for nobody to frame, guess at or keep.
const HEADERS: [(HeaderName, HeaderValue); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

fn answer(status: StatusCode, kind: &'static str, body: impl Into<Body>) -> Response {
    (status, [(header::CONTENT_TYPE, kind)], body.into()).into_response()
}

fn text(status: StatusCode, text: impl Into<String>) -> Response {
    answer(status, TEXT, text.into())
}

fn no_report() -> Response {
    text(StatusCode::SERVICE_UNAVAILABLE, "there is no report yet: the first pass is not over\n")
}

async fn metrics(State(service): State<Arc<Service>>) -> Response {
    let mut body = service.counters.text(&service.budget.usage()).into_bytes();
    if let Some(latest) = service.latest() {
        body.extend_from_slice(&latest.metrics);
    }
    answer(StatusCode::OK, METRICS, body)
}

async fn ready(State(service): State<Arc<Service>>) -> Response {
    match service.is_ready() {
        true => text(StatusCode::OK, "ready\n"),
        false => text(StatusCode::SERVICE_UNAVAILABLE, "the first pass is not over\n"),
    }
}

async fn page(State(service): State<Arc<Service>>) -> Response {
    written(&service, PAGE, Latest::page).await
}

async fn report(State(service): State<Arc<Service>>) -> Response {
    written(&service, JSON, Latest::json).await
}

/// What takes some time to write the first time it is asked for.
async fn written(service: &Service, kind: &'static str, write: fn(&Latest) -> &Bytes) -> Response {
    let Some(latest) = service.latest() else {
        return no_report();
    };
    match tokio::task::spawn_blocking(move || write(&latest).clone()).await {
        Ok(body) => answer(StatusCode::OK, kind, body),
        Err(_) => text(StatusCode::INTERNAL_SERVER_ERROR, "the report could not be written\n"),
    }
}

async fn reload(State(service): State<Arc<Service>>) -> Response {
    if !service.config().serve.reload {
        return text(StatusCode::FORBIDDEN, "serve.reload is off; SIGHUP reloads too\n");
    }
    match tokio::task::spawn_blocking(move || service.reload()).await {
        Ok(Ok(())) => text(StatusCode::OK, "loaded\n"),
        Ok(Err(fault)) => text(StatusCode::BAD_REQUEST, fault + "\n"),
        Err(_) => text(StatusCode::INTERNAL_SERVER_ERROR, "the configuration could not be loaded\n"),
    }
}
