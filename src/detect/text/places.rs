//! Where names, values and numbers stand in a text.

use std::ops::Range;

use super::super::concept::Concept;

/// The name before a `=` or `:`: one word, or before a colon a few.
pub(super) fn name_before(text: &str, at: usize) -> Option<Range<usize>> {
    const LONGEST: usize = 40;
    let bytes = text.as_bytes();
    let colon = bytes[at] == b':';
    // Padding, `==` and `a=` have no value behind them.
    if bytes.get(at + 1).is_none_or(|next| matches!(next, b'=' | b'+')) {
        return None;
    }
    if colon && bytes.get(at + 1).is_none_or(|next| matches!(next, b'/' | b':')) {
        return None;
    }
    let mut end = at;
    while end > 0 && matches!(bytes[end - 1], b' ' | b'"' | b'\'' | b'\\' | b']' | b')') {
        end -= 1;
    }
    if at - end > 4 {
        return None;
    }
    let inside = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') || byte >= 0x80 || (colon && byte == b' ')
    };
    let len = bytes[..end].iter().rev().take(LONGEST).take_while(|byte| inside(**byte)).count();
    let mut start = end - len;
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let name = text.get(start..end)?;
    let blob = start > 0 && matches!(bytes[start - 1], b'+' | b'/') && name.len() > 8;
    if blob || name.bytes().filter(u8::is_ascii_digit).count() > 3 {
        return None;
    }
    if !name.is_ascii() || name.bytes().any(|byte| byte.is_ascii_alphabetic()) { Some(start..end) } else { None }
}

/// The value behind a `=`, `:` or space, without its quotes.
pub(super) fn value_after(text: &str, at: usize, concept: Concept) -> Option<Range<usize>> {
    let longest = if concept.is_secret() { 2048 } else { 160 };
    let bytes = text.as_bytes();
    let mut start = at + 1;
    while matches!(bytes.get(start), Some(b' ' | b'\\' | b'\t')) && start - at <= 3 {
        start += 1;
    }
    let quote = bytes.get(start).copied().filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
    if quote.is_some() || bytes.get(start) == Some(&b'(') {
        start += 1;
    }
    let wide = !concept.is_secret() && concept.is_free_form();
    let line = concept == Concept::Auth || concept == Concept::DateOfBirth || concept == Concept::Phone;
    let stops = |byte: u8| match quote {
        Some(quote) => byte == quote || byte == b'\\',
        None if concept == Concept::Cookie => matches!(byte, b'\n' | b'\r' | b'"' | b'\''),
        None if wide => b",;|\n\"<>{}[]=&\\".contains(&byte),
        None if line => b",;|\n\"'<>{}&\\".contains(&byte),
        None => byte.is_ascii_whitespace() || b",;&\"'()<>{}|\\".contains(&byte) || (byte == b']'),
    };
    let len = bytes.get(start..)?.iter().take(longest).take_while(|byte| !stops(**byte)).count();
    let value = text.get(start..start + len)?;
    let trimmed = value.trim_end_matches(['.', ' ', ')']);
    (!trimmed.is_empty()).then(|| start..start + trimmed.len())
}

/// The name and the text of the XML element whose closing tag begins at `close`; of those with elements inside, nothing.
pub(super) fn element_before(text: &str, close: usize) -> Option<(&str, Range<usize>)> {
    const LONGEST_NAME: usize = 64;
    const LONGEST_TEXT: usize = 256;
    let bytes = text.as_bytes();
    let rest = &bytes[close + 2..];
    let len = rest.iter().take(LONGEST_NAME).position(|byte| *byte == b'>')?;
    let name = text.get(close + 2..close + 2 + len)?;
    let inside = bytes[..close].iter().rev().take(LONGEST_TEXT).position(|byte| *byte == b'>')?;
    let range = close - inside..close;
    let plain = inside > 1 && !bytes[range.clone()].contains(&b'<') && text.get(range.clone()).is_some();
    plain.then(|| (name.rsplit(':').next().unwrap_or(name), range))
}

/// The next run of letters and digits with at least three digits, with the separators inside it.
pub(super) fn next_number(text: &str, from: usize) -> Option<Range<usize>> {
    const LONGEST: usize = 48;
    let bytes = text.as_bytes();
    let mut from = from;
    loop {
        let digit = from + bytes.get(from..)?.iter().position(u8::is_ascii_digit)?;
        let before = bytes[from..digit]
            .iter()
            .rev()
            .take(LONGEST)
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'(' | b'-' | b'_' | b'.'))
            .count();
        let mut start = digit - before;
        while matches!(bytes[start], b'-' | b'.' | b'_') {
            start += 1;
        }
        let mut end = digit;
        let letters = bytes[start..].iter().take(2).all(u8::is_ascii_uppercase);
        while end < bytes.len() && end - start < LONGEST {
            let next = bytes.get(end + 1);
            let goes_on = match bytes[end] {
                byte if byte.is_ascii_alphanumeric() => true,
                b' ' => next.is_some_and(|next| {
                    next.is_ascii_digit()
                        || (letters
                            && next.is_ascii_uppercase()
                            && bytes.get(end + 2).is_none_or(|byte| !byte.is_ascii_lowercase()))
                }),
                b'-' | b'.' | b'/' | b':' | b'(' => next.is_some_and(u8::is_ascii_alphanumeric),
                b')' => next.is_some_and(|next| next.is_ascii_digit() || matches!(next, b' ' | b'-')),
                _ => false,
            };
            if !goes_on {
                break;
            }
            end += 1;
        }
        let end = end.max(digit + 1);
        let digits = bytes[start..end].iter().filter(|byte| byte.is_ascii_digit()).count();
        if digits >= 3 && text.is_char_boundary(start) && text.is_char_boundary(end) {
            return Some(start..end);
        }
        from = end;
    }
}
