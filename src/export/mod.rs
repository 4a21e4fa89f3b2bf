//! Floor 8: a report to what others read, one file per format.
#![deny(clippy::disallowed_types, clippy::disallowed_methods)]

pub mod settings;
