use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::bucket::Bucket;
use super::directory::Directory;
use super::executions::SeenExecutions;
use super::objects::{Objects, StoreError, Version, When};
use super::quotas::SeenQuotas;
use super::settings::{Location, StoreSettings};
use crate::audit::LastState;
use crate::aws::AwsSettings;
use crate::detect::HashKey;

/// What is kept between runs (docs/store.md):
///
/// ```text
/// hash-key               the key of the hashes in evidence, 32 bytes as hex
/// state.json             the last state of every finding
/// executions.json        what was seen in execution data, and where the next scan goes on; no data, no names
/// quotas.json            the usage of quotas in the last 14 days
/// reports/<time>.json    one per scan
/// ```
#[derive(Debug)]
pub struct Store {
    objects: Box<dyn Objects>,
}

/// What one scan leaves to the next.
pub trait Remembered: Serialize + DeserializeOwned + Default {
    /// Of its file, without `.json`.
    const NAME: &'static str;
    /// What it means that it is lost.
    const LOST: &'static str;
}

impl Remembered for LastState {
    const NAME: &'static str = "state";
    const LOST: &'static str = "every finding counts as new";
}

impl Remembered for SeenExecutions {
    const NAME: &'static str = "executions";
    const LOST: &'static str = "executions are read anew";
}

impl Remembered for SeenQuotas {
    const NAME: &'static str = "quotas";
    const LOST: &'static str = "forecasts of quotas begin anew";
}

const REPORTS: &str = "reports";
const HASH_KEY: &str = "hash-key";
/// How often a change is tried that others come before.
const ATTEMPTS: u32 = 10;
/// Before the second attempt at least, and at most twice of it; then twice as long.
const PAUSE: Duration = Duration::from_millis(20);

impl Store {
    /// The configured store; one that cannot be written to is known now, and not after a scan.
    pub fn open(settings: &StoreSettings, aws: &AwsSettings) -> Result<Option<Self>, StoreError> {
        let objects: Box<dyn Objects> = match &settings.location {
            Some(Location::Directory(root)) => Box::new(Directory::open(root, &[REPORTS])?),
            Some(Location::Bucket(there)) => Box::new(Bucket::open(there, settings, aws)?),
            None => return Ok(None),
        };
        Ok(Some(Self { objects }))
    }

    /// Reads, and lists where reports are to be deleted; to open it was to write. Where it is.
    pub fn examine(&self, keep_days: Option<u32>) -> Result<String, StoreError> {
        self.objects.get(HASH_KEY)?;
        if keep_days.is_some() {
            self.objects.list(REPORTS)?;
        }
        Ok(self.objects.place(""))
    }

    /// The installation's key, made once: all who come at once get the same.
    pub fn hash_key(&self) -> Result<HashKey, StoreError> {
        let place = || self.objects.place(HASH_KEY);
        for attempt in 0..ATTEMPTS {
            let there = self.objects.get(HASH_KEY)?;
            let key = there.as_ref().map(|(key, _)| key.trim_ascii()).unwrap_or_default();
            if !key.is_empty() {
                return Ok(HashKey::new(key));
            }
            if there.is_some() {
                tracing::warn!(path = place(), "the key of the hashes is empty: a new one takes its place");
            }
            let key: String = random_key().iter().map(|byte| format!("{byte:02x}")).collect();
            if self.objects.put(HASH_KEY, key.as_bytes(), When::still(there.as_ref().map(|(_, version)| version)))? {
                return Ok(HashKey::new(key));
            }
            pause(attempt);
        }
        Err(overtaken(place()))
    }

    /// What was remembered. What cannot be read, or is damaged, is told, and never stops a scan.
    pub fn remembered<T: Remembered>(&self) -> T {
        self.read().map_or_else(
            |error| {
                tracing::warn!("{error}: {}", T::LOST);
                T::default()
            },
            |(content, _)| content,
        )
    }

