//! Concept and value to a type: what the key says, held against what the value is.

use super::concept::Concept;
use super::confidence;
use super::ids::{self, Check, Compact};
use super::key::Sense;
use super::kind::Kind;
use super::kinds::{
    ADDRESS, AWS_ACCESS_KEY_ID, AWS_SECRET_KEY, AWS_SESSION_TOKEN, BANK_ACCOUNT, CARD_CVV, CARD_EXPIRATION,
    CONNECTION_STRING, CREDIT_CARD, CRYPTO_WALLET, DATE_OF_BIRTH, DRIVER_LICENSE, GENERIC_SECRET, HEALTH_INSURANCE_ID,
    IBAN, IMEI, IN_PAN, IP_ADDRESS, LATITUDE_LONGITUDE, LICENSE_PLATE, MAC_ADDRESS, MEDICAL_RECORD_NUMBER, NATIONAL_ID,
    PASSPORT, PERSON_NAME, PHONE, POSTCODE, TAX_ID, US_ROUTING_NUMBER, US_SSN, VIN,
};
use super::shape::{self, Shape, has};
use super::value;

/// A type and how sure, in hundredths.
pub(super) type Verdict = (&'static Kind, u8);

/// What `text` is where its key says `concept`. `personal` says that a person is spoken of beside it. What shields the value
/// has been ruled out.
pub(super) fn judge(concept: Concept, text: &str, shape: Shape, personal: bool) -> Option<Verdict> {
    if concept.is_secret() {
        return judge_secret(concept, text, shape);
    }
    judge_text(concept, text, personal).or_else(|| judge_number(concept, text, shape, personal))
}

/// Names, places and dates.
fn judge_text(concept: Concept, text: &str, personal: bool) -> Option<Verdict> {
    let (fits, kind, sure) = match concept {
        Concept::FirstName | Concept::LastName => (value::is_name_part(text), PERSON_NAME, confidence::KEY),
        Concept::FullName => (value::is_full_name(text, 1), PERSON_NAME, confidence::KEY),
        Concept::NamePart => (personal && value::is_name_part(text), PERSON_NAME, confidence::CONTEXT),
        Concept::Name => (personal && value::is_full_name(text, 2), PERSON_NAME, confidence::CONTEXT),
        Concept::DateOfBirth => (value::is_birth_date(text), DATE_OF_BIRTH, confidence::SHAPE),
        Concept::Street => (value::is_street(text), ADDRESS, confidence::KEY),
        Concept::Address => (value::is_address(text), ADDRESS, confidence::KEY),
        Concept::City => (value::is_city(text), ADDRESS, confidence::WEAK),
        Concept::Postcode => (value::is_postcode(text), POSTCODE, confidence::CONTEXT),
        Concept::Ip => (value::is_public_ip(text), IP_ADDRESS, confidence::SHAPE),
        Concept::Mac => (value::is_mac(text), MAC_ADDRESS, confidence::CONTEXT),
        Concept::Vin => (value::is_vin(text), VIN, confidence::SHAPE),
        Concept::CardExpiry => (value::is_expiry(text), CARD_EXPIRATION, confidence::WEAK),
        Concept::Coordinates => (is_coordinates(text), LATITUDE_LONGITUDE, confidence::CONTEXT),
        Concept::Wallet => (is_wallet(text), CRYPTO_WALLET, confidence::SHAPE),
        _ => return None,
    };
    fits.then_some((kind, sure))
}

/// Numbers and codes.
fn judge_number(concept: Concept, text: &str, shape: Shape, personal: bool) -> Option<Verdict> {
    if matches!(concept, Concept::Phone | Concept::Email) {
        return value::is_phone(text).then_some((PHONE, confidence::SHAPE));
    }
    if let Concept::Latitude | Concept::Longitude = concept {
        let limit = if concept == Concept::Latitude { 90.0 } else { 180.0 };
        let degrees =
            text.parse::<f64>().is_ok_and(|degrees| degrees.abs() <= limit && degrees != 0.0 && text.contains('.'));
        return degrees.then_some((LATITUDE_LONGITUDE, confidence::CONTEXT));
    }
    let id = Compact::of(text)?;
    if let Some(verdict) = judge_money(concept, &id) {
        return Some(verdict);
    }
    let coded = is_code(&id, shape);
    match concept {
        Concept::Id(kind) => judge_id(kind, &id),
        Concept::NationalId | Concept::TaxId => {
            let kind = if concept == Concept::TaxId { TAX_ID } else { NATIONAL_ID };
            guess(&id).map(|kind| (kind, confidence::SHAPE)).or_else(|| coded.then_some((kind, confidence::CONTEXT)))
        }
        Concept::DocNumber => guess(&id).map(|kind| (kind, confidence::CONTEXT)).or_else(|| {
            (personal && coded && !id.is_like("AAA9999999999")).then_some((NATIONAL_ID, confidence::DOUBT))
        }),
        Concept::Passport => is_passport(&id).then_some((PASSPORT, confidence::KEY)),
        Concept::DriverLicense => (coded && (5..=20).contains(&id.len())).then_some((DRIVER_LICENSE, confidence::KEY)),
        Concept::MedicalRecord => (coded && id.len() >= 5).then_some((MEDICAL_RECORD_NUMBER, confidence::KEY)),
        Concept::HealthInsurance => (coded && id.len() >= 6).then_some((HEALTH_INSURANCE_ID, confidence::KEY)),
        Concept::Plate => {
            ((4..=9).contains(&id.len()) && is_plate(text)).then_some((LICENSE_PLATE, confidence::CONTEXT))
        }
        Concept::Imei => (id.is_numeric && matches!(id.len(), 14..=16)).then_some((IMEI, confidence::SHAPE)),
        _ => None,
    }
}

/// Capitals and digits: `KD72 QQL`.
fn is_plate(value: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b' ' | b'-');
    let some = |kind: fn(&u8) -> bool| value.bytes().any(|byte| kind(&byte));
    value.bytes().all(fits) && some(u8::is_ascii_digit) && some(u8::is_ascii_uppercase)
}

