//! Where the walk is: a JSON pointer that grows and shrinks with it.

#[derive(Debug, Default)]
pub(super) struct Path {
    text: String,
    /// What is inside stands at this place as a whole: decoded text has no pointers of its own.
    frozen: u32,
}

impl Path {
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn mark(&self) -> usize {
        self.text.len()
    }

    pub(super) fn back_to(&mut self, mark: usize) {
        self.text.truncate(mark);
    }

    pub(super) fn push_key(&mut self, key: &str) {
        if self.frozen > 0 {
            return;
        }
        self.text.push('/');
        if memchr::memchr2(b'~', b'/', key.as_bytes()).is_none() {
            self.text.push_str(key);
            return;
        }
        for c in key.chars() {
            match c {
                '~' => self.text.push_str("~0"),
                '/' => self.text.push_str("~1"),
                c => self.text.push(c),
            }
        }
    }

    /// A key of which nothing may be told.
    pub(super) fn push_redacted(&mut self, kind: &str, len: usize) {
        self.push_key(&format!("[stepwarden:{kind}:{len}]"));
    }

    pub(super) fn push_index(&mut self, index: usize) {
        use std::fmt::Write;
        if self.frozen > 0 {
            return;
        }
        // Most lists are short, and formatting is slow.
        if let Some(digit) = u8::try_from(index).ok().filter(|index| *index < 10) {
            self.text.push('/');
            self.text.push(char::from(b'0' + digit));
            return;
        }
        write!(self.text, "/{index}").expect("a string takes any text");
    }

    /// Into JSON that a string holds.
    pub(super) fn push_json(&mut self) {
        if self.frozen == 0 {
            self.text.push('#');
        }
    }

    pub(super) fn freeze(&mut self) {
        self.frozen += 1;
    }

    pub(super) fn thaw(&mut self) {
        self.frozen = self.frozen.saturating_sub(1);
    }
}
