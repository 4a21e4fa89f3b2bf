use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::detect::{Clean, Door};
use crate::types::{Arn, JsonPointer, Observation};

/// Tags by resource.
pub type Tags = BTreeMap<Arn, TagSet>;

/// The tags of one resource, with what the door saw in them: pointers are `/` and the key.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TagSet {
    pub tags: BTreeMap<Clean<String>, Clean<String>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observations: Vec<Observation>,
}

impl TagSet {
    /// Tags as AWS hands them over.
    pub fn read<'a>(door: &Door, tags: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut set = Self::default();
        for (key, value) in tags {
            let (key, value) = (door.text(key), door.text(value));
            let at = JsonPointer::root().join(key.clean.get());
            let seen = key.observations.into_iter().chain(value.observations);
            set.observations.extend(seen.map(|seen| Observation { pointer: at.clone(), ..seen }));
            set.tags.insert(key.clean, value.clean);
        }
        set
    }
}
