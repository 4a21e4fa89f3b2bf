//! What CloudWatch has no count of, by one page of a list each.

use std::collections::BTreeMap;

use super::{LOGS_DESCRIBE_RESOURCE_POLICIES, SFN_LIST_ACTIVITIES, SFN_LIST_STATE_MACHINES};
use crate::aws::{Api, Failure};
use crate::collect::collector::Context;
use crate::collect::pages::required;
use crate::model::quota::FRESH;
use crate::model::{Quota, Reading};
use crate::types::{Gap, GapReason, Observed};

/// What a page of a list of Step Functions holds at most.
const PAGE: i32 = 1_000;
/// What a page of resource policies holds at most; AWS allows 10 a Region.
const POLICIES: i32 = 50;

/// State machines and activities, as far as CloudWatch has no fresh count: it has none before the first is added or
/// deleted.
pub(super) async fn uncovered(
    context: &Context<'_>,
    metrics: &Observed<BTreeMap<String, Reading>>,
) -> BTreeMap<Quota, Observed<u64>> {
    let covered = |name: &str| {
        let reading = metrics.seen().0.and_then(|readings| readings.get(name));
        reading.is_some_and(|reading| context.now.duration_since(reading.at) <= FRESH)
    };
    // Where the machines are listed anyway, that list counts them, or was refused.
    let listed = context.snapshot.state_machines().gap().is_none_or(|gap| gap.reason != GapReason::Disabled);
    let machines =
        async { if listed || covered("StateMachineCount") { None } else { Some(state_machines(context).await) } };
    let activities = async { if covered("ActivityCount") { None } else { Some(activities(context).await) } };
    let (machines, activities) = tokio::join!(machines, activities);
    let counts = [(Quota::StateMachines, machines), (Quota::Activities, activities)];
    counts.into_iter().filter_map(|(quota, count)| Some((quota, count?))).collect()
}

async fn state_machines(context: &Context<'_>) -> Observed<u64> {
    let request = context.clients.sfn().list_state_machines().max_results(PAGE);
    let answer = context.call(&SFN_LIST_STATE_MACHINES, || request.clone().send()).await;
    let count = answer.map(|page| (page.state_machines.len(), page.next_token.is_some()));
    count_of(context, &SFN_LIST_STATE_MACHINES, count)
}

async fn activities(context: &Context<'_>) -> Observed<u64> {
    let request = context.clients.sfn().list_activities().max_results(PAGE);
    let answer = context.call(&SFN_LIST_ACTIVITIES, || request.clone().send()).await;
    let count = answer.map(|page| (page.activities.len(), page.next_token.is_some()));
    count_of(context, &SFN_LIST_ACTIVITIES, count)
}

/// Of the account, not those of single log groups.
pub(super) async fn resource_policies(context: &Context<'_>) -> Observed<u64> {
    let request = context.clients.logs().describe_resource_policies().limit(POLICIES);
    let answer = context.call(&LOGS_DESCRIBE_RESOURCE_POLICIES, || request.clone().send()).await;
    let count = answer.and_then(|page| {
        let policies = required(&LOGS_DESCRIBE_RESOURCE_POLICIES, page.resource_policies, "resourcePolicies")?;
        Ok((policies.len(), page.next_token.is_some()))
    });
    count_of(context, &LOGS_DESCRIBE_RESOURCE_POLICIES, count)
}

/// The length of a page, and whether there is another.
fn count_of(context: &Context<'_>, api: &'static Api, page: Result<(usize, bool), Failure>) -> Observed<u64> {
    match page {
        Err(failure) => Observed::missing(context.gap(&failure)),
        Ok((length, more)) => {
            let gap = more.then(|| {
                let detail = format!("{} has more pages than the one that was read", api.name);
                context.locate(Gap { api: api.name.to_owned(), ..Gap::new(GapReason::Partial, detail) })
            });
            Observed::listed(u64::try_from(length).unwrap_or(u64::MAX), gap)
        }
    }
}