fn judge_money(concept: Concept, id: &Compact) -> Option<Verdict> {
    match concept {
        Concept::Card | Concept::BankAccount | Concept::Iban if value::is_iban(id) => Some((IBAN, confidence::PROVEN)),
        Concept::Card | Concept::BankAccount | Concept::Iban if value::is_card(id) => {
            Some((CREDIT_CARD, confidence::CHECKED))
        }
        // The same three letters are India's Permanent Account Number.
        Concept::Card if ids::check(IN_PAN, id) == Check::Proven => Some((IN_PAN, confidence::CHECKED)),
        // The digits are a card's; its check digit is wrong.
        Concept::Card => {
            (id.is_numeric && matches!(id.len(), 15 | 16) && value::is_issued(id.text()) && !is_zeroed(id))
                .then_some((CREDIT_CARD, confidence::WEAK))
        }
        Concept::BankAccount | Concept::Iban => (id.is_numeric && (6..=18).contains(&id.len()) && !is_zeroed(id))
            .then_some((BANK_ACCOUNT, confidence::CONTEXT)),
        Concept::RoutingNumber => is_routing(id).then_some((US_ROUTING_NUMBER, confidence::CHECKED)),
        Concept::SortCode => (id.is_grouped(&[2, 2, 2]) && id.is_numeric).then_some((BANK_ACCOUNT, confidence::WEAK)),
        Concept::CardCheck => {
            (id.is_numeric && matches!(id.len(), 3 | 4) && id.has_one_group()).then_some((CARD_CVV, confidence::KEY))
        }
        _ => None,
    }
}

fn judge_id(kind: &'static Kind, id: &Compact) -> Option<Verdict> {
    match ids::check(kind, id) {
        Check::Proven => Some((kind, confidence::CHECKED)),
        Check::Shaped => {
            Some((kind, if id.is_numeric && id.len() < 5 { confidence::WEAK } else { confidence::CONTEXT }))
        }
        // The key names the employer of the number too generally: another state's number may stand there.
        Check::No => guess(id).map(|kind| (kind, confidence::CONTEXT)),
    }
}

/// Where the key says only that there is an identifier. Nine digits that fit nothing else are what they mostly are.
fn guess(id: &Compact) -> Option<&'static Kind> {
    let nine = || (ids::check(US_SSN, id) == Check::Shaped).then_some(US_SSN);
    ids::guess(id).or_else(nine)
}

