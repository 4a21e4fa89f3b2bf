use std::collections::BTreeMap;

use crate::access::{Grants, ManagedPolicies};
use crate::model::Snapshot;
use crate::types::{Arn, Gap};

/// What the roles of an account's machines, and of the functions that these call, are granted: their policies compiled once,
/// for all checks.
#[derive(Debug, Default)]
pub(super) struct AccountGrants<'a>(BTreeMap<&'a Arn, Result<Grants<'a>, Gap>>);

impl<'a> AccountGrants<'a> {
    /// `global` is the account's; of an IAM that was not read whole, nobody asks for grants.
    pub(super) fn of(global: &'a Snapshot, snapshots: &'a [Snapshot]) -> Self {
        let Ok(iam) = global.iam().whole().copied() else { return Self::default() };
        let own = snapshots.iter().filter(|snapshot| snapshot.account_id == global.account_id);
        let functions = own.clone().filter_map(|snapshot| snapshot.functions().seen().0.copied());
        let functions = functions.flat_map(BTreeMap::values).filter_map(|role| role.whole().ok()?.as_ref());
        let machines = own.filter_map(|snapshot| snapshot.state_machines().seen().0.copied());
        let details = machines.flat_map(|list| &list.machines).filter_map(|machine| machine.details.whole().ok());
        let mut managed = ManagedPolicies::default();
        let mut grants = BTreeMap::new();
        for arn in details.filter_map(|details| details.role_arn.whole().ok()).chain(functions) {
            if let Some((arn, role)) = iam.roles.get_key_value(arn) {
                grants.entry(arn).or_insert_with(|| Grants::of(role, iam, &mut managed));
            }
        }
        Self(grants)
    }

    pub(super) fn of_role(&self, arn: &Arn) -> Result<&Grants<'a>, Gap> {
        match self.0.get(arn) {
            Some(grants) => grants.as_ref().map_err(Gap::clone),
            None => Err(Gap::not_collected("the role's policies").about(arn.as_str())),
        }
    }
}
