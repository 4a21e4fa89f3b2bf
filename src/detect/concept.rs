//! What a word or phrase in a key can mean.

use super::kind::Kind;

/// What a key says that its value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Concept {
    FirstName,
    LastName,
    FullName,
    /// `first`, `given`: a part of a name where the name or the person is spoken of.
    NamePart,
    /// A name, but of whom or what?
    Name,
    DateOfBirth,
    Email,
    Phone,
    Address,
    Street,
    City,
    Postcode,
    Latitude,
    Longitude,
    Coordinates,
    Ip,
    Mac,
    Imei,
    Vin,
    Plate,
    Card,
    CardCheck,
    CardExpiry,
    Iban,
    BankAccount,
    RoutingNumber,
    SortCode,
    Swift,
    Wallet,
    /// A number of a state, an employer or an insurer; its validator is known.
    Id(&'static Kind),
    NationalId,
    /// A document's number, which may be an invoice's.
    DocNumber,
    TaxId,
    Passport,
    DriverLicense,
    MedicalRecord,
    HealthInsurance,
    Password,
    /// `pass`, which may be a boarding pass.
    PassWord,
    Pin,
    Otp,
    SecurityAnswer,
    Secret,
    /// `token`, which may point into a list.
    Token,
    /// `key`, which may be a map's.
    KeyWord,
    Auth,
    Credential,
    Cookie,
    Session,
    Connection,
    PrivateKey,
    AwsAccessKeyId,
    AwsSecret,
    SignedUrl,
    Webhook,
    Username,
}

/// How a word changes what a key says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Person,
    Thing,
    Vendor,
    /// Something about the thing, not the thing: `email_count`.
    About,
    /// At the head of a key, a fact about the thing: `has_email`.
    Lead,
    Plain,
    Number,
    Identity,
    /// The whole phrase is harmless.
    Never,
    Shield(Shield),
}

/// By what a sensitive value is kept out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shield {
    Masked,
    Hashed,
    Encrypted,
    Tokenised,
    /// An id, ARN or parameter name stands for the value.
    Reference,
    /// A placeholder that is filled in elsewhere.
    Template,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Concept(Concept),
    Role(Role),
}

impl Meaning {
    /// The word at the head of a lexicon line. One in capitals is a type.
    pub(super) fn named(name: &str) -> Option<Self> {
        concept(name).map(Self::Concept).or_else(|| role(name).map(Self::Role))
    }
}

fn role(name: &str) -> Option<Role> {
    Some(match name {
        "Person" => Role::Person,
        "Thing" => Role::Thing,
        "Vendor" => Role::Vendor,
        "About" => Role::About,
        "Lead" => Role::Lead,
        "Plain" => Role::Plain,
        "Number" => Role::Number,
        "Identity" => Role::Identity,
        "Never" => Role::Never,
        "Hashed" => Role::Shield(Shield::Hashed),
        "Masked" => Role::Shield(Shield::Masked),
        "Encrypted" => Role::Shield(Shield::Encrypted),
        "Tokenised" => Role::Shield(Shield::Tokenised),
        "Reference" => Role::Shield(Shield::Reference),
        _ => return None,
    })
}

macro_rules! by_name {
    ($name:expr; $($variant:ident)*) => {
        match $name {
            $(stringify!($variant) => Some(Concept::$variant),)*
            id => Kind::all().iter().find(|kind| kind.id == id).map(|kind| Concept::Id(kind)),
        }
    };
}

fn concept(name: &str) -> Option<Concept> {
    by_name!(name; FirstName LastName FullName NamePart Name DateOfBirth Email Phone Address Street City Postcode Latitude
        Longitude Coordinates Ip Mac Imei Vin Plate Card CardCheck CardExpiry Iban BankAccount RoutingNumber SortCode
        Swift Wallet NationalId DocNumber TaxId Passport DriverLicense MedicalRecord HealthInsurance Password PassWord Pin
        Otp SecurityAnswer Secret Token KeyWord Auth Credential Cookie Session Connection PrivateKey AwsAccessKeyId
        AwsSecret SignedUrl Webhook Username)
}

impl Concept {
    /// The value has no form of its own: only the key tells what it is, so the key has to be plain about it.
    pub(super) fn is_free_form(self) -> bool {
        use Concept::{
            Address, City, DriverLicense, FirstName, FullName, LastName, MedicalRecord, Name, NamePart, PassWord,
            Passport, Password, Plate, SecurityAnswer, Street,
        };
        matches!(
            self,
            FirstName
                | LastName
                | FullName
                | NamePart
                | Name
                | Address
                | Street
                | City
                | Passport
                | DriverLicense
                | MedicalRecord
                | Plate
                | Password
                | PassWord
                | SecurityAnswer
        ) || self.is_free_number()
            || self.is_secret()
    }

    fn is_free_number(self) -> bool {
        use Concept::{
            BankAccount, CardCheck, DocNumber, HealthInsurance, Latitude, Longitude, NationalId, Otp, Pin, Postcode,
            TaxId,
        };
        matches!(
            self,
            BankAccount
                | CardCheck
                | DocNumber
                | HealthInsurance
                | Latitude
                | Longitude
                | NationalId
                | Otp
                | Pin
                | Postcode
                | TaxId
        )
    }

    pub(super) fn is_secret(self) -> bool {
        use Concept::{
            Auth, AwsAccessKeyId, AwsSecret, Connection, Cookie, Credential, KeyWord, Otp, PassWord, Password, Pin,
            PrivateKey, Secret, SecurityAnswer, Session, SignedUrl, Token, Webhook,
        };
        matches!(
            self,
            Password
                | PassWord
                | Pin
                | Otp
                | SecurityAnswer
                | Secret
                | Token
                | KeyWord
                | Auth
                | Credential
                | Cookie
                | Session
                | Connection
                | PrivateKey
                | AwsAccessKeyId
                | AwsSecret
                | SignedUrl
                | Webhook
        )
    }

    /// It speaks of a person: a name beside it is likely that person's.
    pub(super) fn is_personal(self) -> bool {
        use Concept::{DateOfBirth, Email, FirstName, FullName, LastName, NationalId, Passport, Phone};
        matches!(self, DateOfBirth | Email | FirstName | FullName | LastName | NationalId | Passport | Phone)
            || matches!(self, Self::Id(kind) if !kind.is_secret())
    }

    /// Its meaning depends on the key above or beside it.
    pub(super) fn is_ambiguous(self) -> bool {
        use Concept::{Address, CardExpiry, DocNumber, KeyWord, Name, NamePart, PassWord, Session, Token};
        matches!(self, Name | NamePart | DocNumber | Token | KeyWord | PassWord | Session | CardExpiry | Address)
    }
}
