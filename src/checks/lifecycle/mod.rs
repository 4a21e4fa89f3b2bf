pub mod callback_without_timeout;
pub mod map_without_concurrency_limit;
pub mod no_execution_timeout;
pub mod role_missing;
pub mod sync_task_without_timeout;
pub mod unbounded_loop;
pub mod unqualified_lambda_target;
