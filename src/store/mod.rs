//! Floor 8: what is kept between runs, in a directory or below a prefix of an S3 bucket.

mod atomic;
mod bucket;
mod directory;
mod executions;
mod kept;
mod objects;
mod quotas;
pub mod settings;

pub use atomic::{probe_directory, probe_file, write_atomically};
pub use executions::SeenExecutions;
pub use kept::{Remembered, Store, random_key};
pub use objects::StoreError;
pub use quotas::SeenQuotas;
pub use settings::StoreSettings;
