//! Values that stand in a sensitive value's place: masks, placeholders, ciphertext, digests, tokens, references.

use super::concept::Shield;
use super::shape::{self, Shape, has};

/// What keeps the value out, where the text is nothing else.
pub(super) fn of(text: &str, shape: Shape) -> Option<Shield> {
    let text = text.trim();
    if text.len() < 2 {
        return Some(Shield::Template);
    }
    if is_mask(text, shape) {
        return Some(Shield::Masked);
    }
    if shape.has(has::TEMPLATE | has::OTHER) && is_template(text) {
        return Some(Shield::Template);
    }
    if text.len() <= 40 && is_placeholder_word(text, shape.digits == 0) {
        return Some(Shield::Template);
    }
    is_encrypted(text).or_else(|| is_reference(text, shape).then_some(Shield::Reference))
}

/// `j***@example.com`, `XXX-XX-1234`, `[REDACTED]`.
fn is_mask(text: &str, shape: Shape) -> bool {
    if shape.has(has::STAR) && text.contains("***") {
        return true;
    }
    if shape.has(has::HIGH) && text.contains(['•', '●', '∗', '█', '＊', '…']) {
        return true;
    }
    if text.starts_with("[stepwarden:") {
        return true;
    }
    // Runs of X or # among digits and what separates them.
    let blank = |byte: &u8| matches!(byte, b'x' | b'X' | b'#');
    let frame =
        |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b' ' | b'.' | b'/' | b'(' | b')' | b'+' | b'*');
    let bytes = text.as_bytes();
    bytes.len() <= 64
        && bytes.iter().filter(|byte| blank(byte)).count() >= 3
        && bytes.iter().all(|byte| blank(byte) || frame(byte))
}

/// Where the whole text is to be filled in.
fn is_template(text: &str) -> bool {
    let wrapped = |open: &str, close: &str| text.starts_with(open) && text.ends_with(close);
    text.starts_with("$.")
        || text.starts_with("$$")
        || text.starts_with("$[")
        || (text.starts_with("$(") && text.ends_with(')'))
        || wrapped("${", "}")
        || wrapped("{{", "}}")
        || wrapped("{%", "%}")
        || wrapped("<%", "%>")
        || wrapped("#{", "}")
        || (wrapped("{", "}") && !text.contains(['"', ':']))
        || (wrapped("<", ">") && !text.contains('@') && text.len() <= 64)
        || (wrapped("[", "]") && text.len() <= 40 && !text.contains(['@', '"', ',']))
        || (wrapped("%", "%") && !text.contains(' '))
        || wrapped("__", "__")
        || (text.starts_with('$')
            && text[1..].bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit()))
        || text.starts_with("States.")
        || text.contains("{{resolve:")
        || (text.contains("${") && text.len() <= 256)
        || text.contains("{{ ")
}

const PLACEHOLDERS: [&str; 62] = [
    "redacted",
    "masked",
    "hidden",
    "removed",
    "scrubbed",
    "filtered",
    "anonymized",
    "anonymised",
    "deleted",
    "n/a",
    "na",
    "none",
    "null",
    "nil",
    "undefined",
    "unknown",
    "notprovided",
    "notapplicable",
    "notset",
    "unset",
    "notavailable",
    "empty",
    "missing",
    "required",
    "optional",
    "string",
    "text",
    "value",
    "password",
    "passwd",
    "secret",
    "token",
    "email",
    "phone",
    "name",
    "address",
    "true",
    "false",
    "yes",
    "no",
    "tbd",
    "todo",
    "changeme",
    "changeit",
    "placeholder",
    "example",
    "sample",
    "dummy",
    "default",
    "insertyourkeyhere",
    "foo",
    "bar",
    "xxx",
    "pending",
    "withheld",
    "protected",
    "encrypted",
    "tokenized",
    "anonymous",
    "nan",
    "confidential",
    "private",
];

fn is_placeholder_word(text: &str, is_wordy: bool) -> bool {
    let mut word = [0_u8; 40];
    let mut len = 0;
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'/' || byte >= 0x80 {
            word[len] = byte.to_ascii_lowercase();
            len += 1;
        }
    }
    let word = std::str::from_utf8(&word[..len]).unwrap_or_default();
    (is_wordy && PLACEHOLDERS.contains(&word))
        || ["your", "changeme", "placeholder", "replaceme", "insert", "enteryour", "redacted"].iter().any(|head| {
            word.starts_with(head) && (*head != "your" || matches!(text.as_bytes().get(4), Some(b'_' | b'-' | b' ')))
        })
        || (len >= 4 && word.bytes().all(|byte| byte == word.as_bytes()[0]))
}

/// Most heads are told apart by their first two bytes.
fn begins(text: &str, heads: &[&str]) -> bool {
    let Some(first) = text.as_bytes().first_chunk::<2>() else { return false };
    heads.iter().any(|head| head.as_bytes().starts_with(first) && text.starts_with(head))
}

