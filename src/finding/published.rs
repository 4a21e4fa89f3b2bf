//! What the view knows of published versions and aliases.

use super::MachineView;
use crate::model::Published;
use crate::types::{Gap, GapReason, Observed};

impl<'a> MachineView<'a> {
    /// What was published of the machine. Versions are asked for within a configured bound, and not everywhere: see
    /// [`asked_for`].
    pub fn published(&self) -> Observed<&'a Published> {
        let arn = &self.machine.arn;
        let versions = self.region.snapshot.versions();
        let (seen, gap) = versions.seen();
        let own = seen.and_then(|seen| seen.get(arn)).map(Observed::as_ref);
        let unread = || gap.cloned().unwrap_or_else(|| Gap::not_collected("the versions").about(arn.as_str()));
        own.unwrap_or_else(|| Observed::missing(unread()))
    }
}

/// Whether what is missing was asked for: not where its collector is off, the endpoint has no such call, or it lies
/// outside the configured sample.
pub fn asked_for(gap: &Gap) -> bool {
    !matches!(gap.reason, GapReason::Disabled | GapReason::Unsupported | GapReason::NotSampled)
}
