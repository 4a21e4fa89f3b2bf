pub mod log_delivery_wildcard;
pub mod missing_xray_grant;
pub mod unused_xray_grant;
