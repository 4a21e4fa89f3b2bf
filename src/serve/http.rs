//! What is answered over HTTP. Nothing here waits for a collection.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::api;
use super::latest::Latest;
use super::service::Service;

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

pub(super) fn router(service: Arc<Service>) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/metrics", get(metrics))
        .route("/-/healthy", get(async || text(StatusCode::OK, "healthy\n")))
        .route("/-/ready", get(ready))
        .route("/-/reload", post(reload))
        .route("/api/v1/report", get(report))
        .route("/api/v1/findings", get(api::findings))
        .route("/api/v1/quotas", get(api::quotas))
        .fallback(async || text(StatusCode::NOT_FOUND, "there is no such page\n"))
        .layer(map_response(async |mut response: Response| {
            response.headers_mut().extend(HEADERS.map(|(name, value)| (Some(name), value)));
            response
        }))
        .with_state(service)
}

pub(super) fn answer(status: StatusCode, kind: &'static str, body: impl Into<Body>) -> Response {
    (status, [(header::CONTENT_TYPE, kind)], body.into()).into_response()
}

pub(super) fn text(status: StatusCode, text: impl Into<String>) -> Response {
    answer(status, TEXT, text.into())
}

pub(super) fn no_report() -> Response {
    text(StatusCode::SERVICE_UNAVAILABLE, "there is no report yet: the first pass is not over\n")
}

async fn metrics(State(service): State<Arc<Service>>) -> Response {
    let mut body = service.counters.text().into_bytes();
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
    written(&service, "text/html; charset=utf-8", Latest::page).await
}

async fn report(State(service): State<Arc<Service>>) -> Response {
    written(&service, "application/json", Latest::json).await
}

/// What takes some time to write the first time it is asked for.
async fn written(service: &Service, kind: &'static str, write: fn(&Latest) -> &[u8]) -> Response {
    let Some(latest) = service.latest() else {
        return no_report();
    };
    match tokio::task::spawn_blocking(move || write(&latest).to_vec()).await {
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
