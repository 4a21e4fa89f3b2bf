//! A line that is too long to be held, as it streams in.

use std::io::{self, BufRead, Read};

/// The rest of a line, up to its end.
pub(super) struct Line<'a, R> {
    input: &'a mut R,
    is_over: bool,
}

impl<'a, R> Line<'a, R> {
    pub(super) fn new(input: &'a mut R) -> Self {
        Self { input, is_over: false }
    }
}

impl<R: BufRead> Read for Line<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_over || buffer.is_empty() {
            return Ok(0);
        }
        let available = self.input.fill_buf()?;
        let most = available.len().min(buffer.len());
        let (len, ends) = match memchr::memchr(b'\n', &available[..most]) {
            Some(at) => (at, true),
            None => (most, false),
        };
        buffer[..len].copy_from_slice(&available[..len]);
        self.input.consume(len + usize::from(ends));
        self.is_over = ends || most == 0;
        if len == 0 && ends { Ok(0) } else { Ok(len) }
    }
}

/// Shortens the strings of a JSON text, so that none is larger in memory than what is kept of one.
pub(super) struct Clip<R> {
    input: R,
    /// Bytes of the string that is open; none outside of strings.
    inside: Option<usize>,
    /// Bytes that the escape that is open still has.
    escape: u8,
    is_clipping: bool,
    has_clipped: bool,
}

impl<R> Clip<R> {
    const LONGEST: usize = 2 << 20;

    pub(super) fn new(input: R) -> Self {
        Self { input, inside: None, escape: 0, is_clipping: false, has_clipped: false }
    }

    /// Whether a string was longer than what is kept of one.
    pub(super) fn has_clipped(&self) -> bool {
        self.has_clipped
    }

    /// How many bytes pass as they are.
    fn plain(&mut self, bytes: &[u8]) -> usize {
        let Some(seen) = self.inside else { return memchr::memchr(b'"', bytes).unwrap_or(bytes.len()) };
        if self.escape > 0 || self.is_clipping {
            return 0;
        }
        let most = bytes.len().min(Self::LONGEST.saturating_sub(seen));
        let plain = memchr::memchr2(b'"', b'\\', &bytes[..most]).unwrap_or(most);
        self.inside = Some(seen + plain);
        plain
    }

    /// Whether the byte passes.
    fn passes(&mut self, byte: u8) -> bool {
        let Some(seen) = self.inside else {
            self.inside = (byte == b'"').then_some(0);
            return true;
        };
        let between = self.escape == 0;
        self.escape = match (self.escape, byte) {
            (0, b'\\') => 1,
            (0, _) => 0,
            // Of \u four digits follow.
            (1, b'u') => 4,
            (left, _) => left - 1,
        };
        if between && byte == b'"' {
            self.inside = None;
            self.is_clipping = false;
            return true;
        }
        self.inside = Some(seen + 1);
        // Not inside a character or an escape, nor, as long as it can wait, between the halves of a surrogate pair.
        let may_begin = between && !(0x80..0xc0).contains(&byte) && (byte != b'\\' || seen >= 2 * Self::LONGEST);
        self.is_clipping |= seen >= Self::LONGEST && may_begin;
        self.has_clipped |= self.is_clipping;
        !self.is_clipping
    }
}

impl<R: Read> Read for Clip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let len = self.input.read(buffer)?;
            if len == 0 {
                return Ok(0);
            }
            let (mut kept, mut at) = (0, 0);
            while at < len {
                let plain = self.plain(&buffer[at..len]);
                if plain > 0 {
                    if kept < at {
                        buffer.copy_within(at..at + plain, kept);
                    }
                    kept += plain;
                    at += plain;
                    continue;
                }
                if self.passes(buffer[at]) {
                    buffer[kept] = buffer[at];
                    kept += 1;
                }
                at += 1;
            }
            if kept > 0 {
                return Ok(kept);
            }
        }
    }
}
