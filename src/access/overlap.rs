//! Patterns against patterns: IAM's `*` and `?` on both sides.

use crate::iam::glob_matches;

/// Whether some text fits both patterns.
pub(super) fn overlaps(a: &str, b: &str) -> bool {
    match (literal(a), literal(b)) {
        // Most have a plain text on one side, or differ before the first wildcard: the table is for the rest.
        (_, head) if head.len() == b.len() => return glob_matches(a, b, false),
        (head, _) if head.len() == a.len() => return glob_matches(b, a, false),
        (one, other) if !one.starts_with(other) && !other.starts_with(one) => return false,
        _ => {}
    }
    let (a, b) = (a.as_bytes(), b.as_bytes());
    // One row of the table of "the rest of `a` from i meets the rest of `b` from j", from the back.
    let mut next: Vec<bool> = (0..=b.len()).map(|j| b[j..].iter().all(|byte| *byte == b'*')).collect();
    for i in (0..a.len()).rev() {
        next = row_before(a, b, i, &next);
    }
    next[0]
}

/// The row of `i`, where `next` is that of `i + 1`.
fn row_before(a: &[u8], b: &[u8], i: usize, next: &[bool]) -> Vec<bool> {
    let mut row = vec![false; b.len() + 1];
    row[b.len()] = a[i] == b'*' && next[b.len()];
    for j in (0..b.len()).rev() {
        let one = a[i] == b[j] || a[i] == b'?' || b[j] == b'?';
        row[j] = match (a[i], b[j]) {
            (b'*', _) | (_, b'*') => next[j] || row[j + 1] || next[j + 1],
            _ => one && next[j + 1],
        };
    }
    row
}

/// What stands for a wildcard that both patterns leave open: no name that anybody gave.
const ANY: &str = "any-\u{1}";

/// A text that fits both patterns, as open as they are.
pub(super) fn meeting(a: &str, b: &str) -> Option<String> {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut rows: Vec<Vec<bool>> = vec![(0..=b.len()).map(|j| b[j..].iter().all(|byte| *byte == b'*')).collect()];
    for i in (0..a.len()).rev() {
        rows.push(row_before(a, b, i, &rows[rows.len() - 1]));
    }
    rows.reverse();
    if !rows[0][0] {
        return None;
    }
    let (mut text, mut i, mut j) = (Vec::new(), 0, 0);
    while i < a.len() || j < b.len() {
        match (a.get(i), b.get(j)) {
            (Some(b'*'), Some(b'*')) => {
                text.extend_from_slice(ANY.as_bytes());
                (i, j) = [(i + 1, j + 1), (i + 1, j), (i, j + 1)].into_iter().find(|(i, j)| rows[*i][*j])?;
            }
            (Some(b'*'), _) if rows[i + 1][j] => i += 1,
            (_, Some(b'*')) if rows[i][j + 1] => j += 1,
            (Some(b'*'), Some(byte)) => {
                text.push(*byte);
                j += 1;
            }
            (Some(byte), Some(b'*')) => {
                text.push(*byte);
                i += 1;
            }
            (Some(one), Some(other)) => {
                text.push(if *one == b'?' { *other } else { *one });
                (i, j) = (i + 1, j + 1);
            }
            _ => return None,
        }
    }
    String::from_utf8(text).ok()
}

/// Whether every text that fits `inner` fits `outer` too. May say no where it is so; never yes where it is not.
pub(super) fn covers(outer: &str, inner: &str) -> bool {
    let (head, within) = (literal(outer), literal(inner));
    if within.len() == inner.len() {
        return glob_matches(outer, inner, false);
    }
    if !within.starts_with(head) {
        return false;
    }
    let (outer, inner) = (outer.as_bytes(), inner.as_bytes());
    let mut next: Vec<bool> = vec![false; inner.len() + 1];
    next[inner.len()] = true;
    for o in outer.iter().rev() {
        let mut row = vec![false; inner.len() + 1];
        row[inner.len()] = *o == b'*' && next[inner.len()];
        for j in (0..inner.len()).rev() {
            row[j] = match (*o, inner[j]) {
                (b'*', _) => next[j] || row[j + 1],
                (_, b'*') => false,
                (b'?', _) => next[j + 1],
                (same, byte) => same == byte && next[j + 1],
            };
        }
        next = row;
    }
    next[0]
}

/// What stands before the first wildcard.
fn literal(pattern: &str) -> &str {
    pattern.find(['*', '?']).map_or(pattern, |at| &pattern[..at])
}

/// A statement's resource as a plain pattern: what a policy variable stands for is not known here.
pub(super) fn without_variables(pattern: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(pattern.len()), pattern);
    while let Some((before, after)) = rest.split_once("${") {
        let Some((_, next)) = after.split_once('}') else { break };
        out.push_str(before);
        out.push('*');
        rest = next;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{covers, meeting, overlaps, without_variables};
    use crate::iam::glob_matches;

    #[test]
    fn patterns_that_meet() {
        for (a, b, meet) in [
            ("arn:aws:s3:::in/*", "arn:aws:s3:::*", true),
            ("arn:aws:s3:::in/*", "arn:aws:s3:::*/out", true),
            ("arn:aws:s3:::in", "arn:aws:s3:::out*", false),
            ("a*c", "ab?", true),
            ("a*c", "b*", false),
            ("", "*", true),
            ("", "?", false),
        ] {
            assert_eq!(overlaps(a, b), meet, "{a} {b}");
            assert_eq!(overlaps(b, a), meet, "{b} {a}");
        }
    }

    #[test]
    fn patterns_that_hold_others() {
        for (outer, inner, holds) in [
            ("*", "arn:*", true),
            ("arn:aws:s3:::in/*", "arn:aws:s3:::in/x*", true),
            ("arn:aws:s3:::in/x*", "arn:aws:s3:::in/*", false),
            ("secret:x-??????", "secret:x-??????", true),
            ("secret:x-*", "secret:x-??????", true),
            ("secret:x-??????", "secret:x-*", false),
        ] {
            assert_eq!(covers(outer, inner), holds, "{outer} {inner}");
        }
        assert_eq!(without_variables("arn:aws:s3:::b/${aws:username}/*"), "arn:aws:s3:::b/*/*");
    }

    proptest! {
        #[test]
        fn they_agree_with_matching(a in "[ab*?]{0,6}", b in "[ab*?]{0,6}", text in "[ab]{0,6}") {
            let (in_a, in_b) = (glob_matches(&a, &text, false), glob_matches(&b, &text, false));
            prop_assert!(!(in_a && in_b) || overlaps(&a, &b));
            prop_assert!(!covers(&a, &b) || !in_b || in_a);
        }

        #[test]
        fn what_fits_both_does(a in "[ab*?]{0,6}", b in "[ab*?]{0,6}") {
            let text = meeting(&a, &b);
            prop_assert_eq!(text.is_some(), overlaps(&a, &b));
            let fits = |text: &String| glob_matches(&a, text, false) && glob_matches(&b, text, false);
            prop_assert!(text.iter().all(fits), "{:?}", text);
        }
    }
}
