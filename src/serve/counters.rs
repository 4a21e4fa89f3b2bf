//! What the process itself counts.

use jiff::Timestamp;
use prometheus::{Gauge, IntCounterVec, Opts, Registry, TextEncoder};

use crate::config::Group;

#[derive(Debug)]
pub(super) struct Counters {
    registry: Registry,
    late: IntCounterVec,
    reload_successful: Gauge,
    reload_success_timestamp: Gauge,
}

impl Counters {
    pub(super) fn new(now: Timestamp) -> Self {
        let late = Opts::new(
            "stepwarden_ticks_late_total",
            "Ticks that came late or not at all: the one before took too long",
        );
        let late = IntCounterVec::new(late, &["schedule"]).expect("a lawful name");
        let gauge = |name: &str, help: &str| Gauge::new(name, help).expect("a lawful name");
        let counters = Self {
            registry: Registry::new(),
            late,
            reload_successful: gauge(
                "stepwarden_config_last_reload_successful",
                "Whether the last reload of the configuration succeeded (1) or not (0)",
            ),
            reload_success_timestamp: gauge(
                "stepwarden_config_last_reload_success_timestamp_seconds",
                "When the configuration was last loaded with success",
            ),
        };
        for group in Group::ALL {
            counters.late.with_label_values(&[group.as_str()]).reset();
        }
        let register = |collector: Box<dyn prometheus::core::Collector>| {
            counters.registry.register(collector).expect("names are registered once");
        };
        register(Box::new(counters.late.clone()));
        register(Box::new(counters.reload_successful.clone()));
        register(Box::new(counters.reload_success_timestamp.clone()));
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

    /// In the Prometheus text format.
    pub(super) fn text(&self) -> String {
        TextEncoder::new().encode_to_string(&self.registry.gather()).expect("families of this process are lawful")
    }
}
