use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a text is not an account id or a Region.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    #[error("an account id has 12 digits")]
    Account,
    #[error("a Region looks like eu-west-1")]
    Region,
}

/// Twelve digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId(String);

/// A Region such as `eu-west-1`, or [`Region::GLOBAL`] for what an account has once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(String);

impl Region {
    /// Where an account's IAM is filed; no AWS Region has this name.
    pub const GLOBAL: &str = "global";

    pub fn global() -> Self {
        Self(Self::GLOBAL.to_owned())
    }
}

impl TryFrom<String> for AccountId {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        let fits = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        fits.then_some(Self(text)).ok_or(IdError::Account)
    }
}

impl TryFrom<String> for Region {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        let mut pieces = text.split('-');
        let lower = |piece: &str| !piece.is_empty() && piece.bytes().all(|byte| byte.is_ascii_lowercase());
        let fits = text.len() <= 32
            && text.matches('-').count() >= 2
            && pieces
                .next_back()
                .is_some_and(|last| !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()))
            && pieces.all(lower);
        (fits || text == Self::GLOBAL).then_some(Self(text)).ok_or(IdError::Region)
    }
}

macro_rules! text_newtype {
    ($name:ident) => {
        impl $name {
            pub fn parse(text: impl Into<String>) -> Result<Self, IdError> {
                Self::try_from(text.into())
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_newtype!(AccountId);
text_newtype!(Region);

#[cfg(test)]
mod tests {
    use super::{AccountId, Region};

    #[test]
    fn regions() {
        for good in ["eu-west-1", "us-gov-east-1", "ap-southeast-4", "cn-north-1", "us-iso-east-1", "global"] {
            assert!(Region::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "eu", "eu-west", "EU-WEST-1", "eu_west_1", "eu-west-1a", "-1-1", "everywhere"] {
            assert!(Region::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn accounts_have_twelve_digits() {
        assert!(AccountId::parse("123456789012").is_ok());
        assert!(AccountId::parse("12345678901").is_err());
        assert!(AccountId::parse("12345678901x").is_err());
    }
}
