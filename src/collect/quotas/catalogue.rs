//! Which metrics are asked for. Names and dimensions:
//! <https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html>.

use aws_sdk_cloudwatch::types::{Dimension, Metric};

use crate::model::{StatesApi, quota::THROTTLED_EXECUTIONS};

const NAMESPACE: &str = "AWS/States";

/// One metric, and what is asked of it.
#[derive(Debug, Clone)]
pub(super) struct Series {
    /// As the snapshot names it.
    pub(super) name: String,
    pub(super) metric: Metric,
    /// CloudWatch's statistic of a period.
    pub(super) statistic: &'static str,
    /// Its points by the minute are kept: it is no limit.
    pub(super) moves: bool,
    /// Its points by the hour are read too.
    pub(super) forecast: bool,
}

/// A count that stands until it changes.
fn count(name: &str) -> Series {
    let metric = Metric::builder().namespace(NAMESPACE).metric_name(name).build();
    Series { name: name.to_owned(), metric, statistic: "Maximum", moves: true, forecast: false }
}

/// What happened in a period.
fn sum(name: &str) -> Series {
    Series { statistic: "Sum", ..count(name) }
}

/// One of the four metrics of a token bucket.
fn bucket(of: (&str, &str), name: &str, statistic: &'static str) -> Series {
    let (dimension, value) = of;
    let dimension = Dimension::builder().name(dimension).value(value).build();
    let metric = Metric::builder().namespace(NAMESPACE).metric_name(name).dimensions(dimension).build();
    Series { name: format!("{name}:{value}"), metric, statistic, moves: statistic == "Sum", forecast: false }
}

/// All that is asked for; `found` are the metrics of `AWS/Usage` that exist here, with their dimensions.
pub(super) fn recent(found: Vec<Metric>) -> Vec<Series> {
    let forecast = |series| Series { forecast: true, ..series };
    let limit = |name| Series { moves: false, ..count(name) };
    let mut series = vec![
        forecast(count("OpenExecutionCount")),
        limit("OpenExecutionLimit"),
        forecast(count("ApproximateOpenMapRunCount")),
        limit("OpenMapRunLimit"),
        count("ApproximateMapRunBacklogSize"),
    ];
    let usage = |metric: Metric| {
        let name = metric.metric_name.clone().unwrap_or_default();
        Series { name, metric, statistic: "Maximum", moves: true, forecast: true }
    };
    series.extend(found.into_iter().map(usage));
    series.push(sum(THROTTLED_EXECUTIONS));
    let apis = StatesApi::ALL.into_iter().map(|api| ("APIName", api.name()));
    for of in std::iter::once(("ServiceMetric", "StateTransition")).chain(apis) {
        series.extend([
            bucket(of, "ConsumedCapacity", "Sum"),
            bucket(of, "ThrottledEvents", "Sum"),
            bucket(of, "ProvisionedRefillRate", "Minimum"),
            bucket(of, "ProvisionedBucketSize", "Minimum"),
        ]);
    }
    series
}
