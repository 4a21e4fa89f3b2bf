pub mod definition_near_limit;
pub mod history_near_limit;
pub mod open_execution_quota;
pub mod open_map_run_quota;
pub mod payload_near_limit;
pub mod runaway_start_rate;
pub mod state_machine_quota;
