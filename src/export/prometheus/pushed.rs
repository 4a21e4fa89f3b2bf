//! Groups for a Pushgateway, which keeps what was pushed under a group until the group is pushed again:
//! <https://github.com/prometheus/pushgateway#url>.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use prometheus::TextEncoder;
use prometheus::proto::MetricFamily;

/// The labels that make a group: each account and Region is pushed by itself, so that one that is no longer scanned can
/// be deleted by itself.
const GROUPED: [&str; 2] = ["account_id", "region"];

/// One push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// From `/metrics` on.
    pub path: String,
    /// In the text format.
    pub body: String,
}

/// One for each account and Region, and one for what belongs to none.
pub fn groups(families: &[MetricFamily]) -> io::Result<Vec<Group>> {
    let mut keys = BTreeSet::new();
    for sample in families.iter().flat_map(MetricFamily::get_metric) {
        keys.insert(key(sample));
    }
    keys.into_iter().map(|key| group(families, &key)).collect()
}

type Key = BTreeMap<&'static str, String>;

fn key(sample: &prometheus::proto::Metric) -> Key {
    let of = |name: &'static str| {
        let label = sample.get_label().iter().find(|label| label.name() == name)?;
        Some((name, label.value().to_owned()))
    };
    GROUPED.into_iter().filter_map(of).collect()
}

fn group(families: &[MetricFamily], wanted: &Key) -> io::Result<Group> {
    let mut own = Vec::new();
    for family in families {
        let samples: Vec<_> = family.get_metric().iter().filter(|sample| key(sample) == *wanted).cloned().collect();
        if !samples.is_empty() {
            let mut family = family.clone();
            family.set_metric(samples);
            own.push(family);
        }
    }
    let body = TextEncoder::new().encode_to_string(&own).map_err(io::Error::other)?;
    // Ids of accounts and Regions need no escaping.
    let labels: String = wanted.iter().map(|(name, value)| format!("/{name}/{value}")).collect();
    Ok(Group { path: format!("/metrics/job/stepwarden{labels}"), body })
}