    /// Changes what is remembered. Where another scan did so meanwhile, `change` is made again, to what that left.
    pub fn update<T: Remembered>(&self, mut change: impl FnMut(&mut T)) -> Result<(), StoreError> {
        let name = format!("{}.json", T::NAME);
        let mut written: Option<Vec<u8>> = None;
        for attempt in 0..ATTEMPTS {
            // An answer may have been lost, and not the change.
            if written.is_some() && self.objects.get(&name)?.map(|(there, _)| there) == written {
                return Ok(());
            }
            let (mut content, version) = self.read::<T>()?;
            change(&mut content);
            let text = serde_json::to_vec(&content).expect("what is remembered is plain JSON");
            if self.objects.put(&name, &text, When::still(version.as_ref()))? {
                return Ok(());
            }
            written = Some(text);
            pause(attempt);
        }
        Err(overtaken(self.objects.place(&name)))
    }

    /// What is damaged is set aside under another name, and counts as nothing.
    fn read<T: Remembered>(&self) -> Result<(T, Option<Version>), StoreError> {
        let name = format!("{}.json", T::NAME);
        let Some((text, version)) = self.objects.get(&name)? else {
            return Ok((T::default(), None));
        };
        let error = match serde_json::from_slice(&text) {
            Ok(content) => return Ok((content, Some(version))),
            Err(error) => error,
        };
        let aside = format!("{}.damaged.json", T::NAME);
        let (path, at) = (self.objects.place(&name), self.objects.place(&aside));
        tracing::warn!(path, aside = at, "the file is damaged ({error}): set aside, {}", T::LOST);
        self.objects.put(&aside, &text, When::Always)?;
        let empty = serde_json::to_vec(&T::default()).expect("what is remembered is plain JSON");
        self.objects.put(&name, &empty, When::Unchanged(&version))?;
        let version = self.objects.get(&name)?.map(|(_, version)| version);
        Ok((T::default(), version))
    }

    /// Keeps a report under the time it was finished; of two that were finished in the same millisecond under the next.
    pub fn keep_report(&self, finished_at: Timestamp, report: &[u8]) -> Result<(), StoreError> {
        let mut at = finished_at;
        for _ in 0..ATTEMPTS {
            if self.objects.put(&format!("{REPORTS}/{}", file_name(at)), report, When::Missing)? {
                return Ok(());
            }
            at = at.saturating_add(SignedDuration::from_millis(1)).unwrap_or(Timestamp::MAX);
        }
        Err(overtaken(self.objects.place(REPORTS)))
    }

    /// Deletes reports that were finished more than `days` before `now`.
    pub fn forget_reports(&self, now: Timestamp, days: Option<u32>) -> Result<(), StoreError> {
        let Some(days) = days else { return Ok(()) };
        let oldest = now.saturating_sub(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MIN);
        let oldest = file_name(oldest);
        // Names of reports sort by their time; what is named otherwise is not ours.
        let old = |name: &String| is_report(name) && *name < oldest;
        let forgotten: Vec<_> = self.objects.list(REPORTS)?.into_iter().filter(old).collect();
        for name in &forgotten {
            self.objects.delete(&format!("{REPORTS}/{name}"))?;
        }
        if !forgotten.is_empty() {
            let reports = forgotten.len();
            tracing::info!(reports, days, "reports that are older than store.keep_days were deleted");
        }
        Ok(())
    }
}

/// Longer with every attempt, and never as long as another's.
fn pause(attempt: u32) {
    let span = PAUSE * 2_u32.pow(attempt.min(4));
    let [random, ..] = random_key();
    std::thread::sleep(span + span * u32::from(random) / 256);
}

fn overtaken(place: String) -> StoreError {
    StoreError { place, why: format!("others wrote before each of {ATTEMPTS} attempts") }
}

/// Of a report: `20261120T060042.500Z.json`.
fn file_name(finished_at: Timestamp) -> String {
    format!("{}.json", finished_at.strftime("%Y%m%dT%H%M%S%.3fZ"))
}

