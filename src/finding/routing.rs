//! Whose something is, by its tags.

use super::RegionView;
use crate::types::Arn;

/// The keys of tags that name an owner or a stack, in order of preference; compared without case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoutingSettings {
    pub owner_tags: Vec<String>,
    pub stack_tags: Vec<String>,
}

impl Default for RoutingSettings {
    fn default() -> Self {
        let keys = |keys: &[&str]| keys.iter().map(|&key| key.to_owned()).collect();
        Self {
            owner_tags: keys(&["owner", "team", "contact"]),
            stack_tags: keys(&["aws:cloudformation:stack-name", "stack"]),
        }
    }
}

/// The owner and the stack that the tags of a resource of Step Functions name.
pub fn routing(
    region: &RegionView<'_>,
    resource: &Arn,
    settings: &RoutingSettings,
) -> (Option<String>, Option<String>) {
    let tags = region.snapshot.tags();
    let Some(tags) = tags.seen().0.and_then(|tags| tags.get(resource)) else {
        return (None, None);
    };
    let first = |keys: &[String]| {
        let by_key = |key: &String| tags.tags.iter().find(|(name, _)| name.get().eq_ignore_ascii_case(key));
        keys.iter().find_map(by_key).map(|(_, value)| value.get().clone())
    };
    (first(&settings.owner_tags), first(&settings.stack_tags))
}
