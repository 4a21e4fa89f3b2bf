use jiff::SignedDuration;

/// `text` as one word of a POSIX shell: names and ARNs come from the account and may hold anything.
pub fn shell_quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// How many names a finding spells out.
const NAMED: usize = 10;

/// Names with commas between; of a long list its beginning, so that a finding stays readable.
pub fn listed<T: ToString>(names: impl IntoIterator<Item = T>) -> String {
    let mut rest = names.into_iter();
    let mut listed: Vec<_> = rest.by_ref().take(NAMED).map(|name| name.to_string()).collect();
    let more = rest.count();
    if more > 0 {
        listed.push(format!("and {more} more"));
    }
    listed.join(", ")
}

/// With a capital letter first, as a sentence begins.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

/// A count with commas between thousands.
pub fn digits(count: f64) -> String {
    let plain = format!("{count:.0}");
    let mut text = String::new();
    for (index, digit) in plain.chars().enumerate() {
        if index > 0 && (plain.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A share of a limit in per cent: beyond ten times the limit the number tells nothing.
pub(super) fn percent(ratio: f64) -> String {
    if ratio > 9.995 { "> 999 %".to_owned() } else { format!("{:.0} %", ratio * 100.0) }
}

/// How long in words: of minutes, hours or days, whichever tell enough.
pub fn how_long(time: SignedDuration) -> String {
    let minutes = time.as_mins().max(0);
    let (count, unit) = match minutes {
        0..=119 => (minutes, "minute"),
        120..=2_879 => ((minutes + 30) / 60, "hour"),
        _ => ((minutes + 720) / 1_440, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::{how_long, listed, shell_quote};

    #[test]
    fn times_are_said_as_a_person_would() {
        for (seconds, words) in
            [(-5, "0 minutes"), (60, "1 minute"), (7_199, "119 minutes"), (7_200, "2 hours"), (259_000, "3 days")]
        {
            assert_eq!(how_long(SignedDuration::from_secs(seconds)), words);
        }
    }

    #[test]
    fn long_lists_are_cut() {
        assert_eq!(listed(["a", "b"]), "a, b");
        assert_eq!(listed(0..12), "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, and 2 more");
    }

    #[test]
    fn nothing_ends_the_quotes() {
        assert_eq!(shell_quote("orders"), "'orders'");
        assert_eq!(shell_quote("it's $(x) `y` \"z\" \\"), r#"'it'\''s $(x) `y` "z" \'"#);
    }
}
