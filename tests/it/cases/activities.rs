//! Activities, in the compact form of an account.

use std::collections::BTreeMap;

use serde::Deserialize;
use stepwarden::model::{Activities, Activity, Encryption, TagSet};
use stepwarden::types::{Arn, GapReason, Observed};

use super::account::{arn, door, encryption, gap};
use super::{ACCOUNT, REGION};

/// By name.
pub(super) type ActivityForms = BTreeMap<String, ActivityForm>;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ActivityForm {
    key: Option<String>,
    /// Absent: the tagging call does not name it.
    tags: Option<BTreeMap<String, String>>,
    gap: Option<GapReason>,
}

impl ActivityForm {
    fn encryption(&self) -> Observed<Encryption> {
        match self.gap {
            Some(reason) => Observed::missing(gap(reason, "states:DescribeActivity")),
            None => Observed::known(encryption(self.key.as_deref())),
        }
    }
}

fn named(name: &str) -> Arn {
    arn(format!("arn:aws:states:{REGION}:{ACCOUNT}:activity:{name}"))
}

pub(super) fn activities(forms: &ActivityForms) -> Activities {
    let of = |form: &ActivityForm| Activity { created_at: None, encryption: form.encryption() };
    forms.iter().map(|(name, form)| (named(name), of(form))).collect()
}

pub(super) fn tags(forms: &ActivityForms) -> impl Iterator<Item = (Arn, TagSet)> {
    forms.iter().filter_map(|(name, form)| {
        let tags = form.tags.as_ref()?.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        Some((named(name), TagSet::read(&door(), tags)))
    })
}
