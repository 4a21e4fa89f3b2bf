//! Postal addresses, by their letters and digits.

/// What the parts of an address never hold.
fn is_other(text: &str) -> bool {
    text.contains("://")
        || text.contains(['@', '=', '{', '}', '<', '>', '\\', '_', '|', '*', '$'])
        || text.starts_with("0x")
        || text.starts_with("arn:")
        || text.split(' ').any(is_host)
}

/// `abc.cloudfront.net`: three names with dots between them.
fn is_host(word: &str) -> bool {
    let named = |part: &str| part.len() > 1 && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    word.split('.').count() >= 3 && word.split('.').all(named) && word.bytes().any(|byte| byte.is_ascii_lowercase())
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphabetic()).count()
}

/// A whole address: letters, and a number or several words.
pub(in super::super) fn is_address(text: &str) -> bool {
    let text = text.trim();
    let words = text.split([' ', ',', '\n']).filter(|word| !word.is_empty()).count();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let dense = !text.is_ascii() && letters(text) >= 4;
    (6..=300).contains(&text.len())
        && !is_other(text)
        && letters(text) >= 3
        && ((words >= 2 && digits >= 1) || words >= 3 || dense)
}

/// A line of an address.
pub(in super::super) fn is_street(text: &str) -> bool {
    let text = text.trim();
    (3..=160).contains(&text.len()) && !is_other(text) && letters(text) >= 2 && !is_one_code(text)
}

/// `PROD-1234`: one word with capitals and digits.
fn is_one_code(text: &str) -> bool {
    !text.contains(' ')
        && text.is_ascii()
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && !text.bytes().any(|byte| byte.is_ascii_lowercase())
}

pub(in super::super) fn is_city(text: &str) -> bool {
    let letter = |c: char| c.is_alphabetic() || matches!(c, ' ' | '-' | '.' | '\'' | '’' | '(' | ')' | ',');
    (2..=60).contains(&text.len()) && text.chars().all(letter) && letters(text) >= 2
}

/// Three to ten letters and digits, some of them digits.
pub(in super::super) fn is_postcode(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let fits = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase() || matches!(byte, b' ' | b'-');
    (3..=10).contains(&text.len()) && (1..=9).contains(&digits) && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::{is_address, is_postcode, is_street};

    #[test]
    fn addresses() {
        for text in
            ["12 Main St", "Rua das Flores, 12, 01234-567 São Paulo", "東京都千代田区丸の内1-1", "Flat 3, Oak House"]
        {
            assert!(is_address(text), "{text}");
        }
        for text in [
            "0x52908400098527886E0F7030069857D2E4169EE7",
            "jane@example.com",
            "https://example.com/a b",
            "residential",
            "2.0 abc.cloudfront.net",
            "true",
        ] {
            assert!(!is_address(text), "{text}");
        }
        assert!(is_street("Hauptstr. 5") && is_street("Lindenallee") && !is_street("LOC-42"));
        assert!(is_postcode("SW1A 1AA") && is_postcode("90210-1234") && !is_postcode("pending"));
    }
}
