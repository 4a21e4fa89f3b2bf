/// IAM's `*` (any run of characters, none included) and `?` (one character), over bytes, in linear space and without
/// recursion. Actions compare without case, resources with it.
pub fn glob_matches(pattern: &str, text: &str, ignore_case: bool) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let same = |a: u8, b: u8| a == b || (ignore_case && a.eq_ignore_ascii_case(&b));
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(b'?') => (p, t) = (p + 1, t + 1),
            Some(&byte) if same(byte, text[t]) => (p, t) = (p + 1, t + 1),
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    (p, t) = (at + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
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
        ] {
            assert_eq!(glob_matches(pattern, text, ignore_case), matches, "{pattern} {text}");
        }
    }
}
