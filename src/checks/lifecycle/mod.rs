pub mod long_running_execution;
pub mod no_execution_timeout;
pub mod recursive_execution;
pub mod role_missing;
pub mod stuck_map_run;
pub mod unqualified_lambda_target;
