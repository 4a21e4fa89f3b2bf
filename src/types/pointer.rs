use std::fmt;

use serde::{Deserialize, Serialize};

/// An RFC 6901 JSON pointer. The empty pointer names the whole document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JsonPointer(String);

impl JsonPointer {
    pub fn root() -> Self {
        Self::default()
    }

    /// A pointer as written, its tokens escaped already.
    pub fn written(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// This pointer with one more token, escaped (`~` as `~0`, `/` as `~1`).
    #[must_use]
    pub fn join(&self, token: &str) -> Self {
        let mut text = self.0.clone();
        text.push('/');
        text.push_str(&token.replace('~', "~0").replace('/', "~1"));
        Self(text)
    }

    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self(format!("{}/{index}", self.0))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where an error is, as the end of its sentence: nothing for the whole document; long pointers are cut.
    pub fn place(&self) -> String {
        const LONGEST: usize = 200;
        match self.0.char_indices().nth(LONGEST) {
            None if self.0.is_empty() => String::new(),
            None => format!(" at '{}'", self.0),
            Some((end, _)) => format!(" at '{}…'", &self.0[..end]),
        }
    }

    /// The pointer with every array index replaced by `*`: ids of findings must not move when a list is reordered.
    pub fn array_normalised(&self) -> String {
        let numeric = |token: &str| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit());
        self.0.split('/').map(|token| if numeric(token) { "*" } else { token }).collect::<Vec<_>>().join("/")
    }
}

impl fmt::Display for JsonPointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::JsonPointer;

    #[test]
    fn tokens_are_escaped_and_indexes_normalised() {
        let pointer = JsonPointer::root().join("a/b~c").index(3).join("x");
        assert_eq!(pointer.as_str(), "/a~1b~0c/3/x");
        assert_eq!(pointer.array_normalised(), "/a~1b~0c/*/x");
        assert_eq!((JsonPointer::root().place().as_str(), pointer.place().as_str()), ("", " at '/a~1b~0c/3/x'"));
    }
}
