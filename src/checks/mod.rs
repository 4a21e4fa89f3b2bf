//! Floor 6: one file a check, its page beside it.
#![deny(clippy::disallowed_types, clippy::disallowed_methods)]

use crate::finding::Check;

/// Every check, by id.
pub static CHECKS: &[&Check] = &[];
