/// IAM's `*` (any run of characters, none included) and `?` (one character), in linear space and without recursion.
/// Actions compare without case, resources with it.
pub fn glob_matches(pattern: &str, text: &str, ignore_case: bool) -> bool {
    run(pattern.as_bytes(), text, ignore_case, |byte| match byte {
        b'*' => Token::Run,
        b'?' => Token::One,
        byte => Token::Byte(byte),
    })
}

/// One place of a pattern. Patterns with variables are resolved to these, so that what a variable brings is never a
/// wildcard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    Byte(u8),
    /// `*`
    Run,
    /// `?`
    One,
}

/// [`glob_matches`] for a resolved pattern.
pub(super) fn tokens_match(pattern: &[Token], text: &str, ignore_case: bool) -> bool {
    run(pattern, text, ignore_case, |token| token)
}

/// Bytes of the character that begins with `lead`.
fn width(lead: u8) -> usize {
    match lead {
        0..0xC0 => 1,
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    }
}

fn run<T: Copy>(pattern: &[T], text: &str, ignore_case: bool, token: impl Fn(T) -> Token) -> bool {
    let text = text.as_bytes();
    let same = |a: u8, b: u8| a == b || (ignore_case && a.eq_ignore_ascii_case(&b));
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p).map(|at| token(*at)) {
            Some(Token::Run) => {
                star = Some((p, t));
                p += 1;
            }
            Some(Token::One) => (p, t) = (p + 1, t + width(text[t])),
            Some(Token::Byte(byte)) if same(byte, text[t]) => (p, t) = (p + 1, t + 1),
            _ => match star {
                Some((at, from)) => {
                    let next = from + width(text[from]);
                    star = Some((at, next));
                    (p, t) = (at + 1, next);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|at| token(*at) == Token::Run)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::glob_matches;

    #[test]
    fn stars_question_marks_and_case() {
        for (pattern, text, ignore_case, matches) in [
            ("*", "", false, true),
            ("xray:*", "xray:PutTraceSegments", true, true),
            ("XRAY:put*", "xray:PutTraceSegments", true, true),
            ("XRAY:put*", "xray:PutTraceSegments", false, false),
            ("logs:?reate*Stream", "logs:CreateLogStream", true, true),
            ("logs:Create?", "logs:Create", true, false),
            ("a*b*c", "a-b-b-c", false, true),
            ("a*b*c", "a-c-b", false, false),
            ("", "", false, true),
            ("", "a", false, false),
            ("a?c", "aéc", false, true),
            ("*?", "é", false, true),
            ("??", "é", false, false),
        ] {
            assert_eq!(glob_matches(pattern, text, ignore_case), matches, "{pattern} {text}");
        }
    }

    /// The definition, word for word; exponential.
    fn naive(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len()).any(|skip| naive(rest, &text[skip..])),
            Some(('?', rest)) => !text.is_empty() && naive(rest, &text[1..]),
            Some((one, rest)) => text.first() == Some(one) && naive(rest, &text[1..]),
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(pattern in "[abé*?]{0,8}", text in "[abé*]{0,10}") {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(glob_matches(&pattern, &text, false), naive(&chars(&pattern), &chars(&text)));
        }
    }
}
