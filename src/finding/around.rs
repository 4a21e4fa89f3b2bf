//! What the view knows around state machines: keys, event rules, functions, and what roles were last seen to use.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use super::view::{RegionView, RoleView};
use crate::detect::Clean;
use crate::iam::Policy;
use crate::model::{EventRules, KmsKey, RoleAccess};
use crate::types::{Arn, Gap, Observed};

impl<'a> RegionView<'a> {
    /// The KMS key that a machine or a log group of this Region names by an id, an ARN or an alias. `None`: AWS says that
    /// there is no such key.
    pub fn key(&self, named: &str) -> Result<Option<(&'a Arn, &'a KmsKey)>, Gap> {
        let keys = self.snapshot.kms_keys();
        let (Some(keys), gap) = keys.seen() else {
            return Err(keys.gap().cloned().unwrap_or_else(|| Gap::not_collected("kms_keys")));
        };
        let not_looked_up = || gap.cloned().unwrap_or_else(|| Gap::not_collected("the key").about(named));
        let Some(arn) = keys.named.get(named) else { return Err(not_looked_up()) };
        match arn.whole().map_err(Gap::clone)? {
            Some(arn) => keys.keys.get_key_value(arn).map(Some).ok_or_else(not_looked_up),
            None => Ok(None),
        }
    }

    /// Rules of the default event bus that can match Step Functions events or start machines. What is in a half-read list
    /// was seen; each rule's targets are observed by themselves.
    pub fn event_rules(&self) -> Observed<&'a EventRules> {
        self.snapshot.event_rules()
    }

    /// The resource-based policy of a function that a definition of this Region names, by the ARN that
    /// [`crate::model::function_arn`] gives. `None`: it has none, or there is no such function.
    pub fn function_policy(&self, function: &Arn) -> Result<Option<&'a Policy>, Gap> {
        let unasked = || Gap::not_collected("the function's policy").about(function.as_str());
        item(&self.snapshot.function_policies(), function, unasked).map(|policy| policy.as_ref().map(Clean::get))
    }
}

/// One item of a part that holds them by name. `unasked`: the gap where it was not asked for.
pub(super) fn item<'a, K, Q, T>(
    part: &Observed<&'a BTreeMap<K, Observed<T>>>,
    name: &Q,
    unasked: impl Fn() -> Gap,
) -> Result<&'a T, Gap>
where
    K: Borrow<Q> + Ord,
    Q: Ord + ?Sized,
{
    let (items, gap) = part.seen();
    match items.and_then(|items| items.get(name)) {
        Some(item) => item.whole().map_err(Gap::clone),
        None => Err(gap.cloned().unwrap_or_else(unasked)),
    }
}

impl<'a> RoleView<'a> {
    /// When the role last used each service and the actions that IAM tracks. Collected only where it is asked for
    /// (`collectors.last_accessed`), so a check that can do without it takes the gap for "not known" and goes on.
    pub fn last_accessed(&self) -> Result<&'a RoleAccess, Gap> {
        let Some(global) = self.machines[0].region.global else { return Err(Gap::not_collected("last_accessed")) };
        let roles = global.last_accessed();
        let (Some(roles), gap) = roles.seen() else {
            return Err(roles.gap().cloned().unwrap_or_else(|| Gap::not_collected("last_accessed")));
        };
        match roles.get(self.arn) {
            Some(access) => access.whole().map_err(Gap::clone),
            None => Err(gap
                .cloned()
                .unwrap_or_else(|| Gap::not_collected("the role's last access").about(self.arn.as_str()))),
        }
    }
}
