pub mod log_delivery_wildcard;
pub mod missing_xray_grant;
pub mod shared_role;
pub mod trust_policy_broad;
pub mod trust_policy_confused_deputy;
pub mod unused_xray_grant;
pub mod wildcard_action;
pub mod wildcard_resource;
