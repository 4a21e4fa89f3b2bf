pub mod no_execution_timeout;
pub mod role_missing;
