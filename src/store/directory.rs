use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;

use super::atomic::{create_atomically, probe_directory, write_atomically};
use super::executions::SeenExecutions;
use super::quotas::SeenQuotas;
use crate::audit::LastState;
use crate::detect::HashKey;

/// A store in a directory:
///
/// ```text
/// hash-key               the key of the hashes in evidence, 32 bytes as hex, mode 0600
/// state.json             the last state of every finding
/// executions.json        what was seen in execution data, and where the next scan goes on; no data, no names
/// quotas.json            the usage of quotas in the last 14 days
/// reports/<time>.json    one per scan
/// ```
#[derive(Debug, Clone)]
pub struct Directory {
    root: PathBuf,
}

#[derive(Debug, thiserror::Error)]
#[error("the store's {}: {source}", path.display())]
pub struct StoreError {
    path: PathBuf,
    source: io::Error,
}

impl Directory {
    /// The directory is made where it is missing; one that cannot be written to is known now, and not after a scan.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        for directory in [root, &root.join("reports")] {
            probe_directory(directory).map_err(|source| StoreError { path: directory.to_owned(), source })?;
        }
        Ok(Self { root: root.to_owned() })
    }

    /// The installation's key, made once.
    pub fn hash_key(&self) -> Result<HashKey, StoreError> {
        let path = self.root.join("hash-key");
        let stored = || Ok(read(&path)?.map(|key| key.trim_ascii().to_owned()));
        match stored()? {
            Some(key) if key.is_empty() => {
                tracing::warn!(path = %path.display(), "the key of the hashes is empty: a new one takes its place");
                std::fs::remove_file(&path).map_err(|source| StoreError { path: path.clone(), source })?;
            }
            Some(key) => return Ok(HashKey::new(key)),
            None => {}
        }
        let key: String = random_key().iter().map(|byte| format!("{byte:02x}")).collect();
        match create_atomically(&path, 0o600, |out| out.write_all(key.as_bytes())) {
            // Another scan was faster: both hash with its key.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Ok(HashKey::new(stored()?.unwrap_or_else(|| key.into_bytes())))
            }
            written => written.map(|()| HashKey::new(key)).map_err(|source| StoreError { path: path.clone(), source }),
        }
    }

    /// The last state; one that cannot be read is set aside under another name and never stops a scan.
    pub fn last_state(&self) -> Result<LastState, StoreError> {
        self.remembered("state", "every finding counts as new")
    }

    /// What was seen in execution data; what cannot be read is set aside like the last state.
    pub fn executions(&self) -> Result<SeenExecutions, StoreError> {
        self.remembered("executions", "executions are read anew")
    }

    pub fn keep_executions(&self, seen: &SeenExecutions) -> Result<(), StoreError> {
        let text = serde_json::to_vec(seen).expect("what was seen is plain JSON");
        self.write("executions.json", 0o600, &text)
    }

    /// What usage of quotas was seen; what cannot be read is set aside like the last state.
    pub fn quotas(&self) -> Result<SeenQuotas, StoreError> {
        self.remembered("quotas", "forecasts of quotas begin anew")
    }

    /// Of two scans that end at once, what one of them saw last is lost; the file is whole.
    pub fn keep_quotas(&self, seen: &SeenQuotas) -> Result<(), StoreError> {
        let text = serde_json::to_vec(seen).expect("what was seen is plain JSON");
        self.write("quotas.json", 0o600, &text)
    }

    fn remembered<T: DeserializeOwned + Default>(&self, name: &str, so: &str) -> Result<T, StoreError> {
        let path = self.root.join(format!("{name}.json"));
        let Some(text) = read(&path)? else {
            return Ok(T::default());
        };
        match serde_json::from_slice(&text) {
            Ok(content) => Ok(content),
            Err(error) => {
                let aside = self.root.join(format!("{name}.damaged.json"));
                tracing::warn!(path = %path.display(), aside = %aside.display(), "the file is damaged ({error}): set aside, {so}");
                std::fs::rename(&path, &aside).map_err(|source| StoreError { path: path.clone(), source })?;
                Ok(T::default())
            }
        }
    }

    pub fn keep_state(&self, state: &LastState) -> Result<(), StoreError> {
        let text = serde_json::to_vec(state).expect("a state is plain JSON");
        self.write("state.json", 0o600, &text)
    }

    /// Keeps a report under the time it was finished.
    pub fn keep_report(&self, finished_at: Timestamp, report: &[u8]) -> Result<(), StoreError> {
        self.write(&format!("reports/{}", file_name(finished_at)), 0o600, report)
    }

    /// Deletes reports that were finished more than `days` before `now`.
    pub fn forget_reports(&self, now: Timestamp, days: Option<u32>) -> Result<(), StoreError> {
        let Some(days) = days else { return Ok(()) };
        let oldest = now.saturating_sub(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MIN);
        let oldest = file_name(oldest);
        let folder = self.root.join("reports");
        let failed = |source| StoreError { path: folder.clone(), source };
        let mut forgotten = 0;
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            // Names of reports sort by their time; what is named otherwise is not ours.
            let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
            if is_report(name) && name < oldest.as_str() {
                std::fs::remove_file(&path).map_err(|source| StoreError { path: path.clone(), source })?;
                forgotten += 1;
            }
        }
        if forgotten > 0 {
            tracing::info!(reports = forgotten, days, "reports that are older than store.keep_days were deleted");
        }
        Ok(())
    }

    fn write(&self, name: &str, mode: u32, content: &[u8]) -> Result<(), StoreError> {
        let path = self.root.join(name);
        write_atomically(&path, mode, |out| out.write_all(content)).map_err(|source| StoreError { path, source })
    }
}

