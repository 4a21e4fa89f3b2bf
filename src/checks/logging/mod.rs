pub mod log_group_missing;
pub mod log_group_without_customer_key;
pub mod log_retention_excessive;
pub mod log_retention_unset;
pub mod logging_disabled;
pub mod tracing_disabled;
pub mod unmasked_log_group;
