//! What can be asked. The router and its OpenAPI description are made of the same list.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{MethodRouter, get, post};
use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use super::super::service::Service;
use super::{JSON, METRICS, PAGE, TEXT, api, openapi, pages, text};
use crate::export::json::{FindingV1, QuotaV1, ReportV1};

pub(super) struct Endpoint {
    pub(super) path: &'static str,
    /// `get` or `post`.
    pub(super) method: &'static str,
    pub(super) summary: &'static str,
    /// The media type of the answer, where it is one of success.
    pub(super) media: &'static str,
    /// Other answers than 200, and when they come.
    pub(super) others: &'static [(u16, &'static str)],
    /// Of the path and the query.
    pub(super) parameters: fn(&mut SchemaGenerator) -> Vec<Value>,
    /// Of an answer in JSON.
    pub(super) schema: Option<fn(&mut SchemaGenerator) -> Value>,
    route: fn() -> MethodRouter<Arc<Service>>,
}

const NO_REPORT: (u16, &str) = (503, "The first pass is not over.");
const WRONG_QUERY: (u16, &str) = (400, "The query is not as it should be; the body says what is wrong.");

pub(super) const ENDPOINTS: [Endpoint; 11] = [
    Endpoint {
        path: "/",
        method: "get",
        summary: "The HTML report of the latest state.",
        media: PAGE,
        others: &[NO_REPORT],
        parameters: none,
        schema: None,
        route: || get(super::page),
    },
    Endpoint {
        path: "/metrics",
        method: "get",
        summary: "Metrics in the Prometheus text format.",
        media: METRICS,
        others: &[],
        parameters: none,
        schema: None,
        route: || get(super::metrics),
    },
    Endpoint {
        path: "/-/healthy",
        method: "get",
        summary: "The process works.",
        media: TEXT,
        others: &[],
        parameters: none,
        schema: None,
        route: || get(async || text(StatusCode::OK, "healthy\n")),
    },
    Endpoint {
        path: "/-/ready",
        method: "get",
        summary: "The first pass over all collectors is over.",
        media: TEXT,
        others: &[NO_REPORT],
        parameters: none,
        schema: None,
        route: || get(super::ready),
    },
    Endpoint {
        path: "/-/reload",
        method: "post",
        summary: "Reads the configuration again.",
        media: TEXT,
        others: &[
            (400, "The configuration is wrong and the old one stays in force; the body says what is wrong."),
            (403, "`serve.reload` is off."),
        ],
        parameters: none,
        schema: None,
        route: || post(super::reload),
    },
    Endpoint {
        path: "/checks/{id}",
        method: "get",
        summary: "What a check means and what is to be done, in Markdown.",
        media: TEXT,
        others: &[(404, "There is no such check.")],
        parameters: |_| vec![openapi::named("id", "The check's id, as in a finding.", "open-execution-quota")],
        schema: None,
        route: || get(pages::check),
    },
    Endpoint {
        path: "/alerts/{name}",
        method: "get",
        summary: "What an alert means and what is to be done, in Markdown.",
        media: TEXT,
        others: &[(404, "There is no such alert.")],
        parameters: |_| vec![openapi::named("name", "The alert's name.", "StepwardenScanStale")],
        schema: None,
        route: || get(pages::alert),
    },
    Endpoint {
        path: "/api/v1/report",
        method: "get",
        summary: "The latest report, as report.json has it.",
        media: JSON,
        others: &[NO_REPORT],
        parameters: none,
        schema: Some(|generator| generator.subschema_for::<ReportV1>().to_value()),
        route: || get(super::report),
    },
    Endpoint {
        path: "/api/v1/findings",
        method: "get",
        summary: "Findings of the latest report, worst first.",
        media: JSON,
        others: &[WRONG_QUERY, NO_REPORT],
        parameters: openapi::query::<api::FindingFilters>,
        schema: Some(|generator| generator.subschema_for::<api::Page<FindingV1>>().to_value()),
        route: || get(api::findings),
    },
    Endpoint {
        path: "/api/v1/quotas",
        method: "get",
        summary: "Quotas of the latest report.",
        media: JSON,
        others: &[WRONG_QUERY, NO_REPORT],
        parameters: openapi::query::<api::QuotaFilters>,
        schema: Some(|generator| generator.subschema_for::<api::Page<QuotaV1>>().to_value()),
        route: || get(api::quotas),
    },
    Endpoint {
        path: "/api/v1/openapi.json",
        method: "get",
        summary: "This description.",
        media: JSON,
        others: &[],
        parameters: none,
        schema: Some(|_| json!({ "type": "object" })),
        route: || get(async || super::answer(StatusCode::OK, JSON, openapi::description())),
    },
];

fn none(_: &mut SchemaGenerator) -> Vec<Value> {
    Vec::new()
}

pub(in crate::serve) fn router(service: Arc<Service>) -> Router {
    let mut router = Router::new();
    for endpoint in &ENDPOINTS {
        router = router.route(endpoint.path, (endpoint.route)());
    }
    router.fallback(async || text(StatusCode::NOT_FOUND, "there is no such page\n")).with_state(service)
}

/// The paths of the description.
pub(super) fn paths(generator: &mut SchemaGenerator) -> Map<String, Value> {
    ENDPOINTS.iter().map(|endpoint| (endpoint.path.to_owned(), operation(endpoint, generator))).collect()
}

fn operation(endpoint: &Endpoint, generator: &mut SchemaGenerator) -> Value {
    let mut content = json!({});
    if let Some(schema) = endpoint.schema {
        content = json!({ "schema": schema(generator) });
    }
    let mut responses = Map::new();
    let media = endpoint.media;
    responses.insert("200".to_owned(), json!({ "description": endpoint.summary, "content": { media: content } }));
    let refused = (401, "A password or a token is needed.");
    let guarded = !super::guard::OPEN.contains(&endpoint.path);
    for (status, why) in endpoint.others.iter().chain(guarded.then_some(&refused)) {
        responses.insert(status.to_string(), json!({ "description": why, "content": { TEXT: {} } }));
    }
    let mut operation = json!({ "summary": endpoint.summary, "responses": responses });
    let parameters = (endpoint.parameters)(generator);
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if !guarded {
        operation["security"] = json!([]);
    }
    json!({ endpoint.method: operation })
}
