use std::fmt::Debug;

/// Named contents: a directory's files, or a bucket's objects below a prefix. Names are paths with `/`.
pub(super) trait Objects: Debug + Send + Sync {
    fn get(&self, name: &str) -> Result<Option<(Vec<u8>, Version)>, StoreError>;

    /// Whole or not at all; whether it was written.
    fn put(&self, name: &str, content: &[u8], when: When<'_>) -> Result<bool, StoreError>;

    /// The names in a folder, without it.
    fn list(&self, folder: &str) -> Result<Vec<String>, StoreError>;

    /// What is not there is deleted.
    fn delete(&self, name: &str) -> Result<(), StoreError>;

    /// Where an object is, for messages.
    fn place(&self, name: &str) -> String;
}

/// What tells one content of an object from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Version(pub(super) String);

/// When a content is written.
#[derive(Debug, Clone, Copy)]
pub(super) enum When<'a> {
    Always,
    /// Only where there is no such object.
    Missing,
    /// Only where nobody wrote since.
    Unchanged(&'a Version),
}

impl<'a> When<'a> {
    /// As it was when it was read.
    pub(super) fn still(version: Option<&'a Version>) -> Self {
        version.map_or(Self::Missing, Self::Unchanged)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the store's {place}: {why}")]
pub struct StoreError {
    pub(super) place: String,
    pub(super) why: String,
}
