//! CloudWatch's series of metrics: what collectors that ask by state machine share.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::{Dimension, MetricDataQuery, MetricDataResult, MetricStat};
use jiff::{SignedDuration, Timestamp};

use super::collector::Context;
use super::metric_data::{self, Answer, broken, fault};
use crate::aws::Failure;
use crate::model::Counts;

/// Metrics that one call may ask for.
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>.
pub(super) const MOST_QUERIES: usize = 500;
const NAMESPACE: &str = "AWS/States";

/// A span of whole periods.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
    pub(super) period: u32,
}

impl Span {
    /// The whole periods of a window that are over.
    pub(super) fn back(now: Timestamp, window: SignedDuration, period: u32) -> Self {
        let seconds = i64::from(period);
        let until = now.as_second().div_euclid(seconds) * seconds;
        let at = |second| Timestamp::from_second(second).unwrap_or(now);
        Self { from: at(until - window.as_secs()), until: at(until), period }
    }

    fn periods(self) -> usize {
        usize::try_from(self.until.duration_since(self.from).as_secs() / i64::from(self.period)).unwrap_or_default()
    }

    fn empty(self) -> Counts {
        Counts { from: self.from, period_seconds: self.period, values: vec![None; self.periods()] }
    }

    fn fill(self, counts: &mut Counts, result: MetricDataResult) {
        let points = result.timestamps.unwrap_or_default().into_iter().zip(result.values.unwrap_or_default());
        for (time, value) in points {
            let index = (time.secs() - self.from.as_second()).div_euclid(i64::from(self.period));
            if let Some(slot) = usize::try_from(index).ok().and_then(|index| counts.values.get_mut(index))
                && value.is_finite()
                && value >= 0.0
            {
                *slot = Some(value);
            }
        }
    }
}

/// A metric of `AWS/States`, of whatever its dimensions say; its sums are asked for.
#[derive(Debug, Clone)]
pub(super) struct Wanted<'a> {
    pub(super) metric: &'static str,
    pub(super) dimensions: Vec<(&'static str, &'a str)>,
}

impl Wanted<'_> {
    fn query(&self, index: usize, period: u32) -> MetricDataQuery {
        let mut metric = aws_sdk_cloudwatch::types::Metric::builder().namespace(NAMESPACE).metric_name(self.metric);
        for (name, value) in &self.dimensions {
            metric = metric.dimensions(Dimension::builder().name(*name).value(*value).build());
        }
        let period = i32::try_from(period).unwrap_or(i32::MAX);
        let stat = MetricStat::builder().metric(metric.build()).period(period).stat("Sum").build();
        MetricDataQuery::builder().id(format!("s{index}")).metric_stat(stat).build()
    }
}

/// The sums of each metric by period: one call for each 500.
pub(super) async fn sums(context: &Context<'_>, wanted: &[Wanted<'_>], span: Span) -> Result<Vec<Counts>, Failure> {
    let answered = answered(context, wanted, span).await?;
    Ok(answered.into_iter().map(|counts| counts.unwrap_or_else(|| span.empty())).collect())
}

/// As [`sums`]; none of a metric that the answer does not speak of.
pub(super) async fn answered(
    context: &Context<'_>,
    wanted: &[Wanted<'_>],
    span: Span,
) -> Result<Vec<Option<Counts>>, Failure> {
    let mut found = Vec::with_capacity(wanted.len());
    for some in wanted.chunks(MOST_QUERIES) {
        let queries = some.iter().enumerate().map(|(index, one)| one.query(index, span.period)).collect();
        let mut counts = vec![None; some.len()];
        for result in results(context, queries, span).await? {
            let index = result.id.as_deref().and_then(|id| id.strip_prefix('s')?.parse::<usize>().ok());
            if let Some(counts) = index.and_then(|index| counts.get_mut(index)) {
                span.fill(counts.get_or_insert_with(|| span.empty()), result);
            }
        }
        found.append(&mut counts);
    }
    Ok(found)
}

/// The groups of a Metrics Insights query by their names; one call may hold one query.
pub(super) async fn grouped(
    context: &Context<'_>,
    query: &str,
    span: Span,
) -> Result<BTreeMap<String, Counts>, Failure> {
    let period = i32::try_from(span.period).unwrap_or(i32::MAX);
    let query = MetricDataQuery::builder().id("top").expression(query).period(period).build();
    let mut groups: BTreeMap<String, Counts> = BTreeMap::new();
    for mut result in results(context, vec![query], span).await? {
        if let Some(label) = result.label.take() {
            span.fill(groups.entry(label).or_insert_with(|| span.empty()), result);
        }
    }
    Ok(groups)
}

/// All results, or a failure: half of them would be taken for all.
async fn results(
    context: &Context<'_>,
    queries: Vec<MetricDataQuery>,
    span: Span,
) -> Result<Vec<MetricDataResult>, Failure> {
    let Answer { results, said } = metric_data::ask(context, queries, span.from, span.until).await?;
    let fault = said.into_iter().next().or_else(|| results.iter().find_map(|result| fault(context, result)));
    fault.map_or(Ok(results), |fault| Err(broken(&fault)))
}
