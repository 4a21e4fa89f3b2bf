//! What the process itself counts.

use jiff::Timestamp;
use prometheus::core::Collector;
use prometheus::{CounterVec, Gauge, IntCounterVec, Opts, Registry, TextEncoder};

use crate::config::Group;
use crate::types::ApiUsage;

/// A family of the process's own, beside those that are rebuilt from each report.
#[derive(Debug, Clone, Copy)]
pub struct OwnMetric {
    pub name: &'static str,
    pub labels: &'static [&'static str],
    pub help: &'static str,
}

const BUDGET_WAIT: OwnMetric = OwnMetric {
    name: "stepwarden_aws_budget_wait_seconds_total",
    labels: &["account_id", "region", "api"],
    help: "Seconds that calls waited for the request budget",
};
const REQUESTS: OwnMetric = OwnMetric {
    name: "stepwarden_aws_requests_total",
    labels: &["account_id", "region", "api", "outcome"],
    help: "Calls of AWS, each attempt counted; account_id is empty before the account is known",
};
const RELOAD_SUCCESS_TIMESTAMP: OwnMetric = OwnMetric {
    name: "stepwarden_config_last_reload_success_timestamp_seconds",
    labels: &[],
    help: "When the configuration was last loaded with success, in seconds since the epoch",
};
const RELOAD_SUCCESSFUL: OwnMetric = OwnMetric {
    name: "stepwarden_config_last_reload_successful",
    labels: &[],
    help: "Whether the last reload of the configuration succeeded (1) or not (0)",
};
const TICKS_LATE: OwnMetric = OwnMetric {
    name: "stepwarden_ticks_late_total",
    labels: &["schedule"],
    help: "Ticks that came late or not at all: the one before took too long",
};

/// All of them, by name.
pub const OWN_METRICS: [OwnMetric; 5] =
    [BUDGET_WAIT, REQUESTS, RELOAD_SUCCESS_TIMESTAMP, RELOAD_SUCCESSFUL, TICKS_LATE];

#[derive(Debug)]
pub(super) struct Counters {
    registry: Registry,
    late: IntCounterVec,
    reload_successful: Gauge,
    reload_success_timestamp: Gauge,
}

impl OwnMetric {
    fn opts(self) -> Opts {
        Opts::new(self.name, self.help)
    }

    fn gauge(self) -> Gauge {
        Gauge::with_opts(self.opts()).expect("a lawful name")
    }

    fn counters(self) -> CounterVec {
        CounterVec::new(self.opts(), self.labels).expect("a lawful name")
    }
}

fn register(registry: &Registry, collector: impl Collector + 'static) {
    registry.register(Box::new(collector)).expect("names are registered once");
}

impl Counters {
    pub(super) fn new(now: Timestamp) -> Self {
        let late = IntCounterVec::new(TICKS_LATE.opts(), TICKS_LATE.labels).expect("a lawful name");
        for group in Group::ALL {
            late.with_label_values(&[group.as_str()]).reset();
        }
        let counters = Self {
            registry: Registry::new(),
            late,
            reload_successful: RELOAD_SUCCESSFUL.gauge(),
            reload_success_timestamp: RELOAD_SUCCESS_TIMESTAMP.gauge(),
        };
        register(&counters.registry, counters.late.clone());
        register(&counters.registry, counters.reload_successful.clone());
        register(&counters.registry, counters.reload_success_timestamp.clone());
        counters.reloaded(true, now);
        counters
    }

    pub(super) fn late(&self, group: Group, ticks: u64) {
        self.late.with_label_values(&[group.as_str()]).inc_by(ticks);
    }

    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970")]
    pub(super) fn reloaded(&self, successful: bool, now: Timestamp) {
        self.reload_successful.set(f64::from(u8::from(successful)));
        if successful {
            self.reload_success_timestamp.set(now.as_millisecond() as f64 / 1_000.0);
        }
    }

    /// In the Prometheus text format, with what the request budget counted.
    pub(super) fn text(&self, usage: &[ApiUsage]) -> String {
        let mut families = spent(usage).gather();
        families.extend(self.registry.gather());
        TextEncoder::new().encode_to_string(&families).expect("families of this process are lawful")
    }
}

#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53")]
fn spent(usage: &[ApiUsage]) -> Registry {
    let (requests, waited) = (REQUESTS.counters(), BUDGET_WAIT.counters());
    for one in usage {
        let account_id = one.account_id.as_ref().map_or("", |account_id| account_id.as_str());
        let place = [account_id, one.region.as_str(), one.api];
        waited.with_label_values(&place).inc_by(one.waited_seconds);
        let outcomes = [("ok", one.ok), ("throttled", one.throttled), ("denied", one.denied), ("error", one.errors)];
        for (outcome, calls) in outcomes {
            let [account_id, region, api] = place;
            requests.with_label_values(&[account_id, region, api, outcome]).inc_by(calls as f64);
        }
    }
    let registry = Registry::new();
    register(&registry, requests);
    register(&registry, waited);
    registry
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Counters, OWN_METRICS};
    use crate::types::{AccountId, ApiUsage, Region};

    #[test]
    fn every_family_of_the_catalogue_is_told() {
        let usage = ApiUsage {
            account_id: Some(AccountId::parse("123456789012").unwrap()),
            region: Region::parse("eu-west-1").unwrap(),
            api: "states:ListExecutions",
            ok: 7,
            throttled: 2,
            denied: 0,
            errors: 0,
            waited_seconds: 1.5,
        };
        let text = Counters::new(Timestamp::UNIX_EPOCH).text(&[usage]);
        let told: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("# HELP ")).collect();
        assert_eq!(told, OWN_METRICS.map(|metric| format!("{} {}", metric.name, metric.help)));
        let place = r#"account_id="123456789012",api="states:ListExecutions""#;
        for line in [
            format!(r#"stepwarden_aws_requests_total{{{place},outcome="throttled",region="eu-west-1"}} 2"#),
            format!(r#"stepwarden_aws_budget_wait_seconds_total{{{place},region="eu-west-1"}} 1.5"#),
        ] {
            assert!(text.lines().any(|one| one == line), "{line} in {text}");
        }
    }
}
