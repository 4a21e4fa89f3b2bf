/// How often an account is audited, and what AWS bills for that.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Schedule {
    /// Minutes between two collections of quotas.
    pub quotas_minutes: u32,
    /// Hours between two scans.
    pub scan_hours: u32,
    /// USD for 1,000 metrics that are requested from CloudWatch, or analysed by Metrics Insights.
    pub usd_per_thousand_metrics: f64,
}

impl Default for Schedule {
    /// The price is that of us-east-1. Source: <https://aws.amazon.com/cloudwatch/pricing/>.
    fn default() -> Self {
        Self { quotas_minutes: 1, scan_hours: 1, usd_per_thousand_metrics: 0.01 }
    }
}
