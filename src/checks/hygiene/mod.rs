pub mod definition_invalid;
pub mod unreachable_state;
