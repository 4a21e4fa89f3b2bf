/// The text with everything made visible that could move a cursor, break a line, reorder or hide text: names in an
/// account are whatever somebody typed.
pub fn visible(text: &str) -> String {
    // What most text is, at once.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' '..='~' => out.push(c),
            // The standard library knows which characters do not print; it escapes them as Rust does.
            _ => out.extend(c.escape_debug()),
        }
    }
    out
}

/// The text, or as much of it as fits into so many bytes of UTF-8 with an ellipsis at its end.
pub fn cut(text: &str, bytes: usize) -> String {
    const MORE: char = '…';
    if text.len() <= bytes {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(bytes.saturating_sub(MORE.len_utf8()));
    let mut cut = text[..end].to_owned();
    cut.push(MORE);
    cut
}

/// [`visible`] of no more than is needed, and [`cut`].
pub fn shown(text: &str, bytes: usize) -> String {
    // Nothing gets shorter by being made visible; a character has four bytes at most.
    let enough = text.floor_char_boundary(bytes.saturating_add(4));
    cut(&visible(&text[..enough]), bytes)
}

#[cfg(test)]
mod tests {
    use super::{cut, shown, visible};

    #[test]
    fn what_a_terminal_would_obey_is_made_visible() {
        for (hostile, shown) in [
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("a\nb\rc\td", "a\\nb\\rc\\td"),
            ("\u{9b}2J", "\\u{9b}2J"),
            ("\u{202e}gnp.exe\u{200b}", "\\u{202e}gnp.exe\\u{200b}"),
            ("\u{fffe}\u{ffff}", "\\u{fffe}\\u{ffff}"),
            ("zeichen: ü 漢 'x' \"y\" \\", "zeichen: ü 漢 'x' \"y\" \\"),
        ] {
            assert_eq!(visible(hostile), shown);
        }
    }

    #[test]
    fn text_is_cut_between_characters() {
        assert_eq!((cut("orders", 6), cut("orders", 5)), ("orders".to_owned(), "or…".to_owned()));
        assert_eq!((cut("漢漢漢", 8), cut("漢漢漢", 3)), ("漢…".to_owned(), "…".to_owned()));
        assert_eq!(shown(&"\u{1b}".repeat(100_000), 9), "\\u{1b}…");
    }
}
