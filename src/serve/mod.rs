//! Floor 10: the service. Collectors on schedules, what they found together, and HTTP.

mod api;
mod counters;
mod facts;
mod http;
mod latest;
mod service;
mod ticks;

pub use service::{Service, ServiceError};
