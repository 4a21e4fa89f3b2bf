//! The arguments of what tells, and tries, what the auditor may do.

use clap::Args;

use super::audit::{AwsArgs, ChecksArgs};
use crate::collect::settings::Tier;

#[derive(Debug, Args)]
pub struct PermissionsArgs {
    #[command(flatten)]
    pub aws: AwsArgs,
    #[command(flatten)]
    pub checks: ChecksArgs,
    /// How far the auditor may see into executions: inventory, not at all; executions, that they run, not what they
    /// hold; payloads, what they hold too. Without it, as far as the configuration asks
    #[arg(long, value_name = "TIER")]
    pub tier: Option<Tier>,
    /// security-hub: with what importing findings there needs; repeatable
    #[arg(long = "send", value_name = "RECEIVER")]
    pub send: Vec<String>,
    /// Print instead what AWS bills a month for the configured schedule
    #[arg(long)]
    pub cost: bool,
    /// State machines of an account and Region that the cost is told for
    #[arg(long, value_name = "COUNT", default_value_t = 100, requires = "cost")]
    pub state_machines: usize,
}

#[derive(Debug, Args)]
pub struct DoctorArgs {
    #[command(flatten)]
    pub aws: AwsArgs,
    #[command(flatten)]
    pub checks: ChecksArgs,
    /// The role by which EventBridge Scheduler runs the task: whether it trusts the schedule and may pass the roles of --passes
    #[arg(long, value_name = "ROLE_ARN", requires = "passes")]
    pub scheduler_role: Option<String>,
    /// The group that the schedule is in; only needed where the role's trust policy has an aws:SourceArn
    #[arg(long, value_name = "GROUP_ARN", requires = "scheduler_role")]
    pub schedule_group: Option<String>,
    /// A role of the task that is run, its task role or its execution role; repeatable
    #[arg(long, value_name = "ROLE_ARN", requires = "scheduler_role")]
    pub passes: Vec<String>,
}

#[derive(Debug, Args)]
pub struct HealthcheckArgs {
    /// The address and port that the service listens on; without it, as it is configured
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
}
