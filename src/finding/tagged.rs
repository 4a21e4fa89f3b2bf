//! What the view knows of tags.

use super::evaluation::{Change, Defect, Outcome};
use super::text::{listed, shell_quote};
use super::view::RegionView;
use crate::types::{Arn, Gap, GapReason};

/// Keys that AWS sets and that nobody else can.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html>.
const SYSTEM: &str = "aws:";

impl<'a> RegionView<'a> {
    /// The keys of the tags that people gave a resource of Step Functions; empty where it has none.
    ///
    /// The tagging call leaves out what was never tagged, so absence is an answer only where it answers at all: one that
    /// names not a single tag may come from an endpoint that does not serve it.
    fn own_tag_keys(&self, resource: &Arn) -> Result<Vec<&'a str>, Gap> {
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
            None if seen.values().all(|set| set.tags.is_empty()) => {
                let detail = "tag:GetResources named no tag of Step Functions at all, which also an endpoint answers that \
                              does not serve it, and only the first resources were asked singly";
                Err(Gap { api: "tag:GetResources".to_owned(), ..Gap::new(GapReason::Unsupported, detail) }
                    .about(resource.as_str()))
            }
            None => Ok(Vec::new()),
        }
    }

    /// Whether a resource of Step Functions has the tags that are required, or one at all where none are. `name` is what
    /// the message calls it, `without` what its lack means beside that nobody can tell whose it is.
    pub fn tagged(&self, resource: &Arn, name: &str, required: &[String], without: &str) -> Result<Outcome, Gap> {
        let keys = self.own_tag_keys(resource)?;
        let missing: Vec<_> = required.iter().map(String::as_str).filter(|key| !keys.contains(key)).collect();
        let lacks = if required.is_empty() { keys.is_empty() } else { !missing.is_empty() };
        Ok(if lacks { self.untagged(resource, name, &missing, without).into() } else { Outcome::Compliant })
    }

    /// `missing`: of the keys that are required; where none are, it has no tag at all.
    fn untagged(&self, resource: &Arn, name: &str, missing: &[&str], without: &str) -> Defect {
        let what = match missing {
            [] => "has no tags of its own".to_owned(),
            missing => format!("lacks the tag{} {}", if missing.len() == 1 { "" } else { "s" }, listed(missing)),
        };
        let message = format!(
            "{name} {what}: nobody can tell from it whom to ask about a finding, whose costs they are, and {without}."
        );
        let keys = if missing.is_empty() { &["owner"] } else { missing };
        let tags: Vec<_> = keys.iter().map(|key| shell_quote(&format!("key={key},value=<VALUE>"))).collect();
        let command = format!(
            "aws stepfunctions tag-resource --region {} --resource-arn {} --tags {}",
            self.name(),
            shell_quote(resource.as_str()),
            tags.join(" "),
        );
        let remediation = "Tag it where it is defined, in its template, so that the next deployment keeps the tags.";
        let missing = if missing.is_empty() { "any".to_owned() } else { listed(missing) };
        Defect::new(message, remediation).evidence("missing", missing).change(Change::Command(command))
    }
}