/// Of a report: `20261120T060042.500Z.json`.
fn file_name(finished_at: Timestamp) -> String {
    format!("{}.json", finished_at.strftime("%Y%m%dT%H%M%S%.3fZ"))
}

fn is_report(name: &str) -> bool {
    let shape = |byte: u8| if byte.is_ascii_digit() { b'0' } else { byte };
    name.bytes().map(shape).eq(*b"00000000T000000.000Z.json")
}

/// `None` where there is no such file.
fn read(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    match std::fs::read(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(StoreError { path: path.to_owned(), source }),
    }
}

/// A key for one run, where there is no store to keep one in.
pub fn random_key() -> [u8; 32] {
    let mut key = [0; 32];
    getrandom::fill(&mut key).expect("the operating system gives random bytes");
    key
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::os::unix::fs::PermissionsExt;

    use super::{Directory, SeenExecutions, SeenQuotas};
    use crate::audit::LastState;
    use crate::detect::Door;

    #[test]
    fn the_key_is_made_once_and_only_the_owner_reads_it() {
        let root = tempfile::tempdir().unwrap();
        let store = Directory::open(root.path()).unwrap();
        let token = format!("ghp_{}", "a1B2".repeat(9));
        let hash = || Door::new(store.hash_key().unwrap()).text(&token).observations[0].keyed_hash.clone();
        assert_eq!(hash(), hash());
        let mode = std::fs::metadata(root.path().join("hash-key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn an_empty_key_is_replaced() {
        let root = tempfile::tempdir().unwrap();
        let store = Directory::open(root.path()).unwrap();
        let path = root.path().join("hash-key");
        std::fs::write(&path, "\n").unwrap();
        store.hash_key().unwrap();
        assert_eq!(std::fs::read(&path).unwrap().len(), 64);
    }

    #[test]
    fn all_who_come_at_once_get_one_key() {
        let root = tempfile::tempdir().unwrap();
        let store = Directory::open(root.path()).unwrap();
        let token = format!("ghp_{}", "a1B2".repeat(9));
        let hash = || Door::new(store.hash_key().unwrap()).text(&token).observations[0].keyed_hash.clone();
        let hashes: BTreeSet<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(hash)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(hashes.len(), 1);
    }

    #[test]
    fn a_damaged_state_is_set_aside() {
        let root = tempfile::tempdir().unwrap();
        let store = Directory::open(root.path()).unwrap();
        std::fs::write(root.path().join("state.json"), b"{\"findings\": 7").unwrap();
        assert_eq!(store.last_state().unwrap(), LastState::default());
        assert!(root.path().join("state.damaged.json").exists());
        assert!(!root.path().join("state.json").exists());
        std::fs::write(root.path().join("executions.json"), b"[").unwrap();
        assert_eq!(store.executions().unwrap(), SeenExecutions::default());
        assert!(root.path().join("executions.damaged.json").exists());
        std::fs::write(root.path().join("quotas.json"), b"{\"places\": 1}").unwrap();
        assert_eq!(store.quotas().unwrap(), SeenQuotas::default());
        assert!(root.path().join("quotas.damaged.json").exists());
    }
}
