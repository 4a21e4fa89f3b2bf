//! Payment cards and bank accounts.

use super::super::ids::{Compact, luhn, mod97};

/// Numbers that the payment providers publish for tests: nobody's.
/// <https://docs.stripe.com/testing>, <https://developer.paypal.com/api/rest/sandbox/card-testing/>.
const TEST_CARDS: [&str; 24] = [
    "4111111111111111",
    "4242424242424242",
    "4012888888881881",
    "4000056655665556",
    "4000000000000002",
    "4000000000009995",
    "4222222222222",
    "5555555555554444",
    "5200828282828210",
    "5105105105105100",
    "2223003122003222",
    "378282246310005",
    "371449635398431",
    "378734493671000",
    "6011111111111117",
    "6011000990139424",
    "6011000000000004",
    "3056930009020004",
    "36227206271667",
    "38520000023237",
    "3566002020360505",
    "3530111333300000",
    "6200000000000005",
    "4000002500003155",
];

/// Ranges of issuers by the first digits and the length: ISO/IEC 7812-1 and the networks' own pages.
pub(in super::super) fn is_issued(digits: &str) -> bool {
    let head = |count: usize| digits.get(..count).and_then(|head| head.parse::<u32>().ok()).unwrap_or(0);
    match digits.len() {
        14 => matches!(head(3), 300..=305 | 309) || matches!(head(2), 36 | 38),
        15 => matches!(head(2), 34 | 37),
        16 => {
            matches!(head(1), 4)
                || matches!(head(2), 51..=55 | 62 | 65)
                || matches!(head(4), 2221..=2720 | 6011 | 3528..=3589)
                || matches!(head(3), 644..=649)
                || matches!(head(2), 60 | 81 | 82)
        }
        17..=19 => matches!(head(2), 62 | 50 | 56..=58 | 63 | 67),
        _ => false,
    }
}

/// Issued, in groups as cards are written, Luhn, and no test number.
pub(in super::super) fn is_card(id: &Compact) -> bool {
    let grouped = id.has_one_group()
        || [&[4, 4, 4, 4][..], &[4, 6, 5], &[4, 6, 4], &[4, 4, 4, 4, 3]].iter().any(|groups| id.is_grouped(groups));
    id.is_numeric
        && grouped
        && is_issued(id.text())
        && luhn(id.bytes().iter().map(|byte| u32::from(byte - b'0')))
        && !TEST_CARDS.contains(&id.text())
        && id.bytes().iter().any(|byte| *byte != id.bytes()[1])
}

/// Months and years as cards write them.
pub(in super::super) fn is_expiry(text: &str) -> bool {
    let mut parts = text.split(['/', '-']);
    let (Some(month), Some(year), None) = (parts.next(), parts.next(), parts.next()) else { return false };
    matches!(month.trim().parse(), Ok(1..=12_u32))
        && matches!(year.trim().len(), 2 | 4)
        && year.trim().parse::<u32>().is_ok()
}

/// Lengths of national formats: SWIFT IBAN Registry.
const IBANS: [(&str, usize); 85] = [
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BI", 27),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DJ", 27),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FK", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MN", 20),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NI", 28),
    ("NL", 18),
    ("NO", 15),
    ("OM", 23),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("RU", 33),
    ("SA", 24),
    ("SC", 31),
    ("SD", 18),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("SO", 23),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VG", 24),
];

/// ISO 13616: country, two check digits, as many characters as the country has.
pub(in super::super) fn is_iban(id: &Compact) -> bool {
    let length = |country: &str| IBANS.iter().find(|(code, _)| *code == country).map(|(_, length)| *length);
    id.len() >= 15
        && id.bytes()[2].is_ascii_digit()
        && id.bytes()[3].is_ascii_digit()
        && length(&id.text()[..2]) == Some(id.len())
        && mod97(id.bytes())
        // The registry's own examples.
        && !matches!(id.text(), "GB82WEST12345698765432" | "DE89370400440532013000")
}

#[cfg(test)]
mod tests {
    use super::{Compact, is_card, is_expiry, is_iban};

    #[test]
    fn cards_and_accounts() {
        let id = |text: &str| Compact::of(text).unwrap();
        assert!(
            is_card(&id("4539 1488 0343 6467"))
                && is_card(&id("4539-1488-0343-6467"))
                && !is_card(&id("6011000990139425"))
        );
        assert!(
            !is_card(&id("4242 4242 4242 4242"))
                && !is_card(&id("4539148803436468"))
                && !is_card(&id("45 39148803436467"))
        );
        assert!(
            is_iban(&id("NL91 ABNA 0417 1643 00"))
                && is_iban(&id("BE68539007547034"))
                && !is_iban(&id("NL92ABNA0417164300"))
        );
        assert!(is_expiry("12/27") && is_expiry("01/2028") && !is_expiry("13/27"));
    }
}
