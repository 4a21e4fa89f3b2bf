//! Where things are kept between runs.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::types::{AccountId, Arn, Region};

/// The store, and the secret that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreSettings {
    /// Without one, nothing is kept: no finding is known from an earlier run.
    pub location: Option<Location>,
    /// The bucket's; without one, the Region that the environment or the profile names.
    pub bucket_region: Option<Region>,
    /// The account that the bucket has to belong to.
    pub bucket_owner: Option<AccountId>,
    /// What objects are encrypted under; without one, as the bucket does by default.
    pub bucket_key: Option<Arn>,
    /// Days that reports are kept; without a number, all are.
    pub keep_days: Option<u32>,
    /// The name of the environment variable that holds the key of the hashes in evidence; never the key itself.
    pub hash_key_env: String,
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self {
            location: None,
            bucket_region: None,
            bucket_owner: None,
            bucket_key: None,
            keep_days: None,
            hash_key_env: "STEPWARDEN_HASH_KEY".to_owned(),
        }
    }
}

/// Where the store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    Directory(PathBuf),
    Bucket(BucketUrl),
}

/// A bucket, or the part of it below a prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketUrl {
    bucket: String,
    /// Without slashes around it; empty for the whole bucket.
    prefix: String,
}

impl BucketUrl {
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// The key of the object of this name.
    pub fn key(&self, name: &str) -> String {
        if self.prefix.is_empty() { name.to_owned() } else { format!("{}/{name}", self.prefix) }
    }
}

impl fmt::Display for BucketUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "s3://{}/{}", self.bucket, self.prefix)
    }
}

impl FromStr for BucketUrl {
    type Err = ();

    /// Of `s3://bucket/prefix`. Source of what a bucket's name can be:
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>; a prefix has letters, digits and
    /// `-_.`, which need no escape in a URL or a policy.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (bucket, prefix) =
            text.strip_prefix("s3://").map(|rest| rest.split_once('/').unwrap_or((rest, ""))).ok_or(())?;
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        let of_bucket = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
        let ends = [bucket.bytes().next(), bucket.bytes().last()];
        let bounded = ends.into_iter().flatten().all(|byte| byte.is_ascii_alphanumeric());
        let of_prefix = |part: &str| {
            let plain = part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
            plain && !["", ".", ".."].contains(&part)
        };
        let named = (3..=63).contains(&bucket.len()) && bucket.bytes().all(of_bucket) && bounded;
        let placed = prefix.is_empty() || prefix.split('/').all(of_prefix);
        let url = Self { bucket: bucket.to_owned(), prefix: prefix.to_owned() };
        if named && placed && prefix.len() <= 900 { Ok(url) } else { Err(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::BucketUrl;

    #[test]
    fn urls_of_buckets() {
        for (text, key) in [
            ("s3://audits", "state.json"),
            ("s3://audits/", "state.json"),
            ("s3://au.dit-5/step/warden_1", "step/warden_1/state.json"),
            ("s3://audits/prod/", "prod/state.json"),
        ] {
            assert_eq!(text.parse::<BucketUrl>().unwrap().key("state.json"), key);
        }
        for bad in
            ["", "audits", "s3://", "s3://ab", "s3://Audits", "s3://-audits", "s3://audits//x", "s3://audits/a b"]
        {
            assert!(bad.parse::<BucketUrl>().is_err(), "{bad}");
        }
        for bad in ["s3://audits/../x", "s3://audits/*", "https://audits.s3.amazonaws.com/", "s3://aud its/x"] {
            assert!(bad.parse::<BucketUrl>().is_err(), "{bad}");
        }
    }
}
