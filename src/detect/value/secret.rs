//! What can be a secret, where the key has said that it is one.

use super::super::shape::{self, Shape, has};

/// A password: one word, or a phrase, that is no placeholder. What shields it has been ruled out before.
pub(in super::super) fn is_password(text: &str, shape: Shape) -> bool {
    let words = text.split(' ').count();
    (4..=256).contains(&text.len())
        && !text.contains("://")
        && !text.contains('\n')
        && (words == 1 || (words <= 8 && text.len() >= 12))
        && !is_word(text, shape)
}

/// Words that say something about a password: `bcrypt`, `never`, `updated`. Real passwords of this kind are lost on purpose.
fn is_word(text: &str, shape: Shape) -> bool {
    const WORDS: [&str; 28] = [
        "bcrypt",
        "scrypt",
        "argon2",
        "plain",
        "plaintext",
        "basic",
        "bearer",
        "digest",
        "oauth",
        "oauth2",
        "kerberos",
        "ldap",
        "saml",
        "never",
        "always",
        "updated",
        "changed",
        "expired",
        "valid",
        "invalid",
        "weak",
        "strong",
        "medium",
        "enabled",
        "disabled",
        "set",
        "iam",
        "rotated",
    ];
    shape.is_only(has::LETTER | has::DIGIT) && WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// A password where the key is in doubt: letters with digits or signs among them.
pub(in super::super) fn is_strict_password(text: &str, shape: Shape) -> bool {
    let mixed = shape.has(has::LETTER) && (shape.digits > 0 || shape.has(has::OTHER | has::AT | has::TEMPLATE));
    is_password(text, shape) && mixed && text.len() >= 6 && !text.contains(' ')
}

/// A key or token: one opaque word, not a path, an identifier of words or a number.
pub(in super::super) fn is_opaque(text: &str, shape: Shape) -> bool {
    if text.len() < 8
        || text.len() > 8192
        || shape.has(has::SPACE | has::HIGH | has::BRACKET | has::QUOTE)
        || text.contains("://")
    {
        return false;
    }
    // Base 64 has slashes, and no dots: a path to a file.
    if text.contains(',') || text.contains('\n') || (shape.has(has::SLASH) && shape.has(has::DOT)) {
        return false;
    }
    // Names are words with dashes; passwords as keys have digits or signs.
    let mixed = shape.digits > 0 || shape.has(has::PLUS | has::OTHER | has::AT | has::EQUALS) || has_both_cases(text);
    let number = shape.is_only(has::DIGIT) && text.len() < 20;
    mixed && !number && !is_dashed_name(text) && !shape::is_timestamp(text) && !is_version(text)
}

/// Opaque and without structure, for keys that may hold something else.
pub(in super::super) fn is_random(text: &str, shape: Shape) -> bool {
    text.len() >= 16
        && is_opaque(text, shape)
        && shape.digits >= 2
        && !shape::is_uuid(text)
        && shape::evenness(text) > 0.85
}

fn has_both_cases(text: &str) -> bool {
    text.len() >= 16
        && text.bytes().any(|byte| byte.is_ascii_uppercase())
        && text.bytes().any(|byte| byte.is_ascii_lowercase())
        && !is_camel(text)
}

/// `MySecretName`: a few words, each with a capital.
fn is_camel(text: &str) -> bool {
    let capitals = text.bytes().filter(u8::is_ascii_uppercase).count();
    text.bytes().all(|byte| byte.is_ascii_alphabetic()) && capitals * 4 <= text.len()
}

/// `prod-db-01`, `stripe-api-key`: parts of letters alone, or short numbers.
pub(in super::super) fn is_dashed_name(text: &str) -> bool {
    let mut parts = 0;
    let named = text.split(['-', '_', '.', '/', ':']).all(|part| {
        parts += 1;
        let letters =
            part.bytes().all(|byte| byte.is_ascii_lowercase()) || part.bytes().all(|byte| byte.is_ascii_uppercase());
        (letters && part.len() <= 14) || (part.len() <= 2 && part.bytes().all(|byte| byte.is_ascii_digit()))
    });
    named && parts > 1
}

/// `1.2.3`, `v2.1.0-rc.1`.
fn is_version(text: &str) -> bool {
    let digits = text
        .trim_start_matches('v')
        .split(['.', '-', '+'])
        .filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
        .count();
    text.contains('.') && digits >= 3 && text.len() <= 24
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_and_keys() {
        for text in ["hunter2", "Summer2024!", "correct-horse-battery7", "Dragon1999"] {
            assert!(is_password(text, Shape::of(text)), "{text}");
        }
        for text in ["bcrypt", "abc", "https://example.com/reset"] {
            assert!(!is_password(text, Shape::of(text)), "{text}");
        }
        for text in ["d41d8cd98f00b204e9800998ecf8427e", "a8F3kQ0zLm92TtVw", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYzz"] {
            assert!(is_opaque(text, Shape::of(text)), "{text}");
        }
        for text in ["stripe-api-key", "MySecretName", "prod/orders/db", "12345678", "v2.1.0-rc.1", "two words 12"] {
            assert!(!is_opaque(text, Shape::of(text)), "{text}");
        }
    }
}