fn is_zeroed(id: &Compact) -> bool {
    id.bytes().iter().all(|byte| *byte == id.bytes()[0])
}

/// Digits, perhaps letters: a number that somebody issued.
fn is_code(id: &Compact, shape: Shape) -> bool {
    let digits = id.bytes().iter().filter(|byte| byte.is_ascii_digit()).count();
    let date = shape.digits == 8 && id.is_grouped(&[4, 2, 2]);
    digits >= 3
        && digits * 3 >= id.len()
        && (5..=24).contains(&id.len())
        && !is_zeroed(id)
        && !date
        && !shape.has(has::PLUS)
}

/// Six to ten letters and digits; ICAO Doc 9303 has nine places for them.
fn is_passport(id: &Compact) -> bool {
    let digits = id.bytes().iter().filter(|byte| byte.is_ascii_digit()).count();
    (6..=12).contains(&id.len()) && digits >= 1 && !is_zeroed(id) && !id.is_grouped(&[4, 2, 2])
}

/// Weights 3 7 1: American Bankers Association.
fn is_routing(id: &Compact) -> bool {
    id.digits::<9>().is_some_and(|digits| {
        let sum: u32 = digits.iter().zip([3, 7, 1].iter().cycle()).map(|(digit, weight)| digit * weight).sum();
        sum.is_multiple_of(10) && matches!(digits[0] * 10 + digits[1], 1..=12 | 21..=32 | 61..=72 | 80)
    })
}

fn is_coordinates(text: &str) -> bool {
    let text = text.trim_start_matches("geo:").trim_matches(['(', ')', '[', ']', ' ']);
    let degrees = |text: &str| text.trim().parse::<f64>().ok().filter(|_| text.contains('.'));
    text.split_once([',', ';']).is_some_and(|(lat, lon)| {
        degrees(lat).is_some_and(|lat| lat.abs() <= 90.0) && degrees(lon).is_some_and(|lon| lon.abs() <= 180.0)
    })
}

/// Ethereum's hex, Bitcoin's base 58 and bech32.
fn is_wallet(text: &str) -> bool {
    let alphanumeric = text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let hex = text.len() == 42 && text.starts_with("0x") && text[2..].bytes().all(|byte| byte.is_ascii_hexdigit());
    let base58 = (26..=35).contains(&text.len()) && text.starts_with(['1', '3', 'L', 'r', 'T']);
    hex || (alphanumeric && (base58 || (text.starts_with("bc1") && (40..=64).contains(&text.len()))))
}

fn judge_secret(concept: Concept, text: &str, shape: Shape) -> Option<Verdict> {
    let bare = text.trim();
    let generic = |fits: bool, sure: u8| fits.then_some((GENERIC_SECRET, sure));
    match concept {
        Concept::Password => generic(value::is_password(bare, shape), confidence::SECRET),
        Concept::PassWord => generic(value::is_strict_password(bare, shape), confidence::CONTEXT),
        Concept::Pin => generic(shape.is_only(has::DIGIT) && matches!(bare.len(), 4..=8), confidence::CONTEXT),
        Concept::Otp => generic(is_code_word(bare, shape), confidence::CONTEXT),
        Concept::SecurityAnswer => {
            generic((2..=64).contains(&bare.len()) && !shape::is_uuid(bare), confidence::CONTEXT)
        }
        Concept::AwsSecret if is_aws_secret(bare) => Some((AWS_SECRET_KEY, confidence::CHECKED)),
        Concept::AwsSecret | Concept::Secret => generic(is_secret(bare, shape), confidence::SECRET),
        Concept::AwsAccessKeyId => (bare.len() == 20
            && bare.starts_with('A')
            && !bare.ends_with("EXAMPLE")
            && shape.is_only(has::DIGIT | has::HEX_UPPER | has::UPPER))
        .then_some((AWS_ACCESS_KEY_ID, confidence::CHECKED)),
        Concept::Token => {
            generic(value::is_opaque(bare, shape) && bare.len() >= 16 && !shape::is_uuid(bare), confidence::CONTEXT)
        }
        Concept::Session if bare.len() > 100 && shape.is_opaque() => Some((AWS_SESSION_TOKEN, confidence::CONTEXT)),
        Concept::KeyWord | Concept::Credential | Concept::Session => {
            let path = shape.has(has::SLASH | has::DOT | has::COLON | has::TEMPLATE) && concept == Concept::KeyWord;
            generic(!path && value::is_random(bare, shape), confidence::DOUBT)
        }
        Concept::Auth => judge_authorization(bare),
        Concept::PrivateKey => generic(shape.is_opaque() && bare.len() >= 40, confidence::SECRET),
        Concept::Connection => is_connection_string(bare).then_some((CONNECTION_STRING, confidence::CHECKED)),
        _ => None,
    }
}

