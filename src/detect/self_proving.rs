//! Formats that prove themselves: their own syntax says what they are, whatever key they stand under. One pass of an
//! automaton over the text finds their beginnings.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::kind::Kind;
use super::kinds::{
    AWS_PRESIGNED_URL, CONNECTION_STRING, GENERIC_SECRET, JWT, LLM_API_KEY, PRIVATE_KEY, SENDGRID_KEY, SLACK_WEBHOOK,
};
use super::tokens::{TOKENS, Token};

/// Beginnings of what is more than a prefix and an alphabet; their places in the automaton come before the tokens'.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Pem,
    Putty,
    Jwt,
    Url,
    Jdbc,
    Presigned,
    OpenAi,
    SlackHook,
    OtherHook,
    TelegramBot,
}

const FORMS: [(&str, Form); 14] = [
    ("-----BEGIN ", Form::Pem),
    ("PuTTY-User-Key-File-", Form::Putty),
    ("eyJ", Form::Jwt),
    ("://", Form::Url),
    ("jdbc:", Form::Jdbc),
    ("X-Amz-Signature=", Form::Presigned),
    ("x-amz-signature=", Form::Presigned),
    ("T3BlbkFJ", Form::OpenAi),
    ("hooks.slack.com/", Form::SlackHook),
    ("discord.com/api/webhooks/", Form::OtherHook),
    ("discordapp.com/api/webhooks/", Form::OtherHook),
    ("webhook.office.com/webhookb2/", Form::OtherHook),
    ("outlook.office.com/webhook/", Form::OtherHook),
    (":AA", Form::TelegramBot),
];

static BEGINNINGS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let beginnings = FORMS.iter().map(|(text, _)| *text).chain(TOKENS.iter().map(|token| token.prefix));
    AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(beginnings).expect("the beginnings are fixed and few")
});

pub(super) type Found = (&'static Kind, Range<usize>);

/// The sensitive ranges of `text`, in order and without overlaps.
pub(super) fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    find_into(text, &mut found);
    found
}

pub(super) fn find_into(text: &str, found: &mut Vec<Found>) {
    let bytes = text.as_bytes();
    let mut end = 0;
    for beginning in BEGINNINGS.find_iter(bytes) {
        let at = beginning.start();
        if at < end {
            continue;
        }
        let place = beginning.pattern().as_usize();
        let hit = match FORMS.get(place) {
            Some((prefix, form)) => match_form(bytes, at, at + prefix.len(), *form),
            None => match_token(bytes, at, &TOKENS[place - FORMS.len()]),
        };
        if let Some((kind, range)) = hit
            && range.start >= end
            && !is_placeholder(kind, &bytes[range.clone()])
            && text.get(range.clone()).is_some()
        {
            end = range.end;
            found.push((kind, range));
        }
    }
}

/// Some beginning stands in a text.
pub(super) fn begins(text: &str) -> bool {
    BEGINNINGS.is_match(text)
}

/// AWS's documentation uses keys that end in EXAMPLE; templates put a reference where a secret will be.
fn is_placeholder(kind: &Kind, value: &[u8]) -> bool {
    let starts = |prefix: &[u8]| value.starts_with(prefix);
    let masked = value.iter().all(|byte| matches!(byte, b'*' | b'x' | b'X' | b'.'));
    let template = starts(b"$") || starts(b"{") || starts(b"%") || starts(b"[stepwarden:") || starts(b"<");
    masked || template || (kind.id.starts_with("AWS_") && value.ends_with(b"EXAMPLE"))
}

