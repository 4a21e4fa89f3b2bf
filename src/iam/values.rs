//! Condition values that are not text: numbers, dates, addresses.

// The types of addresses; nothing connects.
use core::net::IpAddr;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;

/// An integer or a decimal.
pub(super) fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

pub(super) fn boolean(text: &str) -> Option<bool> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// A W3C form of ISO 8601 (a date or time without an offset is UTC), or seconds since 1970: nanoseconds since 1970.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date>.
pub(super) fn date(text: &str) -> Option<i128> {
    let utc = |time: DateTime| Offset::UTC.to_timestamp(time).ok();
    let day =
        |text: &str| text.parse::<Date>().ok().and_then(|date| utc(date.to_datetime(jiff::civil::Time::midnight())));
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let instant = match text.len() {
        4 if digits => day(&format!("{text}-01-01")),
        _ if digits => Timestamp::from_second(text.parse().ok()?).ok(),
        7 => day(&format!("{text}-01")),
        10 => day(text),
        _ => text.parse().ok().or_else(|| text.parse().ok().and_then(utc)),
    };
    instant.map(Timestamp::as_nanosecond)
}

/// A block of addresses, as `203.0.113.0/24` or `2001:db8::1`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Block {
    address: IpAddr,
    prefix: u32,
}

fn bits(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(four) => (u128::from(u32::from(four)), 32),
        IpAddr::V6(six) => (u128::from(six), 128),
    }
}

impl Block {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let width = bits(address).1;
        let prefix = match prefix {
            Some(prefix) => prefix.parse().ok().filter(|prefix| *prefix <= width)?,
            None => width,
        };
        Some(Self { address, prefix })
    }

    pub(super) fn contains(&self, other: IpAddr) -> bool {
        let ((own, width), (other, other_width)) = (bits(self.address), bits(other));
        // A shift by the whole width would overflow: then every address is in the block.
        let apart = (own ^ other).checked_shr(width - self.prefix).unwrap_or(0);
        width == other_width && apart == 0
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, date, number};

    #[test]
    fn dates_have_many_forms() {
        let new_year = Some(1_767_225_600_000_000_000);
        for text in [
            "2026-01-01T00:00:00Z",
            "2026-01-01T01:00:00+01:00",
            "2026-01-01T00:00Z",
            "2026-01-01T00:00:00.000Z",
            "2026-01-01T00:00:00",
            "2026-01-01",
            "2026-01",
            "2026",
            "1767225600",
        ] {
            assert_eq!(date(text), new_year, "{text}");
        }
        for text in ["", "yesterday", "2026-13-01", "20260101T000000Zx", "99999999999999999999", "é2026-01", "ééééé"]
        {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn addresses_and_blocks() {
        for (block, address, inside) in [
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.5/8", "10.1.2.3", true),
            ("0.0.0.0/0", "1.1.1.1", true),
            ("0.0.0.0/0", "::1", false),
            ("::/0", "2001:db8::1", true),
            ("2001:db8::/32", "2001:DB8:0::1", true),
            ("203.0.113.9", "203.0.113.9", true),
            ("203.0.113.0/24", "203.0.114.1", false),
        ] {
            let found = Block::parse(block).unwrap().contains(address.parse().unwrap());
            assert_eq!(found, inside, "{block} {address}");
        }
        assert_eq!(Block::parse("10.0.0.0/33"), None);
        assert_eq!((number("5.0"), number("5x"), number("inf")), (Some(5.0), None, None));
    }
}
