use prometheus::core::Collector;
use prometheus::{CounterVec, GaugeVec, Opts};

use super::{Metric, MetricKind};

/// Where a family's samples go.
pub(super) struct Samples {
    gauges: GaugeVec,
    /// Of a counter the other is empty.
    counters: Option<CounterVec>,
}

impl Samples {
    pub(super) fn of(metric: &Metric) -> Self {
        let opts = || Opts::new(metric.name, metric.help);
        let lawful = "a test holds the catalogue to lawful names";
        let counters =
            (metric.kind == MetricKind::Counter).then(|| CounterVec::new(opts(), metric.labels).expect(lawful));
        Self { gauges: GaugeVec::new(opts(), metric.labels).expect(lawful), counters }
    }

    pub(super) fn into_collector(self) -> Box<dyn Collector> {
        match self.counters {
            Some(counters) => Box::new(counters),
            None => Box::new(self.gauges),
        }
    }

    fn gauge(&self, labels: &[&str]) -> prometheus::Gauge {
        self.gauges.get_metric_with_label_values(labels).expect("a sample has its family's labels")
    }

    pub(super) fn add_total(&self, labels: &[&str], count: u64) {
        #[allow(clippy::cast_precision_loss, reason = "exact up to 2^53")]
        let count = count as f64;
        let counters = self.counters.as_ref().expect("the family counts");
        counters.get_metric_with_label_values(labels).expect("a sample has its family's labels").inc_by(count);
    }

    pub(super) fn set(&self, labels: &[&str], value: f64) {
        self.gauge(labels).set(value);
    }

    pub(super) fn add(&self, labels: &[&str], count: usize) {
        self.gauge(labels).add(number(count));
    }
}

#[allow(clippy::cast_precision_loss, reason = "exact up to 2^53")]
pub(super) fn number(count: usize) -> f64 {
    count as f64
}
