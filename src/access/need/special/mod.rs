//! Integrations whose needs take more than rows.

pub(super) mod api_gateway;
pub(super) mod athena;
pub(super) mod credentials;
pub(super) mod distributed_map;
pub(super) mod http;
pub(super) mod keys;
