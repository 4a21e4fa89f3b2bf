pub mod no_customer_managed_key;
pub mod result_bucket_unprotected;
pub mod secret_fetched_into_state;
pub mod secret_in_definition;
pub mod sensitive_field_flow;
pub mod sensitive_store_unprotected;
pub mod task_token_in_logs;
