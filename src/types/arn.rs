use std::fmt;

use serde::{Deserialize, Serialize};

/// An Amazon Resource Name: `arn:partition:service:region:account:resource`.
///
/// Region and account may be empty (IAM, S3). The resource part keeps its own colons and slashes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Arn(String);

/// Why a text is not an ARN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an ARN: expected arn:partition:service:region:account:resource, got {len} characters in {parts} parts")]
pub struct ArnError {
    len: usize,
    parts: usize,
}

impl Arn {
    /// Parses `text`; the error does not repeat it, as it may be hostile or sensitive.
    pub fn parse(text: impl Into<String>) -> Result<Self, ArnError> {
        let text = text.into();
        let parts = text.splitn(6, ':').count();
        let shaped = parts == 6 && text.starts_with("arn:");
        let arn = Self(text);
        if shaped && !arn.partition().is_empty() && !arn.service().is_empty() && !arn.resource().is_empty() {
            Ok(arn)
        } else {
            Err(ArnError { len: arn.0.chars().count(), parts })
        }
    }

    fn part(&self, index: usize) -> &str {
        self.0.splitn(6, ':').nth(index).unwrap_or_default()
    }

    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub fn partition(&self) -> &str {
        self.part(1)
    }

    pub fn service(&self) -> &str {
        self.part(2)
    }

    /// The Region, empty for global services.
    pub fn region(&self) -> &str {
        self.part(3)
    }

    /// The account id, empty where the service has none.
    pub fn account(&self) -> &str {
        self.part(4)
    }

    /// All that follows the account, colons included.
    pub fn resource(&self) -> &str {
        self.part(5)
    }

    /// The last `/` or `:` separated piece of the resource: the name a person would use.
    pub fn name(&self) -> &str {
        self.resource().rsplit(['/', ':']).next().unwrap_or_default()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Arn {
    type Error = ArnError;
    fn try_from(text: String) -> Result<Self, ArnError> {
        Self::parse(text)
    }
}

impl From<Arn> for String {
    fn from(arn: Arn) -> Self {
        arn.0
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Arn({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Arn;

    #[test]
    fn parts_of_a_log_group_arn() {
        let arn = Arn::parse("arn:aws:logs:eu-west-1:123456789012:log-group:/aws/states/x:*").unwrap();
        assert_eq!((arn.service(), arn.region(), arn.account()), ("logs", "eu-west-1", "123456789012"));
        assert_eq!(arn.resource(), "log-group:/aws/states/x:*");
    }

    #[test]
    fn global_resources_have_no_region_and_a_name() {
        let arn = Arn::parse("arn:aws:iam::123456789012:role/service-role/orders").unwrap();
        assert_eq!((arn.region(), arn.name()), ("", "orders"));
    }

    #[test]
    fn refusals_do_not_repeat_the_text() {
        for bad in ["", "arn:aws:states", "hunter2", "arn::states:r:a:x", "arn:aws:states:r:a:"] {
            let error = Arn::parse(bad).unwrap_err().to_string();
            assert!(bad.is_empty() || !error.contains("hunter2"), "{error}");
        }
    }
}
