//! Whether KMS keys can be used, and by whom.

use super::view::RegionView;
use crate::access::Grants;
use crate::iam::{Compiled, Context, Decision, Policies, Request, Verdict};
use crate::model::KmsKey;
use crate::types::{Arn, Gap, GapReason};

/// What the state of a key means for those who need it.
/// Source: <https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usable {
    Yes,
    Disabled,
    /// It is pending deletion.
    Leaving,
    WithoutMaterial,
    OutOfReach,
}

/// Who needs a key.
#[derive(Debug)]
pub enum KeyUser<'a> {
    Role { arn: &'a Arn, grants: &'a Grants<'a> },
    Service(&'a str),
}

impl RegionView<'_> {
    pub fn usable(&self, arn: &Arn, key: &KmsKey) -> Result<Usable, Gap> {
        let about = |detail: String| Err(Gap::new(GapReason::Unsupported, detail).about(arn.as_str()));
        match key.state.as_deref() {
            Some("Enabled") => Ok(Usable::Yes),
            Some("Disabled") => Ok(Usable::Disabled),
            Some("PendingDeletion" | "PendingReplicaDeletion") => Ok(Usable::Leaving),
            Some("PendingImport") => Ok(Usable::WithoutMaterial),
            Some("Unavailable") => Ok(Usable::OutOfReach),
            Some(state) => about(format!("whether a key in state {state} can be used is not known")),
            None => about("the key's state was not told".to_owned()),
        }
    }

    /// Whether the key's policy and grants refuse `user` this action for certain. Not where it hangs on a condition or a
    /// grant; nor where a role's own policies lack it, which is for others to say.
    pub fn refuses(&self, user: &KeyUser<'_>, arn: &Arn, key: &KmsKey, action: &str) -> Result<bool, Gap> {
        let policy = key.policy.whole().map_err(Gap::clone)?.get();
        let grants = key.grants.whole().map_err(Gap::clone)?;
        let operation = action.trim_start_matches("kms:");
        let (name, verdict) = match user {
            KeyUser::Role { arn: role, grants } => {
                // A key policy that hands the permission on to the account leaves the rest to the role's own.
                if grants.on(arn.as_str(), action).allows().is_none() {
                    return Ok(false);
                }
                (role.as_str(), grants.with_policy_of(policy, arn.as_str(), action))
            }
            KeyUser::Service(service) => {
                let (context, policy) = (Context::open(), Compiled::resource(policy));
                let policies = Policies { resource: Some(&policy), ..Policies::default() };
                let request = Request::new(service, action, arn.as_str(), &context).owned_by(arn.account());
                (*service, policies.evaluate(&request))
            }
        };
        Ok(match verdict {
            Verdict::Decided(Decision::Allowed) | Verdict::DependsOn(_) => false,
            Verdict::Decided(Decision::ExplicitlyDenied) => true,
            Verdict::Decided(Decision::ImplicitlyDenied) => !grants.iter().any(|grant| {
                grant.grantee.as_deref().is_none_or(|grantee| grantee == name)
                    && grant.operations.iter().any(|one| one == operation)
            }),
        })
    }
}
