use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{DefinitionRef, Encryption, Logging};
use crate::types::{Arn, Gap, Observation, Observed};

/// Published versions and aliases, by state machine; one that is not there was not asked about.
pub type Versions = BTreeMap<Arn, Observed<Published>>;

/// What was published of one state machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Published {
    /// Newest first. At most 1,000.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<Version>,
    pub aliases: Observed<Vec<Alias>>,
}

/// One version; it never changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// The state machine's ARN with `:` and the number.
    pub arn: Arn,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// What the door saw in its definition. The definition itself is not kept.
    pub definition: Observed<DefinitionRef>,
    /// What the door saw in its description.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub description_observations: Vec<Observation>,
    #[serde(default = "not_read")]
    pub settings: Observed<RunSettings>,
}

/// How executions of a version run, which may differ from how those of the current revision do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunSettings {
    pub role_arn: Observed<Arn>,
    pub logging: Logging,
    pub tracing_enabled: bool,
    pub encryption: Encryption,
}

/// Snapshots of older releases have no settings of versions.
fn not_read() -> Observed<RunSettings> {
    Observed::missing(Gap::not_collected("the version's settings"))
}

/// A name for one version, or for two that share the executions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    pub arn: Arn,
    pub routes: Vec<Route>,
    /// When its routes were last set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    pub version: Arn,
    /// Of 100 executions.
    pub weight: u8,
}

impl Version {
    /// `3`
    pub fn number(&self) -> &str {
        self.arn.name()
    }

    /// Versions are counted up and never given a number again. `None`: what AWS answered is no version.
    pub fn count(&self) -> Option<u64> {
        self.number().parse().ok()
    }
}

impl Alias {
    /// Where its executions go: routes without weight lead nowhere.
    pub fn live(&self) -> impl Iterator<Item = &Route> {
        self.routes.iter().filter(|route| route.weight > 0)
    }
}

impl Published {
    /// What is known of a version that an alias routes to.
    pub fn version(&self, arn: &Arn) -> Option<&Version> {
        self.versions.iter().find(|version| version.arn == *arn)
    }

    /// Names of the aliases that start executions of a version, as far as they are known.
    pub fn aliases_of<'a>(&'a self, version: &'a Arn) -> impl Iterator<Item = &'a str> {
        let leads = |alias: &&Alias| alias.routes.iter().any(|route| route.version == *version && route.weight > 0);
        self.aliases.seen().0.into_iter().flatten().filter(leads).map(|alias| alias.arn.name())
    }
}
