/// The request context: what is known of the condition keys. Key names compare without case.
#[derive(Debug, Clone, Default)]
pub struct Context {
    entries: Vec<(String, Known)>,
    /// Whether keys that are not named are unknown; otherwise they are absent.
    open: bool,
}

#[derive(Debug, Clone)]
enum Known {
    One([String; 1]),
    Many(Vec<String>),
    Absent,
    Unknown,
}

/// What the context says of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lookup<'a> {
    Values(&'a [String]),
    Absent,
    /// Unknown is not absent: the request may or may not have it.
    Unknown,
}

impl Context {
    /// Closed: a key that is not named is not in the request.
    pub fn closed() -> Self {
        Self::default()
    }

    /// Open: of a key that is not named nothing is known.
    pub fn open() -> Self {
        Self { entries: Vec::new(), open: true }
    }

    /// A key with one value.
    #[must_use]
    pub fn with(self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.put(key.into(), Known::One([value.into()]))
    }

    /// A key with any number of values.
    #[must_use]
    pub fn with_all(self, key: impl Into<String>, values: Vec<String>) -> Self {
        self.put(key.into(), Known::Many(values))
    }

    /// A key that the request does not have.
    #[must_use]
    pub fn without(self, key: impl Into<String>) -> Self {
        self.put(key.into(), Known::Absent)
    }

    /// A key of which nothing is known.
    #[must_use]
    pub fn unknown(self, key: impl Into<String>) -> Self {
        self.put(key.into(), Known::Unknown)
    }

    fn put(mut self, key: String, known: Known) -> Self {
        match self.entries.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case(&key)) {
            Some((_, slot)) => *slot = known,
            None => self.entries.push((key, known)),
        }
        self
    }

    pub(super) fn look_up(&self, key: &str) -> Lookup<'_> {
        match self.entries.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)) {
            Some((_, Known::One(value))) => Lookup::Values(value),
            Some((_, Known::Many(values))) => Lookup::Values(values),
            Some((_, Known::Unknown)) => Lookup::Unknown,
            None if self.open => Lookup::Unknown,
            Some((_, Known::Absent)) | None => Lookup::Absent,
        }
    }
}

/// The keys that an answer depends on, as the policies write them.
#[derive(Debug, Default)]
pub(super) struct Keys<'p>(Vec<&'p str>);

impl<'p> Keys<'p> {
    pub(super) fn add(&mut self, key: &'p str) {
        if !self.0.iter().any(|known| known.eq_ignore_ascii_case(key)) {
            self.0.push(key);
        }
    }

    /// Where to come back to when what follows turns out not to matter.
    pub(super) fn mark(&self) -> usize {
        self.0.len()
    }

    pub(super) fn back_to(&mut self, mark: usize) {
        self.0.truncate(mark);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'p str> + '_ {
        self.0.iter().copied()
    }
}
