pub mod no_customer_managed_key;
pub mod pii_in_execution_data;
pub mod pii_in_execution_name;
pub mod secret_in_execution_data;
pub mod sensitive_data_in_logs;
pub mod sensitive_data_without_customer_key;
