//! Floor 3: what a role grants.
#![deny(clippy::disallowed_types, clippy::disallowed_methods)]

pub mod actions;
mod grant;

pub use grant::{Answer, Grant, Grants, Rest};
