//! Floor 3: what a definition needs, what a role grants, and who reaches a state machine.
#![deny(clippy::disallowed_types, clippy::disallowed_methods)]

pub mod actions;
pub mod assume;
mod derive;
mod diff;
pub mod escalation;
mod grant;
mod grants;
mod need;
mod overlap;
pub mod reach;
mod resource_side;
pub mod scoping;
mod statement;
pub mod trust;
pub mod wildcard;

pub use derive::policy;
pub use diff::{
    Difference, Excess, Lack, Missing, Refusal, Surplus, Wanted, Wide, Wider, difference, lacking, surplus,
};
pub use grant::{Grant, Rest};
pub use grants::{Answer, Grants, ManagedPolicies};
pub use need::{Certainty, Choice, Machine, Need, Needs, Place, Undecided, log_write_needs, needed, service_needs};
pub use resource_side::needs_own_grant;
pub use statement::names_action;
