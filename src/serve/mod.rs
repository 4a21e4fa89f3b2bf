//! Floor 10: the service. Collectors on schedules, what they found together, and HTTP.

mod counters;
mod facts;
mod http;
mod latest;
mod service;
mod ticks;

pub use counters::{OWN_METRICS, OwnMetric};
pub use http::healthcheck;
pub use service::{Service, ServiceError};
