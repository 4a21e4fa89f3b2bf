//! Floor 6: one file a check, its page beside it.
#![deny(clippy::disallowed_types, clippy::disallowed_methods)]

pub mod access;
pub mod data;
pub mod lifecycle;
pub mod logging;
pub mod quota;

use crate::finding::Check;

/// Every check, by id.
pub static CHECKS: &[&Check] = &[
    &lifecycle::callback_without_timeout::CHECK,
    &access::cross_account_task_role::CHECK,
    &quota::definition_near_limit::CHECK,
    &access::definition_writers::CHECK,
    &access::excess_grant::CHECK,
    &access::execution_data_external_readers::CHECK,
    &access::execution_data_readers::CHECK,
    &quota::history_near_limit::CHECK,
    &access::log_delivery_wildcard::CHECK,
    &logging::log_group_missing::CHECK,
    &logging::log_group_without_customer_key::CHECK,
    &logging::log_retention_excessive::CHECK,
    &logging::log_retention_unset::CHECK,
    &logging::logging_disabled::CHECK,
    &lifecycle::long_running_execution::CHECK,
    &lifecycle::map_without_concurrency_limit::CHECK,
    &access::missing_grant::CHECK,
    &access::missing_xray_grant::CHECK,
    &data::no_customer_managed_key::CHECK,
    &lifecycle::no_execution_timeout::CHECK,
    &quota::open_execution_quota::CHECK,
    &quota::open_map_run_quota::CHECK,
    &quota::payload_near_limit::CHECK,
    &data::pii_in_execution_data::CHECK,
    &data::pii_in_execution_name::CHECK,
    &access::privilege_escalation::CHECK,
    &lifecycle::recursive_execution::CHECK,
    &data::result_bucket_unprotected::CHECK,
    &lifecycle::role_missing::CHECK,
    &access::runtime_target_wildcard::CHECK,
    &data::secret_fetched_into_state::CHECK,
    &data::secret_in_definition::CHECK,
    &data::secret_in_execution_data::CHECK,
    &data::sensitive_data_in_logs::CHECK,
    &data::sensitive_data_without_customer_key::CHECK,
    &data::sensitive_field_flow::CHECK,
    &data::sensitive_store_unprotected::CHECK,
    &access::shared_role::CHECK,
    &quota::state_machine_quota::CHECK,
    &lifecycle::stuck_map_run::CHECK,
    &lifecycle::sync_task_without_timeout::CHECK,
    &data::task_token_in_logs::CHECK,
    &logging::tracing_disabled::CHECK,
    &access::trust_policy_broad::CHECK,
    &access::trust_policy_confused_deputy::CHECK,
    &lifecycle::unbounded_loop::CHECK,
    &logging::unmasked_log_group::CHECK,
    &lifecycle::unqualified_lambda_target::CHECK,
    &access::unused_xray_grant::CHECK,
    &access::wildcard_action::CHECK,
    &access::wildcard_resource::CHECK,
];
