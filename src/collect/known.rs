//! What earlier collections saw, as a store hands it to a collection.

use std::collections::BTreeMap;

use super::collector::Inspection;
use super::run::Environment;
use crate::model::{Executions, PartName, RememberedQuotas, Snapshot};
use crate::types::{AccountId, Gap, Region};

/// What is remembered of execution data, by account and Region.
pub type KnownExecutions = BTreeMap<(AccountId, Region), Executions>;

/// What is remembered of quotas, by account and Region.
pub type KnownQuotas = BTreeMap<(AccountId, Region), RememberedQuotas>;

impl<'a> Environment<'a> {
    pub(super) fn inspection(&self, account_id: &AccountId, region: &Region) -> Inspection<'a> {
        Inspection {
            settings: &self.settings.executions,
            detection: self.detection,
            hash_key: self.hash_key,
            known: self.known.get(&(account_id.clone(), region.clone())),
        }
    }

    pub(super) fn remembered(&self, account_id: &AccountId, region: &Region) -> Option<&'a RememberedQuotas> {
        self.known_quotas.get(&(account_id.clone(), region.clone()))
    }

    /// What was in the collector's way the last time.
    pub(super) fn last_gap(&self, account_id: &AccountId, region: &Region, part: PartName) -> Option<&'a Gap> {
        let here = |snapshot: &&Snapshot| snapshot.account_id == *account_id && snapshot.region == *region;
        let ages = self.base.iter().find(here)?.ages();
        ages.into_iter().find(|(name, ..)| *name == part)?.2
    }
}
