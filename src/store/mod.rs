//! Floor 8: where reports, the last state and the key of the hashes live.

mod atomic;
mod directory;
mod executions;
mod quotas;
pub mod settings;

pub use atomic::{probe_directory, probe_file, write_atomically};
pub use directory::{Directory, StoreError, random_key};
pub use executions::SeenExecutions;
pub use quotas::SeenQuotas;
pub use settings::StoreSettings;
