//! Identifiers of Asia, Oceania and Africa. Each function names the source of its rule.

use super::check::{is_day, luhn, verhoeff, weighted};
use super::{Check, Compact};

/// Verhoeff; the first digit is 2 to 9: UIDAI, *A UID Numbering Scheme*.
pub(super) fn in_aadhaar(id: &Compact) -> Check {
    let Some(digits) = id.digits::<12>() else { return Check::No };
    let grouped = id.has_one_group() || id.is_grouped(&[4, 4, 4]);
    Check::proven_or_shaped(grouped && digits[0] > 1, verhoeff(&digits))
}

/// Five letters, the fourth of which is the kind of holder, four digits, a letter: Income Tax Department.
pub(super) fn in_pan(id: &Compact) -> Check {
    let holder = id.bytes().get(3).is_some_and(|byte| b"ABCFGHJLPTK".contains(byte));
    Check::proven_if(id.is_like("AAAAA9999A") && holder)
}

pub(super) fn in_voter(id: &Compact) -> Check {
    Check::shaped_if(id.is_like("AAA9999999"))
}

/// State, PAN, entity, Z, check: Central Board of Indirect Taxes.
pub(super) fn in_gstin(id: &Compact) -> Check {
    Check::proven_if(id.is_like("99AAAAA9999A*Z*"))
}

/// Weights 1 4 3 7 5 8 6 9 10 modulo 11: Australian Taxation Office.
pub(super) fn au_tfn(id: &Compact) -> Check {
    let grouped = id.has_one_group() || id.is_grouped(&[3, 3, 3]);
    match (id.digits::<9>(), id.digits::<8>()) {
        (Some(digits), _) => {
            Check::proven_or_shaped(grouped, weighted(&digits, &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11))
        }
        (_, Some(digits)) => Check::proven_if(weighted(&digits, &[10, 7, 8, 4, 6, 3, 5, 1]).is_multiple_of(11)),
        _ => Check::No,
    }
}

/// One taken from the first digit, weights 10 1 3 5 7 9 11 13 15 17 19 modulo 89: Australian Business Register.
pub(super) fn au_abn(id: &Compact) -> Check {
    let Some(mut digits) = id.digits::<11>() else { return Check::No };
    if digits[0] == 0 {
        return Check::No;
    }
    digits[0] -= 1;
    Check::proven_if(weighted(&digits, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]).is_multiple_of(89))
}

/// Begins with 2 to 6; the ninth digit checks the first eight, weights 1 3 7 9: Services Australia.
pub(super) fn au_medicare(id: &Compact) -> Check {
    let head = id.bytes().get(..9).unwrap_or_default();
    if !id.is_numeric || !matches!(id.len(), 10 | 11) || !matches!(head[0], b'2'..=b'6') {
        return Check::No;
    }
    let digits: Vec<u32> = head.iter().map(|byte| u32::from(byte - b'0')).collect();
    Check::proven_or_shaped(true, weighted(&digits[..8], &[1, 3, 7, 9, 1, 3, 7, 9]) % 10 == digits[8])
}

pub(super) fn nz_ird(id: &Compact) -> Check {
    Check::shaped_if(id.is_numeric && matches!(id.len(), 8 | 9))
}

/// S, T, F, G or M, seven digits, a letter of the weighted sum: Immigration and Checkpoints Authority.
pub(super) fn sg_nric(id: &Compact) -> Check {
    if !id.is_like("A9999999A") {
        return Check::No;
    }
    let bytes = id.bytes();
    let digits: Vec<u32> = bytes[1..8].iter().map(|byte| u32::from(byte - b'0')).collect();
    let sum = weighted(&digits, &[2, 7, 6, 5, 4, 3, 2]);
    let (letters, offset): (&[u8; 11], u32) = match bytes[0] {
        b'S' => (b"JZIHGFEDCBA", 0),
        b'T' => (b"JZIHGFEDCBA", 4),
        b'F' => (b"XWUTRQPNMLK", 0),
        b'G' => (b"XWUTRQPNMLK", 4),
        b'M' => (b"XWUTRQPNJLK", 3),
        _ => return Check::No,
    };
    Check::proven_or_shaped(true, letters[((sum + offset) % 11) as usize] == bytes[8])
}

