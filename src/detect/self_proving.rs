//! Formats that prove themselves: their own syntax says what they are, whatever key they stand under.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::{Regex, RegexSet};

/// Hundredths. Every rule here is of the evidence class "self-proving format".
pub(super) const CONFIDENCE: u8 = 95;

struct Rule {
    id: &'static str,
    /// ASCII only (`(?-u)`), so that matches fall on character boundaries. The first group, where there is one, is the
    /// sensitive piece; else it is the whole match.
    pattern: &'static str,
}

/// Token shapes are facts published by the providers that issue them.
const RULES: &[Rule] = &[
    Rule {
        id: "PRIVATE_KEY",
        pattern: r"(?-u)-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?s:.*?)(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----|\z)",
    },
    Rule { id: "PRIVATE_KEY", pattern: r"(?-u)PuTTY-User-Key-File-[23]: (?s:.*)" },
    Rule { id: "JWT", pattern: r"(?-u)\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*" },
    Rule { id: "AWS_ACCESS_KEY_ID", pattern: r"(?-u)\b(?:AKIA|ASIA)[A-Z2-7]{16}\b" },
    Rule {
        id: "AWS_SECRET_KEY",
        pattern: r#"(?-u)(?i:secret_?access_?key|aws_?secret_?key)["'\\]{0,4}\s{0,3}[:=]\s{0,3}["'\\]{0,4}([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|\z)"#,
    },
    Rule { id: "AWS_PRESIGNED_URL", pattern: r"(?-u)(?i:X-Amz-Signature)=([0-9a-fA-F]{64})\b" },
    Rule {
        id: "GITHUB_TOKEN",
        pattern: r"(?-u)\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})\b",
    },
    Rule { id: "GITLAB_TOKEN", pattern: r"(?-u)\bglpat-[A-Za-z0-9_-]{20,}" },
    Rule { id: "SLACK_TOKEN", pattern: r"(?-u)\bxox[abeoprs]-[A-Za-z0-9-]{10,}" },
    Rule {
        id: "SLACK_WEBHOOK",
        pattern: r"(?-u)\bhooks\.slack\.com/(?:services|workflows)/(T[A-Za-z0-9]{6,}/[A-Za-z0-9]{6,}/[A-Za-z0-9/]{16,})",
    },
    Rule { id: "STRIPE_KEY", pattern: r"(?-u)\b(?:sk|rk)_live_[A-Za-z0-9]{16,247}\b" },
    Rule { id: "GOOGLE_API_KEY", pattern: r"(?-u)\bAIza[A-Za-z0-9_-]{35}" },
    Rule {
        id: "LLM_API_KEY",
        pattern: r"(?-u)\b(?:sk-ant-[a-z]{3,8}[0-9]{2}-[A-Za-z0-9_-]{80,}|sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,}T3BlbkFJ[A-Za-z0-9_-]{20,})",
    },
    Rule { id: "SENDGRID_KEY", pattern: r"(?-u)\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}" },
    Rule { id: "NPM_TOKEN", pattern: r"(?-u)\bnpm_[A-Za-z0-9]{36}\b" },
    Rule { id: "PYPI_TOKEN", pattern: r"(?-u)\bpypi-AgE[A-Za-z0-9_-]{50,}" },
    Rule {
        id: "CONNECTION_STRING",
        pattern: r#"(?-u)\b[A-Za-z][A-Za-z0-9+.-]{1,30}://[^\s:/@"'<>\\]{0,128}:([^\s@/"'<>\\]{1,256})@[A-Za-z0-9\[]"#,
    },
    Rule { id: "CONNECTION_STRING", pattern: r#"(?-u)(?i:\bjdbc:[^\s"']{1,512}?[?;&]password)=([^\s&;"']{1,256})"# },
];

static SET: LazyLock<RegexSet> =
    LazyLock::new(|| RegexSet::new(RULES.iter().map(|rule| rule.pattern)).expect("the rules are fixed and tested"));
static EACH: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    RULES.iter().map(|rule| Regex::new(rule.pattern).expect("the rules are fixed and tested")).collect()
});

/// AWS's documentation uses keys that end in EXAMPLE; templates put a reference where a secret will be.
fn is_placeholder(id: &str, value: &[u8]) -> bool {
    let starts = |prefix: &[u8]| value.starts_with(prefix);
    let masked = value.iter().all(|byte| matches!(byte, b'*' | b'x' | b'X' | b'.'));
    let template = starts(b"$") || starts(b"{") || starts(b"%") || starts(b"[stepwarden:");
    masked || template || (id.starts_with("AWS_") && value.ends_with(b"EXAMPLE"))
}

/// The sensitive ranges of `text`, in order and without overlaps; where two rules claim a place the earlier rule wins.
pub(super) fn find(text: &str) -> Vec<(&'static str, Range<usize>)> {
    let bytes = text.as_bytes();
    let mut found: Vec<(&'static str, Range<usize>)> = Vec::new();
    for index in &SET.matches(bytes) {
        for captures in EACH[index].captures_iter(bytes) {
            let Some(hit) = captures.get(1).or_else(|| captures.get(0)) else { continue };
            let id = RULES[index].id;
            let overlaps = found.iter().any(|(_, range)| hit.start() < range.end && range.start < hit.end());
            if !overlaps && !is_placeholder(id, hit.as_bytes()) && text.get(hit.range()).is_some() {
                found.push((id, hit.range()));
            }
        }
    }
    found.sort_by_key(|(_, range)| range.start);
    found
}

/// `value` is an AWS secret access key by its shape, where its key already says so.
pub(super) fn is_aws_secret_under(key: &str, value: &str) -> bool {
    let key: String = key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let named = key.ends_with("secretaccesskey") || key.ends_with("awssecretkey");
    let shaped =
        value.len() == 40 && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+'));
    named && shaped && !value.ends_with("EXAMPLEKEY")
}

#[cfg(test)]
mod tests {
    use super::find;

    fn kinds(text: &str) -> Vec<&'static str> {
        find(text).into_iter().map(|(id, _)| id).collect()
    }

    #[test]
    fn formats_prove_themselves() {
        let a = |count: usize| "a1B2".repeat(count);
        let cases = [
            ("PRIVATE_KEY", "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----".to_owned()),
            ("PRIVATE_KEY", "-----BEGIN OPENSSH PRIVATE KEY-----\ntruncated".to_owned()),
            ("JWT", format!("eyJ{}.eyJ{}.{}", a(4), a(6), a(8))),
            ("AWS_ACCESS_KEY_ID", format!("AKIA{}", "ABCD2345".repeat(2))),
            ("AWS_SECRET_KEY", format!("aws_secret_access_key = {}", a(10))),
            ("GITHUB_TOKEN", format!("ghp_{}", a(9))),
            ("GITLAB_TOKEN", format!("glpat-{}", a(5))),
            ("SLACK_TOKEN", format!("xoxb-{}", a(6))),
            ("STRIPE_KEY", format!("sk_live_{}", a(6))),
            ("SENDGRID_KEY", format!("SG.{}aa.{}bbb", a(5), a(10))),
            ("NPM_TOKEN", format!("npm_{}", a(9))),
            ("CONNECTION_STRING", format!("postgres://svc:{}@db.internal:5432/app", a(3))),
            ("CONNECTION_STRING", format!("jdbc:mysql://db/app?user=svc&password={}", a(3))),
        ];
        for (kind, text) in cases {
            assert_eq!(kinds(&format!("before {text} after")), [kind], "{text}");
        }
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
        ] {
            assert_eq!(kinds(text), [] as [&str; 0], "{text}");
        }
    }
}
