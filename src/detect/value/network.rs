//! Addresses of machines, and a vehicle's.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address that a person can have on the internet: not private, loopback, of documentation or of a network.
pub(in super::super) fn is_public_ip(text: &str) -> bool {
    let text = text.trim();
    if text.len() < 7 || text.len() > 47 {
        return false;
    }
    // An IPv4 address may carry a port.
    let host = match text.split_once(':') {
        Some((host, port)) if host.contains('.') && port.parse::<u16>().is_ok() => host,
        _ => text.trim_start_matches('[').split(']').next().unwrap_or(text),
    };
    match host.parse() {
        Ok(IpAddr::V4(ip)) => is_public_v4(ip),
        Ok(IpAddr::V6(ip)) => is_public_v6(ip),
        Err(_) => false,
    }
}

/// <https://www.iana.org/assignments/iana-ipv4-special-registry>.
fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, ..] = ip.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let benchmark = a == 198 && (18..20).contains(&b);
    let special =
        ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_documentation() || ip.is_broadcast();
    a != 0 && a < 224 && !special && !shared && !benchmark
}

/// Global unicast is 2000::/3; 2001:db8::/32 is for documentation.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [first, second, ..] = ip.segments();
    (0x2000..0x4000).contains(&first) && !(first == 0x2001 && second == 0xdb8)
}

/// Six octets, not all the same.
pub(in super::super) fn is_mac(text: &str) -> bool {
    let bytes = text.as_bytes();
    let grouped = bytes.len() == 17
        && bytes.iter().enumerate().all(|(at, byte)| match at % 3 {
            2 => *byte == bytes[2] && matches!(byte, b':' | b'-'),
            _ => byte.is_ascii_hexdigit(),
        });
    grouped && bytes.iter().any(|byte| byte.is_ascii_hexdigit() && *byte != bytes[0])
}

/// Seventeen characters without I, O and Q: ISO 3779. North America's check digit holds the weighted sum modulo 11.
pub(in super::super) fn is_vin(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_digit() || (byte.is_ascii_uppercase() && !b"IOQ".contains(&byte));
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.len() == 17 && text.bytes().all(fits) && (4..17).contains(&digits)
}

#[cfg(test)]
mod tests {
    use super::{is_mac, is_public_ip, is_vin};

    #[test]
    fn addresses() {
        for text in ["85.214.132.117", "85.214.132.117:443", "2a02:8108:1::1"] {
            assert!(is_public_ip(text), "{text}");
        }
        for text in [
            "10.0.0.1",
            "192.168.1.1",
            "172.16.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "192.0.2.1",
            "100.64.0.1",
            "::1",
            "fe80::1",
            "2001:db8::1",
            "1.2.3",
            "0.0.0.0",
            "10.0.0.0/16",
        ] {
            assert!(!is_public_ip(text), "{text}");
        }
        assert!(is_mac("00:1A:2b:3C:4d:5E") && !is_mac("00:00:00:00:00:00"));
        assert!(is_vin("1HGCM82633A004352") && !is_vin("1HGCM82633A00435"));
    }
}
