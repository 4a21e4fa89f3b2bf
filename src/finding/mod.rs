//! Floor 5: the vocabulary of judging.
#![deny(clippy::disallowed_types, clippy::disallowed_methods)]

mod around;
mod beyond;
mod check;
mod culprits;
mod data;
mod evaluation;
mod exposed;
mod granted;
mod invoked;
mod last_use;
mod needs;
mod published;
mod quota;
mod reach;
mod removal;
mod routing;
mod running;
pub mod settings;
mod severity;
mod sighted;
mod standard;
mod starts;
mod stores;
mod text;
mod throttling;
mod view;

pub use beyond::Beyond;
pub use check::{Check, Family};
pub use culprits::held_by;
pub use evaluation::{
    Change, Defect, Evaluation, Evaluations, Keeps, Location, Outcome, Spread, Subject, about_data, about_grant,
    about_key, about_retention, about_statement, action_of,
};
pub use exposed::EXPOSURE_PARTS;
pub use last_use::LastUse;
pub use published::asked_for;
pub use quota::{Crowding, each_quota};
pub use reach::{Party, Power, Reaching, spelled_out};
pub use removal::removal;
pub use routing::{RoutingSettings, routing};
pub use running::{Payloads, Runs, moment, seconds_between, span};
pub use settings::CheckSettings;
pub use severity::{Confidence, Severity};
pub use starts::{Outlook, StartGraph};
pub use text::{capitalised, digits, how_long, listed, shell_quote};
pub use throttling::{Strain, about_throttled_transitions};
pub use view::{AccountView, LogGroupView, MachineView, RegionView, RoleView, View};
