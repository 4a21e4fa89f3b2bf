//! Where things are kept between runs.

use std::path::PathBuf;

/// The store, and the secret that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreSettings {
    /// Without one, nothing is kept: no finding is known from an earlier run.
    pub directory: Option<PathBuf>,
    /// Days that reports are kept; without a number, all are.
    pub keep_days: Option<u32>,
    /// The name of the environment variable that holds the key of the hashes in evidence; never the key itself.
    pub hash_key_env: String,
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self { directory: None, keep_days: None, hash_key_env: "STEPWARDEN_HASH_KEY".to_owned() }
    }
}
