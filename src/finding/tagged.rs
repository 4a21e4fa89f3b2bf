//! What the view knows of tags.

use super::RegionView;
use crate::types::{Arn, Gap, GapReason};

/// Keys that AWS sets and that nobody else can.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html>.
const SYSTEM: &str = "aws:";

impl<'a> RegionView<'a> {
    /// The keys of the tags that people gave a resource of Step Functions; empty where it has none.
    ///
    /// The tagging call leaves out what was never tagged, so absence is an answer only where it answers at all: one that
    /// names not a single resource may come from an endpoint that does not serve it.
    pub fn own_tag_keys(&self, resource: &Arn) -> Result<Vec<&'a str>, Gap> {
        let tags = self.snapshot.tags();
        let (Some(seen), gap) = tags.seen() else {
            return Err(tags.gap().cloned().unwrap_or_else(|| Gap::not_collected("tags")));
        };
        let seen: &'a crate::model::Tags = seen;
        if let Some(own) = seen.get(resource) {
            return Ok(own.tags.keys().map(|key| key.get().as_str()).filter(|key| !key.starts_with(SYSTEM)).collect());
        }
        match gap {
            Some(gap) => Err(gap.clone()),
            None if seen.is_empty() => {
                let detail = "tag:GetResources named no resource of Step Functions at all, which also an endpoint answers \
                              that does not serve it: that nothing is tagged is not known";
                Err(Gap { api: "tag:GetResources".to_owned(), ..Gap::new(GapReason::Unsupported, detail) }
                    .about(resource.as_str()))
            }
            None => Ok(Vec::new()),
        }
    }
}
