//! Identifiers of Europe. Each function names the source of its rule.

use super::check::{is_day, luhn, mod11_10, weighted};
use super::{Check, Compact};

/// HMRC, *National Insurance Manual* NIM39110: prefixes that are never used.
pub(super) fn uk_nino(id: &Compact) -> Check {
    if !(id.is_like("AA999999A") || id.is_like("AA999999")) {
        return Check::No;
    }
    let bytes = id.bytes();
    let never = [b"BG", b"GB", b"NK", b"KN", b"TN", b"NT", b"ZZ"].iter().any(|pair| pair[..] == bytes[..2]);
    let letters = !b"DFIQUV".contains(&bytes[0]) && !b"DFIOQUV".contains(&bytes[1]);
    let suffix = bytes.get(8).is_none_or(|byte| matches!(byte, b'A'..=b'D'));
    match (!never && letters && suffix, id.len()) {
        (true, 9) => Check::Proven,
        (true, _) => Check::Shaped,
        // QQ123456C is the form's own example.
        _ => Check::No,
    }
}

/// Weights 10 to 2 modulo 11: NHS Data Dictionary.
pub(super) fn uk_nhs(id: &Compact) -> Check {
    let Some(digits) = id.digits::<10>() else { return Check::No };
    let check = (11 - weighted(&digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    Check::proven_or_shaped(id.has_one_group() || id.is_grouped(&[3, 3, 4]), check == digits[9])
}

/// The first digit checks the other nine: weights 6 7 8 9 10 5 4 3 2 modulo 11.
pub(super) fn uk_utr(id: &Compact) -> Check {
    let Some(digits) = id.digits::<10>() else { return Check::No };
    let rest = weighted(&digits[1..], &[6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11;
    Check::proven_or_shaped(true, [2, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1][rest as usize] == digits[0])
}

pub(super) fn uk_electoral_roll(id: &Compact) -> Check {
    let letters = id.bytes().iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    let digits = id.bytes()[letters..].iter().all(u8::is_ascii_digit) && (1..=4).contains(&(id.len() - letters));
    Check::shaped_if((1..=3).contains(&letters) && digits)
}

/// Sex, year, month, department, commune, order; 97 less the rest is the key: INSEE. Corsica's 2A and 2B count 19 and 18.
pub(super) fn fr_nir(id: &Compact) -> Check {
    let text = id.text().replace("2A", "19").replace("2B", "18");
    if !matches!(text.len(), 13 | 15)
        || !text.bytes().all(|byte| byte.is_ascii_digit())
        || !matches!(text.as_bytes()[0], b'1'..=b'8')
    {
        return Check::No;
    }
    let Ok(body) = text[..13].parse::<u64>() else { return Check::No };
    match text[13..].parse::<u64>() {
        Ok(key) => Check::proven_or_shaped(true, 97 - body % 97 == key),
        Err(_) => Check::Shaped,
    }
}

/// Thirteen digits that begin with 0 to 3; the last three are the rest modulo 511: Direction générale des Finances publiques.
pub(super) fn fr_tax(id: &Compact) -> Check {
    let (Some(body), Some(key)) = (id.number(0..10), id.number(10..13)) else { return Check::No };
    Check::proven_or_shaped(id.len() == 13 && id.is_numeric && id.bytes()[0] <= b'3', body % 511 == key)
}

/// The number modulo 23 chooses the letter: Ministerio del Interior.
pub(super) fn es_dni(id: &Compact) -> Check {
    if id.is_like("A99999999") || id.is_like("A9999999A") {
        return es_nie(id);
    }
    letter_of_23(id, 0)
}

/// As the DNI, with X, Y, Z for 0, 1, 2.
pub(super) fn es_nie(id: &Compact) -> Check {
    match id.bytes().first() {
        Some(b'X') => letter_of_23(id, 0),
        Some(b'Y') => letter_of_23(id, 10_000_000),
        Some(b'Z') => letter_of_23(id, 20_000_000),
        _ => Check::No,
    }
}

fn letter_of_23(id: &Compact, offset: u64) -> Check {
    let from = usize::from(id.bytes()[0].is_ascii_uppercase());
    let last = id.len().saturating_sub(1);
    let (Some(number), true) = (id.number(from..last), matches!(id.len(), 8 | 9)) else { return Check::No };
    let wanted = b"TRWAGMYFPDXBNJZSQVHLCKE"[usize::try_from((number + offset) % 23).unwrap_or_default()];
    Check::proven_or_shaped(id.bytes()[last].is_ascii_uppercase() && id.len() == 9, id.bytes()[last] == wanted)
}

/// Province, number, and the rest modulo 97: Tesorería General de la Seguridad Social.
pub(super) fn es_ssn(id: &Compact) -> Check {
    let (Some(body), Some(key)) = (id.number(0..10), id.number(10..12)) else { return Check::No };
    Check::proven_or_shaped(id.len() == 12 && id.is_numeric, body % 97 == key)
}

/// Odd places by a table, even places by value, modulo 26: Decreto ministeriale of 23 December 1976.
pub(super) fn it_codice_fiscale(id: &Compact) -> Check {
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let bytes = id.bytes();
    // Digits give way to letters (L for 0 and so on) where two persons would have the same code.
    if id.len() != 16
        || !bytes[..6].iter().all(u8::is_ascii_uppercase)
        || !bytes[8].is_ascii_uppercase()
        || id.is_numeric
    {
        return Check::No;
    }
    let value = |byte: u8| usize::from(if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' });
    let sum: u32 = bytes[..15]
        .iter()
        .enumerate()
        .map(|(at, byte)| if at % 2 == 0 { ODD[value(*byte)] } else { u32::try_from(value(*byte)).unwrap_or_default() })
        .sum();
    let dated = bytes[6].is_ascii_digit() && bytes[7].is_ascii_digit();
    Check::proven_or_shaped(dated, u32::from(bytes[15].wrapping_sub(b'A')) == sum % 26)
}

/// Luhn over eleven digits: Agenzia delle Entrate.
pub(super) fn it_partita_iva(id: &Compact) -> Check {
    id.digits::<11>().map_or(Check::No, |digits| Check::proven_if(luhn(digits.into_iter())))
}

/// Weights 9 to 2 modulo 11: Autoridade Tributária.
pub(super) fn pt_nif(id: &Compact) -> Check {
    let Some(digits) = id.digits::<9>() else { return Check::No };
    let rest = weighted(&digits, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    Check::proven_or_shaped(digits[0] > 0, digits[8] == if rest < 2 { 0 } else { 11 - rest })
}

/// Weights 9 to 2 and -1 modulo 11: Rijksdienst voor Identiteitsgegevens, *elfproef*.
pub(super) fn nl_bsn(id: &Compact) -> Check {
    let Some(digits) = id.digits::<9>() else { return Check::No };
    let sum = weighted(&digits, &[9, 8, 7, 6, 5, 4, 3, 2]) + 10 * digits[8];
    Check::proven_or_shaped(id.has_one_group() || id.is_grouped(&[4, 2, 3]), sum.is_multiple_of(11))
}

/// 97 less the rest of the first nine digits, of births from 2000 on with a 2 before: Rijksregister.
pub(super) fn be_national(id: &Compact) -> Check {
    let (Some(body), Some(key)) = (id.number(0..9), id.number(9..11)) else { return Check::No };
    let valid = 97 - body % 97 == key || 97 - (2_000_000_000 + body) % 97 == key;
    Check::proven_or_shaped(id.len() == 11 && id.is_numeric, valid)
}

/// Eleven digits, one of the first ten twice or thrice, ISO 7064 MOD 11,10: Bundeszentralamt für Steuern.
pub(super) fn de_tax(id: &Compact) -> Check {
    let Some(digits) = id.digits::<11>() else { return Check::No };
    let most = (0..10).map(|digit| digits[..10].iter().filter(|other| **other == digit).count()).max();
    Check::proven_or_shaped(digits[0] > 0, matches!(most, Some(2 | 3)) && mod11_10(&digits))
}

/// Area, birth date, initial, serial, check: Deutsche Rentenversicherung.
pub(super) fn de_social_insurance(id: &Compact) -> Check {
    Check::shaped_if(id.is_like("99999999A999"))
}

/// Four digits, a birth date; the fourth digit checks, weights 3 7 9 5 8 4 2 1 6 modulo 11.
pub(super) fn at_social_insurance(id: &Compact) -> Check {
    let Some(digits) = id.digits::<10>() else { return Check::No };
    let others: Vec<u32> = digits.iter().enumerate().filter(|(at, _)| *at != 3).map(|(_, digit)| *digit).collect();
    Check::proven_or_shaped(true, weighted(&others, &[3, 7, 9, 5, 8, 4, 2, 1, 6]) % 11 == digits[3])
}

/// Thirteen digits that begin with 756, checked as an EAN: Zentrale Ausgleichsstelle.
pub(super) fn ch_ahv(id: &Compact) -> Check {
    let Some(digits) = id.digits::<13>() else { return Check::No };
    let sum = weighted(&digits, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]);
    Check::proven_or_shaped(digits[..3] == [7, 5, 6], (10 - sum % 10) % 10 == digits[12])
}

/// Weights 8 to 2 and 9 for a second letter, modulo 23: Department of Social Protection.
pub(super) fn ie_pps(id: &Compact) -> Check {
    if !(id.is_like("9999999A") || id.is_like("9999999AA")) {
        return Check::No;
    }
    let bytes = id.bytes();
    let digits: Vec<u32> = bytes[..7].iter().map(|byte| u32::from(byte - b'0')).collect();
    let second = bytes.get(8).map_or(0, |byte| if *byte == b'W' { 0 } else { u32::from(byte - b'A' + 1) });
    let rest = (weighted(&digits, &[8, 7, 6, 5, 4, 3, 2]) + second * 9) % 23;
    let wanted = if rest == 0 { b'W' } else { b'A' + u8::try_from(rest - 1).unwrap_or_default() };
    Check::proven_or_shaped(true, bytes[7] == wanted)
}

/// Weights 1 3 7 9, a birth date whose month tells the century: Ministerstwo Cyfryzacji.
pub(super) fn pl_pesel(id: &Compact) -> Check {
    let Some(digits) = id.digits::<11>() else { return Check::No };
    let dated = is_day((digits[2] * 10 + digits[3]) % 20, digits[4] * 10 + digits[5]);
    let check = (10 - weighted(&digits, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10) % 10;
    Check::proven_or_shaped(dated && id.has_one_group(), check == digits[10])
}

/// Weights 6 5 7 2 3 4 5 6 7 modulo 11: Ministerstwo Finansów.
pub(super) fn pl_nip(id: &Compact) -> Check {
    let Some(digits) = id.digits::<10>() else { return Check::No };
    Check::proven_or_shaped(true, weighted(&digits, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == digits[9])
}

/// A birth date (50 added to a woman's month), a multiple of eleven: Ministerstvo vnitra.
pub(super) fn cz_birth(id: &Compact) -> Check {
    let (Some(number), true) = (id.number(0..id.len()), id.is_numeric && id.len() == 10) else {
        return Check::shaped_if(id.is_numeric && id.len() == 9 && id.is_grouped(&[6, 3]));
    };
    Check::proven_or_shaped(is_day((number / 1_000_000 % 100 % 50 % 20).try_into().unwrap_or(0), 1), number % 11 == 0)
}

/// The tax number (ten digits, begins with 8) and the TAJ number (nine).
pub(super) fn hu_tax(id: &Compact) -> Check {
    match (id.digits::<10>(), id.digits::<9>()) {
        (Some(digits), _) => {
            let sum: u32 = digits.iter().zip(1..=9).map(|(digit, weight)| digit * weight).sum();
            Check::proven_or_shaped(digits[0] == 8, sum % 11 == digits[9])
        }
        (_, Some(digits)) => {
            Check::proven_or_shaped(true, weighted(&digits, &[3, 7, 3, 7, 3, 7, 3, 7]) % 10 == digits[8])
        }
        _ => Check::No,
    }
}

/// Sex and century, a birth date, county, serial; weights 279146358279 modulo 11.
pub(super) fn ro_cnp(id: &Compact) -> Check {
    let Some(digits) = id.digits::<13>() else { return Check::No };
    let dated = digits[0] > 0 && is_day(digits[3] * 10 + digits[4], digits[5] * 10 + digits[6]);
    let rest = weighted(&digits, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    Check::proven_or_shaped(dated, (if rest == 10 { 1 } else { rest }) == digits[12])
}

/// Weights 2 4 8 5 10 9 7 3 6 modulo 11: ESGRAON.
pub(super) fn bg_egn(id: &Compact) -> Check {
    let Some(digits) = id.digits::<10>() else { return Check::No };
    let dated = is_day((digits[2] * 10 + digits[3]) % 20, digits[4] * 10 + digits[5]);
    Check::proven_or_shaped(dated, weighted(&digits, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == digits[9])
}

/// The tax number (nine digits, powers of two modulo 11) and the social security number (eleven, a birth date, Luhn).
pub(super) fn gr_afm(id: &Compact) -> Check {
    match (id.digits::<9>(), id.digits::<11>()) {
        (Some(digits), _) => {
            Check::proven_or_shaped(true, weighted(&digits, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == digits[8])
        }
        (_, Some(digits)) => Check::proven_or_shaped(
            is_day(digits[2] * 10 + digits[3], digits[0] * 10 + digits[1]),
            luhn(digits.into_iter()),
        ),
        _ => Check::No,
    }
}

/// ISO 7064 MOD 11,10: Porezna uprava.
pub(super) fn hr_oib(id: &Compact) -> Check {
    id.digits::<11>().map_or(Check::No, |digits| Check::proven_or_shaped(true, mod11_10(&digits)))
}

/// Day, month, year, region, serial; weights 7 6 5 4 3 2 twice modulo 11.
pub(super) fn si_emso(id: &Compact) -> Check {
    let Some(digits) = id.digits::<13>() else { return Check::No };
    let dated = is_day(digits[2] * 10 + digits[3], digits[0] * 10 + digits[1]);
    let check = (11 - weighted(&digits, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    Check::proven_or_shaped(dated, check == digits[12])
}

/// Eleven digits that hold a birth date: Estonia's and Lithuania's after the sex, Latvia's day first.
pub(super) fn baltic(id: &Compact) -> Check {
    let Some(digits) = id.digits::<11>() else { return Check::No };
    let dated = is_day(digits[3] * 10 + digits[4], digits[5] * 10 + digits[6])
        || is_day(digits[2] * 10 + digits[3], digits[0] * 10 + digits[1]);
    let first = weighted(&digits, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
    let second = weighted(&digits, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10;
    Check::proven_or_shaped(dated, digits[10] == if first < 10 { first } else { second })
}

/// Luhn over the last ten digits; a coordination number adds 60 to the day: Skatteverket SKV 704.
pub(super) fn se_personnummer(id: &Compact) -> Check {
    let from = match id.len() {
        10 => 0,
        12 => 2,
        _ => return Check::No,
    };
    if !id.is_numeric {
        return Check::No;
    }
    let digits: Vec<u32> = id.bytes()[from..].iter().map(|byte| u32::from(byte - b'0')).collect();
    let dated = is_day(digits[2] * 10 + digits[3], (digits[4] * 10 + digits[5]) % 60);
    Check::proven_or_shaped(dated, luhn(digits.into_iter()))
}

/// A birth date and four digits; since 2007 without a check: CPR-kontoret.
pub(super) fn dk_cpr(id: &Compact) -> Check {
    let Some(digits) = id.digits::<10>() else { return Check::No };
    let dated = is_day(digits[2] * 10 + digits[3], digits[0] * 10 + digits[1]);
    Check::proven_or_shaped(dated, id.is_grouped(&[6, 4]))
}

/// A birth date and two check digits modulo 11: Skatteetaten.
pub(super) fn no_fodselsnummer(id: &Compact) -> Check {
    let Some(digits) = id.digits::<11>() else { return Check::No };
    let dated = is_day((digits[2] * 10 + digits[3]) % 40, (digits[0] * 10 + digits[1]) % 40);
    let first = (11 - weighted(&digits, &[3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11) % 11;
    let second = (11 - weighted(&digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    Check::proven_or_shaped(dated, first == digits[9] && second == digits[10])
}

/// A birth date, a sign of the century, three digits, the rest modulo 31 as a character: Digi- ja väestötietovirasto.
pub(super) fn fi_hetu(id: &Compact) -> Check {
    // The sign is + or -, which the compact form leaves out, or a letter.
    let (date, serial) = match id.len() {
        10 => (0..6, 6..9),
        11 if id.bytes()[6].is_ascii_uppercase() => (0..6, 7..10),
        _ => return Check::No,
    };
    let (Some(date), Some(serial), Some(last)) = (id.number(date), id.number(serial), id.bytes().last()) else {
        return Check::No;
    };
    let place = usize::try_from((date * 1000 + serial) % 31).unwrap_or_default();
    Check::proven_if(b"0123456789ABCDEFHJKLMNPRSTUVWXY"[place] == *last)
}

/// Country code 80246 and more, as printed on the card: Decision S2 of the Administrative Commission.
pub(super) fn eu_health_card(id: &Compact) -> Check {
    Check::shaped_if(id.is_numeric && (matches!(id.len(), 10 | 15 | 20) || id.text().starts_with("80")))
}
