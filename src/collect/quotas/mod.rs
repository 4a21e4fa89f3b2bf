//! Limits from Service Quotas, usage from CloudWatch, and what one page of a list counts where CloudWatch has no count: at
//! most twelve calls a Region, however many state machines it holds (Service Quotas lists up to 100 quotas a call, and AWS
//! had 98 of Step Functions in 2026).

mod catalogue;
mod counted;
mod insights;
mod limits;
mod points;

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::Metric;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};

use self::catalogue::Series;
use self::points::{Answer, Window};
use super::collector::{Collector, Context, Scope};
use crate::aws::apis::{
    CLOUDWATCH_GET_METRIC_DATA as GET_METRIC_DATA, CLOUDWATCH_LIST_METRICS as LIST_METRICS,
    LOGS_DESCRIBE_RESOURCE_POLICIES, QUOTAS_LIST_DEFAULTS, QUOTAS_LIST_SERVICE_QUOTAS, SFN_LIST_ACTIVITIES,
    SFN_LIST_STATE_MACHINES,
};
use crate::model::{Holder, PartName, PartValue, Quota, Quotas, Reading, SlowQuotas};
use crate::types::{Gap, Observed};

/// How far back the newest point of a metric may lie, and what was throttled is counted.
const RECENT: Window = Window { back: SignedDuration::from_hours(3), period: 60 };
/// What is forecast is read that far back, which is two weekly cycles.
const LONG: Window = Window { back: SignedDuration::from_hours(14 * 24), period: 3_600 };

/// Where a store remembers them, the points by the hour and who has the most versions are asked for only once in this time.
const ASKED_AGAIN: SignedDuration = SignedDuration::from_mins(59);

/// Metrics of which Metrics Insights names the machines with the highest points.
pub(super) const HIGHEST: [&str; 2] = ["VersionCount", "AliasCount"];
/// Metrics of `AWS/Usage`, where they exist.
const IN_USAGE: [&str; 2] = ["StateMachineCount", "ActivityCount"];

/// Metrics that every collection requests at most, and those that it requests once in an hour, those of Metrics Insights
/// aside.
pub(super) fn metrics() -> (usize, usize) {
    let found = IN_USAGE.map(|name| Metric::builder().metric_name(name).build());
    let series = catalogue::recent(found.to_vec());
    (series.len(), series.iter().filter(|series| series.forecast).count())
}

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
        let known = context.remembered.and_then(|known| known.slow.as_ref()).filter(|slow| is_fresh(slow, context.now));
        let (applied, defaults, measured, highest, policies) = tokio::join!(
            limits::applied(context),
            limits::defaults(context),
            measured(context, known),
            highest(context, known),
            counted::resource_policies(context),
        );
        let Measured { metrics, minutes, hours, mut counted } = measured;
        counted.insert(Quota::LogResourcePolicies, policies);
        if let ([Some(_), Some(_), Some(gap)], true) =
            ([applied.gap(), defaults.gap(), metrics.gap()], counted.values().all(|count| count.seen().0.is_none()))
        {
            return PartValue::Quotas(Observed::missing(gap.clone()));
        }
        let remembered = context.remembered.map(|known| known.usage.clone()).unwrap_or_default();
        let slow_at = known.map(|slow| slow.asked_at);
        let quotas = Quotas { applied, defaults, metrics, minutes, hours, counted, highest, remembered, slow_at };
        PartValue::Quotas(Observed::known(quotas))
    }
    .boxed()
}

/// Whether what changes slowly need not be asked for again: CloudWatch is billed by the metric.
fn is_fresh(slow: &SlowQuotas, now: Timestamp) -> bool {
    let age = now.duration_since(slow.asked_at);
    age >= SignedDuration::ZERO && age < ASKED_AGAIN
}

async fn highest(context: &Context<'_>, known: Option<&SlowQuotas>) -> BTreeMap<Quota, Observed<Vec<Holder>>> {
    if let Some(known) = known {
        return known.highest.iter().map(|(quota, holders)| (*quota, Observed::known(holders.clone()))).collect();
    }
    let [versions, aliases] = HIGHEST.map(|metric| insights::highest(context, metric));
    let (versions, aliases) = tokio::join!(versions, aliases);
    BTreeMap::from([(Quota::Versions, versions), (Quota::Aliases, aliases)])
}

/// What CloudWatch measured, and what was counted in its stead.
struct Measured {
    metrics: Observed<BTreeMap<String, Reading>>,
    minutes: BTreeMap<String, Vec<Reading>>,
    hours: Observed<BTreeMap<String, Vec<Reading>>>,
    counted: BTreeMap<Quota, Observed<u64>>,
}

async fn measured(context: &Context<'_>, known: Option<&SlowQuotas>) -> Measured {
    let (machines, activities) =
        tokio::join!(points::dimensions(context, IN_USAGE[0]), points::dimensions(context, IN_USAGE[1]));
    let lookup_gap = machines.as_ref().err().or(activities.as_ref().err()).cloned();
    let found = [machines, activities].into_iter().filter_map(|metric| metric.ok().flatten()).collect();
    let series = catalogue::recent(found);
    let (recent, hours) = tokio::join!(points::read(context, &series, RECENT), hours(context, &series, known));
    let (metrics, minutes) = match recent {
        Ok(answer) => newest(&series, answer, lookup_gap),
        Err(gap) => (Observed::missing(gap), BTreeMap::new()),
    };
    let counted = counted::uncovered(context, &metrics).await;
    Measured { metrics, minutes, hours, counted }
}

/// The points by the hour of what is forecast.
async fn hours(
    context: &Context<'_>,
    series: &[Series],
    known: Option<&SlowQuotas>,
) -> Observed<BTreeMap<String, Vec<Reading>>> {
    if let Some(known) = known {
        return Observed::known(known.hours.clone());
    }
    let forecast: Vec<_> = series.iter().filter(|series| series.forecast).cloned().collect();
    match points::read(context, &forecast, LONG).await {
        Ok(Answer { points, gap, .. }) => Observed::listed(points, gap),
        Err(gap) => Observed::missing(gap),
    }
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
