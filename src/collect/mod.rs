//! Floor 3: AWS to snapshot parts, one file a collector.

mod collector;
mod data_protection;
mod definitions;
mod event_rules;
mod executions;
mod function_policies;
mod functions;
mod holding;
mod iam;
mod identity;
mod kms_keys;
mod last_accessed;
mod live;
mod log_groups;
mod pages;
mod progress;
mod quota_holders;
mod quotas;
mod result_buckets;
mod run;
mod running;
mod series;
pub mod settings;
mod start_rates;
mod starters;
mod state_machines;
mod tables;
mod tags;
mod versions;
mod xray;

pub use collector::{Collector, Context, Inspection, Scope};
pub use live::{Live, LiveError};
pub use progress::{Event, Progress, Silent};
pub use run::{COLLECTORS, CollectError, Collection, Environment, KnownExecutions, KnownQuotas, collect, collectors};
pub use settings::CollectSettings;
