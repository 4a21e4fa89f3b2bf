use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::glob_matches;
use crate::types::JsonPointer;

/// A parsed IAM policy document: identity, trust or boundary.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    pub statements: Vec<Statement>,
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

/// Where a document stops being a policy. Does not repeat the document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at '{pointer}'")]
pub struct PolicyError {
    pub pointer: JsonPointer,
    pub message: &'static str,
}

impl Selector {
    fn matches(&self, text: &str, ignore_case: bool) -> bool {
        let any = |patterns: &[String]| patterns.iter().any(|pattern| glob_matches(pattern, text, ignore_case));
        match self {
            Self::Only(patterns) => any(patterns),
            Self::AllBut(patterns) => !any(patterns),
        }
    }
}

impl Statement {
    pub fn matches_action(&self, action: &str) -> bool {
        self.actions.matches(action, true)
    }

    /// A statement without resources (a trust policy's) matches none.
    pub fn matches_resource(&self, resource: &str) -> bool {
        self.resources.as_ref().is_some_and(|resources| resources.matches(resource, false))
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
    /// Every legal form: one statement or a list, a string or a list of strings.
    pub fn parse(document: &Value) -> Result<Self, PolicyError> {
        let root = JsonPointer::root();
        let Value::Object(document) = document else {
            return Err(refuse(&root, "a policy is a JSON object"));
        };
        let at = root.join("Statement");
        let statements = match document.get("Statement") {
            Some(Value::Array(items)) => {
                items.iter().enumerate().map(|(index, item)| statement(item, &at.index(index))).collect()
            }
            Some(one @ Value::Object(_)) => statement(one, &at).map(|one| vec![one]),
            _ => Err(refuse(&at, "a statement or a list of statements is required")),
        }?;
        Ok(Self { statements })
    }
}

fn refuse(pointer: &JsonPointer, message: &'static str) -> PolicyError {
    PolicyError { pointer: pointer.clone(), message }
}

fn statement(value: &Value, at: &JsonPointer) -> Result<Statement, PolicyError> {
    let Value::Object(value) = value else {
        return Err(refuse(at, "a statement is a JSON object"));
    };
    let effect = match value.get("Effect").and_then(Value::as_str) {
        Some("Allow") => Effect::Allow,
        Some("Deny") => Effect::Deny,
        _ => return Err(refuse(&at.join("Effect"), "Effect is Allow or Deny")),
    };
    let actions = selector(value, "Action", "NotAction", at)?
        .ok_or_else(|| refuse(&at.join("Action"), "Action or NotAction is required"))?;
    Ok(Statement {
        sid: value.get("Sid").and_then(Value::as_str).filter(|sid| !sid.is_empty()).map(str::to_owned),
        effect,
        actions,
        resources: selector(value, "Resource", "NotResource", at)?,
        principal: value.get("Principal").cloned(),
        not_principal: value.get("NotPrincipal").cloned(),
        condition: value.get("Condition").filter(|condition| !is_empty(condition)).cloned(),
    })
}

fn is_empty(value: &Value) -> bool {
    value.as_object().is_some_and(Map::is_empty)
}

fn selector(
    statement: &Map<String, Value>,
    only: &str,
    all_but: &str,
    at: &JsonPointer,
) -> Result<Option<Selector>, PolicyError> {
    match (statement.get(only), statement.get(all_but)) {
        (Some(value), None) => strings(value, &at.join(only)).map(|list| Some(Selector::Only(list))),
        (None, Some(value)) => strings(value, &at.join(all_but)).map(|list| Some(Selector::AllBut(list))),
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(refuse(at, "a statement has an element or its Not form, not both")),
    }
}

fn strings(value: &Value, at: &JsonPointer) -> Result<Vec<String>, PolicyError> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let list = match value {
        Value::String(one) => Some(vec![one.clone()]),
        Value::Array(items) => items.iter().map(text).collect(),
        _ => None,
    };
    list.ok_or_else(|| refuse(at, "a string or a list of strings is required"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Effect, Policy};

    #[test]
    fn single_statements_and_strings_are_legal() {
        let policy = Policy::parse(&json!({
            "Statement": {"Effect": "Allow", "Action": "xray:Put*", "Resource": "*", "Condition": {}}
        }))
        .unwrap();
        let statement = &policy.statements[0];
        assert_eq!(statement.effect, Effect::Allow);
        assert!(statement.matches_action("XRAY:puttracesegments") && statement.reaches_everything());
        assert_eq!(statement.condition, None);
    }

    #[test]
    fn not_forms_match_all_but() {
        let policy = Policy::parse(&json!({
            "Statement": [{"Effect": "Allow", "NotAction": ["iam:*"], "NotResource": "arn:aws:s3:::secret"}]
        }))
        .unwrap();
        let statement = &policy.statements[0];
        assert!(statement.matches_action("s3:GetObject") && !statement.matches_action("iam:PassRole"));
        assert!(statement.matches_resource("arn:aws:s3:::other") && !statement.matches_resource("arn:aws:s3:::secret"));
    }

    #[test]
    fn all_but_everything_is_nothing_and_statements_write_themselves_back() {
        let document = json!({"Sid": "S", "Effect": "Deny", "NotAction": ["a:B"], "NotResource": ["*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}}});
        let policy = Policy::parse(&json!({ "Statement": document })).unwrap();
        assert!(!policy.statements[0].reaches_everything());
        assert_eq!(policy.statements[0].to_document(), document);
    }

    #[test]
    fn faults_name_their_place() {
        for (document, pointer) in [
            (json!([]), ""),
            (json!({}), "/Statement"),
            (json!({"Statement": [1]}), "/Statement/0"),
            (json!({"Statement": [{"Effect": "allow"}]}), "/Statement/0/Effect"),
            (json!({"Statement": [{"Effect": "Allow"}]}), "/Statement/0/Action"),
            (json!({"Statement": [{"Effect": "Allow", "Action": [1]}]}), "/Statement/0/Action"),
            (json!({"Statement": [{"Effect": "Allow", "Action": "a", "NotAction": "b"}]}), "/Statement/0"),
        ] {
            assert_eq!(Policy::parse(&document).unwrap_err().pointer.as_str(), pointer, "{document}");
        }
    }
}
