//! What a field would hold, by its name alone.

use super::concept::{Concept, Shield};
use super::confidence;
use super::key::{Sense, Standing};
use super::kind::Kind;
use super::kinds::{
    ADDRESS, AWS_ACCESS_KEY_ID, AWS_PRESIGNED_URL, AWS_SECRET_KEY, BANK_ACCOUNT, CARD_CVV, CONNECTION_STRING,
    CREDIT_CARD, CRYPTO_WALLET, DATE_OF_BIRTH, DRIVER_LICENSE, EMAIL, GENERIC_SECRET, HEALTH_INSURANCE_ID, IBAN,
    LATITUDE_LONGITUDE, LICENSE_PLATE, MEDICAL_RECORD_NUMBER, NATIONAL_ID, PASSPORT, PERSON_NAME, PHONE, PRIVATE_KEY,
    SLACK_WEBHOOK, TAX_ID, US_ROUTING_NUMBER, VIN,
};
use super::words;

/// What a name says of the value under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// A value of this type in clear, and how plainly the name says so, in hundredths.
    Sensitive(&'static Kind, u8),
    /// Something that stands for such a value: `emailHash`, `phoneToken`, `ssnId`.
    Shielded(Shield),
}

/// What a field holds by its name, the last of `path`, and by those above it where it says too little itself: `customer` and
/// `name`. `None` where the name says nothing, or denies it: `emailCount`.
pub fn field_kind(path: &[&str]) -> Option<Named> {
    let (name, above) = path.split_last()?;
    let name = words::split(name);
    // hasPhone, is_email
    if name.len() > 1 && matches!(name[0].as_str(), "has" | "is" | "can" | "needs" | "should" | "was") {
        return None;
    }
    let own = Sense::of_words(&name);
    let ambiguous = own.concept.is_some_and(Concept::is_ambiguous);
    let sense = match above.last() {
        Some(above) if ambiguous => Sense::of_pair(&words::split(above), &name),
        _ => own,
    };
    if let (Some(_), Standing::Shielded(shield)) = (sense.concept, sense.standing) {
        return Some(Named::Shielded(shield));
    }
    let concept = sense.says()?;
    let sure = if sense.has_unknown { confidence::WEAK } else { confidence::KEY };
    kind_of(concept).map(|kind| Named::Sensitive(kind, sure))
}

/// The type of what a name says plainly; `None` for words that are as often something else.
fn kind_of(concept: Concept) -> Option<&'static Kind> {
    Some(match concept {
        Concept::FirstName | Concept::LastName | Concept::FullName => PERSON_NAME,
        Concept::DateOfBirth => DATE_OF_BIRTH,
        Concept::Email => EMAIL,
        Concept::Phone => PHONE,
        Concept::Street => ADDRESS,
        Concept::Coordinates => LATITUDE_LONGITUDE,
        Concept::Vin => VIN,
        Concept::Plate => LICENSE_PLATE,
        Concept::Card => CREDIT_CARD,
        Concept::CardCheck => CARD_CVV,
        Concept::Iban => IBAN,
        Concept::BankAccount => BANK_ACCOUNT,
        Concept::RoutingNumber => US_ROUTING_NUMBER,
        Concept::Wallet => CRYPTO_WALLET,
        Concept::Id(kind) => kind,
        Concept::NationalId => NATIONAL_ID,
        Concept::TaxId => TAX_ID,
        Concept::Passport => PASSPORT,
        Concept::DriverLicense => DRIVER_LICENSE,
        Concept::MedicalRecord => MEDICAL_RECORD_NUMBER,
        Concept::HealthInsurance => HEALTH_INSURANCE_ID,
        Concept::Password | Concept::SecurityAnswer | Concept::Secret | Concept::Credential => GENERIC_SECRET,
        Concept::Connection => CONNECTION_STRING,
        Concept::PrivateKey => PRIVATE_KEY,
        Concept::AwsAccessKeyId => AWS_ACCESS_KEY_ID,
        Concept::AwsSecret => AWS_SECRET_KEY,
        Concept::SignedUrl => AWS_PRESIGNED_URL,
        Concept::Webhook => SLACK_WEBHOOK,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Named, field_kind};

    #[test]
    fn names_say_what_fields_hold() {
        for (path, expected) in [
            (&["phoneNumber"][..], Some("PHONE")),
            (&["customer", "ssn"], Some("US_SSN")),
            (&["customer", "name"], Some("PERSON_NAME")),
            (&["contact", "e-mail"], Some("EMAIL")),
            (&["dbPassword"], Some("GENERIC_SECRET")),
            (&["iban"], Some("IBAN")),
            (&["cardNumber"], Some("CREDIT_CARD")),
            (&["dateOfBirth"], Some("DATE_OF_BIRTH")),
            (&["product", "name"], None),
            (&["emailCount"], None),
            (&["orderId"], None),
            (&["nextToken"], None),
            (&["status"], None),
            (&["bucketName"], None),
            (&["hasPhone"], None),
        ] {
            let found = match field_kind(path) {
                Some(Named::Sensitive(kind, _)) => Some(kind.id),
                _ => None,
            };
            assert_eq!(found, expected, "{path:?}");
        }
    }

    #[test]
    fn what_stands_for_a_value_is_none() {
        for path in [["phoneToken"], ["emailHash"], ["encryptedSsn"], ["ssnEncrypted"], ["maskedCardNumber"]] {
            assert!(matches!(field_kind(&path), Some(Named::Shielded(_))), "{path:?}: {:?}", field_kind(&path));
        }
        for path in [["sensitiveInputId"], ["secretArn"], ["passwordId"]] {
            assert!(!matches!(field_kind(&path), Some(Named::Sensitive(..))), "{path:?}: {:?}", field_kind(&path));
        }
    }
}
