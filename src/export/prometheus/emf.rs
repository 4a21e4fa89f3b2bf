//! CloudWatch's embedded metric format: lines on standard output, of which CloudWatch Logs makes metrics. For tasks that
//! end before anybody could scrape them.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.

use std::collections::BTreeMap;
use std::io::{self, Write};

use jiff::Timestamp;
use prometheus::proto::{Metric, MetricFamily, MetricType};
use serde_json::{Map, Value, json};

const NAMESPACE: &str = "stepwarden";
const PREFIX: &str = "stepwarden_";

/// A metric of CloudWatch's. Each combination of dimensions is billed as one, so it has fewer than Prometheus's labels,
/// and what differs only by the others is put together.
#[derive(Debug, Clone, Copy)]
pub struct EmfMetric {
    /// Of the family, without `stepwarden_`.
    pub name: &'static str,
    pub dimensions: &'static [&'static str],
    together: Together,
}

#[derive(Debug, Clone, Copy)]
enum Together {
    Sum,
    Least,
}

const fn sum(name: &'static str, dimensions: &'static [&'static str]) -> EmfMetric {
    EmfMetric { name, dimensions, together: Together::Sum }
}

/// All of them, by name.
pub const EMF_METRICS: [EmfMetric; 12] = [
    EmfMetric { name: "collector_success", dimensions: &["account_id", "region"], together: Together::Least },
    sum("coverage_ratio", &["account_id", "region", "family"]),
    sum("execution_throttled", &["account_id", "region"]),
    sum("findings", &["account_id", "region", "severity"]),
    sum("findings_new", &["account_id", "region", "severity"]),
    sum("map_run_backlog", &["account_id", "region"]),
    sum("quota_limit", &["account_id", "region", "quota"]),
    sum("quota_usage", &["account_id", "region", "quota"]),
    sum("quota_usage_at_least", &["account_id", "region", "quota"]),
    sum("risk_score", &["account_id", "region"]),
    sum("sensitive_state_machines", &["account_id", "region", "data"]),
    sum("state_machines_by_risk", &["account_id", "region", "band"]),
];

/// The values of a metric's dimensions, in their order, and what they are the values of.
type Place = (&'static [&'static str], Vec<String>);

/// Writes a line for each combination of dimensions, with all the metrics that have it.
pub fn write_emf(families: &[MetricFamily], at: Timestamp, out: &mut dyn Write) -> io::Result<()> {
    let mut events: BTreeMap<Place, BTreeMap<&str, f64>> = BTreeMap::new();
    for (emf, family) in known(families) {
        for sample in family.get_metric() {
            let values = emf.dimensions.iter().map(|name| label(sample, name)).collect();
            let metrics = events.entry((emf.dimensions, values)).or_default();
            let value = value(family, sample);
            let together = metrics.entry(emf.name).or_insert(match emf.together {
                Together::Sum => 0.0,
                Together::Least => value,
            });
            *together = match emf.together {
                Together::Sum => *together + value,
                Together::Least => together.min(value),
            };
        }
    }
    for ((dimensions, values), metrics) in events {
        serde_json::to_writer(&mut *out, &event(dimensions, &values, &metrics, at))?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn known(families: &[MetricFamily]) -> impl Iterator<Item = (&'static EmfMetric, &MetricFamily)> {
    EMF_METRICS.iter().filter_map(|emf| {
        let family = families.iter().find(|family| family.name().strip_prefix(PREFIX) == Some(emf.name))?;
        Some((emf, family))
    })
}

fn label(sample: &Metric, name: &str) -> String {
    let label = sample.get_label().iter().find(|label| label.name() == name);
    label.map(|label| label.value().to_owned()).unwrap_or_default()
}

/// Of a gauge or a counter: there is nothing else in the catalogue.
pub(super) fn value(family: &MetricFamily, sample: &Metric) -> f64 {
    match family.get_field_type() {
        MetricType::COUNTER => sample.get_counter().get_value(),
        _ => sample.get_gauge().get_value(),
    }
}

fn event(dimensions: &[&str], values: &[String], metrics: &BTreeMap<&str, f64>, at: Timestamp) -> Value {
    let named: Vec<_> = metrics.keys().map(|name| json!({ "Name": name, "Unit": "None" })).collect();
    let mut event = Map::new();
    event.insert(
        "_aws".to_owned(),
        json!({
            "Timestamp": at.as_millisecond(),
            "CloudWatchMetrics": [{ "Namespace": NAMESPACE, "Dimensions": [dimensions], "Metrics": named }],
        }),
    );
    for (dimension, value) in dimensions.iter().zip(values) {
        event.insert((*dimension).to_owned(), value.as_str().into());
    }
    for (name, value) in metrics {
        event.insert((*name).to_owned(), json!(value));
    }
    Value::Object(event)
}
