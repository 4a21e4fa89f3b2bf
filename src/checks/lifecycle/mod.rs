pub mod no_execution_timeout;
pub mod recursive_execution;
pub mod role_missing;
pub mod unqualified_lambda_target;
