//! The types of sensitive data, by the ids that findings carry, and the names that users know them by.

use serde::{Serialize, Serializer};

use crate::types::Data;

/// One type: its id, and the ids of CloudWatch Logs data protection and Amazon Macie that mean it.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    pub id: &'static str,
    pub data: Data,
    /// Of `arn:aws:dataprotection::aws:data-identifier/<id>`.
    pub cloudwatch: &'static [&'static str],
    pub macie: &'static [&'static str],
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Kind {}

impl Kind {
    pub fn is_secret(&self) -> bool {
        self.data == Data::Secret
    }

    /// Every type that `name` means: an id of ours, of CloudWatch's or of Macie's. Case does not matter.
    pub fn named(name: &str) -> impl Iterator<Item = &'static Self> {
        let name = name.rsplit('/').next().unwrap_or(name).to_ascii_uppercase();
        super::kinds::KINDS.iter().copied().filter(move |kind| {
            let aliases = kind.cloudwatch.iter().chain(kind.macie);
            kind.id == name || aliases.into_iter().any(|alias| alias.eq_ignore_ascii_case(&name))
        })
    }

    /// Every type, in the order of the table.
    pub fn all() -> &'static [&'static Self] {
        super::kinds::KINDS
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Kind;

    #[test]
    fn ids_are_unique_and_aliases_are_accepted() {
        let ids: BTreeSet<_> = Kind::all().iter().map(|kind| kind.id).collect();
        assert_eq!(ids.len(), Kind::all().len());
        let named = |name: &str| Kind::named(name).map(|kind| kind.id).collect::<Vec<_>>();
        assert_eq!(named("EmailAddress"), ["EMAIL"]);
        assert_eq!(named("arn:aws:dataprotection::aws:data-identifier/Ssn-US"), ["US_SSN"]);
        assert_eq!(named("usa_social_security_number"), ["US_SSN"]);
        assert_eq!(named("us_ssn"), ["US_SSN"]);
        assert_eq!(named("nothing"), [] as [&str; 0]);
    }
}