/// Weights 6 5 4 3 2 7 6 5 4 3 2, modulo 11: ordinance 85 of 2014 of the Ministry of Internal Affairs.
pub(super) fn jp_my_number(id: &Compact) -> Check {
    let Some(digits) = id.digits::<12>() else { return Check::No };
    let rest = weighted(&digits, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    let check = if rest < 2 { 0 } else { 11 - rest };
    Check::proven_or_shaped(id.has_one_group() || id.is_grouped(&[4, 4, 4]), check == digits[11])
}

/// A birth date, a digit of sex and century, six more; since 2020 without a check: Resident Registration Act.
pub(super) fn kr_rrn(id: &Compact) -> Check {
    let Some(digits) = id.digits::<13>() else { return Check::No };
    let dated = is_day(digits[2] * 10 + digits[3], digits[4] * 10 + digits[5]) && digits[6] <= 8;
    if !dated {
        return Check::No;
    }
    let check = (11 - weighted(&digits, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11) % 10;
    Check::proven_or_shaped(true, check == digits[12] || id.is_grouped(&[6, 7]))
}

/// Region, birth date, sequence, a check modulo 11-2: GB 11643-1999.
pub(super) fn cn_resident(id: &Compact) -> Check {
    if !id.is_like("99999999999999999*") {
        return Check::No;
    }
    let bytes = id.bytes();
    let digits: Vec<u32> = bytes[..17].iter().map(|byte| u32::from(byte - b'0')).collect();
    let dated = is_day(digits[10] * 10 + digits[11], digits[12] * 10 + digits[13]) && matches!(bytes[6], b'1' | b'2');
    let sum = weighted(&digits, &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11;
    Check::proven_or_shaped(dated, b"10X98765432"[sum as usize] == bytes[17])
}

/// A letter of the county as two digits, weights 1 9 8 7 6 5 4 3 2 1 1: Department of Household Registration.
pub(super) fn tw_id(id: &Compact) -> Check {
    if !id.is_like("A999999999") || !matches!(id.bytes()[1], b'1' | b'2' | b'8' | b'9') {
        return Check::No;
    }
    let counties = b"ABCDEFGHJKLMNPQRSTUVXYWZIO";
    let place = counties.iter().position(|letter| *letter == id.bytes()[0]).unwrap_or_default();
    let county = u32::try_from(place).unwrap_or_default() + 10;
    let digits: Vec<u32> = id.bytes()[1..].iter().map(|byte| u32::from(byte - b'0')).collect();
    let sum = county / 10 + county % 10 * 9 + weighted(&digits, &[8, 7, 6, 5, 4, 3, 2, 1, 1]);
    Check::proven_or_shaped(true, sum.is_multiple_of(10))
}

/// One or two letters, six digits, a check in brackets.
pub(super) fn hk_id(id: &Compact) -> Check {
    Check::shaped_if(id.is_like("A999999*") || id.is_like("AA999999*"))
}

/// A birth date, a place, four digits: Jabatan Pendaftaran Negara.
pub(super) fn my_nric(id: &Compact) -> Check {
    let Some(digits) = id.digits::<12>() else { return Check::No };
    let dated = is_day(digits[2] * 10 + digits[3], digits[4] * 10 + digits[5]);
    match dated && (id.has_one_group() || id.is_grouped(&[6, 2, 4])) {
        true if id.is_grouped(&[6, 2, 4]) => Check::Proven,
        true => Check::Shaped,
        false => Check::No,
    }
}

/// Weights 13 to 2 modulo 11: Department of Provincial Administration.
pub(super) fn th_id(id: &Compact) -> Check {
    let Some(digits) = id.digits::<13>() else { return Check::No };
    let sum: u32 = digits.iter().zip((2..=13).rev()).map(|(digit, weight)| digit * weight).sum();
    Check::proven_or_shaped(digits[0] > 0, (11 - sum % 11) % 10 == digits[12])
}

/// Region, birth date (40 added to a woman's day), sequence: Dukcapil.
pub(super) fn id_nik(id: &Compact) -> Check {
    let Some(digits) = id.digits::<16>() else { return Check::No };
    let day = digits[6] * 10 + digits[7];
    Check::shaped_if(is_day(digits[8] * 10 + digits[9], if day > 40 { day - 40 } else { day }))
}

/// Two check digits over the odd and even places: Nüfus ve Vatandaşlık İşleri.
pub(super) fn tr_tckn(id: &Compact) -> Check {
    let Some(digits) = id.digits::<11>() else { return Check::No };
    let odd: u32 = digits[..9].iter().step_by(2).sum();
    let even: u32 = digits[1..8].iter().step_by(2).sum();
    let tenth = (odd * 7 + 100 - even) % 10;
    let last = digits[..10].iter().sum::<u32>() % 10;
    Check::proven_or_shaped(digits[0] > 0 && id.has_one_group(), tenth == digits[9] && last == digits[10])
}

/// Luhn over nine digits: Population and Immigration Authority.
pub(super) fn il_id(id: &Compact) -> Check {
    let Some(digits) = id.digits::<9>() else { return Check::No };
    Check::proven_or_shaped(id.has_one_group(), luhn(digits.into_iter()))
}

/// A birth date, Luhn: Department of Home Affairs.
pub(super) fn za_id(id: &Compact) -> Check {
    let Some(digits) = id.digits::<13>() else { return Check::No };
    let dated = is_day(digits[2] * 10 + digits[3], digits[4] * 10 + digits[5]);
    Check::proven_or_shaped(dated, luhn(digits.into_iter()))
}
