//! Names in drawings: they are whatever somebody typed.

/// With everything made visible that could break a line, reorder or hide text, or that XML does not allow.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\'' | '"' | '\\' => out.push(c),
            _ => out.extend(c.escape_debug()),
        }
    }
    out
}

/// Visible, and escaped for the text and the attributes of XML.
pub(super) fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// In at most two lines of about `columns` letters; what does not fit ends in an ellipsis.
pub(super) fn lines(text: &str, columns: usize) -> Vec<String> {
    let text = visible(text);
    let letters: Vec<_> = text.chars().collect();
    if width(&letters) <= columns {
        return vec![text];
    }
    let first = fitting(&letters, columns);
    // A word is not cut where it begins in the second half of the line.
    let space = letters[..=first].iter().rposition(|c| matches!(c, ' ' | '-' | '_')).filter(|at| at * 2 > first);
    let split = space.map_or(first, |at| at + 1);
    let rest = &letters[split..];
    let second: String = if width(rest) <= columns {
        rest.iter().collect()
    } else {
        rest[..fitting(rest, columns - 1)].iter().chain(&['…']).collect()
    };
    vec![letters[..split].iter().collect::<String>().trim_end().to_owned(), second]
}

/// In one line.
pub(super) fn cut(text: &str, columns: usize) -> String {
    let text = visible(text);
    let letters: Vec<_> = text.chars().collect();
    if width(&letters) <= columns {
        return text;
    }
    letters[..fitting(&letters, columns - 1)].iter().chain(&['…']).collect()
}

/// How many letters fit.
fn fitting(letters: &[char], columns: usize) -> usize {
    let mut used = 0;
    let over = |c: &char| {
        used += cell(*c);
        used > columns
    };
    letters.iter().position(over).unwrap_or(letters.len())
}

fn width(letters: &[char]) -> usize {
    letters.iter().map(|c| cell(*c)).sum()
}

/// Of the scripts of East Asia a letter is as wide as two.
fn cell(c: char) -> usize {
    if c >= '\u{1100}' { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::{cut, lines, xml};

    #[test]
    fn names_are_escaped_wrapped_and_cut() {
        assert_eq!(xml("<a href='x'>&\u{202e}\n"), "&lt;a href=&#39;x&#39;&gt;&amp;\\u{202e}\\n");
        assert_eq!(lines("Charge the card of the customer", 22), ["Charge the card of the", "customer"]);
        assert_eq!(lines(&"x".repeat(90), 10), ["x".repeat(10), format!("{}…", "x".repeat(9))]);
        assert_eq!(cut("States.TaskFailed, States.Timeout", 12), "States.Task…");
    }
}
