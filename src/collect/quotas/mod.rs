//! Limits from Service Quotas, usage from CloudWatch, and what one page of a list counts where CloudWatch has no count: at
//! most twelve calls a Region, however many state machines it holds (Service Quotas lists up to 100 quotas a call, and AWS
//! had 98 of Step Functions in 2026).

mod catalogue;
mod counted;
mod insights;
mod limits;
mod points;

use std::collections::BTreeMap;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use jiff::SignedDuration;

use self::catalogue::Series;
use self::points::{Answer, Window};
use super::collector::{Collector, Context, Scope};
use crate::aws::apis::{
    CLOUDWATCH_GET_METRIC_DATA as GET_METRIC_DATA, CLOUDWATCH_LIST_METRICS as LIST_METRICS,
    LOGS_DESCRIBE_RESOURCE_POLICIES, QUOTAS_LIST_DEFAULTS, QUOTAS_LIST_SERVICE_QUOTAS, SFN_LIST_ACTIVITIES,
    SFN_LIST_STATE_MACHINES,
};
use crate::model::{PartName, PartValue, Quota, Quotas, Reading};
use crate::types::{Gap, Observed};

/// How far back the newest point of a metric may lie, and what was throttled is counted.
const RECENT: Window = Window { back: SignedDuration::from_hours(3), period: 60 };
/// What is forecast is read that far back, which is two weekly cycles.
const LONG: Window = Window { back: SignedDuration::from_hours(14 * 24), period: 3_600 };

pub(super) static COLLECTOR: Collector = Collector {
    part: PartName::Quotas,
    scope: Scope::Region,
    after: &[PartName::StateMachines],
    apis: &[
        &QUOTAS_LIST_SERVICE_QUOTAS,
        &QUOTAS_LIST_DEFAULTS,
        &LIST_METRICS,
        &GET_METRIC_DATA,
        &LOGS_DESCRIBE_RESOURCE_POLICIES,
        &SFN_LIST_STATE_MACHINES,
        &SFN_LIST_ACTIVITIES,
    ],
    run,
};

fn run<'a>(context: &'a Context<'a>) -> BoxFuture<'a, PartValue> {
    async move {
        let (applied, defaults, measured, versions, aliases, policies) = tokio::join!(
            limits::applied(context),
            limits::defaults(context),
            measured(context),
            insights::highest(context, "VersionCount"),
            insights::highest(context, "AliasCount"),
            counted::resource_policies(context),
        );
        let Measured { metrics, minutes, hours, mut counted } = measured;
        counted.insert(Quota::LogResourcePolicies, policies);
        if let ([Some(_), Some(_), Some(gap)], true) =
            ([applied.gap(), defaults.gap(), metrics.gap()], counted.values().all(|count| count.seen().0.is_none()))
        {
            return PartValue::Quotas(Observed::missing(gap.clone()));
        }
        let highest = BTreeMap::from([(Quota::Versions, versions), (Quota::Aliases, aliases)]);
        let remembered = context.remembered.cloned().unwrap_or_default();
        let quotas = Quotas { applied, defaults, metrics, minutes, hours, counted, highest, remembered };
        PartValue::Quotas(Observed::known(quotas))
    }
    .boxed()
}

/// What CloudWatch measured, and what was counted in its stead.
struct Measured {
    metrics: Observed<BTreeMap<String, Reading>>,
    minutes: BTreeMap<String, Vec<Reading>>,
    hours: Observed<BTreeMap<String, Vec<Reading>>>,
    counted: BTreeMap<Quota, Observed<u64>>,
}

async fn measured(context: &Context<'_>) -> Measured {
    let (machines, activities) =
        tokio::join!(points::dimensions(context, "StateMachineCount"), points::dimensions(context, "ActivityCount"));
    let lookup_gap = machines.as_ref().err().or(activities.as_ref().err()).cloned();
    let found = [machines, activities].into_iter().filter_map(|metric| metric.ok().flatten()).collect();
    let series = catalogue::recent(found);
    let long: Vec<_> = series.iter().filter(|series| series.forecast).cloned().collect();
    let (recent, long) = tokio::join!(points::read(context, &series, RECENT), points::read(context, &long, LONG));
    let hours = match long {
        Ok(Answer { points, gap, .. }) => Observed::listed(points, gap),
        Err(gap) => Observed::missing(gap),
    };
    let (metrics, minutes) = match recent {
        Ok(answer) => newest(&series, answer, lookup_gap),
        Err(gap) => (Observed::missing(gap), BTreeMap::new()),
    };
    let counted = counted::uncovered(context, &metrics).await;
    Measured { metrics, minutes, hours, counted }
}

type Newest = (Observed<BTreeMap<String, Reading>>, BTreeMap<String, Vec<Reading>>);

/// The newest point of each metric, and the minutes of those that move and were answered to the end.
fn newest(series: &[Series], answer: Answer, lookup_gap: Option<Gap>) -> Newest {
    let Answer { mut points, whole, gap } = answer;
    let newest = points.iter().filter_map(|(name, points)| Some((name.clone(), *points.last()?))).collect();
    let moving = series.iter().filter(|series| series.moves && whole.contains(&series.name));
    let minutes = moving.map(|series| (series.name.clone(), points.remove(&series.name).unwrap_or_default())).collect();
    (Observed::listed(newest, gap.or(lookup_gap)), minutes)
}
