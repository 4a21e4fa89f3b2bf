//! An identifier without its separators.

const LONGEST: usize = 40;

/// Letters (in capitals) and digits of a short text; what separates them is only counted.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Compact {
    bytes: [u8; LONGEST],
    len: usize,
    /// Digits alone.
    pub(in super::super) is_numeric: bool,
    /// The lengths of the groups between separators, at most eight.
    groups: [u8; 8],
    group_count: usize,
    /// The first separator.
    pub(in super::super) separator: Option<u8>,
}

impl Compact {
    /// `None` where the text holds anything but letters, digits and single separators (space, `-`, `.`, `/`, `+`), or too much.
    pub(in super::super) fn of(text: &str) -> Option<Self> {
        let mut compact =
            Self { bytes: [0; LONGEST], len: 0, is_numeric: true, groups: [0; 8], group_count: 0, separator: None };
        let mut open = false;
        for byte in text.trim().bytes() {
            match byte {
                b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                    if compact.len == LONGEST {
                        return None;
                    }
                    compact.bytes[compact.len] = byte.to_ascii_uppercase();
                    compact.len += 1;
                    compact.is_numeric &= byte.is_ascii_digit();
                    if !open {
                        compact.group_count += 1;
                        open = true;
                    }
                    if let Some(group) = compact.groups.get_mut(compact.group_count - 1) {
                        *group = group.saturating_add(1);
                    }
                }
                b' ' | b'-' | b'.' | b'/' | b'+' if open => {
                    open = false;
                    compact.separator = compact.separator.or(Some(byte));
                }
                _ => return None,
            }
        }
        (compact.len > 0).then_some(compact)
    }

    pub(in super::super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    pub(in super::super) fn text(&self) -> &str {
        std::str::from_utf8(self.bytes()).unwrap_or_default()
    }

    pub(in super::super) fn len(&self) -> usize {
        self.len
    }

    /// The lengths of its groups are `lengths`.
    pub(in super::super) fn is_grouped(&self, lengths: &[u8]) -> bool {
        self.group_count == lengths.len() && self.groups.get(..lengths.len()) == Some(lengths)
    }

    pub(in super::super) fn has_one_group(&self) -> bool {
        self.group_count == 1
    }

    /// Digits alone, `count` of them, not all the same.
    pub(in super::super) fn digits<const COUNT: usize>(&self) -> Option<[u32; COUNT]> {
        if !self.is_numeric || self.len != COUNT {
            return None;
        }
        let digits: [u32; COUNT] = std::array::from_fn(|at| u32::from(self.bytes[at] - b'0'));
        digits.iter().any(|digit| *digit != digits[0]).then_some(digits)
    }

    /// As `pattern` says: `9` a digit, `A` a letter, `*` either, any other byte itself.
    pub(in super::super) fn is_like(&self, pattern: &str) -> bool {
        self.len == pattern.len()
            && self.bytes().iter().zip(pattern.bytes()).all(|(byte, wanted)| match wanted {
                b'9' => byte.is_ascii_digit(),
                b'A' => byte.is_ascii_uppercase(),
                b'*' => true,
                other => *byte == other,
            })
    }

    /// The number that some of its digits write.
    pub(in super::super) fn number(&self, range: std::ops::Range<usize>) -> Option<u64> {
        std::str::from_utf8(self.bytes().get(range)?).ok()?.parse().ok()
    }
}
