use super::rows::{self, seconds};
use super::samples::{Samples, number};
use crate::audit::{Band, Report, Status};
use crate::model::Usage;
use crate::types::Region;

/// One family of the catalogue.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    pub name: &'static str,
    pub kind: MetricKind,
    pub help: &'static str,
    pub labels: &'static [&'static str],
    pub(super) samples: fn(&Report, &Samples),
}

/// A report knows states, so nearly all that is rebuilt from it are gauges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricKind {
    Gauge,
    /// Of the last collection alone: it begins anew with each, as if the process had been started again.
    Counter,
}

/// Every family that a report can tell, by name.
pub const METRICS: &[Metric] = &[
    Metric {
        name: "stepwarden_build_info",
        kind: MetricKind::Gauge,
        help: "Always 1, labelled by the version of stepwarden that wrote the report",
        labels: &["version"],
        samples: |report, out| out.set(&[&report.version], 1.0),
    },
    Metric {
        name: "stepwarden_collector_duration_seconds",
        kind: MetricKind::Gauge,
        help: "How long the collector took",
        labels: &["account_id", "region", "collector"],
        samples: |report, out| {
            for run in &report.collectors {
                if let Some(seconds) = run.duration_seconds {
                    out.set(&[run.account_id.as_str(), run.region.as_str(), run.collector], seconds);
                }
            }
        },
    },
    Metric {
        name: "stepwarden_collector_success",
        kind: MetricKind::Gauge,
        help: "Whether the collector read all that it was to read (1) or not (0)",
        labels: &["account_id", "region", "collector"],
        samples: |report, out| {
            for run in &report.collectors {
                let success = if run.gap.is_none() { 1.0 } else { 0.0 };
                out.set(&[run.account_id.as_str(), run.region.as_str(), run.collector], success);
            }
        },
    },
    Metric {
        name: "stepwarden_coverage_ratio",
        kind: MetricKind::Gauge,
        help: "Share of evaluations that reached a verdict, 0 to 1",
        labels: &["account_id", "region", "family"],
        samples: rows::coverage_ratio,
    },
    Metric {
        name: "stepwarden_execution_throttled",
        kind: MetricKind::Gauge,
        help: "States and retries of Standard executions that were throttled in the last 3 hours",
        labels: &["account_id", "region"],
        samples: |report, out| {
            for throttled in &report.throttled {
                out.set(&[throttled.account_id.as_str(), throttled.region.as_str()], throttled.executions);
            }
        },
    },
    Metric {
        name: "stepwarden_executions_inspected_total",
        kind: MetricKind::Counter,
        help: "Executions whose data the last collection read for the first time",
        labels: &["account_id", "region"],
        samples: |report, out| {
            for inspected in &report.inspected {
                out.add_total(&[inspected.account_id.as_str(), inspected.region.as_str()], inspected.executions);
            }
        },
    },
    Metric {
        name: "stepwarden_findings",
        kind: MetricKind::Gauge,
        help: "Non-compliant findings; 0 at the check's default severity where it could judge and found none",
        labels: &["account_id", "region", "check", "severity"],
        samples: rows::findings,
    },
    Metric {
        name: "stepwarden_findings_new",
        kind: MetricKind::Gauge,
        help: "Non-compliant findings that were not open in the last report; absent where none is remembered",
        labels: &["account_id", "region", "severity"],
        samples: rows::findings_new,
    },
    Metric {
        name: "stepwarden_findings_suppressed",
        kind: MetricKind::Gauge,
        help: "Findings that are accepted, by suppressions or a baseline",
        labels: &["account_id", "region", "check"],
        samples: |report, out| {
            for finding in report.of_status(Status::Suppressed) {
                out.add(&[finding.account_id.as_str(), finding.region.as_str(), finding.check], 1);
            }
        },
    },
    Metric {
        name: "stepwarden_insufficient_data",
        kind: MetricKind::Gauge,
        help: "Evaluations that could not be made, by what stood in their way",
        labels: &["account_id", "region", "check", "reason"],
        samples: |report, out| {
            for line in &report.coverage {
                for (reason, count) in &line.reasons {
                    let labels = [line.account_id.as_str(), line.region.as_str(), line.check, reason.as_str()];
                    out.set(&labels, number(*count));
                }
            }
        },
    },
    Metric {
        name: "stepwarden_last_success_timestamp_seconds",
        kind: MetricKind::Gauge,
        help: "When the collector last read all that it was to read, in seconds since the epoch",
        labels: &["account_id", "region", "collector"],
        samples: |report, out| {
            for run in &report.collectors {
                if let Some(at) = run.last_success() {
                    out.set(&[run.account_id.as_str(), run.region.as_str(), run.collector], seconds(at));
                }
            }
        },
    },
    Metric {
        name: "stepwarden_map_run_backlog",
        kind: MetricKind::Gauge,
        help: "Map Runs that wait to be started, as CloudWatch approximates them",
        labels: &["account_id", "region"],
        samples: |report, out| {
            for quota in &report.quotas {
                if let Some(backlog) = quota.status.backlog {
                    out.set(&[quota.account_id.as_str(), quota.region.as_str()], backlog);
                }
            }
        },
    },
    Metric {
        name: "stepwarden_payload_bytes_inspected_total",
        kind: MetricKind::Counter,
        help: "Bytes of payload that the last collection inspected",
        labels: &["account_id", "region"],
        samples: |report, out| {
            for inspected in &report.inspected {
                out.add_total(&[inspected.account_id.as_str(), inspected.region.as_str()], inspected.bytes);
            }
        },
    },
    Metric {
        name: "stepwarden_quota_exhaustion_timestamp_seconds",
        kind: MetricKind::Gauge,
        help: "When the quota will be used up if its usage grows on as it does; absent where it does not grow",
        labels: &["account_id", "region", "quota"],
        samples: |report, out| {
            for quota in &report.quotas {
                let labels = [quota.account_id.as_str(), quota.region.as_str(), quota.status.quota.as_str()];
                if let Some(exhaustion) = quota.status.forecast.exhaustion() {
                    out.set(&labels, exhaustion.at.as_duration().as_secs_f64());
                }
            }
        },
    },
    Metric {
        name: "stepwarden_quota_limit",
        kind: MetricKind::Gauge,
        help: "How many the quota allows",
        labels: &["account_id", "region", "quota"],
        samples: |report, out| {
            for quota in &report.quotas {
                let labels = [quota.account_id.as_str(), quota.region.as_str(), quota.status.quota.as_str()];
                out.set(&labels, quota.status.limit.value);
            }
        },
    },
    Metric {
        name: "stepwarden_quota_top_usage",
        kind: MetricKind::Gauge,
        help: "What the five state machines that hold most of a quota above its warning level hold at least",
        labels: &["account_id", "region", "quota", "state_machine"],
        samples: rows::top_usage,
    },
    Metric {
        name: "stepwarden_quota_usage",
        kind: MetricKind::Gauge,
        help: "How many the quota counts, where the number is exact",
        labels: &["account_id", "region", "quota"],
        samples: |report, out| {
            for quota in &report.quotas {
                let labels = [quota.account_id.as_str(), quota.region.as_str(), quota.status.quota.as_str()];
                if let Usage::Exact { value, .. } = quota.status.usage {
                    out.set(&labels, value);
                }
            }
        },
    },
    Metric {
        name: "stepwarden_quota_usage_at_least",
        kind: MetricKind::Gauge,
        help: "How many the quota counts at least, where only a lower bound is known",
        labels: &["account_id", "region", "quota"],
        samples: |report, out| {
            for quota in &report.quotas {
                let labels = [quota.account_id.as_str(), quota.region.as_str(), quota.status.quota.as_str()];
                if let Usage::AtLeast { value, .. } = quota.status.usage {
                    out.set(&labels, value);
                }
            }
        },
    },
    Metric {
        name: "stepwarden_risk_score",
        kind: MetricKind::Gauge,
        help: "Mean risk of the state machines that could be read, 0 to 100; region global is the whole account",
        labels: &["account_id", "region"],
        samples: |report, out| {
            for score in &report.scores {
                if let Some(risk) = score.risk {
                    out.set(&[score.account_id.as_str(), score.region.as_str()], risk);
                }
            }
        },
    },
    Metric {
        name: "stepwarden_sensitive_state_machines",
        kind: MetricKind::Gauge,
        help: "State machines whose executions were seen to carry secrets or data of persons",
        labels: &["account_id", "region", "data"],
        samples: rows::sensitive_machines,
    },
    Metric {
        name: "stepwarden_state_machines",
        kind: MetricKind::Gauge,
        help: "State machines, where the list was read to its end",
        labels: &["account_id", "region", "kind"],
        samples: rows::state_machines,
    },
    Metric {
        name: "stepwarden_state_machines_by_risk",
        kind: MetricKind::Gauge,
        help: "State machines that could be read, by band of risk",
        labels: &["account_id", "region", "band"],
        samples: |report, out| {
            let by_region = report.scores.iter().filter(|score| score.region.as_str() != Region::GLOBAL);
            for score in by_region.filter(|score| score.machines_evaluated > 0) {
                for band in Band::ALL {
                    let count = score.by_band.get(&band).copied().unwrap_or_default();
                    out.set(&[score.account_id.as_str(), score.region.as_str(), band.as_str()], number(count));
                }
            }
        },
    },
];

impl Metric {
    /// Whether it is rebuilt from what is collected of quotas alone.
    pub fn is_of_quotas(&self) -> bool {
        self.name.starts_with("stepwarden_quota_")
            || ["stepwarden_map_run_backlog", "stepwarden_execution_throttled"].contains(&self.name)
    }
}
