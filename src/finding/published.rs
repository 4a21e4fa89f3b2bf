//! What the view knows of published versions and aliases.

use super::MachineView;
use crate::model::{Alias, Published};
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

/// What was published of a machine that has aliases.
#[derive(Debug, Clone)]
pub struct Aliased<'a> {
    pub published: &'a Published,
    pub aliases: &'a [Alias],
    /// Why there may be others.
    pub unseen: Option<Gap>,
}

impl<'a> MachineView<'a> {
    /// `None`: it has no aliases.
    pub fn aliased(&self) -> Result<Option<Aliased<'a>>, Gap> {
        let observed = self.published();
        let (Some(published), gap) = observed.seen() else {
            return Err(observed.gap().cloned().unwrap_or_else(|| Gap::not_collected("the versions")));
        };
        let published: &'a Published = published;
        let (aliases, unlisted) = published.aliases.seen();
        let unseen = unlisted.or(gap).cloned();
        match aliases {
            Some(aliases) if !aliases.is_empty() => Ok(Some(Aliased { published, aliases, unseen })),
            _ => unseen.map_or(Ok(None), Err),
        }
    }
}

/// Whether what is missing was asked for: not where its collector is off, the endpoint has no such call, or it lies
/// outside the configured sample.
pub fn asked_for(gap: &Gap) -> bool {
    !matches!(gap.reason, GapReason::Disabled | GapReason::Unsupported | GapReason::NotSampled)
}
