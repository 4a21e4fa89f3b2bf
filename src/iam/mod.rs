//! Floor 1: IAM policy documents: parse and match.
#![deny(clippy::disallowed_types, clippy::disallowed_methods)]

mod glob;
mod policy;

pub use glob::glob_matches;
pub use policy::{Effect, Policy, PolicyError, Selector, Statement};
