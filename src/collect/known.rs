//! What earlier collections saw, as a store hands it to a collection.

use std::collections::BTreeMap;

use super::collector::Inspection;
use super::run::Environment;
use crate::model::{Executions, Quota, Reading};
use crate::types::{AccountId, Region};

/// What is remembered of execution data, by account and Region.
pub type KnownExecutions = BTreeMap<(AccountId, Region), Executions>;

/// What is remembered of the usage of quotas, by account and Region.
pub type KnownQuotas = BTreeMap<(AccountId, Region), BTreeMap<Quota, Vec<Reading>>>;

impl<'a> Environment<'a> {
    pub(super) fn inspection(&self, account_id: &AccountId, region: &Region) -> Inspection<'a> {
        Inspection {
            settings: &self.settings.executions,
            detection: self.detection,
            hash_key: self.hash_key,
            known: self.known.get(&(account_id.clone(), region.clone())),
        }
    }

    pub(super) fn remembered(
        &self,
        account_id: &AccountId,
        region: &Region,
    ) -> Option<&'a BTreeMap<Quota, Vec<Reading>>> {
        self.known_quotas.get(&(account_id.clone(), region.clone()))
    }
}
