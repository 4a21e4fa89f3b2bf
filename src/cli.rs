//! The command line, as types.

mod audit;
mod rights;
mod texts;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

pub use self::audit::{AccessArgs, AuditArgs, AwsArgs, CheckArgs, ChecksArgs, CollectArgs, ScanArgs, ServeArgs};
pub use self::rights::{DoctorArgs, HealthcheckArgs, PermissionsArgs};
use self::texts::{DETECT, DIFF, DIFF_REPORTS, DOCTOR, EVALUATE, EXIT_CODES, HEALTHCHECK, LIVE, REACH};
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
    /// Try what a scan needs, by one harmless call each, and tell what to mend
    #[command(after_help = DOCTOR)]
    Doctor(DoctorArgs),
    /// Ask the service of this host whether it works: exit code 0 or 1
    #[command(after_help = HEALTHCHECK)]
    Healthcheck(HealthcheckArgs),
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
