//! Parts of the latest report, by what they are about.

use std::sync::Arc;

use axum::extract::Query;
use axum::extract::State;
use axum::extract::rejection::QueryRejection;
use axum::http::StatusCode;
use axum::response::Response;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::service::Service;
use super::{JSON, answer, no_report, text};
use crate::audit::{Finding, QuotaReport};
use crate::export::json::{ChangeSinceV1, FamilyV1, FindingV1, QuotaV1, SeverityV1, StatusV1};

/// Items of a page, unless `limit` says otherwise, and the most that it may say.
const PAGE: u32 = 100;
const MOST: u32 = 1_000;

/// Everything that is named must be so. Words are those of the report.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FindingFilters {
    status: Option<StatusV1>,
    severity: Option<SeverityV1>,
    family: Option<FamilyV1>,
    /// The check's id.
    check: Option<String>,
    account_id: Option<String>,
    region: Option<String>,
    /// The ARN of what it is about.
    resource: Option<String>,
    change: Option<ChangeSinceV1>,
    owner: Option<String>,
    stack: Option<String>,
    /// Items to pass over.
    #[schemars(range(max = 4_294_967_295_u32))]
    offset: Option<u32>,
    /// The most items to answer with; 100 unless it is said.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<u32>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct QuotaFilters {
    /// Its name, as in the report.
    quota: Option<String>,
    account_id: Option<String>,
    region: Option<String>,
    /// Items to pass over.
    #[schemars(range(max = 4_294_967_295_u32))]
    offset: Option<u32>,
    /// The most items to answer with; 100 unless it is said.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<u32>,
}

/// Part of a list.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Page<T> {
    /// How many there are, on this and other pages.
    total: usize,
    /// How many come before the first item.
    offset: u32,
    /// The items of this page.
    items: Vec<T>,
}

/// Not asked for, or this.
fn is(wanted: Option<&String>, word: &str) -> bool {
    wanted.is_none_or(|wanted| wanted == word)
}

fn one_of<T: PartialEq>(wanted: Option<T>, word: impl Into<T>) -> bool {
    wanted.is_none_or(|wanted| wanted == word.into())
}

impl FindingFilters {
    fn take(&self, finding: &Finding) -> bool {
        one_of(self.status, finding.status)
            && one_of(self.severity, finding.severity)
            && one_of(self.family, finding.family)
            && is(self.check.as_ref(), finding.check)
            && is(self.account_id.as_ref(), finding.account_id.as_str())
            && is(self.region.as_ref(), finding.region.as_str())
            && is(self.resource.as_ref(), finding.resource.as_str())
            && one_of(self.change, finding.since_last)
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

type Asked<T> = Result<Query<T>, QueryRejection>;

pub(super) async fn findings(State(service): State<Arc<Service>>, asked: Asked<FindingFilters>) -> Response {
    let filters = match asked {
        Ok(Query(filters)) => filters,
        Err(fault) => return wrong(&fault),
    };
    let Some(latest) = service.latest() else { return no_report() };
    let taken = latest.report.findings.iter().filter(|finding| filters.take(finding));
    page::<_, FindingV1>(taken, filters.offset, filters.limit)
}

pub(super) async fn quotas(State(service): State<Arc<Service>>, asked: Asked<QuotaFilters>) -> Response {
    let filters = match asked {
        Ok(Query(filters)) => filters,
        Err(fault) => return wrong(&fault),
    };
    let Some(latest) = service.latest() else { return no_report() };
    let taken = latest.report.quotas.iter().filter(|quota| filters.take(quota));
    page::<_, QuotaV1>(taken, filters.offset, filters.limit)
}

fn wrong(fault: &QueryRejection) -> Response {
    text(StatusCode::BAD_REQUEST, fault.body_text() + "\n")
}

fn page<'a, T: 'a, V: From<&'a T> + Serialize>(
    taken: impl Iterator<Item = &'a T>,
    offset: Option<u32>,
    limit: Option<u32>,
) -> Response {
    let (offset, limit) = (offset.unwrap_or(0), limit.unwrap_or(PAGE));
    if !(1..=MOST).contains(&limit) {
        return text(StatusCode::BAD_REQUEST, format!("limit: expected 1 to {MOST}\n"));
    }
    let (mut total, mut items) = (0, Vec::new());
    for item in taken {
        if total >= offset as usize && items.len() < limit as usize {
            items.push(V::from(item));
        }
        total += 1;
    }
    let body = serde_json::to_vec(&Page { total, offset, items }).expect("a report is JSON");
    answer(StatusCode::OK, JSON, body)
}
