//! Limits from Service Quotas.

use std::collections::BTreeMap;

use aws_sdk_servicequotas::types::ServiceQuota;

use crate::aws::apis::{QUOTAS_LIST_DEFAULTS as LIST_DEFAULTS, QUOTAS_LIST_SERVICE_QUOTAS as LIST_APPLIED};
use crate::aws::{Api, Failure};
use crate::collect::collector::Context;
use crate::collect::pages::{Page, all_pages, named, required};
use crate::types::Observed;

/// Step Functions' service code in Service Quotas.
const SERVICE: &str = "states";

type Values = Observed<BTreeMap<String, f64>>;

pub(super) async fn applied(context: &Context<'_>) -> Values {
    let client = context.clients.quotas();
    let (quotas, failure) = all_pages(&LIST_APPLIED, |token| {
        let request = client.list_service_quotas().service_code(SERVICE).max_results(100).set_next_token(token);
        async move {
            let answer = context.call(&LIST_APPLIED, || request.clone().send()).await?;
            Ok(Page { items: required(&LIST_APPLIED, answer.quotas, "Quotas")?, next: answer.next_token })
        }
    })
    .await;
    values(context, &LIST_APPLIED, quotas, failure)
}

pub(super) async fn defaults(context: &Context<'_>) -> Values {
    let client = context.clients.quotas();
    let (quotas, failure) = all_pages(&LIST_DEFAULTS, |token| {
        let request =
            client.list_aws_default_service_quotas().service_code(SERVICE).max_results(100).set_next_token(token);
        async move {
            let answer = context.call(&LIST_DEFAULTS, || request.clone().send()).await?;
            Ok(Page { items: required(&LIST_DEFAULTS, answer.quotas, "Quotas")?, next: answer.next_token })
        }
    })
    .await;
    values(context, &LIST_DEFAULTS, quotas, failure)
}

fn values(context: &Context<'_>, api: &'static Api, quotas: Vec<ServiceQuota>, failure: Option<Failure>) -> Values {
    let value = |quota: ServiceQuota| Some((quota.quota_name?, quota.value?));
    let (values, failure) = named(api, quotas.into_iter().map(value), "QuotaName and Value", failure);
    let values: BTreeMap<_, _> = values.into_iter().collect();
    match failure {
        Some(failure) if values.is_empty() => Observed::missing(context.gap(&failure)),
        failure => Observed::listed(values, failure.map(|failure| context.gap(&failure))),
    }
}
