//! What the view knows of where data comes to rest: what log groups mask, and how buckets and tables are guarded.

use std::collections::BTreeSet;

use super::around::item;
use super::view::{MachineView, RegionView};
use crate::exposure::PLAUSIBLE;
use crate::model::{DataProtection, KeyName, ResultBucket, Table};
use crate::types::{Arn, Gap, GapReason};

impl<'a> RegionView<'a> {
    /// What CloudWatch Logs masks in a log group that exists and that a machine of this Region writes to. Where one of two
    /// policies was not read, what the other masks is in [`crate::model::DataProtections`] all the same.
    pub fn data_protection(&self, group: &Arn) -> Result<&'a DataProtection, Gap> {
        let unasked = || Gap::not_collected("the log group's data protection").about(group.as_str());
        item(&self.snapshot.data_protection(), group, unasked)
    }

    /// A bucket that a Distributed Map of this Region writes results to. `None`: the account has no such bucket.
    pub fn result_bucket(&self, name: &str) -> Result<Option<&'a ResultBucket>, Gap> {
        let unasked = || Gap::not_collected("the bucket").about(format!("s3://{name}"));
        item(&self.snapshot.result_buckets(), name, unasked).map(Option::as_ref)
    }

    /// A table that a definition of this Region puts items into or gets items from. `None`: there is no such table.
    pub fn table(&self, arn: &Arn) -> Result<Option<&'a Table>, Gap> {
        let unasked = || Gap::not_collected("the table").about(arn.as_str());
        item(&self.snapshot.tables(), arn, unasked).map(Option::as_ref)
    }

    /// Whether a key that a bucket or a table names is one of the customer's: AWS manages some in the account, whose
    /// policies nobody can change.
    pub fn is_customers_key(&self, named: &str) -> Result<bool, Gap> {
        // AWS's are used within their account only.
        if let Some(KeyName::Arn { arn, .. }) = KeyName::parse(named)
            && arn.account() != self.snapshot.account_id.as_str()
        {
            return Ok(true);
        }
        match self.key(named)? {
            // What no longer exists was one: those of AWS are not deleted.
            None => Ok(true),
            Some((arn, key)) => match key.manager.as_deref() {
                Some(manager) => Ok(manager == "CUSTOMER"),
                None => Err(Gap::new(GapReason::Error, "who manages the key was not told").about(arn.as_str())),
            },
        }
    }
}

impl<'a> MachineView<'a> {
    /// The types of sensitive data that were seen in its executions, as far as they were read. That there are none says
    /// nothing.
    pub fn sensitive_types(&self) -> BTreeSet<&'a str> {
        let data = self.execution_data();
        let sightings = data.seen().0.map(|data| data.sightings.iter()).into_iter().flatten();
        sightings.filter(|one| one.seen.confidence >= PLAUSIBLE).map(|one| one.seen.kind.as_str()).collect()
    }
}
