//! Base 64, as RFC 4648 writes it, in either alphabet.

/// The text inside; `None` where it is no base 64 or no text.
pub(super) fn decode(text: &str) -> Option<String> {
    /// What the services that say so carry at most.
    const LONGEST: usize = 8 << 20;
    let text = text.trim_end_matches('=');
    if text.len() < 8 || text.len() > LONGEST {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut held, mut bits) = (0_u32, 0_u32);
    for byte in text.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        held = held << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 0xff) as u8);
        }
    }
    String::from_utf8(bytes).ok().filter(|text| !text.bytes().any(|byte| byte < 9))
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn both_alphabets() {
        assert_eq!(decode("eyJlbWFpbCI6MX0=").as_deref(), Some("{\"email\":1}"));
        assert_eq!(decode("w7_Dv8O_w78").as_deref(), Some("ÿÿÿÿ"));
        assert_eq!(decode("not base 64!"), None);
    }
}
