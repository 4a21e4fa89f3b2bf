//! Floor 5: the vocabulary of judging.
#![deny(clippy::disallowed_types, clippy::disallowed_methods)]

mod activities;
mod around;
mod beyond;
mod check;
mod compliance;
mod culprits;
mod data;
mod evaluation;
mod exposed;
mod field_flow;
mod granted;
mod invoked;
mod keys;
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
mod tagged;
mod text;
mod throttling;
mod traces;
mod view;

pub use activities::ActivityView;
pub use beyond::{Beyond, Compared};
pub use check::{Check, Family};
pub use compliance::{Control, STANDARDS, Standard, controls};
pub use culprits::held_by;
pub use evaluation::{
    Change, Defect, Evaluation, Evaluations, Keeps, Location, Outcome, Spread, Subject, about_data, about_grant,
    about_key, about_payloads, about_retention, about_statement, about_text, action_of,
};
pub use exposed::EXPOSURE_PARTS;
pub use field_flow::{FieldFlow, FieldFlows, FieldStep};
pub use keys::{KeyUser, Usable};
pub use last_use::LastUse;
pub use published::{Aliased, asked_for};
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
pub use traces::{of_traces, those};
pub use view::{AccountView, LogGroupView, MachineView, RegionView, RoleView, View};
