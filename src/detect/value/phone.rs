//! Phone numbers.

/// Digits and what people put between them. Under a key that says phone, seven to fifteen digits.
pub(in super::super) fn is_phone(text: &str) -> bool {
    let text = text.trim();
    let text = text.strip_prefix("tel:").unwrap_or(text);
    if text.len() > 32 || is_date_or_ip(text) {
        return false;
    }
    let text = text.to_ascii_lowercase();
    let (number, extension) =
        text.split_once('x').map_or((text.as_str(), ""), |(number, extension)| (number, extension));
    let number = number.trim_end_matches(['e', ',', ';', ' ', '#']);
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let frame = |(at, byte): (usize, u8)| {
        byte.is_ascii_digit() || matches!(byte, b' ' | b'-' | b'.' | b'/' | b'(' | b')') || (byte == b'+' && at <= 1)
    };
    let extension = extension.trim_matches([' ', '.', 't', ':']);
    (7..=15).contains(&digits)
        && number.bytes().enumerate().all(frame)
        && extension.len() <= 6
        && extension.bytes().all(|byte| byte.is_ascii_digit())
        && !is_repeated(number)
}

/// E.164: a plus sign, a country code and a number, perhaps with separators. Says that it is a phone number by itself.
pub(in super::super) fn is_international(text: &str) -> bool {
    let Some(rest) = text.trim().strip_prefix('+') else { return false };
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    let frame = |byte: u8| byte.is_ascii_digit() || matches!(byte, b' ' | b'-' | b'.' | b'(' | b')' | b'/');
    (9..=15).contains(&digits)
        && rest.len() <= 22
        && matches!(rest.as_bytes()[0], b'1'..=b'9')
        && rest.bytes().all(frame)
        && rest.ends_with(|c: char| c.is_ascii_digit())
        && rest.bytes().filter(|byte| *byte == b'.').count() != 1
        && !is_repeated(rest)
}

fn is_repeated(number: &str) -> bool {
    let mut digits = number.bytes().filter(u8::is_ascii_digit);
    let first = digits.next();
    digits.all(|digit| Some(digit) == first)
}

/// `2026-01-31`, `31.01.2026`, `10.0.0.1`, `12345678.9`.
fn is_date_or_ip(text: &str) -> bool {
    let groups = |separator: char| {
        text.split(separator).map(|group| (group.len(), group.bytes().all(|byte| byte.is_ascii_digit())))
    };
    let lengths = |separator: char| {
        groups(separator).all(|(_, digits)| digits).then(|| groups(separator).map(|(len, _)| len).collect::<Vec<_>>())
    };
    let is_date = |lengths: &[usize]| matches!(lengths, [4, 2, 2] | [2, 2, 4]);
    let dashed = lengths('-').is_some_and(|lengths| is_date(&lengths));
    let slashed = lengths('/').is_some_and(|lengths| is_date(&lengths));
    let dotted = lengths('.').is_some_and(|lengths| {
        is_date(&lengths)
            || lengths.len() == 2
            || (lengths.len() == 4 && lengths.iter().all(|len| (1..=3).contains(len)))
    });
    dashed || slashed || dotted || (text.len() >= 16 && text.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::{is_international, is_phone};

    #[test]
    fn numbers() {
        for text in [
            "+1 (415) 555-2671",
            "020 7946 0958",
            "415.555.2671",
            "(415) 555-2671 x123",
            "0049 151 23456789",
            "9876543210",
            "tel:+4915123456789",
        ] {
            assert!(is_phone(text), "{text}");
        }
        for text in ["2026-01-31", "10.20.30.40", "0000000000", "12345", "phone", "1.23456789", "31.12.2026"] {
            assert!(!is_phone(text), "{text}");
        }
        assert!(
            is_international("+44 20 7946 0958")
                && !is_international("+1")
                && !is_international("+0123456789")
                && !is_international("+00:00")
        );
    }
}