fn run(bytes: &[u8], from: usize, most: usize, fits: impl Fn(u8) -> bool) -> usize {
    bytes[from..].iter().take(most).take_while(|byte| fits(**byte)).count()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn starts_word(bytes: &[u8], at: usize) -> bool {
    at == 0 || !is_word(bytes[at - 1])
}

fn match_token(bytes: &[u8], at: usize, token: &Token) -> Option<Found> {
    let from = at + token.prefix.len();
    let len = run(bytes, from, token.most, |byte| token.alphabet.has(byte));
    let ends = len < token.most || bytes.get(from + len).is_none_or(|byte| !is_word(*byte));
    if !starts_word(bytes, at) || len < token.least || !ends {
        return None;
    }
    // A SendGrid key has one dot at its place.
    (token.kind != SENDGRID_KEY || bytes[from + 22] == b'.').then_some((token.kind, at..from + len))
}

fn match_form(bytes: &[u8], at: usize, from: usize, form: Form) -> Option<Found> {
    match form {
        Form::Pem => pem(bytes, at, from),
        Form::Putty => matches!(bytes.get(from), Some(b'2' | b'3')).then_some((PRIVATE_KEY, at..bytes.len())),
        Form::Jwt => jwt(bytes, at),
        Form::Url => url_password(bytes, at, from),
        Form::Jdbc => jdbc_password(bytes, from),
        Form::Presigned => {
            let len = run(bytes, from, 65, |byte| byte.is_ascii_hexdigit());
            (len == 64).then_some((AWS_PRESIGNED_URL, from..from + len))
        }
        Form::OpenAi => openai(bytes, at, from),
        Form::SlackHook => hook(bytes, from, 20)
            .filter(|range| {
                bytes[range.clone()].starts_with(b"services/T")
                    || bytes[range.clone()].starts_with(b"workflows/T")
                    || bytes[range.clone()].starts_with(b"triggers/")
            })
            .map(|range| {
                let head = bytes[range.clone()].iter().position(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
                (SLACK_WEBHOOK, range.start + head..range.end)
            }),
        Form::OtherHook => hook(bytes, from, 30).map(|range| (GENERIC_SECRET, range)),
        Form::TelegramBot => {
            let digits = bytes[..at].iter().rev().take(11).take_while(|byte| byte.is_ascii_digit()).count();
            let len = run(bytes, from, 40, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
            ((8..=10).contains(&digits) && len == 33).then_some((GENERIC_SECRET, at - digits..from + len))
        }
    }
}

fn hook(bytes: &[u8], from: usize, least: usize) -> Option<Range<usize>> {
    let len = run(bytes, from, 400, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'@'));
    (len >= least).then_some(from..from + len)
}

/// To the end line, or to the end of a text that breaks off.
fn pem(bytes: &[u8], at: usize, from: usize) -> Option<Found> {
    const LABEL: usize = 50;
    let label = &bytes[from..bytes.len().min(from + LABEL)];
    let end = memchr::memmem::find(label, b"-----")?;
    let name = &label[..end];
    let private = name.ends_with(b"PRIVATE KEY") || name.ends_with(b"PRIVATE KEY BLOCK");
    if !private {
        return None;
    }
    let body = from + end + 5;
    let close = memchr::memmem::find(&bytes[body..], b"-----END ").map_or(bytes.len(), |close| {
        let line = body + close + 9;
        memchr::memmem::find(&bytes[line..], b"-----").map_or(bytes.len(), |dashes| line + dashes + 5)
    });
    Some((PRIVATE_KEY, at..close))
}

/// Header and payload begin with `{"`; an encrypted one (JWE) has no readable second part.
fn jwt(bytes: &[u8], at: usize) -> Option<Found> {
    let part =
        |from: usize| run(bytes, from, bytes.len(), |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if !starts_word(bytes, at) {
        return None;
    }
    let header = at + part(at);
    let second = header + 1;
    if header < at + 11 || bytes.get(header) != Some(&b'.') || !bytes[second..].starts_with(b"eyJ") {
        return None;
    }
    let payload = second + part(second);
    if payload < second + 11 || bytes.get(payload) != Some(&b'.') {
        return None;
    }
    Some((JWT, at..payload + 1 + part(payload + 1)))
}

/// `scheme://user:password@host`: the password.
fn url_password(bytes: &[u8], at: usize, from: usize) -> Option<Found> {
    let scheme = bytes[..at]
        .iter()
        .rev()
        .take(32)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(byte))
        .count();
    if scheme < 2 {
        return None;
    }
    let stops = |byte: u8| byte.is_ascii_whitespace() || b"/@\"'<>\\".contains(&byte);
    let user = run(bytes, from, 129, |byte| !stops(byte) && byte != b':');
    if user > 128 || bytes.get(from + user) != Some(&b':') {
        return None;
    }
    let start = from + user + 1;
    let len = run(bytes, start, 257, |byte| !stops(byte));
    let end = start + len;
    let host = bytes.get(end + 1).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'[');
    ((1..=256).contains(&len) && bytes.get(end) == Some(&b'@') && host).then_some((CONNECTION_STRING, start..end))
}

/// `jdbc:…?user=…&password=…`: the password.
fn jdbc_password(bytes: &[u8], from: usize) -> Option<Found> {
    let len = run(bytes, from, 600, |byte| !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\''));
    let tail = bytes[from..from + len].to_ascii_lowercase();
    let start = ["password=", "pwd="].iter().find_map(|name| {
        let at = memchr::memmem::find(&tail, name.as_bytes())?;
        matches!(tail.get(at.wrapping_sub(1)), Some(b'?' | b'&' | b';')).then_some(from + at + name.len())
    })?;
    let len = run(bytes, start, 256, |byte| !byte.is_ascii_whitespace() && !b"&;\"'".contains(&byte));
    (len > 0).then_some((CONNECTION_STRING, start..start + len))
}

