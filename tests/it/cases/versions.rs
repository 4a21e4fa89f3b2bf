//! Published versions and aliases, in the compact form of an account.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use stepwarden::model::{Alias, DefinitionRef, Encryption, LogLevel, Logging, Published, Route, RunSettings, Version};
use stepwarden::types::{Arn, GapReason, Observed};

use super::account::{arn, gap, inspected, named, part};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct VersionsForm {
    /// Newest first.
    versions: Vec<VersionForm>,
    /// By name: weights by the number of a version.
    aliases: BTreeMap<String, BTreeMap<String, u8>>,
    /// When the routes of an alias were set.
    updated: BTreeMap<String, Timestamp>,
    aliases_gap: Option<GapReason>,
    gap: Option<GapReason>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct VersionForm {
    number: u32,
    definition: Option<Value>,
    created: Option<Timestamp>,
    settings: Option<SettingsForm>,
    gap: Option<GapReason>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SettingsForm {
    role: String,
    logging: Option<LogLevel>,
    group: Option<String>,
    #[serde(default)]
    data: bool,
    #[serde(default)]
    tracing: bool,
    key: Option<String>,
}

impl SettingsForm {
    fn read(&self, machine: &Arn) -> RunSettings {
        let group =
            |name: &String| arn(format!("arn:aws:logs:{}:{}:log-group:{name}", machine.region(), machine.account()));
        RunSettings {
            role_arn: Observed::known(named(&self.role, "role")),
            logging: Logging {
                level: self.logging.unwrap_or(LogLevel::Off),
                include_execution_data: self.data,
                destination: self.group.as_ref().map(group),
            },
            tracing_enabled: self.tracing,
            encryption: match &self.key {
                None => Encryption::AwsOwned,
                Some(key) if key == "?" => Encryption::Unknown { kind: "NEW_KIND_OF_KEY".to_owned() },
                Some(key) => Encryption::Customer { kms_key_id: key.clone() },
            },
        }
    }
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
                created_at: form.created,
                definition,
                description_observations: Vec::new(),
                settings: match &form.settings {
                    Some(settings) => Observed::known(settings.read(machine)),
                    None => Observed::missing(gap(form.gap.unwrap_or(GapReason::NotSampled), "the version")),
                },
            }
        };
        let alias = |(name, routes): (&String, &BTreeMap<String, u8>)| {
            let route = |(number, weight): (&String, &u8)| Route { version: qualified(number), weight: *weight };
            let updated_at = self.updated.get(name).copied();
            Alias { arn: qualified(name), routes: routes.iter().map(route).collect(), updated_at }
        };
        let aliases =
            part(self.aliases.iter().map(alias).collect(), self.aliases_gap, "states:ListStateMachineAliases");
        let published = Published { versions: self.versions.iter().map(version).collect(), aliases };
        part(published, self.gap, "states:ListStateMachineVersions")
    }
}
