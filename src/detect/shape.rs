//! What a text is made of, in one pass over its bytes. It decides what is worth trying.

/// Classes of bytes; a text's mask holds one bit for each class it has.
pub(super) mod has {
    pub(in super::super) const DIGIT: u32 = 1;
    pub(in super::super) const HEX_LOWER: u32 = 1 << 1;
    pub(in super::super) const HEX_UPPER: u32 = 1 << 2;
    pub(in super::super) const LOWER: u32 = 1 << 3;
    pub(in super::super) const UPPER: u32 = 1 << 4;
    pub(in super::super) const SPACE: u32 = 1 << 5;
    pub(in super::super) const DASH: u32 = 1 << 6;
    pub(in super::super) const UNDERSCORE: u32 = 1 << 7;
    pub(in super::super) const DOT: u32 = 1 << 8;
    pub(in super::super) const COLON: u32 = 1 << 9;
    pub(in super::super) const SLASH: u32 = 1 << 10;
    pub(in super::super) const PLUS: u32 = 1 << 11;
    pub(in super::super) const EQUALS: u32 = 1 << 12;
    pub(in super::super) const AT: u32 = 1 << 13;
    pub(in super::super) const STAR: u32 = 1 << 14;
    /// `$ { } % < >`
    pub(in super::super) const TEMPLATE: u32 = 1 << 15;
    /// `( )`
    pub(in super::super) const BRACKET: u32 = 1 << 16;
    /// `, ; | &` and what ends a line
    pub(in super::super) const LIST: u32 = 1 << 17;
    pub(in super::super) const QUOTE: u32 = 1 << 18;
    pub(in super::super) const OTHER: u32 = 1 << 19;
    pub(in super::super) const HIGH: u32 = 1 << 20;

    pub(in super::super) const LETTER: u32 = HEX_LOWER | HEX_UPPER | LOWER | UPPER;
    pub(in super::super) const BASE64: u32 = DIGIT | LETTER | PLUS | SLASH | EQUALS | DASH | UNDERSCORE;
}

const fn class(byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => has::DIGIT,
        b'a'..=b'f' => has::HEX_LOWER,
        b'A'..=b'F' => has::HEX_UPPER,
        b'g'..=b'z' => has::LOWER,
        b'G'..=b'Z' => has::UPPER,
        b' ' | b'\t' => has::SPACE,
        b'-' => has::DASH,
        b'_' => has::UNDERSCORE,
        b'.' => has::DOT,
        b':' => has::COLON,
        b'/' => has::SLASH,
        b'+' => has::PLUS,
        b'=' => has::EQUALS,
        b'@' => has::AT,
        b'*' => has::STAR,
        b'$' | b'{' | b'}' | b'%' | b'<' | b'>' => has::TEMPLATE,
        b'(' | b')' => has::BRACKET,
        b',' | b';' | b'|' | b'&' | b'\n' | b'\r' => has::LIST,
        b'"' | b'\'' | b'`' => has::QUOTE,
        0x80.. => has::HIGH,
        _ => has::OTHER,
    }
}

const CLASSES: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0_u8;
    loop {
        table[byte as usize] = class(byte);
        if byte == u8::MAX {
            break table;
        }
        byte += 1;
    }
};

#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) mask: u32,
    pub(super) digits: usize,
    pub(super) len: usize,
}

impl Shape {
    pub(super) fn of(text: &str) -> Self {
        let mut mask = 0;
        let mut digits = 0;
        for byte in text.bytes() {
            let class = CLASSES[usize::from(byte)];
            mask |= class;
            digits += (class & has::DIGIT) as usize;
        }
        Self { mask, digits, len: text.len() }
    }

    pub(super) fn has(self, classes: u32) -> bool {
        self.mask & classes != 0
    }

    /// Nothing but `classes`.
    pub(super) fn is_only(self, classes: u32) -> bool {
        self.mask & !classes == 0
    }

    /// Several words, pairs or lines: worth being read as text.
    pub(super) fn is_text(self) -> bool {
        self.has(has::SPACE | has::LIST | has::EQUALS | has::QUOTE)
            || (self.has(has::COLON | has::SLASH) && self.len > 8)
    }

    pub(super) fn is_hex(self) -> bool {
        self.is_only(has::DIGIT | has::HEX_LOWER) || self.is_only(has::DIGIT | has::HEX_UPPER)
    }

    /// One long word such as a digest, a token or base64.
    pub(super) fn is_opaque(self) -> bool {
        self.len >= 16 && self.is_only(has::BASE64)
    }
}

/// `8-4-4-4-12`.
pub(super) fn is_uuid(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// A date with a time, or the time zone's end of one: `2026-01-02T03:04:05Z`.
pub(super) fn is_timestamp(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    bytes.len() >= 16
        && bytes.len() <= 35
        && (0..4).all(digit)
        && bytes[4] == b'-'
        && digit(5)
        && bytes[7] == b'-'
        && matches!(bytes[10], b'T' | b' ' | b't')
        && digit(11)
        && bytes[13] == b':'
}

/// Twenty-six characters of Crockford's base 32, the first of which says a time before the year 10889.
pub(super) fn is_ulid(text: &str) -> bool {
    let bytes = text.as_bytes();
    let letter =
        |byte: &u8| byte.is_ascii_digit() || (byte.is_ascii_uppercase() && !matches!(byte, b'I' | b'L' | b'O' | b'U'));
    bytes.len() == 26 && matches!(bytes[0], b'0'..=b'7') && bytes.iter().all(letter)
}

/// As many hex digits as a digest has.
pub(super) fn is_digest(text: &str, shape: Shape) -> bool {
    matches!(text.len(), 32 | 40 | 56 | 64 | 96 | 128) && shape.is_hex()
}

/// Bits per character over the most that the characters seen could carry, 0 to 1.
pub(super) fn evenness(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    text.bytes().for_each(|byte| counts[usize::from(byte)] += 1);
    let total = f64::from(u32::try_from(text.len()).unwrap_or(u32::MAX));
    let seen = counts.iter().filter(|count| **count > 0);
    let kinds = f64::from(u32::try_from(seen.clone().count()).unwrap_or(1));
    if kinds < 2.0 {
        return 0.0;
    }
    let bits: f64 = seen.map(|count| f64::from(*count) / total).map(|share| -share * share.log2()).sum();
    bits / kinds.log2()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        assert!(is_uuid("123e4567-e89b-42d3-a456-426614174000"));
        assert!(is_timestamp("2026-01-02T03:04:05.123456+00:00") && !is_timestamp("1980-01-02"));
        assert!(is_ulid("01ARZ3NDEKTSV4RRFFQ69G5FAV"));
        let digest = "d41d8cd98f00b204e9800998ecf8427e";
        assert!(is_digest(digest, Shape::of(digest)));
        assert!(Shape::of("two words").is_text() && !Shape::of("word").is_text());
        assert!(evenness("aaaaaaaa") < 0.1 && evenness("q8Zr4kT0") > 0.99);
    }
}
