//! What texts have to look like that go to AWS as they are.

use std::net::Ipv6Addr;

use crate::types::{AccountId, Arn};

pub(super) const ENDPOINT: &str = "an http:// or https:// URL with a host, such as http://localhost:4566";
pub(super) const ROLE_ARN: &str = "a role ARN like arn:aws:iam::123456789012:role/stepwarden";
pub(super) const EXTERNAL_ID: &str = "2 to 1224 letters, digits or any of _ + = , . @ : / -";

/// A URL that every call can go to. It has no user or password, which would stand in logs, and no query.
pub(super) fn is_endpoint(url: &str) -> bool {
    let Some(rest) = ["http://", "https://"].iter().find_map(|scheme| url.strip_prefix(scheme)) else { return false };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let address = authority.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (host, port) = match address {
        Some((address, port)) => (address.parse::<Ipv6Addr>().is_ok(), port),
        None => {
            let (host, port) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
            (host.bytes().all(named) && host.bytes().any(|byte| byte.is_ascii_alphanumeric()), port)
        }
    };
    host && is_port(port) && path.bytes().all(|byte| named(byte) || b"~/%:@!$&'()*+,;=".contains(&byte))
}

fn named(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._".contains(&byte)
}

/// Nothing, or a port after its colon.
fn is_port(text: &str) -> bool {
    let digits = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let port = |port: &str| digits(port) && port.parse::<u16>().is_ok_and(|port| port > 0);
    text.is_empty() || text.strip_prefix(':').is_some_and(port)
}

/// A role of an account.
pub(super) fn role_arn(text: &str) -> Option<Arn> {
    let arn = Arn::parse(text).ok()?;
    let role = arn.service() == "iam" && arn.resource().starts_with("role/") && !arn.name().is_empty();
    (role && AccountId::parse(arn.account()).is_ok()).then_some(arn)
}

/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>.
pub(super) fn is_external_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=,.@:/-".contains(&byte);
    (2..=1224).contains(&text.len()) && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::{is_endpoint, is_external_id, role_arn};

    #[test]
    fn endpoints() {
        for good in [
            "http://localhost:4566",
            "https://vpce-0a1b.states.eu-west-1.vpce.amazonaws.com",
            "http://[::1]:4566/",
            "http://[::1]",
            "http://my_service.internal:80/aws/v1",
        ] {
            assert!(is_endpoint(good), "{good}");
        }
        for bad in [
            "",
            "foo",
            "http://",
            "https://",
            "http://[",
            "http://[]",
            "http://[::1",
            "http://[::1]x",
            "http://:80",
            "http://host:",
            "http://host:0",
            "http://host:65536",
            "http://host:+1",
            "http://a b",
            "http:///path",
            "http://user:word@host",
            "ftp://host",
            "http://host?x",
            "http://host/?x",
            "http://...",
            "HTTP//host",
        ] {
            assert!(!is_endpoint(bad), "{bad}");
        }
    }

    #[test]
    fn roles_and_external_ids() {
        assert!(role_arn("arn:aws-cn:iam::123456789012:role/path/audit").is_some());
        for bad in ["arn:aws:s3:::x", "arn:aws:iam::12:role/audit", "arn:aws:iam::123456789012:role/", "admin"] {
            assert!(role_arn(bad).is_none(), "{bad}");
        }
        assert!(is_external_id("a1") && is_external_id("Corp:eu/team_7@example.com,+=.-"));
        for bad in [String::new(), "a".to_owned(), "a b".to_owned(), "ä1".to_owned(), "a".repeat(1225)] {
            assert!(!is_external_id(&bad), "{bad}");
        }
    }
}