fn is_encrypted(text: &str) -> Option<Shield> {
    const ENVELOPES: [&str; 16] = [
        "AQICAH",
        "AQIDAH",
        "AQECAH",
        "AQEDAH",
        "vault:v",
        "ENC[",
        "ENC(",
        "gAAAAA",
        "U2FsdGVkX1",
        "AYAD",
        "AYAF",
        "enc:",
        "kms:",
        "-----BEGIN PGP MESSAGE",
        "-----BEGIN AGE ENCRYPTED",
        "encrypted:",
    ];
    const HASHES: [&str; 14] = [
        "$2a$",
        "$2b$",
        "$2y$",
        "$argon2",
        "$1$",
        "$5$",
        "$6$",
        "$pbkdf2",
        "$scrypt",
        "pbkdf2_sha",
        "{SSHA",
        "{SHA",
        "sha256:",
        "sha1:",
    ];
    if begins(text, &HASHES) || text.starts_with("SHA256:") {
        return Some(Shield::Hashed);
    }
    let enveloped = begins(text, &ENVELOPES) && text.len() >= 20;
    // JWE's compact form has five parts; its header tells the content encryption.
    let jwe = text.starts_with("eyJ") && text.bytes().filter(|byte| *byte == b'.').count() == 4;
    (enveloped || jwe).then_some(Shield::Encrypted)
}

fn is_reference(text: &str, shape: Shape) -> bool {
    const HEADS: [&str; 17] = [
        "arn:",
        "s3://",
        "gs://",
        "op://",
        "ssm:",
        "ssm://",
        "vault://",
        "secret://",
        "awssm://",
        "secretsmanager:",
        "file://",
        "projects/",
        "secret/data/",
        "kv/data/",
        "keyvault:",
        "@Microsoft.KeyVault",
        "aws:secretsmanager",
    ];
    if begins(text, &HEADS) {
        return true;
    }
    is_path(text, shape) || is_object_id(text, shape)
}

/// `/prod/orders/db/password`, `prod/orders/db`: names on a path, where base64 would have capitals and digits mixed in.
fn is_path(text: &str, shape: Shape) -> bool {
    let name = |part: &str| part.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_' | b'.'));
    shape.has(has::SLASH)
        && !shape.has(has::SPACE | has::PLUS | has::EQUALS | has::AT | has::COLON)
        && text.trim_start_matches('/').split('/').filter(|part| name(part) && part.len() > 1).count() >= 2
}

/// `tok_1a2B3c4D`, `cus_…`: an id of an object elsewhere.
fn is_object_id(text: &str, shape: Shape) -> bool {
    const HEADS: [&str; 21] = [
        "tok", "cus", "pm", "card", "ch", "src", "ba", "pi", "in", "sub", "usr", "user", "acct", "cust", "seti", "txn",
        "tkn", "ref", "obj", "id", "vlt",
    ];
    shape.is_only(has::DIGIT | has::LETTER | has::UNDERSCORE)
        && text.split_once('_').is_some_and(|(head, rest)| HEADS.contains(&head) && rest.len() >= 12)
}

/// Identifiers whose form says that they are nobody's data, whatever the key.
pub(super) fn is_identifier(text: &str, shape: Shape) -> bool {
    match text.len() {
        36 => shape::is_uuid(text),
        26 => shape::is_ulid(text),
        16..=35 if shape.has(has::COLON) => shape::is_timestamp(text),
        _ => text.starts_with("arn:"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Shield, of};
    use crate::detect::shape::Shape;

    #[test]
    fn shields_are_seen() {
        for (text, shield) in [
            ("j***@example.com", Shield::Masked),
            ("XXX-XX-1234", Shield::Masked),
            ("•••-••-1234", Shield::Masked),
            ("4111 11** **** 1234", Shield::Masked),
            ("[REDACTED]", Shield::Template),
            ("<redacted>", Shield::Template),
            ("$.customer.email", Shield::Template),
            ("{{resolve:secretsmanager:prod/db:SecretString:password}}", Shield::Template),
            ("{% $states.input.email %}", Shield::Template),
            ("${DB_PASSWORD}", Shield::Template),
            ("YOUR_API_KEY", Shield::Template),
            ("not provided", Shield::Template),
            ("changeme-placeholder", Shield::Template),
            ("vault:v1:8SDd3WHDOjf7mq69CyCqYjBXAiQQAVZRkFM13ok481zo", Shield::Encrypted),
            ("$2b$12$EixZaYVK1fsbw1ZfbX3OXe", Shield::Hashed),
            ("arn:aws:secretsmanager:eu-west-1:123456789012:secret:db", Shield::Reference),
            ("/prod/orders/db/password", Shield::Reference),
            ("tok_1a2B3c4D5e6F7g", Shield::Reference),
        ] {
            assert_eq!(of(text, Shape::of(text)), Some(shield), "{text}");
        }
        for text in
            ["jane@example.com", "Summer2024!", "123-45-6789", "a/B3+c9/Zk", "correct-horse-7", "Mr. X", "youth2Power"]
        {
            assert_eq!(of(text, Shape::of(text)), None, "{text}");
        }
    }
}
