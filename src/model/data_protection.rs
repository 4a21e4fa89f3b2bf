use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::detect::Kind;
use crate::types::{Arn, Observed};

/// What CloudWatch Logs masks and counts in the log groups that state machines write to, by log group ARN: by the group's
/// own policy and by the account's. Groups that do not exist are left out.
pub type DataProtections = BTreeMap<Arn, Observed<DataProtection>>;

/// What the data protection policies that apply to one log group do; nothing where none applies. Masks are laid on events
/// as they are ingested: what is older stays readable.
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/mask-sensitive-log-data.html>.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DataProtection {
    /// AWS's identifiers that a `Deidentify` statement masks, by the end of their ARN: `EmailAddress`.
    pub masked: BTreeSet<String>,
    /// Those that an `Audit` statement counts.
    pub audited: BTreeSet<String>,
    /// A `Deidentify` statement names an identifier of the customer's own, whose pattern is not kept.
    #[serde(default)]
    pub masks_custom: bool,
}

/// How far one type of data is masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Masking {
    None,
    /// In the forms of some countries only, or perhaps by an identifier of the customer's own.
    Partly,
    Whole,
}

/// Why a document is no data protection policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a data protection policy has a list of statements, each with identifiers and an operation")]
pub struct NoDataProtection;

const MANAGED: &str = ":data-identifier/";

impl DataProtection {
    /// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch-logs-data-protection-policies.html>.
    pub fn parse(document: &Value) -> Result<Self, NoDataProtection> {
        let statements = document.get("Statement").and_then(Value::as_array).ok_or(NoDataProtection)?;
        let mut protection = Self::default();
        for statement in statements {
            let operation = statement.get("Operation").and_then(Value::as_object).ok_or(NoDataProtection)?;
            let identifiers = match statement.get("DataIdentifier") {
                Some(Value::Array(list)) => list.iter().map(Value::as_str).collect::<Option<Vec<_>>>(),
                Some(Value::String(one)) => Some(vec![one.as_str()]),
                _ => None,
            };
            for identifier in identifiers.ok_or(NoDataProtection)? {
                let (_, managed) = identifier.split_once(MANAGED).unzip();
                if operation.contains_key("Deidentify") {
                    protection.masks_custom |= managed.is_none();
                    protection.masked.extend(managed.map(str::to_owned));
                }
                if operation.contains_key("Audit") {
                    protection.audited.extend(managed.map(str::to_owned));
                }
            }
        }
        Ok(protection)
    }

    /// What both do: each policy masks on its own.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.masked.extend(other.masked);
        self.audited.extend(other.audited);
        self.masks_custom |= other.masks_custom;
        self
    }

    /// How far it masks a type, by the identifiers of CloudWatch Logs that mean it.
    pub fn masking(&self, kind: &Kind) -> Masking {
        let count = kind.cloudwatch.iter().filter(|id| self.masked.contains(**id)).count();
        match count {
            0 if !self.masks_custom => Masking::None,
            count if count > 0 && count == kind.cloudwatch.len() => Masking::Whole,
            _ => Masking::Partly,
        }
    }

    /// Whether it masks a type in every form that CloudWatch Logs knows.
    pub fn masks(&self, kind: &Kind) -> bool {
        self.masking(kind) == Masking::Whole
    }

    /// It masks something.
    pub fn masks_any(&self) -> bool {
        self.masks_custom || !self.masked.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{DataProtection, Masking, NoDataProtection};
    use crate::detect::Kind;

    fn kind(name: &str) -> &'static Kind {
        Kind::named(name).next().unwrap()
    }

    fn policy(operation: &str, identifiers: &[&str]) -> DataProtection {
        let arn = |id: &&str| format!("arn:aws:dataprotection::aws:data-identifier/{id}");
        let identifiers: Vec<_> = identifiers.iter().map(arn).collect();
        let statement = json!({"DataIdentifier": identifiers, "Operation": {operation: {}}});
        DataProtection::parse(&json!({"Version": "2021-06-01", "Statement": [statement]})).unwrap()
    }

    #[test]
    fn masking_is_told_from_counting_and_part_from_whole() {
        let counted = policy("Audit", &["EmailAddress"]);
        assert_eq!((counted.masking(kind("EMAIL")), counted.masks_any()), (Masking::None, false));
        let masked = policy("Deidentify", &["EmailAddress", "PhoneNumber-US"]);
        assert!(masked.masks(kind("EMAIL")));
        assert_eq!(masked.masking(kind("PHONE")), Masking::Partly, "other countries' numbers stay");
        assert_eq!(masked.masking(kind("US_SSN")), Masking::None);
        assert!(counted.and(masked).masks(kind("EMAIL")));
    }

    #[test]
    fn what_the_customers_own_identifiers_mask_is_not_known() {
        let document = json!({
            "Configuration": {"CustomDataIdentifier": [{"Name": "EmployeeId", "Regex": "E-\\d{9}"}]},
            "Statement": [{"DataIdentifier": ["EmployeeId"], "Operation": {"Deidentify": {"MaskConfig": {}}}}],
        });
        let protection = DataProtection::parse(&document).unwrap();
        assert_eq!((protection.masking(kind("IMEI")), protection.masks_any()), (Masking::Partly, true));
    }

    #[test]
    fn what_is_no_policy_is_refused() {
        for document in [
            json!({}),
            json!([]),
            json!({"Statement": {}}),
            json!({"Statement": [{"DataIdentifier": []}]}),
            json!({"Statement": [{"DataIdentifier": [1], "Operation": {"Audit": {}}}]}),
        ] {
            assert_eq!(DataProtection::parse(&document), Err(NoDataProtection), "{document}");
        }
    }
}
