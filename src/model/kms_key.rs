use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::detect::Clean;
use crate::iam::Policy;
use crate::types::{Arn, Observed};

/// The KMS keys that state machines, their log groups, result buckets and tables name.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct KmsKeys {
    /// The key's ARN by what was named: an id, an ARN or an alias, as configured. `Known` of nothing: there is no such
    /// key.
    pub named: BTreeMap<String, Observed<Option<Arn>>>,
    pub keys: BTreeMap<Arn, KmsKey>,
}

/// A KMS key. Source of the words: <https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html>.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KmsKey {
    /// `Enabled`, `Disabled`, `PendingDeletion`, `PendingImport`, `Unavailable` …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// `CUSTOMER`, or `AWS` for an AWS managed key, whose policy nobody can change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<String>,
    /// `AWS_KMS`, `EXTERNAL` (imported), `AWS_CLOUDHSM` or `EXTERNAL_KEY_STORE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// When a key that is pending deletion will be gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deletion_at: Option<Timestamp>,
    pub policy: Observed<Clean<Policy>>,
    pub grants: Observed<Vec<KeyGrant>>,
}

/// A grant: use of a key that no policy shows.
/// Source: <https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantListEntry.html>.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyGrant {
    pub id: String,
    /// A principal's ARN without a session name, or a service principal. An answer may lack it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grantee: Option<String>,
    /// `Decrypt`, `GenerateDataKey` …: the API's operations, not IAM actions.
    pub operations: Vec<String>,
    /// The encryption context must be exactly this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_equals: Option<BTreeMap<Clean<String>, Clean<String>>>,
    /// The encryption context must have at least this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_subset: Option<BTreeMap<Clean<String>, Clean<String>>>,
    /// The resource on whose behalf the grantee must act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_arn: Option<String>,
}

/// What names a key in a configuration: <https://docs.aws.amazon.com/kms/latest/developerguide/find-cmk-id-arn.html>.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyName {
    /// A key id or `alias/NAME` of the account and Region that names it.
    Own(String),
    /// The same of the account and Region in the ARN.
    Arn { arn: Arn, name: String },
}

impl KeyName {
    /// `None`: no key can be called so.
    pub fn parse(text: &str) -> Option<Self> {
        if !text.starts_with("arn:") {
            return is_name(text).then(|| Self::Own(text.to_owned()));
        }
        let arn = Arn::parse(text).ok().filter(|arn| arn.service() == "kms")?;
        let resource = arn.resource();
        let name = resource.strip_prefix("key/").unwrap_or(resource).to_owned();
        is_name(&name).then_some(Self::Arn { arn, name })
    }

    /// As the account and Region call it, where it is theirs: one word for an id and for the ARN with that id.
    pub fn within(&self, account: &str, region: &str) -> Option<&str> {
        match self {
            Self::Own(name) => Some(name),
            Self::Arn { arn, name } => (arn.account() == account && arn.region() == region).then_some(name),
        }
    }
}

/// Letters, digits and hyphens; an alias also `/` and `_`.
fn is_name(text: &str) -> bool {
    let (name, alias) = match text.strip_prefix("alias/") {
        Some(name) => (name, true),
        None => (text, false),
    };
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || alias && matches!(byte, b'/' | b'_');
    !name.is_empty() && name.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::KeyName;

    #[test]
    fn names_of_one_key_are_one() {
        let within = |text| KeyName::parse(text).and_then(|name| name.within("1", "eu-west-1").map(str::to_owned));
        for text in ["1234-abcd", "arn:aws:kms:eu-west-1:1:key/1234-abcd"] {
            assert_eq!(within(text).as_deref(), Some("1234-abcd"));
        }
        for text in ["alias/a/b_c", "arn:aws:kms:eu-west-1:1:alias/a/b_c"] {
            assert_eq!(within(text).as_deref(), Some("alias/a/b_c"));
        }
        for foreign in ["arn:aws:kms:eu-west-1:2:key/k", "arn:aws:kms:us-east-1:1:key/k"] {
            assert!(KeyName::parse(foreign).is_some() && within(foreign).is_none());
        }
        for none in ["", "alias/", "[stepwarden:JWT:9]", "a b", "key/k", "arn:aws:s3:::key/k", "arn:aws:kms:r:1:key/"] {
            assert_eq!(KeyName::parse(none), None, "{none}");
        }
    }
}
