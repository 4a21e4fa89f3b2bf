//! What configuration may change about checks.

/// Thresholds of a quota check, as shares of the limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// From here on it is `medium`.
    pub warning: f64,
    /// From here on it is `critical`.
    pub critical: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct CheckSettings {
    pub state_machine_quota: Thresholds,
    pub open_execution_quota: Thresholds,
    pub open_map_run_quota: Thresholds,
}

impl Default for CheckSettings {
    /// AWS advises an alarm at 900 of 1,000 open Map Runs, so the warning of each quota comes before that.
    /// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html>.
    fn default() -> Self {
        let thresholds = Thresholds { warning: 0.8, critical: 0.95 };
        Self { state_machine_quota: thresholds, open_execution_quota: thresholds, open_map_run_quota: thresholds }
    }
}
