use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::types::{Gap, Observed};

/// The buckets that Distributed Maps write results to, by name. `Known` of nothing: the account has no such bucket.
pub type ResultBuckets = BTreeMap<String, Observed<Option<ResultBucket>>>;

/// How a bucket is guarded. Nothing that is in it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultBucket {
    /// What objects are encrypted with unless the writer says otherwise; absent where nothing is configured.
    pub encryption: Observed<Option<BucketEncryption>>,
    /// The bucket's own block; absent where it has none. One of the whole account, which is not read, adds to it.
    pub public_access_block: Observed<Option<PublicAccessBlock>>,
    /// S3's own word on whether the bucket's policy lets the public in.
    pub policy_is_public: Observed<bool>,
    /// The enabled rules that delete current objects after a time or at a date.
    pub expiry: Observed<Vec<Expiry>>,
}

impl ResultBucket {
    /// What of it was not read, if anything.
    pub fn gap(&self) -> Option<&Gap> {
        let public = self.public_access_block.gap().or(self.policy_is_public.gap());
        self.encryption.gap().or(public).or(self.expiry.gap())
    }
}

/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html>.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BucketEncryption {
    /// `AES256` (S3's own keys), `aws:kms` or `aws:kms:dsse`.
    pub algorithm: String,
    /// A key id, ARN or alias; without one `aws:kms` means the AWS managed key of S3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "they are AWS's")]
pub struct PublicAccessBlock {
    pub block_public_acls: bool,
    pub ignore_public_acls: bool,
    pub block_public_policy: bool,
    pub restrict_public_buckets: bool,
}

impl PublicAccessBlock {
    /// All four are on.
    pub fn is_whole(&self) -> bool {
        self.block_public_acls && self.ignore_public_acls && self.block_public_policy && self.restrict_public_buckets
    }
}

/// A lifecycle rule that deletes objects.
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRule.html>.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expiry {
    /// Empty: every object.
    pub prefix: String,
    /// It asks for more than the prefix: tags or a size.
    #[serde(default)]
    pub narrowed: bool,
    /// Days after an object was made; absent for a fixed date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
}

/// Whether what is written below a prefix expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expires {
    /// After so many days, or at a fixed date.
    After(Option<u32>),
    Never,
    /// A rule speaks about a part of it, or the prefix is not known.
    Unclear,
}

/// Whether the objects below `prefix` expire; `None` is a prefix that is not known.
pub fn expires(rules: &[Expiry], prefix: Option<&str>) -> Expires {
    let whole = |rule: &&Expiry| !rule.narrowed && prefix.unwrap_or_default().starts_with(rule.prefix.as_str());
    // The rule that deletes first decides.
    if let Some(first) = rules.iter().filter(whole).min_by_key(|rule| rule.days.unwrap_or(u32::MAX)) {
        return Expires::After(first.days);
    }
    let touches = |rule: &Expiry| match prefix {
        Some(prefix) => rule.prefix.starts_with(prefix) || prefix.starts_with(rule.prefix.as_str()),
        None => true,
    };
    if rules.iter().any(touches) { Expires::Unclear } else { Expires::Never }
}

#[cfg(test)]
mod tests {
    use super::{Expires, Expiry, expires};

    fn rule(prefix: &str, narrowed: bool, days: u32) -> Expiry {
        Expiry { prefix: prefix.to_owned(), narrowed, days: Some(days) }
    }

    #[test]
    fn rules_reach_what_begins_with_their_prefix() {
        for (rules, prefix, expected) in [
            (vec![], Some("export"), Expires::Never),
            (vec![rule("", false, 7)], Some("export"), Expires::After(Some(7))),
            (vec![rule("", false, 7)], None, Expires::After(Some(7))),
            (vec![rule("", false, 30), rule("exp", false, 7)], Some("export"), Expires::After(Some(7))),
            (vec![rule("other", false, 7)], Some("export"), Expires::Never),
            (vec![rule("export/failed", false, 7)], Some("export"), Expires::Unclear),
            (vec![rule("", true, 7)], Some("export"), Expires::Unclear),
            (vec![rule("export", false, 7)], None, Expires::Unclear),
        ] {
            assert_eq!(expires(&rules, prefix), expected, "{rules:?} {prefix:?}");
        }
    }
}
