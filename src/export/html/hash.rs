use sha2::{Digest, Sha256};

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// As a Content-Security-Policy names it: the digest in base64.
pub(super) fn sha256(text: &str) -> String {
    let mut out = String::new();
    for three in Sha256::digest(text.as_bytes()).chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for digit in 0..4 {
            let at = usize::try_from(bits >> (18 - 6 * digit) & 63).unwrap_or_default();
            out.push(if digit > three.len() { '=' } else { char::from(DIGITS[at]) });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn as_openssl_says() {
        assert_eq!(super::sha256(""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }
}