fn is_secret(text: &str, shape: Shape) -> bool {
    value::is_opaque(text, shape) || (value::is_strict_password(text, shape) && !shape.has(has::COLON | has::SLASH))
}

fn is_code_word(text: &str, shape: Shape) -> bool {
    let code = shape.is_only(has::DIGIT) && matches!(text.len(), 4..=8);
    code || value::is_opaque(text, shape)
}

/// Forty characters of base 64.
fn is_aws_secret(text: &str) -> bool {
    text.len() == 40
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+'))
        && !text.ends_with("EXAMPLEKEY")
}

/// `value` is an AWS secret access key by its shape, where its key says so.
pub(super) fn is_aws_secret_under(key: &str, value: &str) -> bool {
    value.len() == 40 && is_aws_secret(value) && Sense::of(key).says() == Some(Concept::AwsSecret)
}

/// A scheme and its credentials, or the credentials alone.
fn judge_authorization(text: &str) -> Option<Verdict> {
    const SCHEMES: [&str; 8] = ["bearer", "basic", "token", "apikey", "digest", "negotiate", "splunk", "key"];
    let (scheme, credentials) = text.split_once(' ').unwrap_or(("", text));
    let known = scheme.is_empty() || SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme));
    let shape = Shape::of(credentials);
    let shielded = super::shield::of(credentials, shape).is_some();
    (known && !shielded && value::is_opaque(credentials.trim(), shape)).then_some((GENERIC_SECRET, confidence::SECRET))
}

/// `Server=…;User Id=…;Password=…`.
pub(super) fn is_connection_string(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let pair = |names: &[&str]| {
        lower.split([';', ' ', '&', '?']).filter_map(|pair| pair.split_once('=')).any(|(name, value)| {
            let shield = super::shield::of(value, Shape::of(value));
            names.contains(&name.trim()) && !value.is_empty() && shield.is_none()
        })
    };
    text.len() < 4096
        && pair(&["password", "pwd", "accountkey", "sharedaccesskey", "sharedaccesssignature", "sharedsecretvalue"])
        && pair(&[
            "server",
            "host",
            "hostname",
            "data source",
            "datasource",
            "address",
            "addr",
            "accountname",
            "endpoint",
            "driver",
            "source",
            "dbname",
            "dsn",
            "defaultendpointsprotocol",
        ])
}

#[cfg(test)]
mod tests {
    use super::{Concept, Shape, judge};

    #[test]
    fn a_key_and_a_value_agree_or_there_is_nothing() {
        for (concept, text, kind) in [
            (Concept::FirstName, "Jane", Some("PERSON_NAME")),
            (Concept::FirstName, "ProcessOrder", None),
            (Concept::Phone, "020 7946 0958", Some("PHONE")),
            (Concept::Card, "4539 1488 0343 6467", Some("CREDIT_CARD")),
            (Concept::BankAccount, "12345678", Some("BANK_ACCOUNT")),
            (Concept::RoutingNumber, "021000021", Some("US_ROUTING_NUMBER")),
            (Concept::NationalId, "RSSMRA85T10A562S", Some("IT_CODICE_FISCALE")),
            (Concept::Auth, "Basic c3ZjOmh1bnRlcjI0Mg==", Some("GENERIC_SECRET")),
            (Concept::Auth, "Bearer", None),
            (Concept::Password, "hunter2", Some("GENERIC_SECRET")),
            (Concept::Coordinates, "52.5200,13.4050", Some("LATITUDE_LONGITUDE")),
            (Concept::Connection, "Server=db,1433;User Id=app;Password=a1B2c3;", Some("CONNECTION_STRING")),
        ] {
            let verdict = judge(concept, text, Shape::of(text), false);
            assert_eq!(verdict.map(|(kind, _)| kind.id), kind, "{concept:?} {text}");
        }
    }
}
