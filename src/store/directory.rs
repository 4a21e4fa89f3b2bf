use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use super::atomic::{probe_directory, write_atomically};
use super::objects::{Objects, StoreError, Version, When};

/// Objects as files. Who writes holds the lock of `.lock`, for as long as it takes to look whether another wrote.
#[derive(Debug)]
pub(super) struct Directory {
    root: PathBuf,
}

/// Only the owner reads what is kept.
const MODE: u32 = 0o600;
/// A writer holds the lock for milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_millis(10);

impl Directory {
    /// The directory is made where it is missing; one that cannot be written to is known now, and not after a scan.
    pub(super) fn open(root: &Path, folders: &[&str]) -> Result<Self, StoreError> {
        let folders = folders.iter().map(|folder| root.join(folder));
        for directory in std::iter::once(root.to_owned()).chain(folders) {
            probe_directory(&directory).map_err(|error| failed(&directory, &error))?;
        }
        Ok(Self { root: root.to_owned() })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// The lock ends with the file that is returned, and with the process. A file system without locks has one writer.
    fn lock(&self) -> Result<Option<File>, StoreError> {
        let path = self.path(".lock");
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(|error| failed(&path, &error))?;
        let until = Instant::now() + PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(file)),
                Err(TryLockError::WouldBlock) if Instant::now() < until => std::thread::sleep(LOOK_AGAIN),
                Err(TryLockError::WouldBlock) => {
                    let why = format!("another process has held it for {} seconds", PATIENCE.as_secs());
                    return Err(StoreError { place: path.display().to_string(), why });
                }
                Err(TryLockError::Error(error)) => {
                    tracing::debug!(path = %path.display(), %error, "the file system has no locks");
                    return Ok(None);
                }
            }
        }
    }
}

impl Objects for Directory {
    fn get(&self, name: &str) -> Result<Option<(Vec<u8>, Version)>, StoreError> {
        let path = self.path(name);
        match std::fs::read(&path) {
            Ok(content) => {
                let version = version(&content);
                Ok(Some((content, version)))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(&path, &error)),
        }
    }

    fn put(&self, name: &str, content: &[u8], when: When<'_>) -> Result<bool, StoreError> {
        let _lock = self.lock()?;
        let write = match when {
            When::Always => true,
            When::Missing => self.get(name)?.is_none(),
            When::Unchanged(version) => self.get(name)?.is_some_and(|(_, there)| there == *version),
        };
        if write {
            let path = self.path(name);
            write_atomically(&path, MODE, |out| out.write_all(content)).map_err(|error| failed(&path, &error))?;
        }
        Ok(write)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        let path = self.path(folder);
        let name = |entry: io::Result<std::fs::DirEntry>| Ok(entry?.file_name().into_string().ok());
        let names = std::fs::read_dir(&path).and_then(|entries| entries.map(name).collect::<io::Result<Vec<_>>>());
        Ok(names.map_err(|error| failed(&path, &error))?.into_iter().flatten().collect())
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        let path = self.path(name);
        match std::fs::remove_file(&path) {
            // Another scan was faster.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            deleted => deleted.map_err(|error| failed(&path, &error)),
        }
    }

    fn place(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }
}

/// The hash of the content.
fn version(content: &[u8]) -> Version {
    Version(Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect())
}

fn failed(path: &Path, error: &io::Error) -> StoreError {
    StoreError { place: path.display().to_string(), why: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::{Directory, Objects, When};

    #[test]
    fn what_another_wrote_is_not_written_over() {
        let root = tempfile::tempdir().unwrap();
        let store = Directory::open(root.path(), &[]).unwrap();
        assert!(store.put("a", b"1", When::Missing).unwrap());
        assert!(!store.put("a", b"2", When::Missing).unwrap());
        let (_, first) = store.get("a").unwrap().unwrap();
        assert!(store.put("a", b"2", When::Unchanged(&first)).unwrap());
        assert!(!store.put("a", b"3", When::Unchanged(&first)).unwrap());
        assert_eq!(store.get("a").unwrap().unwrap().0, b"2");
        store.delete("a").unwrap();
        store.delete("a").unwrap();
        assert!(!store.put("a", b"3", When::Unchanged(&first)).unwrap(), "deleted is changed");
        assert!(store.get("a").unwrap().is_none());
    }
}
