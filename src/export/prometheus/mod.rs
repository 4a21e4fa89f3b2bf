//! The Prometheus text format, built anew from each report: the series of what is gone are gone with it, and what is
//! unknown has no series rather than a 0. The counters of the service itself are not here.

mod catalogue;
mod emf;
mod pushed;
mod remote_write;
mod rows;
mod samples;

use std::io::{self, Write};

use prometheus::proto::MetricFamily;
use prometheus::{Registry, TextEncoder};

pub use self::catalogue::{METRICS, Metric, MetricKind};
pub use self::emf::{EMF_METRICS, EmfMetric, write_emf};
pub use self::pushed::{Group, groups};
pub use self::remote_write::remote_write;
use self::samples::Samples;
use crate::audit::Report;

/// Every family that has a sample, by name.
pub fn families(report: &Report) -> Vec<MetricFamily> {
    gather(report, |_| true)
}

fn gather(report: &Report, wanted: impl Fn(&Metric) -> bool) -> Vec<MetricFamily> {
    let registry = Registry::new();
    for metric in METRICS.iter().filter(|metric| wanted(metric)) {
        let samples = Samples::of(metric);
        (metric.samples)(report, &samples);
        registry.register(samples.into_collector()).expect("a test holds the catalogue free of duplicates");
    }
    registry.gather()
}

/// Those of quotas alone, which stand beside others that have none of them.
pub fn quota_families(report: &Report) -> Vec<MetricFamily> {
    gather(report, Metric::is_of_quotas)
}

/// Writes [`families`] in the text format 0.0.4.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    encode(&families(report), out)
}

/// [`quota_families`] in the same format.
pub fn write_quotas(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    encode(&quota_families(report), out)
}

fn encode(families: &[MetricFamily], out: &mut dyn Write) -> io::Result<()> {
    let text = TextEncoder::new().encode_to_string(families).map_err(io::Error::other)?;
    out.write_all(text.as_bytes())
}
