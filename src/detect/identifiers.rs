//! What policies say about persons and tickets: no secret by its form, but by its place.

use std::sync::LazyLock;

use regex::Regex;

const SESSION_NAME: &str = "SESSION_NAME";

/// Condition keys (in lower case) whose whole value is one.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.
const KEYS: [(&str, &str); 4] = [
    ("sts:externalid", "EXTERNAL_ID"),
    ("sts:rolesessionname", SESSION_NAME),
    ("sts:sourceidentity", "SOURCE_IDENTITY"),
    ("aws:sourceidentity", "SOURCE_IDENTITY"),
];

/// The value of a condition key, with what names a person or a ticket replaced. What is left as it is, is `None`.
pub(super) fn under(key: &str, value: &str) -> Option<String> {
    let key = key.to_ascii_lowercase();
    if let Some((_, kind)) = KEYS.iter().find(|(name, _)| *name == key) {
        return mark(kind, value);
    }
    // The unique id of a role, then its session's name.
    let (id, session) = value.split_once(':').filter(|_| key == "aws:userid")?;
    mark(SESSION_NAME, session).map(|marker| format!("{id}:{marker}"))
}

/// `text` with the session names in it replaced.
pub(super) fn without_sessions(text: String) -> String {
    static SESSION: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(\bassumed-role/[^/\s"']+/)([^\s"'\\]+)"#).expect("the pattern is fixed and tested")
    });
    if !text.contains("assumed-role/") {
        return text;
    }
    let replaced = SESSION.replace_all(&text, |found: &regex::Captures<'_>| {
        let marker = mark(SESSION_NAME, &found[2]).unwrap_or_else(|| found[2].to_owned());
        format!("{}{marker}", &found[1])
    });
    replaced.into_owned()
}

/// A marker for `value`; none for what names nobody: anything at all, a policy variable, a marker.
fn mark(kind: &str, value: &str) -> Option<String> {
    static OPEN: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\A(?:|\*|\$\{[^{}]*\}|\[stepwarden:[A-Z_]+:[0-9]+\])\z").expect("the pattern is fixed and tested")
    });
    (!OPEN.is_match(value)).then(|| format!("[stepwarden:{kind}:{}]", value.len()))
}

#[cfg(test)]
mod tests {
    use super::{under, without_sessions};

    #[test]
    fn values_of_condition_keys() {
        for (key, value, clean) in [
            ("sts:ExternalId", "hunter2", Some("[stepwarden:EXTERNAL_ID:7]")),
            ("STS:externalid", "hunter2", Some("[stepwarden:EXTERNAL_ID:7]")),
            ("sts:ExternalId", "ticket-*", Some("[stepwarden:EXTERNAL_ID:8]")),
            ("sts:ExternalId", "*", None),
            ("sts:ExternalId", "[stepwarden:EXTERNAL_ID:7]", None),
            ("sts:ExternalId", "[stepwarden:EXTERNAL_ID:7] hunter2", Some("[stepwarden:EXTERNAL_ID:34]")),
            ("sts:RoleSessionName", "${aws:username}", None),
            ("sts:RoleSessionName", "jane", Some("[stepwarden:SESSION_NAME:4]")),
            ("aws:userid", "AROAEXAMPLE:jane", Some("AROAEXAMPLE:[stepwarden:SESSION_NAME:4]")),
            ("aws:userId", "AROAEXAMPLE:*", None),
            ("aws:userid", "AIDAEXAMPLE", None),
            ("aws:PrincipalArn", "AROAEXAMPLE:jane", None),
        ] {
            assert_eq!(under(key, value).as_deref(), clean, "{key} {value}");
        }
    }

    #[test]
    fn names_of_sessions() {
        let arn = |session: &str| format!("arn:aws:sts::123456789012:assumed-role/Audit{session}");
        for (session, clean) in [
            ("/jane@example.com", "/[stepwarden:SESSION_NAME:16]"),
            ("/jane*", "/[stepwarden:SESSION_NAME:5]"),
            ("/*", "/*"),
            ("", ""),
            ("/[stepwarden:SESSION_NAME:16]", "/[stepwarden:SESSION_NAME:16]"),
        ] {
            assert_eq!(without_sessions(arn(session)), arn(clean));
        }
    }
}
