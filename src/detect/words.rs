//! Keys taken apart into words: camelCase, snake_case, kebab-case, SHOUTING and digits; accents folded.

/// Longer keys are cut: nobody names a field in more words, and a hostile key costs no more than a long one.
pub(super) const MOST_WORDS: usize = 12;
pub(super) const LONGEST_KEY: usize = 96;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Lower,
    Upper,
    Digit,
    Gap,
}

fn class(c: char) -> Class {
    if c.is_ascii_digit() {
        Class::Digit
    } else if c.is_uppercase() {
        Class::Upper
    } else if c.is_alphanumeric() {
        Class::Lower
    } else {
        Class::Gap
    }
}

/// The words of a key, in lower case.
pub(super) fn split(key: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    let mut previous = Class::Gap;
    let mut chars = key.chars().take(LONGEST_KEY).peekable();
    while let Some(c) = chars.next() {
        let now = class(c);
        let next = chars.peek().map_or(Class::Gap, |c| class(*c));
        let starts = match (previous, now) {
            (_, Class::Gap) => {
                // An apostrophe inside a word (driver's) is no gap.
                open = open && matches!(c, '\'' | '’');
                previous = if open { previous } else { Class::Gap };
                continue;
            }
            (Class::Upper, Class::Upper) => next == Class::Lower,
            (Class::Digit, now) => now != Class::Digit,
            (Class::Lower, Class::Upper) | (_, Class::Digit) => true,
            _ => false,
        };
        if starts || !open {
            if words.len() == MOST_WORDS {
                break;
            }
            words.push(String::new());
            open = true;
        }
        if let Some(word) = words.last_mut() {
            fold(c, word);
        }
        previous = now;
    }
    words
}

/// Appends `c` in lower case and without its accent.
fn fold(c: char, word: &mut String) {
    if c.is_ascii() {
        word.push(c.to_ascii_lowercase());
        return;
    }
    for c in c.to_lowercase() {
        match c {
            'à'..='å' | 'ā' | 'ă' | 'ą' => word.push('a'),
            'ç' | 'ć' | 'č' => word.push('c'),
            'ď' | 'đ' | 'ð' => word.push('d'),
            'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => word.push('e'),
            'ğ' | 'ģ' => word.push('g'),
            'ì'..='ï' | 'ī' | 'į' | 'ı' => word.push('i'),
            'ł' | 'ľ' | 'ļ' => word.push('l'),
            'ñ' | 'ń' | 'ň' => word.push('n'),
            'ò'..='ö' | 'ø' | 'ő' | 'ō' => word.push('o'),
            'ř' => word.push('r'),
            'ś' | 'š' | 'ş' | 'ș' => word.push('s'),
            'ť' | 'ţ' | 'ț' => word.push('t'),
            'ù'..='ü' | 'ū' | 'ů' | 'ű' | 'ų' => word.push('u'),
            'ý' | 'ÿ' => word.push('y'),
            'ź' | 'ż' | 'ž' => word.push('z'),
            'æ' => word.push_str("ae"),
            'œ' => word.push_str("oe"),
            'ß' => word.push_str("ss"),
            // The dot that Turkish İ leaves behind.
            '\u{307}' => {}
            other => word.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn keys_come_apart() {
        for (key, words) in [
            ("firstName", "first name"),
            ("first_name", "first name"),
            ("FIRST-NAME", "first name"),
            ("DBPassword", "db password"),
            ("SSNNumber", "ssn number"),
            ("addressLine1", "address line 1"),
            ("x-amz-security-token", "x amz security token"),
            ("Straße", "strasse"),
            ("Prénom", "prenom"),
            ("driver's license", "drivers license"),
            ("Numéro de sécurité", "numero de securite"),
            ("電話番号", "電話番号"),
            ("--db_password", "db password"),
            ("...", ""),
        ] {
            assert_eq!(split(key).join(" "), words, "{key}");
        }
    }
}
