use super::{Circle, Holder, Reach};
use crate::iam::{Compiled, Decision, Policies, Request, Verdict};
use crate::model::{KeyGrant, KmsKey};
use crate::types::{Arn, Gap};

/// A customer managed key and who may use it for a machine.
#[derive(Debug)]
pub struct Key<'a> {
    arn: &'a Arn,
    enabled: bool,
    policy: Compiled,
    grants: &'a [KeyGrant],
}

/// What a principal does with a machine's key when it asks Step Functions.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyUse {
    /// Reads what is encrypted.
    Decrypt,
    /// Writes a definition.
    GenerateDataKey,
}

impl KeyUse {
    fn operation(self) -> &'static str {
        match self {
            Self::Decrypt => "Decrypt",
            Self::GenerateDataKey => "GenerateDataKey",
        }
    }
}

/// The encryption context of what Step Functions encrypts for a machine.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html>.
const MACHINE: &str = "aws:states:stateMachineArn";

impl<'a> Key<'a> {
    /// A policy or a list of grants that was not read hides who may use the key.
    pub fn of(arn: &'a Arn, key: &'a KmsKey) -> Result<Self, Gap> {
        let policy = key.policy.whole().map_err(Gap::clone)?.get();
        let grants = key.grants.whole().map_err(Gap::clone)?;
        let enabled = key.state.as_deref().is_none_or(|state| state == "Enabled");
        Ok(Self { arn, enabled, policy: Compiled::resource(policy), grants })
    }

    /// Whether a grant lets `holder` do that, for sure or under an encryption context that is not known to fit.
    fn granted(&self, holder: &Holder, machine: &Arn, what: KeyUse) -> Option<bool> {
        let to_holder = |grant: &&KeyGrant| {
            let allows = grant.operations.iter().any(|operation| operation == what.operation());
            allows && grant.grantee.as_deref() == Some(holder.arn.as_str()) && grant.source_arn.is_none()
        };
        let fits = |grant: &KeyGrant| {
            let context = grant.context_equals.iter().chain(&grant.context_subset).flatten();
            let mut pairs = context.map(|(key, value)| key.get() == MACHINE && value.get() == machine.as_str());
            pairs.all(|fits| fits)
        };
        self.grants.iter().filter(to_holder).map(fits).max()
    }
}

impl Reach {
    /// Whether `holder`, one of `circle`, may use `key` for `machine`: `Some(true)` for sure, `Some(false)` where a
    /// condition decides.
    pub fn uses_key(
        &self,
        circle: Circle<'_>,
        holder: &Holder,
        machine: &Arn,
        key: &Key<'_>,
        what: KeyUse,
    ) -> Option<bool> {
        // Under a key that is not enabled, nobody does anything.
        if !key.enabled {
            return None;
        }
        let region = machine.region();
        let context = circle
            .group
            .context(&self.account, region)
            .with("aws:PrincipalArn", holder.arn.as_str())
            .with("kms:CallerAccount", self.account.as_str())
            .with("kms:ViaService", format!("states.{region}.amazonaws.com"))
            .with(format!("kms:EncryptionContext:{MACHINE}"), machine.as_str())
            .with_all("kms:EncryptionContextKeys", vec![MACHINE.to_owned()]);
        let policies = Policies {
            identity: circle.group.identity.iter().map(|part| &part.compiled).collect(),
            boundary: circle.group.boundary.as_ref().map(|part| vec![&part.compiled]),
            resource: Some(&key.policy),
            ..Policies::default()
        };
        let action = format!("kms:{}", what.operation());
        let request = Request::new(holder.arn.as_str(), &action, key.arn.as_str(), &context);
        match policies.evaluate(&request) {
            Verdict::Decided(Decision::Allowed) => Some(true),
            Verdict::Decided(Decision::ExplicitlyDenied) => None,
            Verdict::DependsOn(_) => Some(key.granted(holder, machine, what).unwrap_or(false)),
            Verdict::Decided(Decision::ImplicitlyDenied) => key.granted(holder, machine, what),
        }
    }
}
