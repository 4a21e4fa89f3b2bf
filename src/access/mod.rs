//! Floor 3: what a role grants, and to whom.
#![deny(clippy::disallowed_types, clippy::disallowed_methods)]

pub mod actions;
mod grant;
pub mod trust;
pub mod wildcard;

pub use grant::{Answer, Grant, Grants, Rest};
