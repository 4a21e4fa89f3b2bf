//! CloudWatch's points.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatch::types::{Metric, MetricDataQuery, MetricDataResult, MetricStat, StatusCode};
use jiff::{SignedDuration, Timestamp};

use super::catalogue::Series;
use super::{GET_METRIC_DATA, LIST_METRICS};
use crate::collect::collector::Context;
use crate::collect::metric_data;
use crate::collect::pages::required;
use crate::model::Reading;
use crate::types::{Gap, GapReason};

/// Which points are asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) back: SignedDuration,
    /// Seconds that one point stands for.
    pub(super) period: i32,
}

/// What CloudWatch answered.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// Oldest first, by [`Series::name`]; a metric without points has none, which is not the same as 0.
    pub(super) points: BTreeMap<String, Vec<Reading>>,
    /// The metrics of which there are no other points.
    pub(super) whole: BTreeSet<String>,
    /// Why some were not answered.
    pub(super) gap: Option<Gap>,
}

/// A metric of `AWS/Usage` with whatever dimensions it has here, as AWS's page does not name them; `None` where it does not
/// exist yet.
pub(super) async fn dimensions(context: &Context<'_>, name: &str) -> Result<Option<Metric>, Gap> {
    let client = context.clients.cloudwatch();
    let request = client.list_metrics().namespace("AWS/Usage").metric_name(name);
    let answer = context.call(&LIST_METRICS, || request.clone().send()).await;
    let metrics = answer.and_then(|answer| required(&LIST_METRICS, answer.metrics, "Metrics"));
    let metrics = metrics.map_err(|failure| context.gap(&failure))?;
    Ok(metrics.into_iter().find(|metric| metric.metric_name.as_deref() == Some(name)))
}

/// One call, unless CloudWatch cuts its answer in pages.
pub(super) async fn read(context: &Context<'_>, series: &[Series], window: Window) -> Result<Answer, Gap> {
    let query = |(index, series): (usize, &Series)| {
        let stat = MetricStat::builder().metric(series.metric.clone()).period(window.period).stat(series.statistic);
        MetricDataQuery::builder().id(format!("m{index}")).metric_stat(stat.build()).build()
    };
    let results = ask(context, series.iter().enumerate().map(query).collect(), window).await?;
    let metric_data::Answer { results, said: mut faults } = results;
    let mut answer = Answer::default();
    let mut broken = BTreeSet::new();
    for result in results {
        let index = result.id.as_deref().and_then(|id| id.strip_prefix('m')?.parse::<usize>().ok());
        let name = index.and_then(|index| Some(series.get(index)?.name.clone()));
        if let Some(fault) = fault(context, name.as_deref(), &result) {
            faults.push(fault);
            broken.extend(name);
            continue;
        }
        let Some(name) = name else { continue };
        if result.values.iter().flatten().any(|value| !value.is_finite() || *value < 0.0) {
            faults.push(format!("a value that no count can have for {name}"));
            broken.insert(name);
            continue;
        }
        // `PartialData` has more on the next page; what it has is right.
        if result.status_code == Some(StatusCode::PartialData) {
            answer.whole.remove(&name);
        } else {
            answer.whole.insert(name.clone());
        }
        answer.points.entry(name).or_default().extend(readings(result));
    }
    for points in answer.points.values_mut() {
        points.sort_by_key(|point| point.at);
    }
    answer.points.retain(|_, points| !points.is_empty());
    answer.whole.retain(|name| !broken.contains(name));
    answer.gap = gap(context, &faults);
    Ok(answer)
}

pub(super) async fn ask(
    context: &Context<'_>,
    queries: Vec<MetricDataQuery>,
    window: Window,
) -> Result<metric_data::Answer, Gap> {
    let answer = metric_data::ask(context, queries, context.now - window.back, context.now).await;
    answer.map_err(|failure| context.gap(&failure))
}

/// Why CloudWatch did not answer for one metric.
pub(super) fn fault(context: &Context<'_>, name: Option<&str>, result: &MetricDataResult) -> Option<String> {
    let name = name.unwrap_or("a metric that was not asked for");
    metric_data::fault(context, result).map(|fault| format!("{fault} for {name}"))
}

pub(super) fn readings(result: MetricDataResult) -> impl Iterator<Item = Reading> {
    let points = result.timestamps.unwrap_or_default().into_iter().zip(result.values.unwrap_or_default());
    let reading = |(time, value): (aws_smithy_types::DateTime, f64)| {
        Some(Reading { at: Timestamp::from_second(time.secs()).ok()?, value })
    };
    // Nothing that is asked for can be below 0.
    points.filter_map(reading).filter(|reading| reading.value.is_finite() && reading.value >= 0.0)
}

pub(super) fn gap(context: &Context<'_>, faults: &[String]) -> Option<Gap> {
    (!faults.is_empty()).then(|| {
        let detail = format!("{} answered in part: {}", GET_METRIC_DATA.name, faults.join("; "));
        context.locate(Gap { api: GET_METRIC_DATA.name.to_owned(), ..Gap::new(GapReason::Error, detail) })
    })
}
