//! Floor 8: reports to receivers. What is sent is made by the exporters; this room knows how a receiver wants it.

pub mod metrics;
pub mod security_hub;
pub mod settings;
