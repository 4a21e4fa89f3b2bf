pub mod open_execution_quota;
pub mod open_map_run_quota;
pub mod quota_exhaustion_forecast;
pub mod state_machine_quota;
