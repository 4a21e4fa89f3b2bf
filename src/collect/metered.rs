//! What collectors ask for that AWS bills: metrics of CloudWatch. Their other calls are free of charge, but for requests of KMS
//! and S3.

use super::{holding, last_starts, quotas, start_rates};
use crate::model::PartName;

/// The billed part of one run of a collector, in one account and Region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metered {
    pub part: PartName,
    /// Metrics that are requested, whatever the number of state machines.
    pub requested: usize,
    /// More of them for each state machine, up to [`Metered::machines_at_most`].
    pub requested_a_machine: usize,
    pub machines_at_most: usize,
    /// Metrics that Metrics Insights analyses for each state machine, of which there is no most here.
    pub analysed_a_machine: usize,
    /// Nothing is asked for where no quota is at its warning level.
    pub above_warning_only: bool,
    pub every: Every,
}

/// How often it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    Quotas,
    /// With the quotas, but once an hour where a store remembers the answer.
    QuotasHourly,
    Scan,
}

impl Metered {
    /// Billed metrics of one run where there are so many state machines.
    pub fn metrics(&self, machines: usize) -> usize {
        let some = machines.min(self.machines_at_most);
        self.requested + self.requested_a_machine * some + self.analysed_a_machine * machines
    }
}

/// Of every collector that asks for metrics.
pub fn metered() -> [Metered; 5] {
    let (each_time, hourly) = quotas::metrics();
    [
        Metered {
            part: PartName::Quotas,
            requested: each_time,
            requested_a_machine: 0,
            machines_at_most: 0,
            analysed_a_machine: 0,
            above_warning_only: false,
            every: Every::Quotas,
        },
        Metered {
            part: PartName::Quotas,
            requested: hourly,
            requested_a_machine: 0,
            machines_at_most: 0,
            analysed_a_machine: quotas::HIGHEST.len(),
            above_warning_only: false,
            every: Every::QuotasHourly,
        },
        Metered {
            part: PartName::QuotaHolders,
            requested: 0,
            requested_a_machine: holding::NET_METRICS.len(),
            machines_at_most: holding::ASKED,
            // Starts, and state transitions.
            analysed_a_machine: 2,
            above_warning_only: true,
            every: Every::Quotas,
        },
        Metered {
            part: PartName::StartRates,
            requested: 0,
            requested_a_machine: start_rates::METRICS_A_MACHINE,
            machines_at_most: start_rates::MACHINES,
            analysed_a_machine: 1,
            above_warning_only: false,
            every: Every::Scan,
        },
        Metered {
            part: PartName::LastStarts,
            requested: 0,
            requested_a_machine: 1,
            machines_at_most: last_starts::MACHINES,
            analysed_a_machine: 0,
            above_warning_only: false,
            every: Every::Scan,
        },
    ]
}
