//! The arguments of what collects and audits.

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// What talks to AWS.
#[derive(Debug, Clone, Args)]
pub struct AwsArgs {
    /// A Region to audit, or all-enabled; repeatable
    #[arg(long = "region", value_name = "REGION")]
    pub regions: Vec<String>,
    #[command(flatten)]
    pub access: AccessArgs,
}

/// As whom, and where, AWS is asked.
#[derive(Debug, Clone, Args)]
pub struct AccessArgs {
    /// A profile of the shared AWS configuration
    #[arg(long)]
    pub profile: Option<String>,
    /// A role to assume in an account to audit; repeatable
    #[arg(long = "assume-role", value_name = "ROLE_ARN")]
    pub assume_roles: Vec<String>,
    /// The external id that the roles' trust policies ask for; lists of processes show it, so the configuration file or
    /// STEPWARDEN_ACCOUNTS is the better place
    #[arg(long, requires = "assume_roles")]
    pub external_id: Option<String>,
    /// Where every call goes instead of AWS, such as an emulator
    #[arg(long)]
    pub endpoint_url: Option<String>,
}

/// Which checks run.
#[derive(Debug, Args)]
pub struct ChecksArgs {
    /// Run only this check, and collect only what it reads; repeatable
    #[arg(long = "check", value_name = "CHECK")]
    pub only: Vec<String>,
    /// Do not run this check; repeatable
    #[arg(long = "skip-check", value_name = "CHECK")]
    pub skip: Vec<String>,
}

/// Which checks run, what is written, and what the exit code says.
#[derive(Debug, Args)]
pub struct AuditArgs {
    #[command(flatten)]
    pub checks: ChecksArgs,
    /// terminal, json, jsonl, sarif, ocsf, asff, csv, markdown, junit or prometheus; repeatable
    #[arg(long = "format", value_name = "FORMAT")]
    pub formats: Vec<String>,
    /// Where report.json, its siblings and metrics.prom are written; without it the one format goes to standard output
    #[arg(long, value_hint = ValueHint::DirPath)]
    pub output_dir: Option<PathBuf>,
    /// List what is compliant too: in json, jsonl, sarif, ocsf, asff, csv and junit
    #[arg(long)]
    pub include_compliant: bool,
    /// textfile=DIR, for the node exporter; emf, for CloudWatch, on standard output; remote-write=URL or
    /// pushgateway=URL, for Prometheus; repeatable
    #[arg(long = "metrics", value_name = "SINK")]
    pub metrics: Vec<String>,
    /// Exit with 3 where a finding has this severity or a worse one; none: never
    #[arg(long, value_name = "SEVERITY")]
    pub fail_on: Option<String>,
    /// Exit with 0 though part could not be evaluated
    #[arg(long)]
    pub allow_incomplete: bool,
    /// Accept what this report.json tells: known findings are suppressed, unless they got worse
    #[arg(long, value_name = "REPORT", value_hint = ValueHint::FilePath)]
    pub baseline: Option<PathBuf>,
    /// Show, write and fail on findings of this owner's state machines alone; repeatable
    #[arg(long = "owner", value_name = "OWNER")]
    pub owners: Vec<String>,
    /// The same of a stack; with --owner, both have to fit
    #[arg(long = "stack", value_name = "STACK")]
    pub stacks: Vec<String>,
    /// Every finding in the summary, with all its resources
    #[arg(long, short)]
    pub verbose: bool,
}

#[derive(Debug, Args)]
pub struct ScanArgs {
    #[command(flatten)]
    pub aws: AwsArgs,
    #[command(flatten)]
    pub audit: AuditArgs,
    /// security-hub: import the findings into AWS Security Hub, in the account and Region of each; repeatable
    #[arg(long = "send", value_name = "RECEIVER", conflicts_with = "quotas")]
    pub send: Vec<String>,
    /// Print what it would call, how long the request budget lets that take, and the IAM policy that it needs: only lists
    /// are asked for, and nothing is judged
    #[arg(long, conflicts_with_all = ["output_dir", "formats", "metrics"])]
    pub dry_run: bool,
    /// Only quotas, fast enough for every minute: at most 12 calls an account and Region, and who holds a quota above its
    /// warning level. Runs the checks of quotas alone, writes report-quotas.json, metrics-quotas.prom and the textfile
    /// stepwarden-quotas.prom, and keeps no report in the store
    #[arg(long)]
    pub quotas: bool,
}

#[derive(Debug, Args)]
pub struct ServeArgs {
    #[command(flatten)]
    pub aws: AwsArgs,
    /// The address and port to listen on
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
}

#[derive(Debug, Args)]
pub struct CollectArgs {
    #[command(flatten)]
    pub aws: AwsArgs,
    /// Where the snapshots go; - is standard output
    #[arg(long, short, value_hint = ValueHint::FilePath)]
    pub output: PathBuf,
    /// Exit with 0 though part could not be collected
    #[arg(long)]
    pub allow_incomplete: bool,
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Snapshot files; - is standard input
    #[arg(required = true, value_hint = ValueHint::FilePath)]
    pub snapshots: Vec<PathBuf>,
    #[command(flatten)]
    pub audit: AuditArgs,
}
