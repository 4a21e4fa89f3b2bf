//! Floor 3: what a definition needs, what a role grants, and to whom.
#![deny(clippy::disallowed_types, clippy::disallowed_methods)]

pub mod actions;
mod derive;
mod diff;
mod grant;
mod held;
mod need;
mod overlap;
pub mod scoping;
pub mod trust;
pub mod wildcard;

pub use derive::policy;
pub use diff::{Difference, Excess, Granted, Missing, Wider, difference};
pub use grant::{Answer, Grant, Grants, Rest};
pub use held::Held;
pub use need::{Certainty, Choice, Machine, Need, Needs, Place, Undecided, needed};