/// OpenAI puts the base 64 of its name in the middle of its keys.
fn openai(bytes: &[u8], at: usize, from: usize) -> Option<Found> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let before = bytes[..at].iter().rev().take(200).take_while(|byte| fits(**byte)).count();
    let after = run(bytes, from, 200, fits);
    let start = at - before;
    (bytes[start..].starts_with(b"sk-") && before >= 20 && after >= 20).then_some((LLM_API_KEY, start..from + after))
}

#[cfg(test)]
mod tests {
    use super::find;

    fn kinds(text: &str) -> Vec<&'static str> {
        find(text).into_iter().map(|(kind, _)| kind.id).collect()
    }

    #[test]
    fn formats_prove_themselves() {
        let a = |count: usize| "a1B2".repeat(count);
        let cases = [
            ("PRIVATE_KEY", "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----".to_owned()),
            ("JWT", format!("eyJ{}.eyJ{}.{}", a(4), a(6), a(8))),
            ("AWS_ACCESS_KEY_ID", format!("AKIA{}", "ABCD2345".repeat(2))),
            ("AWS_SESSION_TOKEN", format!("IQoJb3JpZ2luX2Vj{}", a(30))),
            ("GITHUB_TOKEN", format!("ghp_{}", a(9))),
            ("GITLAB_TOKEN", format!("glpat-{}", a(5))),
            ("SLACK_TOKEN", format!("xoxb-{}", a(6))),
            ("SLACK_WEBHOOK", format!("https://hooks.slack.com/services/T{}/B{}/{}", a(2), a(2), a(6))),
            ("STRIPE_KEY", format!("sk_live_{}", a(6))),
            ("GOOGLE_API_KEY", format!("AIza{}abc", a(8))),
            ("LLM_API_KEY", format!("sk-proj-{}T3BlbkFJ{}", a(6), a(6))),
            ("SENDGRID_KEY", format!("SG.{}aa.{}bbb", a(5), a(10))),
            ("NPM_TOKEN", format!("npm_{}", a(9))),
            ("PYPI_TOKEN", format!("pypi-AgE{}", a(14))),
            ("GENERIC_SECRET", format!("shpat_{}", "0123456789abcdef".repeat(2))),
            ("CONNECTION_STRING", format!("postgres://svc:{}@db.internal:5432/app", a(3))),
            ("CONNECTION_STRING", format!("jdbc:mysql://db/app?user=svc&password={}", a(3))),
            ("AWS_PRESIGNED_URL", format!("https://b.s3.amazonaws.com/k?X-Amz-Signature={}", "0a".repeat(32))),
        ];
        for (kind, text) in cases {
            assert_eq!(kinds(&format!("before {text} after")), [kind], "{text}");
        }
        assert_eq!(kinds("-----BEGIN OPENSSH PRIVATE KEY-----\ntruncated"), ["PRIVATE_KEY"]);
    }

    #[test]
    fn references_examples_and_ordinary_text_do_not() {
        for text in [
            "postgres://svc:${DB_PASSWORD}@db/app",
            "postgres://svc:{{resolve:ssm:pw}}@db/app",
            "postgres://svc:****@db/app",
            "https://user@example.com/path",
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf",
            "AKIAIOSFODNN7EXAMPLE",
            "https://example.com:443/path@v1",
            "a sentence with a ghp_ prefix",
            "[stepwarden:GITHUB_TOKEN:40]",
            "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
        ] {
            assert_eq!(kinds(text), [] as [&str; 0], "{text}");
        }
    }
}
