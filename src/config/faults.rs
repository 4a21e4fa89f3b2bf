//! What is wrong with a configuration, in words and places that a person can act on.

use std::fmt;

/// Where a value was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A line of the file, counted from 1.
    Line { file: String, line: usize },
    /// An environment variable.
    Variable(String),
    /// A flag of the command line.
    Flag(&'static str),
    /// Nowhere: the default.
    Elsewhere,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The key as the file would spell it; empty where the text is not TOML or a variable means nothing.
    pub key: String,
    pub place: Place,
    /// What is wrong with the key. It never holds what may be secret.
    pub message: String,
    /// What would be right.
    pub suggestion: Option<String>,
}

/// All that is wrong, in the order of the file, the environment after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Fault {
    pub(super) fn value(key: impl Into<String>, place: Place, message: impl Into<String>) -> Self {
        Self { key: key.into(), place, message: message.into(), suggestion: None }
    }

    /// `noun` is `key` or `section`.
    pub(super) fn unknown(noun: &str, key: String, place: Place, suggestion: Option<String>) -> Self {
        let message = format!("unknown {noun} {key}");
        Self { key, place, message, suggestion }
    }

    /// Whether the message already says which key it is about.
    fn names_its_key(&self) -> bool {
        let variable = matches!(&self.place, Place::Variable(name) if *name == variable_of(&self.key));
        let named = variable || matches!(self.place, Place::Flag(_));
        self.key.is_empty() || named || self.message.starts_with("unknown ")
    }
}

impl Faults {
    /// `Ok` where there are none.
    pub(super) fn check(mut faults: Vec<Fault>) -> Result<(), Self> {
        faults.sort_by(|a, b| a.place.cmp(&b.place));
        if faults.is_empty() { Ok(()) } else { Err(Self(faults)) }
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Fault> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a Faults {
    type Item = &'a Fault;
    type IntoIter = std::slice::Iter<'a, Fault>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line { file, line } => write!(f, "{file}:{line}: "),
            Self::Variable(name) => write!(f, "{name}: "),
            Self::Flag(name) => write!(f, "{name}: "),
            Self::Elsewhere => Ok(()),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.place)?;
        if !self.names_its_key() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "; {suggestion}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Faults {
    /// One fault a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> = self.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for Faults {}

/// The environment variable that sets `key`.
pub(super) fn variable_of(key: &str) -> String {
    format!("{PREFIX}{}", key.to_ascii_uppercase().replace(['.', '-'], "_"))
}

/// The path of `name` in `section`, quoted where TOML would quote it.
pub(super) fn join(section: &str, name: &str) -> String {
    let bare = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let name = if bare { name.to_owned() } else { format!("{name:?}") };
    if section.is_empty() { name } else { format!("{section}.{name}") }
}

/// All variables of stepwarden start with it.
pub(super) const PREFIX: &str = "STEPWARDEN_";

/// The known word that `word` was probably meant to be: the one that ends in it (`share` for `budget.share`), or the
/// nearest by typing mistakes, at most one in four characters and three altogether.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let known: Vec<_> = known.into_iter().collect();
    let ends = |candidate: &str| candidate.strip_suffix(word).is_some_and(|rest| rest.ends_with(['.', '_']));
    let mut ending = known.iter().copied().filter(|candidate| ends(candidate));
    if let (Some(only), None) = (ending.next(), ending.next()) {
        return Some(only);
    }
    let allowed = (word.chars().count() / 4).clamp(1, 3);
    let distances = known.into_iter().map(|candidate| (strsim::osa_distance(word, candidate), candidate));
    distances.filter(|(distance, _)| *distance <= allowed).min().map(|(_, candidate)| candidate)
}

/// [`nearest`] as the end of a sentence.
pub(super) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(word, known).map(|meant| format!("did you mean {meant}?"))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_word_is_near() {
        let known = ["budget.share", "budget.rates", "aws.profile", "report.fail_on", "log.format"];
        let meant = |word| nearest(word, known);
        assert_eq!(meant("budjet.share"), Some("budget.share"));
        assert_eq!(meant("profile"), Some("aws.profile"));
        assert_eq!(meant("report.fail-on"), Some("report.fail_on"));
        assert_eq!(meant("budget.sharing"), Some("budget.share"));
        assert_eq!(meant("notifications.slack"), None);
        assert_eq!(meant("x"), None);
    }
}
