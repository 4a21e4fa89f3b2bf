//! Floor 8: where reports and last values live.

pub mod settings;
