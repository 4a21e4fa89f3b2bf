//! The command line, as types.

mod texts;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

use self::texts::{DETECT, DIFF, DIFF_REPORTS, EVALUATE, EXIT_CODES, LIVE, REACH};
use crate::finding::Severity;

/// Audits AWS accounts for what goes wrong, leaks or runs out around AWS Step Functions.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub common: CommonArgs,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Collect, check and export once
    Scan(ScanArgs),
    /// Collect on schedules, and serve the report and metrics over HTTP
    Serve(ServeArgs),
    /// Collect only, and write snapshots as JSON Lines
    Collect(CollectArgs),
    /// Audit snapshots offline
    Check(CheckArgs),
    /// Print who reaches the state machines of snapshots: JSON Lines
    #[command(after_help = REACH)]
    Reach(ReachArgs),
    /// Find personal data and secrets in samples: JSON Lines to JSON Lines
    #[command(after_help = DETECT)]
    Detect(DetectArgs),
    /// Compare two reports: what is new, reopened, resolved
    #[command(after_help = DIFF_REPORTS)]
    Diff(DiffArgs),
    /// List the checks
    Checks {
        #[arg(long, value_enum, default_value_t = ListFormat::Terminal)]
        format: ListFormat,
    },
    /// Print a check's page
    Explain {
        /// The check's id
        check: String,
    },
    /// Print the IAM policy that the auditor needs for what is configured
    Permissions(PermissionsArgs),
    /// Look into a state machine's definition
    Definition {
        #[command(subcommand)]
        command: DefinitionCommand,
    },
    /// Work with IAM policies
    Policy {
        #[command(subcommand)]
        command: PolicyCommand,
    },
    /// Print the JSON schema of a document
    Schema {
        #[arg(value_enum)]
        document: Document,
    },
    /// Print a completion script
    Completions {
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man {
        /// Of this subcommand
        command: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum DefinitionCommand {
    /// Print what it calls, on what, what it starts and fetches, and what is wrong in it, as JSON
    Facts {
        /// An Amazon States Language document; - is standard input
        #[arg(value_hint = ValueHint::FilePath)]
        definition: PathBuf,
    },
    /// Draw its states and how they lead to one another
    Graph {
        /// An Amazon States Language document; - is standard input
        #[arg(value_hint = ValueHint::FilePath)]
        definition: PathBuf,
        #[arg(long, value_enum, default_value_t)]
        format: GraphFormat,
    },
}

/// A language that graphs are drawn in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum GraphFormat {
    /// A picture
    #[default]
    Svg,
    /// A Mermaid flowchart, as Markdown takes it
    Mermaid,
    /// The language of Graphviz
    Dot,
}

#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Decide requests by their policies: JSON Lines of cases to JSON Lines of decisions
    #[command(after_help = EVALUATE)]
    Evaluate {
        /// The cases; - or nothing is standard input
        #[arg(value_hint = ValueHint::FilePath)]
        cases: Option<PathBuf>,
    },
    /// Print the least-privilege policy that a definition needs
    #[command(after_help = LIVE)]
    Derive(MachineArgs),
    /// Print what a role grants beyond what a definition needs, what it lacks, and what it grants too widely
    #[command(after_help = DIFF)]
    Diff {
        #[command(flatten)]
        machine: MachineArgs,
        /// A JSON list of the role's policy documents, - for standard input; without it the live role is read
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        granted: Option<PathBuf>,
    },
}

/// A state machine by its definition, and what is known of it beside; or a live one by its ARN.
#[derive(Debug, Args)]
pub struct MachineArgs {
    /// An Amazon States Language document, - for standard input; without it the live state machine is read
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub definition: Option<PathBuf>,
    /// Of a state machine, version or alias; without it account and Region are those of the definition's own ARNs where
    /// they agree, else *
    #[arg(long, value_name = "ARN")]
    pub state_machine_arn: Option<String>,
    #[arg(long = "type", value_enum, ignore_case = true)]
    pub kind: Option<KindArg>,
    #[arg(long, value_name = "ARN")]
    pub execution_role_arn: Option<String>,
    /// The machine logs to this log group
    #[arg(long, value_name = "LOG_GROUP_ARN")]
    pub logging: Option<String>,
    /// The machine traces
    #[arg(long)]
    pub tracing: bool,
    /// The machine's customer managed key
    #[arg(long, value_name = "ARN")]
    pub kms_key: Option<String>,
    #[command(flatten)]
    pub access: AccessArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KindArg {
    #[value(name = "STANDARD")]
    Standard,
    #[value(name = "EXPRESS")]
    Express,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ListFormat {
    Terminal,
    Json,
}

#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The earlier report.json
    #[arg(value_name = "REPORT_A", value_hint = ValueHint::FilePath)]
    pub before: PathBuf,
    /// The later one
    #[arg(value_name = "REPORT_B", value_hint = ValueHint::FilePath)]
    pub after: PathBuf,
    #[arg(long, value_enum, default_value_t = DiffFormat::Terminal)]
    pub format: DiffFormat,
    /// Exit with 3 where what is new or reopened has this severity or a worse one
    #[arg(long, value_name = "SEVERITY")]
    pub fail_on: Option<Severity>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    Terminal,
    Json,
    Markdown,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Document {
    Report,
}

#[derive(Debug, Args)]
pub struct CommonArgs {
    /// The configuration file, - for standard input; see config.example.toml [env: STEPWARDEN_CONFIG]
    #[arg(long, global = true, value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// How the log on standard error looks
    #[arg(long, global = true, value_enum)]
    pub log_format: Option<LogFormatArg>,
    /// Colours on a terminal, always or never; NO_COLOR is honoured
    #[arg(long, global = true, value_enum, default_value_t = ColorArg::Auto)]
    pub color: ColorArg,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum LogFormatArg {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorArg {
    Auto,
    Always,
    Never,
}

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

#[derive(Debug, Args)]
pub struct ReachArgs {
    /// Snapshot files; - is standard input
    #[arg(required = true, value_hint = ValueHint::FilePath)]
    pub snapshots: Vec<PathBuf>,
    /// Only this state machine; repeatable
    #[arg(long = "state-machine-arn", value_name = "ARN")]
    pub machines: Vec<String>,
    /// Exit with 0 though part could not be evaluated
    #[arg(long)]
    pub allow_incomplete: bool,
}

fn confidence(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| (0.0..=1.0).contains(number));
    number.ok_or_else(|| "expected a number from 0 to 1".to_owned())
}

#[derive(Debug, Args)]
pub struct DetectArgs {
    /// The samples; - or nothing is standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub samples: Option<PathBuf>,
    /// Leave out what is less certain: 0 to 1
    #[arg(long, value_name = "CONFIDENCE", default_value_t = 0.5, value_parser = confidence)]
    pub min_confidence: f64,
    /// Show map keys that are sensitive or may be: for your own samples only
    #[arg(long)]
    pub raw_pointers: bool,
}

#[derive(Debug, Args)]
pub struct PermissionsArgs {
    #[command(flatten)]
    pub aws: AwsArgs,
    #[command(flatten)]
    pub checks: ChecksArgs,
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
