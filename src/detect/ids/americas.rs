//! Identifiers of the Americas. Each function names the source of its rule.

use super::check::{luhn, weighted};
use super::{Check, Compact};

/// Area 001 to 899 without 666, group and serial not zero: <https://www.ssa.gov/employer/randomization.html>.
pub(super) fn us_ssn(id: &Compact) -> Check {
    let Some(digits) = id.digits::<9>() else { return Check::No };
    let area = digits[0] * 100 + digits[1] * 10 + digits[2];
    let valid = area != 0 && area != 666 && area < 900 && (digits[3], digits[4]) != (0, 0) && digits[5..] != [0; 4];
    // Numbers that were printed on specimen cards and in advertisements.
    let specimen = matches!(id.text(), "078051120" | "219099999" | "123456789");
    match (valid && !specimen, id.is_grouped(&[3, 2, 4])) {
        (true, true) => Check::Proven,
        (true, false) if id.has_one_group() => Check::Shaped,
        _ => Check::No,
    }
}

/// Begins with 9; the fourth and fifth digits are 50 to 65, 70 to 88, 90 to 92 or 94 to 99: IRS Publication 1915.
pub(super) fn us_itin(id: &Compact) -> Check {
    let Some(digits) = id.digits::<9>() else { return Check::No };
    let group = digits[3] * 10 + digits[4];
    let valid = digits[0] == 9 && matches!(group, 50..=65 | 70..=88 | 90..=92 | 94..=99);
    if !valid {
        return Check::No;
    }
    if id.is_grouped(&[3, 2, 4]) { Check::Proven } else { Check::Shaped }
}

/// Two digits, a dash, seven: <https://www.irs.gov/businesses/small-businesses-self-employed/employer-id-numbers>.
pub(super) fn us_ein(id: &Compact) -> Check {
    match id.digits::<9>() {
        Some(_) if id.is_grouped(&[2, 7]) || id.has_one_group() => Check::Shaped,
        _ => Check::No,
    }
}

/// Luhn over the number with the prefix 80840: CMS, *NPI check digit*.
pub(super) fn us_npi(id: &Compact) -> Check {
    let Some(digits) = id.digits::<10>() else { return Check::No };
    let prefixed = [8, 0, 8, 4, 0].into_iter().chain(digits);
    Check::proven_if(matches!(digits[0], 1 | 2) && luhn(prefixed.collect::<Vec<_>>().into_iter()))
}

/// (1st + 3rd + 5th) + 2 x (2nd + 4th + 6th), last digit: DEA Diversion Control.
pub(super) fn us_dea(id: &Compact) -> Check {
    if !(id.is_like("AA9999999") || id.is_like("A99999999")) {
        return Check::No;
    }
    let digit = |at: usize| u32::from(id.bytes()[at].saturating_sub(b'0'));
    let sum = digit(2) + digit(4) + digit(6) + 2 * (digit(3) + digit(5) + digit(7));
    Check::proven_if(id.bytes()[1].is_ascii_uppercase() && sum % 10 == digit(8))
}

/// C A AN N A AN N A A N N without S, L, O, I, B, Z: CMS, *Understanding the Medicare Beneficiary Identifier*.
pub(super) fn us_mbi(id: &Compact) -> Check {
    let letter = |byte: u8| byte.is_ascii_uppercase() && !b"SLOIBZ".contains(&byte);
    let fits = |at: usize, byte: u8| match at {
        0 => (b'1'..=b'9').contains(&byte),
        1 | 4 | 7 | 8 => letter(byte),
        2 | 5 => letter(byte) || byte.is_ascii_digit(),
        _ => byte.is_ascii_digit(),
    };
    Check::proven_if(id.len() == 11 && id.bytes().iter().enumerate().all(|(at, byte)| fits(at, *byte)))
}

/// A social security number and a letter or two: the number before the MBI.
pub(super) fn us_hicn(id: &Compact) -> Check {
    Check::shaped_if(id.is_like("999999999A") || id.is_like("999999999A9") || id.is_like("999999999AA"))
}

/// Labeller, product and package: 4-4-2, 5-3-2, 5-4-1 or 5-4-2: 21 CFR 207.33.
pub(super) fn us_ndc(id: &Compact) -> Check {
    let grouped = [[4, 4, 2], [5, 3, 2], [5, 4, 1], [5, 4, 2]].iter().any(|groups| id.is_grouped(groups));
    Check::shaped_if(id.is_numeric && grouped)
}

/// Level II codes: a letter and four digits.
pub(super) fn us_hcpcs(id: &Compact) -> Check {
    Check::shaped_if(id.is_like("A9999") && id.has_one_group())
}

/// Luhn; no number begins with 0 or 8: <https://www.canada.ca/en/employment-social-development/services/sin.html>.
pub(super) fn ca_sin(id: &Compact) -> Check {
    let Some(digits) = id.digits::<9>() else { return Check::No };
    let grouped = id.has_one_group() || id.is_grouped(&[3, 3, 3]);
    Check::proven_or_shaped(grouped && digits[0] != 0 && digits[0] != 8, luhn(digits.into_iter()))
}

