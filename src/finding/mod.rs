//! Floor 5: the vocabulary of judging.
#![deny(clippy::disallowed_types, clippy::disallowed_methods)]

mod check;
mod evaluation;
pub mod settings;
mod severity;
mod view;

pub use check::{Check, Family};
pub use evaluation::{Change, Defect, Evaluation, Evaluations, Location, Outcome, Subject};
pub use settings::CheckSettings;
pub use severity::{Confidence, Severity};
pub use view::{AccountView, LogGroupView, MachineView, RegionView, View};
