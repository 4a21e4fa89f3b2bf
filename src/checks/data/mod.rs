pub mod no_customer_managed_key;
pub mod secret_fetched_into_state;
pub mod secret_in_definition;
pub mod task_token_in_logs;
