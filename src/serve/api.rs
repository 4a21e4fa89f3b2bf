//! Parts of the latest report, by what they are about.

use std::sync::Arc;

use axum::extract::Query;
use axum::extract::State;
use axum::extract::rejection::QueryRejection;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::http::{answer, no_report, text};
use super::service::Service;
use crate::audit::{Finding, QuotaReport};
use crate::export::json::{FindingV1, QuotaV1};

/// Items of a page, unless `limit` says otherwise, and the most that it may say.
const PAGE: usize = 100;
const MOST: usize = 1_000;

/// Everything that is named must be so. Words are those of the report.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FindingFilters {
    status: Option<String>,
    severity: Option<String>,
    family: Option<String>,
    check: Option<String>,
    account_id: Option<String>,
    region: Option<String>,
    resource: Option<String>,
    change: Option<String>,
    owner: Option<String>,
    stack: Option<String>,
    offset: Option<usize>,
    limit: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QuotaFilters {
    quota: Option<String>,
    account_id: Option<String>,
    region: Option<String>,
    offset: Option<usize>,
    limit: Option<usize>,
}

#[derive(Serialize)]
struct Page<T> {
    /// How many there are, on this and other pages.
    total: usize,
    offset: usize,
    items: Vec<T>,
}

/// Not asked for, or this.
fn is(wanted: Option<&String>, word: &str) -> bool {
    wanted.is_none_or(|wanted| wanted == word)
}

impl FindingFilters {
    fn take(&self, finding: &Finding) -> bool {
        is(self.status.as_ref(), finding.status.as_str())
            && is(self.severity.as_ref(), finding.severity.as_str())
            && is(self.family.as_ref(), finding.family.as_str())
            && is(self.check.as_ref(), finding.check)
            && is(self.account_id.as_ref(), finding.account_id.as_str())
            && is(self.region.as_ref(), finding.region.as_str())
            && is(self.resource.as_ref(), finding.resource.as_str())
            && is(self.change.as_ref(), finding.since_last.as_str())
            && is(self.owner.as_ref(), finding.owner.as_deref().unwrap_or_default())
            && is(self.stack.as_ref(), finding.stack.as_deref().unwrap_or_default())
    }
}

impl QuotaFilters {
    fn take(&self, quota: &QuotaReport) -> bool {
        is(self.quota.as_ref(), quota.status.quota.as_str())
            && is(self.account_id.as_ref(), quota.account_id.as_str())
            && is(self.region.as_ref(), quota.region.as_str())
    }
}

pub(super) async fn findings(
    State(service): State<Arc<Service>>,
    filters: Result<Query<FindingFilters>, QueryRejection>,
) -> Response {
    let Query(filters) = match filters {
        Ok(filters) => filters,
        Err(fault) => return text(StatusCode::BAD_REQUEST, fault.body_text() + "\n"),
    };
    let Some(latest) = service.latest() else { return no_report() };
    let taken = latest.report.findings.iter().filter(|finding| filters.take(finding));
    page::<_, FindingV1>(taken, filters.offset, filters.limit)
}

pub(super) async fn quotas(
    State(service): State<Arc<Service>>,
    filters: Result<Query<QuotaFilters>, QueryRejection>,
) -> Response {
    let Query(filters) = match filters {
        Ok(filters) => filters,
        Err(fault) => return text(StatusCode::BAD_REQUEST, fault.body_text() + "\n"),
    };
    let Some(latest) = service.latest() else { return no_report() };
    let taken = latest.report.quotas.iter().filter(|quota| filters.take(quota));
    page::<_, QuotaV1>(taken, filters.offset, filters.limit)
}

fn page<'a, T: 'a, V: From<&'a T> + Serialize>(
    taken: impl Iterator<Item = &'a T>,
    offset: Option<usize>,
    limit: Option<usize>,
) -> Response {
    let (offset, limit) = (offset.unwrap_or(0), limit.unwrap_or(PAGE));
    if !(1..=MOST).contains(&limit) {
        return text(StatusCode::BAD_REQUEST, format!("limit: expected 1 to {MOST}\n"));
    }
    let (mut total, mut items) = (0, Vec::new());
    for item in taken {
        if total >= offset && items.len() < limit {
            items.push(V::from(item));
        }
        total += 1;
    }
    let body = serde_json::to_vec(&Page { total, offset, items }).expect("a report is JSON");
    answer(StatusCode::OK, "application/json", body)
}
