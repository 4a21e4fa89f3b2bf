use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::action;
use super::context::{Context, Keys};
use super::resource::{ResourceName, ResourceSet};
use super::tri::Tri;

/// A parsed IAM policy document of any kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Absent is the version of 2008.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    pub statements: Vec<Statement>,
}

/// The version of the policy language. Only the current one has variables.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Version {
    #[serde(rename = "2008-10-17")]
    First,
    #[serde(rename = "2012-10-17")]
    Current,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    pub effect: Effect,
    pub actions: Selector,
    /// Absent in trust policies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resources: Option<Selector>,
    /// As written; only trust and resource policies have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_principal: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    Allow,
    Deny,
}

/// `Action` or `NotAction`, `Resource` or `NotResource`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selector {
    Only(Vec<String>),
    AllBut(Vec<String>),
}

impl Statement {
    pub fn matches_action(&self, action: &str) -> bool {
        let named = |patterns: &[String]| patterns.iter().any(|pattern| action::pattern_matches(pattern, action));
        match &self.actions {
            Selector::Only(patterns) => named(patterns),
            Selector::AllBut(patterns) => !named(patterns),
        }
    }

    /// Whether it matches whatever the request's context: a pattern with a variable may, so it does not count. A statement
    /// without resources (a trust policy's) matches none.
    pub fn matches_resource(&self, resource: &str) -> bool {
        self.resources.as_ref().is_some_and(|resources| {
            let set = ResourceSet::new(resources, true);
            set.matches(&ResourceName::new(resource), &Context::open(), &mut Keys::default()) == Tri::Yes
        })
    }

    /// Reaches every resource there is: `*` among its patterns, or all but some.
    pub fn reaches_everything(&self) -> bool {
        self.matches_resource("*")
    }

    /// The statement as IAM writes it.
    pub fn to_document(&self) -> Value {
        let mut document = Map::new();
        let mut put = |name: &str, value: Value| document.insert(name.to_owned(), value);
        if let Some(sid) = &self.sid {
            put("Sid", json!(sid));
        }
        put("Effect", json!(self.effect));
        let selectors =
            [("Action", "NotAction", Some(&self.actions)), ("Resource", "NotResource", self.resources.as_ref())];
        for (only, all_but, selector) in selectors {
            match selector {
                Some(Selector::Only(patterns)) => put(only, json!(patterns)),
                Some(Selector::AllBut(patterns)) => put(all_but, json!(patterns)),
                None => None,
            };
        }
        for (name, value) in
            [("Principal", &self.principal), ("NotPrincipal", &self.not_principal), ("Condition", &self.condition)]
        {
            if let Some(value) = value {
                put(name, value.clone());
            }
        }
        Value::Object(document)
    }
}

impl Policy {
    /// Whether `${...}` is a variable here.
    pub fn has_variables(&self) -> bool {
        self.version == Some(Version::Current)
    }

    /// The policy as IAM writes it.
    pub fn to_document(&self) -> Value {
        let mut document = Map::new();
        if let Some(version) = self.version {
            document.insert("Version".to_owned(), json!(version));
        }
        let statements: Vec<Value> = self.statements.iter().map(Statement::to_document).collect();
        document.insert("Statement".to_owned(), statements.into());
        Value::Object(document)
    }
}
