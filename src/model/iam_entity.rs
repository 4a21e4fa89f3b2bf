use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::detect::Clean;
use crate::iam::Policy;
use crate::types::{Arn, Gap, GapReason, Observed};

/// The IAM of one account, collected once and shared by its Regions.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Iam {
    pub roles: BTreeMap<Arn, Role>,
    pub users: Vec<Principal>,
    pub groups: Vec<Principal>,
    /// The default version of each managed policy that is attached to something.
    pub policies: BTreeMap<Arn, Observed<Clean<Policy>>>,
}

impl Iam {
    /// What a managed policy that is attached to something says.
    pub fn managed_policy(&self, arn: &Arn) -> Result<&Policy, Gap> {
        let unlisted = || {
            Gap::new(GapReason::Partial, "the managed policy is not in the account's authorization details")
                .about(arn.as_str())
        };
        Ok(self.policies.get(arn).ok_or_else(unlisted)?.whole().map_err(Gap::clone)?.get())
    }
}

/// What users, groups and roles have in common.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Principal {
    pub arn: Arn,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inline: Vec<InlinePolicy>,
    /// ARNs of attached managed policies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attached: Vec<Arn>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boundary: Option<Arn>,
    /// Names of the groups that a user is in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Role {
    pub principal: Principal,
    pub trust: Observed<Clean<Policy>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InlinePolicy {
    pub name: String,
    pub policy: Observed<Clean<Policy>>,
}
