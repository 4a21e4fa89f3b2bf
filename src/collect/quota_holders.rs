use std::collections::BTreeMap;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::collector::{Collector, Context, Scope};
use super::holding::{Starting, map_runs, open_executions, start_rates, transitions};
use super::starters::starters;
use crate::aws::apis::{
    CLOUDWATCH_GET_METRIC_DATA as GET_METRIC_DATA, SFN_LIST_EXECUTIONS as LIST_EXECUTIONS,
    SFN_LIST_MAP_RUNS as LIST_MAP_RUNS,
};
use crate::model::{PartName, PartValue, Quota, QuotaStatus, StatesApi};
use crate::types::Observed;

/// Who holds the quotas that are at or above their warning level; where none is, nothing is called.
pub(super) static COLLECTOR: Collector = Collector {
    part: PartName::QuotaHolders,
    scope: Scope::Region,
    after: &[PartName::Quotas, PartName::StateMachines],
    apis: &[&GET_METRIC_DATA, &LIST_EXECUTIONS, &LIST_MAP_RUNS],
    run,
};

/// Quotas whose holders can be told.
const TOLD: [Quota; 4] =
    [Quota::OpenExecutions, Quota::OpenMapRuns, Quota::StateTransitions, Quota::Api(StatesApi::StartExecution)];

/// Machines whose starts are looked at.
const STARTERS: usize = 100;

fn run<'a>(context: &'a Context<'a>) -> BoxFuture<'a, PartValue> {
    async move {
        if let Observed::Missing { gap } = context.snapshot.quotas() {
            return PartName::QuotaHolders.missing(gap);
        }
        let crowded = crowded(context);
        let mut holders = BTreeMap::new();
        if crowded.is_empty() {
            return PartValue::QuotaHolders(Observed::known(holders));
        }
        let starting: Starting = match crowded.iter().all(|quota| *quota == Quota::StateTransitions) {
            true => Ok(<_>::default()),
            false => starters(context, STARTERS).await,
        };
        for quota in crowded {
            let held = match quota {
                Quota::OpenExecutions => open_executions(context, &starting).await,
                Quota::OpenMapRuns => map_runs(context, &starting).await,
                Quota::StateTransitions => transitions(context).await,
                _ => start_rates(context, &starting),
            };
            holders.insert(quota, held);
        }
        PartValue::QuotaHolders(Observed::known(holders))
    }
    .boxed()
}

/// The quotas that are at or above their warning level, each once.
fn crowded(context: &Context<'_>) -> Vec<Quota> {
    let statuses = QuotaStatus::of(context.snapshot);
    let is_crowded = |quota: &Quota| {
        let ratios = statuses.iter().filter(|status| status.quota == *quota).filter_map(QuotaStatus::ratio);
        ratios.into_iter().any(|ratio| ratio >= context.warnings.of(*quota))
    };
    TOLD.into_iter().filter(is_crowded).collect()
}