/// Provincial health numbers: nine to twelve digits, Ontario's with a version of two letters, Quebec's with four letters.
pub(super) fn ca_health(id: &Compact) -> Check {
    let ontario = id.is_like("9999999999AA") || id.is_like("9999999999");
    Check::shaped_if(ontario || id.is_like("AAAA99999999") || id.is_like("999999999"))
}

pub(super) fn ca_permanent_residence(id: &Compact) -> Check {
    Check::shaped_if(id.is_like("AA9999999") || id.is_like("AA99999999") || id.is_like("AA9999999999"))
}

/// Two check digits modulo 11: Receita Federal, Instrução Normativa 1548.
pub(super) fn br_cpf(id: &Compact) -> Check {
    let Some(digits) = id.digits::<11>() else { return Check::No };
    let digit = |count: u32| {
        let sum: u32 = digits.iter().zip((2..=count + 1).rev()).map(|(digit, weight)| digit * weight).sum();
        sum * 10 % 11 % 10
    };
    let valid = digit(9) == digits[9] && digit(10) == digits[10];
    Check::proven_or_shaped(id.has_one_group() || id.is_grouped(&[3, 3, 3, 2]), valid)
}

/// Two check digits modulo 11 with weights 2 to 9 in turn: Receita Federal.
pub(super) fn br_cnpj(id: &Compact) -> Check {
    let Some(digits) = id.digits::<14>() else { return Check::No };
    let digit = |count: usize| {
        let sum: u32 = digits[..count].iter().rev().zip((2..=9).cycle()).map(|(digit, weight)| digit * weight).sum();
        (11 - sum % 11) % 11 % 10
    };
    Check::proven_or_shaped(
        id.has_one_group() || id.is_grouped(&[2, 3, 3, 4, 2]),
        digit(12) == digits[12] && digit(13) == digits[13],
    )
}

/// São Paulo's form; other states have their own.
pub(super) fn br_rg(id: &Compact) -> Check {
    Check::shaped_if(
        matches!(id.len(), 7..=10) && id.bytes().iter().filter(|byte| byte.is_ascii_digit()).count() + 2 >= id.len(),
    )
}

/// Four letters, a date, sex, state, three consonants, two more: Renapo, *Instructivo normativo CURP*.
pub(super) fn mx_curp(id: &Compact) -> Check {
    let bytes = id.bytes();
    let form = id.is_like("AAAA999999AAAAAA*9") && matches!(bytes.get(10), Some(b'H' | b'M' | b'X'));
    if !form {
        return Check::No;
    }
    // Ñ stands between N and O.
    let value = |byte: u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'N' => u32::from(byte - b'A') + 10,
        _ => u32::from(byte - b'A') + 11,
    };
    let sum: u32 = bytes[..17].iter().zip((2..=18).rev()).map(|(byte, weight)| value(*byte) * weight).sum();
    Check::proven_or_shaped(true, (10 - sum % 10) % 10 == u32::from(bytes[17] - b'0'))
}

/// Three or four letters, a date, three characters: SAT.
pub(super) fn mx_rfc(id: &Compact) -> Check {
    Check::proven_if(id.is_like("AAAA999999***") || id.is_like("AAA999999***"))
}

pub(super) fn ar_dni(id: &Compact) -> Check {
    Check::shaped_if(id.is_numeric && matches!(id.len(), 7 | 8))
}

/// Modulo 11, weights 5432765432: AFIP.
pub(super) fn ar_cuit(id: &Compact) -> Check {
    let Some(digits) = id.digits::<11>() else { return Check::No };
    let check = (11 - weighted(&digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    Check::proven_or_shaped(matches!(digits[0], 2 | 3), check == digits[10])
}

/// Transport cards begin with 6061.
pub(super) fn ar_sube(id: &Compact) -> Check {
    Check::shaped_if(id.is_numeric && id.len() == 16 && id.text().starts_with("6061"))
}

/// Modulo 11 with K for ten: Servicio de Registro Civil.
pub(super) fn cl_rut(id: &Compact) -> Check {
    let Some((check, body)) = id.bytes().split_last() else { return Check::No };
    if !matches!(body.len(), 7 | 8) || !body.iter().all(u8::is_ascii_digit) {
        return Check::No;
    }
    let sum: u32 = body.iter().rev().zip((2..=7).cycle()).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
    let wanted = match 11 - sum % 11 {
        11 => b'0',
        10 => b'K',
        digit => b'0' + u8::try_from(digit).unwrap_or(0),
    };
    Check::proven_or_shaped(true, *check == wanted)
}

pub(super) fn co_cedula(id: &Compact) -> Check {
    Check::shaped_if(id.is_numeric && matches!(id.len(), 6..=10))
}

/// Modulo 11 with primes from the right: DIAN, Orden Administrativa 4 of 1989.
pub(super) fn co_nit(id: &Compact) -> Check {
    let Some(digits) = id.digits::<10>() else { return Check::shaped_if(id.is_numeric && id.len() == 9) };
    let sum = weighted(&digits, &[41, 37, 29, 23, 19, 17, 13, 7, 3]) % 11;
    let check = if sum < 2 { sum } else { 11 - sum };
    Check::proven_or_shaped(true, check == digits[9])
}
