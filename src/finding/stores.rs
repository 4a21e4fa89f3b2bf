//! What the view knows of where data comes to rest: what its log groups mask.

use super::view::RegionView;
use crate::model::DataProtection;
use crate::types::{Arn, Gap};

impl<'a> RegionView<'a> {
    /// What CloudWatch Logs masks in a log group that exists and that a machine of this Region writes to. Where one of two
    /// policies was not read, what the other masks is in [`crate::model::DataProtections`] all the same.
    pub fn data_protection(&self, group: &Arn) -> Result<&'a DataProtection, Gap> {
        let groups = self.snapshot.data_protection();
        let (Some(groups), gap) = groups.seen() else {
            return Err(groups.gap().cloned().unwrap_or_else(|| Gap::not_collected("data_protection")));
        };
        match groups.get(group) {
            Some(protection) => protection.whole().map_err(Gap::clone),
            None => Err(gap
                .cloned()
                .unwrap_or_else(|| Gap::not_collected("the log group's data protection").about(group.as_str()))),
        }
    }
}
