use crate::detect::Kind;
use crate::types::Data;

/// What harm a type does where others read it. Ordered from the least to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Harm {
    /// Leads to a person by way of something else: an address of a network, a vehicle, a company's number.
    Indirect,
    /// Says who somebody is or how to reach them.
    Personal,
    /// A number that a state or an authority gave a person.
    Identity,
    Financial,
    Health,
    /// Opens something.
    Secret,
}

/// Types that lead to a person only with something else, or to a company: the public registers of companies and of health
/// care providers, catalogues of drugs and procedures.
const INDIRECT: [&str; 16] = [
    "AU_ABN",
    "BR_CNPJ",
    "CO_NIT",
    "IMEI",
    "IN_GSTIN",
    "IP_ADDRESS",
    "IT_PARTITA_IVA",
    "LATITUDE_LONGITUDE",
    "LICENSE_PLATE",
    "MAC_ADDRESS",
    "POSTCODE",
    "US_EIN",
    "US_HCPCS",
    "US_NDC",
    "US_NPI",
    "VIN",
];

const PERSONAL: [&str; 5] = ["ADDRESS", "DATE_OF_BIRTH", "EMAIL", "PERSON_NAME", "PHONE"];

impl Harm {
    pub const ALL: [Self; 6] =
        [Self::Secret, Self::Health, Self::Financial, Self::Identity, Self::Personal, Self::Indirect];

    /// Of a type; of one that the configuration brought, by what it was said to be.
    pub fn of(kind: &str, data: Data) -> Self {
        match data {
            Data::Secret => Self::Secret,
            _ if INDIRECT.contains(&kind) => Self::Indirect,
            Data::Health => Self::Health,
            Data::Financial => Self::Financial,
            Data::Pii if PERSONAL.contains(&kind) => Self::Personal,
            // All other personal types of our own are numbers of documents and registers.
            Data::Pii if Kind::all().iter().any(|own| own.id == kind) => Self::Identity,
            Data::Pii => Self::Personal,
        }
    }

    /// Also what tells the findings of a machine apart, so it stays as it is.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Indirect => "indirect",
            Self::Personal => "personal",
            Self::Identity => "identity",
            Self::Financial => "financial",
            Self::Health => "health",
            Self::Secret => "secret",
        }
    }

    /// As a sentence names it.
    pub fn what(self) -> &'static str {
        match self {
            Self::Indirect => "data that leads to persons or companies",
            Self::Personal => "personal data",
            Self::Identity => "identity numbers of persons",
            Self::Financial => "financial data of persons",
            Self::Health => "health data of persons",
            Self::Secret => "secrets",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Harm, INDIRECT, PERSONAL};
    use crate::detect::Kind;
    use crate::types::Data;

    #[test]
    fn types_do_the_harm_that_they_are_listed_for() {
        for id in INDIRECT.iter().chain(&PERSONAL) {
            assert!(Kind::all().iter().any(|kind| kind.id == *id), "{id} is no type");
        }
        for (kind, data, harm) in [
            ("EMAIL", Data::Pii, Harm::Personal),
            ("US_SSN", Data::Pii, Harm::Identity),
            ("US_EIN", Data::Pii, Harm::Indirect),
            ("MEDICAL_RECORD_NUMBER", Data::Health, Harm::Health),
            ("US_NDC", Data::Health, Harm::Indirect),
            ("IBAN", Data::Financial, Harm::Financial),
            ("JWT", Data::Secret, Harm::Secret),
            ("LOYALTY_NUMBER", Data::Pii, Harm::Personal),
        ] {
            assert_eq!(Harm::of(kind, data), harm, "{kind}");
        }
    }
}