fn is_report(name: &str) -> bool {
    let shape = |byte: u8| if byte.is_ascii_digit() { b'0' } else { byte };
    name.bytes().map(shape).eq(*b"00000000T000000.000Z.json")
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
    use std::path::Path;

    use super::{Location, Remembered, SeenExecutions, SeenQuotas, Store};
    use crate::audit::LastState;
    use crate::aws::AwsSettings;
    use crate::detect::Door;
    use crate::store::StoreSettings;

    fn open(root: &Path) -> Store {
        let settings =
            StoreSettings { location: Some(Location::Directory(root.to_owned())), ..StoreSettings::default() };
        Store::open(&settings, &AwsSettings::default()).unwrap().unwrap()
    }

    #[test]
    fn the_key_is_made_once_and_only_the_owner_reads_it() {
        let root = tempfile::tempdir().unwrap();
        let store = open(root.path());
        let token = format!("ghp_{}", "a1B2".repeat(9));
        let hash = || Door::new(store.hash_key().unwrap()).text(&token).observations[0].keyed_hash.clone();
        assert_eq!(hash(), hash());
        let mode = std::fs::metadata(root.path().join("hash-key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn an_empty_key_is_replaced() {
        let root = tempfile::tempdir().unwrap();
        let store = open(root.path());
        let path = root.path().join("hash-key");
        std::fs::write(&path, "\n").unwrap();
        store.hash_key().unwrap();
        assert_eq!(std::fs::read(&path).unwrap().len(), 64);
    }

    #[test]
    fn all_who_come_at_once_get_one_key() {
        let root = tempfile::tempdir().unwrap();
        let store = open(root.path());
        let token = format!("ghp_{}", "a1B2".repeat(9));
        let hash = || Door::new(store.hash_key().unwrap()).text(&token).observations[0].keyed_hash.clone();
        let hashes: BTreeSet<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(hash)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(hashes.len(), 1);
    }

    #[test]
    fn what_is_damaged_is_set_aside_and_counts_as_nothing() {
        fn check<T: Remembered + PartialEq + std::fmt::Debug>(damaged: &str) {
            let root = tempfile::tempdir().unwrap();
            let (path, aside) =
                (root.path().join(format!("{}.json", T::NAME)), root.path().join(format!("{}.damaged.json", T::NAME)));
            let store = open(root.path());
            std::fs::write(&path, damaged).unwrap();
            assert_eq!(store.remembered::<T>(), T::default());
            assert_eq!(std::fs::read_to_string(aside).unwrap(), damaged);
            store.update::<T>(|_| {}).unwrap();
            assert_eq!(serde_json::from_slice::<T>(&std::fs::read(&path).unwrap()).unwrap(), T::default());
        }
        check::<LastState>("{\"findings\": 7");
        check::<SeenExecutions>("[");
        check::<SeenQuotas>("{\"places\": 1}");
    }

    #[test]
    fn what_cannot_be_read_stops_nothing() {
        let root = tempfile::tempdir().unwrap();
        let store = open(root.path());
        std::fs::create_dir(root.path().join("state.json")).unwrap();
        assert_eq!(store.remembered::<LastState>(), LastState::default());
        store.update::<LastState>(|_| {}).unwrap_err();
    }

    #[test]
    fn of_all_who_change_it_at_once_none_is_lost() {
        let root = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for writer in 0..3 {
                let store = open(root.path());
                scope.spawn(move || {
                    for round in 0..8 {
                        let change = |state: &mut LastState| {
                            state.regions.entry(writer.to_string()).or_default().insert(round.to_string());
                        };
                        store.update(change).unwrap();
                    }
                });
            }
        });
        let state: LastState = open(root.path()).remembered();
        assert_eq!(state.regions.values().map(BTreeSet::len).sum::<usize>(), 24);
    }
}
