pub mod alias_to_old_version;
pub mod definition_invalid;
pub mod status_not_active;
pub mod unreachable_state;
pub mod untagged_activity;
pub mod untagged_state_machine;
pub mod unused_state_machine;
pub mod version_with_weaker_settings;
