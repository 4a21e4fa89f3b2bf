use super::Granted;
use super::grant::managed;
use crate::iam::Policy;
use crate::model::{Iam, Role};
use crate::types::Gap;

/// The documents of a role's policies and of what bounds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    identity: Vec<Policy>,
    boundary: Option<Vec<Policy>>,
}

impl Held {
    /// A policy that could not be read hides grants and denials alike: then nothing is known.
    pub fn of(role: &Role, iam: &Iam) -> Result<Self, Gap> {
        let mut identity = Vec::new();
        for inline in &role.principal.inline {
            identity.push(inline.policy.whole().map_err(Gap::clone)?.get().clone());
        }
        for arn in &role.principal.attached {
            identity.push(managed(iam, arn)?.clone());
        }
        let boundary = role.principal.boundary.as_ref().map(|arn| managed(iam, arn).cloned()).transpose()?;
        Ok(Self { identity, boundary: boundary.map(|policy| vec![policy]) })
    }

    /// Policies that are given, with nothing to bound them.
    pub fn unbounded(identity: Vec<Policy>) -> Self {
        Self { identity, boundary: None }
    }

    pub fn granted(&self) -> Granted<'_> {
        Granted { identity: &self.identity, boundary: self.boundary.as_deref() }
    }
}
