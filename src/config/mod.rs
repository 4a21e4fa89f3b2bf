//! The configuration: every room's settings, composed, and how they are read from a file and the environment.
//!
//! The default stands below the file, the file below the environment, the environment below the command line.
//! Nobody imports this room but the commands.

mod cross;
mod example;
mod faults;
mod flags;
mod key;
mod keys;
mod load;
mod schedule;
mod serve;
mod setters;
mod shapes;
mod tables;
mod value;

pub use example::example;
pub use faults::{Fault, Faults, Place, nearest};
pub use flags::Flags;
pub use key::{Key, Kind, Written};
pub use keys::KEYS;
pub use schedule::{Group, Plan, Schedule};
pub use serve::ServeSettings;

use crate::audit::Whose;
use crate::audit::settings::{Accepted, CheckSelection, ExitSettings};
use crate::aws::settings::AwsSettings;
use crate::collect::settings::CollectSettings;
use crate::detect::Settings as DetectSettings;
use crate::export::settings::ExportSettings;
use crate::finding::CheckSettings;
use crate::send::settings::SendSettings;
use crate::store::settings::StoreSettings;
use crate::telemetry::LogSettings;

/// The environment variable that holds the path of the file.
pub const FILE_VARIABLE: &str = "STEPWARDEN_CONFIG";

/// Everything that can be set.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Config {
    pub aws: AwsSettings,
    pub collect: CollectSettings,
    /// What counts as sensitive.
    pub detect: DetectSettings,
    /// Which checks run.
    pub selection: CheckSelection,
    /// What is accepted although it is so.
    pub accepted: Accepted,
    /// Whose findings are shown; of the command line.
    pub whose: Whose,
    /// What the checks judge by.
    pub checks: CheckSettings,
    pub export: ExportSettings,
    /// What makes a scan fail.
    pub exit: ExitSettings,
    /// Who receives reports.
    pub send: SendSettings,
    pub store: StoreSettings,
    pub log: LogSettings,
    /// How often accounts are audited, and what that costs.
    pub schedule: Schedule,
    pub serve: ServeSettings,
}

/// What settings may name: whoever calls knows the checks and the APIs of this version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The ids of the checks.
    pub checks: Vec<&'static str>,
    /// The APIs that are called, such as `states:DescribeStateMachine`.
    pub apis: Vec<&'static str>,
}

impl Config {
    /// Reads a file (its name, for messages, and its text) and the environment over it; of that, only what starts with
    /// `STEPWARDEN_`. Variables that are empty count as not set. `known` is what may be named.
    ///
    /// # Errors
    /// Everything that is wrong, at once. A file that is not TOML is one fault.
    pub fn load(
        file: Option<(&str, &str)>,
        env: impl Iterator<Item = (String, String)>,
        known: &Known,
    ) -> Result<Self, Faults> {
        load::load(file, env, known)
    }
}
