//! E-mail addresses.

use std::ops::Range;

/// Top-level domains that are no country's, as far as mail is sent there. Country codes are any two letters.
const GENERIC: [&str; 98] = [
    "com",
    "net",
    "org",
    "edu",
    "gov",
    "mil",
    "int",
    "info",
    "biz",
    "name",
    "pro",
    "aero",
    "coop",
    "museum",
    "mobi",
    "asia",
    "tel",
    "jobs",
    "travel",
    "cat",
    "post",
    "arpa",
    "app",
    "dev",
    "cloud",
    "online",
    "shop",
    "store",
    "site",
    "tech",
    "xyz",
    "club",
    "email",
    "blog",
    "news",
    "live",
    "life",
    "world",
    "today",
    "agency",
    "company",
    "digital",
    "media",
    "group",
    "team",
    "works",
    "solutions",
    "services",
    "systems",
    "network",
    "software",
    "consulting",
    "academy",
    "space",
    "website",
    "work",
    "studio",
    "design",
    "global",
    "health",
    "care",
    "clinic",
    "dental",
    "doctor",
    "bank",
    "finance",
    "capital",
    "insurance",
    "money",
    "law",
    "legal",
    "school",
    "university",
    "education",
    "church",
    "family",
    "london",
    "berlin",
    "paris",
    "tokyo",
    "nyc",
    "wien",
    "bayern",
    "hamburg",
    "one",
    "plus",
    "top",
    "vip",
    "icu",
    "fun",
    "link",
    "page",
    "wiki",
    "expert",
    "example",
    "test",
    "support",
    "ventures",
];

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || b".!#$%&'*+/=?^_`{|}~-".contains(&byte)
}

fn is_domain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || matches!(byte, b'.' | b'-')
}

/// The address around the `@` at `at`.
pub(in super::super) fn email_around(text: &str, at: usize) -> Option<Range<usize>> {
    const LONGEST_LOCAL: usize = 64;
    const LONGEST_DOMAIN: usize = 190;
    let bytes = text.as_bytes();
    let (before, after) = (&bytes[..at], &bytes[at + 1..]);
    let mut local = before.iter().rev().take(LONGEST_LOCAL).take_while(|byte| is_local(**byte)).count();
    // Quotes, separators of pairs and lists that may stand before an address are no part of it.
    let cut = before[at - local..].iter().rposition(|byte| b"=&'/?`{|}#$*!%^~".contains(byte));
    local -= cut.map_or(0, |cut| cut + 1);
    while local > 0 && before[at - local] == b'.' {
        local -= 1;
    }
    let mut domain = after.iter().take(LONGEST_DOMAIN).take_while(|byte| is_domain(**byte)).count();
    while domain > 0 && matches!(after[domain - 1], b'.' | b'-') {
        domain -= 1;
    }
    let range = at - local..at + 1 + domain;
    let valid = local > 0
        && before[at - 1] != b'.'
        && is_host(text.get(at + 1..range.end)?)
        && !is_shell_target(text, &range)
        && !is_machine(&bytes[range.start..at]);
    valid.then_some(range)
}

/// Labels with dots, the last a top-level domain.
fn is_host(host: &str) -> bool {
    let Some((labels, top)) = host.rsplit_once('.') else { return false };
    let label = |label: &str| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
    let country = top.len() == 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic());
    let known = country
        || top.starts_with("xn--")
        || !top.is_ascii()
        || GENERIC.iter().any(|generic| generic.eq_ignore_ascii_case(top));
    known && labels.split('.').all(label)
}

/// `git@github.com:acme/app`, `https://user@example.com/`, an address of a database: somebody logs in there.
fn is_shell_target(text: &str, range: &Range<usize>) -> bool {
    let before = &text.as_bytes()[..range.start];
    let after = &text.as_bytes()[range.end..];
    let local = text[range.clone()].split('@').next().unwrap_or_default();
    let path = after.first() == Some(&b':')
        && after.get(1).is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'~'));
    let scheme = before.ends_with(b"://") && !before.ends_with(b"mailto://");
    let known = ["git", "ssh", "hg", "svn", "ec2-user", "ubuntu", "root"].contains(&local);
    scheme
        || (known && (path || before.ends_with(b"ssh ") || text.len() == range.len()))
        || (path && after.contains(&b'/'))
}

/// The local part of a message's id: long and of hex digits.
fn is_machine(local: &[u8]) -> bool {
    let hex = local.iter().filter(|byte| byte.is_ascii_hexdigit() || matches!(byte, b'-' | b'.')).count();
    local.len() > 30 && hex == local.len()
}

#[cfg(test)]
mod tests {
    use super::email_around;

    fn found(text: &str) -> Option<&str> {
        text.find('@').and_then(|at| email_around(text, at)).map(|range| &text[range])
    }

    #[test]
    fn addresses() {
        for (text, address) in [
            ("jane.doe+news@example.co.uk", "jane.doe+news@example.co.uk"),
            ("mailto:jane@web.de.", "jane@web.de"),
            ("Key (email)=(jane@mail.com) exists", "jane@mail.com"),
            ("?email=jane@mail.com&x=1", "jane@mail.com"),
            ("<jürgen@müller.de>", "jürgen@müller.de"),
            ("JANE@EXAMPLE.COM", "JANE@EXAMPLE.COM"),
        ] {
            assert_eq!(found(text), Some(address), "{text}");
        }
        for text in [
            "git@github.com:acme/app.git",
            "lodash@4.17.21",
            "@aws-sdk/client-s3@3.620.0",
            "root@localhost",
            "a@b",
            "icon@2x.png",
            "app@sha256:00",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
