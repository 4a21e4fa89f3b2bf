//! Prometheus's remote write, version 1.0: <https://prometheus.io/docs/specs/prw/remote_write_spec/>.

use jiff::Timestamp;
use prometheus::proto::{LabelPair, MetricFamily};
use prost::Message;

use super::emf::value;

/// What Prometheus itself sends at once, unless it is told otherwise.
const AT_ONCE: usize = 2_000;
/// Whoever scrapes gives series a job; here nobody does.
const JOB: &str = "stepwarden";

#[derive(Clone, PartialEq, Message)]
struct WriteRequest {
    #[prost(message, repeated, tag = "1")]
    timeseries: Vec<TimeSeries>,
}

#[derive(Clone, PartialEq, Message)]
struct TimeSeries {
    /// Sorted by name.
    #[prost(message, repeated, tag = "1")]
    labels: Vec<Label>,
    #[prost(message, repeated, tag = "2")]
    samples: Vec<Sample>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Message)]
struct Label {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    value: String,
}

#[derive(Clone, Copy, PartialEq, Message)]
struct Sample {
    #[prost(double, tag = "1")]
    value: f64,
    /// Milliseconds since the epoch.
    #[prost(int64, tag = "2")]
    timestamp: i64,
}

/// The bodies of requests: protocol buffers under Snappy's block compression.
pub fn remote_write(families: &[MetricFamily], at: Timestamp) -> Vec<Vec<u8>> {
    let series: Vec<_> = families.iter().flat_map(|family| series(family, at)).collect();
    let request = |timeseries: &[TimeSeries]| WriteRequest { timeseries: timeseries.to_vec() }.encode_to_vec();
    let packed = |body: Vec<u8>| snap::raw::Encoder::new().compress_vec(&body).expect("2,000 series are below 4 GB");
    series.chunks(AT_ONCE).map(request).map(packed).collect()
}

fn series(family: &MetricFamily, at: Timestamp) -> impl Iterator<Item = TimeSeries> {
    family.get_metric().iter().map(move |sample| {
        let own = sample.get_label().iter().map(|pair: &LabelPair| label(pair.name(), pair.value()));
        let given = [label("__name__", family.name()), label("job", JOB)];
        let mut labels: Vec<_> = own.chain(given).collect();
        labels.sort_unstable();
        let sample = Sample { value: value(family, sample), timestamp: at.as_millisecond() };
        TimeSeries { labels, samples: vec![sample] }
    })
}

fn label(name: &str, value: &str) -> Label {
    Label { name: name.to_owned(), value: value.to_owned() }
}
