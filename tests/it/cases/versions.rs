//! Published versions and aliases, in the compact form of an account.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use stepwarden::model::{Alias, DefinitionRef, Published, Route, Version};
use stepwarden::types::{Arn, GapReason, Observed};

use super::account::{arn, gap, inspected, part};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct VersionsForm {
    /// Newest first.
    versions: Vec<VersionForm>,
    /// By name: weights by the number of a version.
    aliases: BTreeMap<String, BTreeMap<String, u8>>,
    aliases_gap: Option<GapReason>,
    gap: Option<GapReason>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct VersionForm {
    number: u32,
    definition: Option<Value>,
    gap: Option<GapReason>,
}

impl VersionsForm {
    pub(super) fn observed(&self, machine: &Arn) -> Observed<Published> {
        let qualified = |name: &str| arn(format!("{machine}:{name}"));
        let version = |form: &VersionForm| {
            let definition = match (&form.definition, form.gap) {
                (Some(definition), None) => {
                    let (sha256, observations) = (definition.to_string(), inspected(definition));
                    Observed::known(DefinitionRef { bytes: sha256.len(), sha256, observations })
                }
                (_, reason) => Observed::missing(gap(reason.unwrap_or(GapReason::NotSampled), "the version")),
            };
            Version {
                arn: qualified(&form.number.to_string()),
                created_at: None,
                definition,
                description_observations: Vec::new(),
            }
        };
        let alias = |(name, routes): (&String, &BTreeMap<String, u8>)| {
            let route = |(number, weight): (&String, &u8)| Route { version: qualified(number), weight: *weight };
            Alias { arn: qualified(name), routes: routes.iter().map(route).collect() }
        };
        let aliases =
            part(self.aliases.iter().map(alias).collect(), self.aliases_gap, "states:ListStateMachineAliases");
        let published = Published { versions: self.versions.iter().map(version).collect(), aliases };
        part(published, self.gap, "states:ListStateMachineVersions")
    }
}
