use serde_json::{Map, Value};

use super::operator::Operator;
use super::policy::{Effect, Policy, Selector, Statement, Version};
use super::strict_json;
use crate::types::JsonPointer;

/// Where a document stops being a policy. Does not repeat the document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}{}", pointer.place())]
pub struct PolicyError {
    pub pointer: JsonPointer,
    pub message: &'static str,
}

/// What a document is used as, which says what its statements must and must not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyKind {
    /// Attached to a principal, or a bound of it: resources and no principal.
    Identity,
    /// Attached to a resource, a trust policy included: principals; the resource may go unsaid.
    Resource,
}

const STATEMENT: [&str; 9] =
    ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition"];
const PRINCIPALS: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];

impl Policy {
    /// Every legal form: one statement or a list, a string or a list of strings.
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.
    pub fn parse(document: &Value) -> Result<Self, PolicyError> {
        let root = JsonPointer::root();
        let Value::Object(document) = document else {
            return Err(refuse(&root, "a policy is a JSON object"));
        };
        only(document, &["Version", "Id", "Statement"], &root)?;
        let version = match document.get("Version") {
            None => None,
            Some(Value::String(text)) if text == "2012-10-17" => Some(Version::Current),
            Some(Value::String(text)) if text == "2008-10-17" => Some(Version::First),
            Some(_) => return Err(refuse(&root.join("Version"), "Version is 2012-10-17 or 2008-10-17")),
        };
        string(document.get("Id"), &root.join("Id"))?;
        let at = root.join("Statement");
        let statements = match document.get("Statement") {
            Some(Value::Array(items)) => {
                items.iter().enumerate().map(|(index, item)| statement(item, &at.index(index))).collect()
            }
            Some(one @ Value::Object(_)) => statement(one, &at).map(|one| vec![one]),
            _ => Err(refuse(&at, "a statement or a list of statements is required")),
        }?;
        Ok(Self { version, statements })
    }

    /// [`Policy::parse`] of a text, which can tell what a parsed value no longer can: an element that stands twice.
    pub fn from_json(text: &str) -> Result<Self, PolicyError> {
        Self::parse(&strict_json::read(text)?)
    }

    /// Whether the statements have what a document of this kind needs.
    pub fn check(&self, kind: PolicyKind) -> Result<(), PolicyError> {
        let at = JsonPointer::root().join("Statement");
        for (index, statement) in self.statements.iter().enumerate() {
            let at = at.index(index);
            let principal = statement.principal.is_some() || statement.not_principal.is_some();
            match kind {
                PolicyKind::Identity if principal => {
                    return Err(refuse(&at.join("Principal"), "an identity policy names no principal"));
                }
                PolicyKind::Identity if statement.resources.is_none() => {
                    return Err(refuse(&at.join("Resource"), "Resource or NotResource is required"));
                }
                PolicyKind::Resource if !principal => {
                    return Err(refuse(&at.join("Principal"), "a resource policy names a principal"));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

pub(super) fn refuse(pointer: &JsonPointer, message: &'static str) -> PolicyError {
    PolicyError { pointer: pointer.clone(), message }
}

/// Elements compare with case: another spelling is another element, and one that is not known could mean anything.
fn only(value: &Map<String, Value>, known: &[&str], at: &JsonPointer) -> Result<(), PolicyError> {
    match value.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(refuse(&at.join(key), "the policy language has no such element here")),
        None => Ok(()),
    }
}

fn string<'a>(value: Option<&'a Value>, at: &JsonPointer) -> Result<Option<&'a str>, PolicyError> {
    match value {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(refuse(at, "a string is required")),
    }
}

fn statement(value: &Value, at: &JsonPointer) -> Result<Statement, PolicyError> {
    let Value::Object(value) = value else {
        return Err(refuse(at, "a statement is a JSON object"));
    };
    only(value, &STATEMENT, at)?;
    let effect = match value.get("Effect").and_then(Value::as_str) {
        Some("Allow") => Effect::Allow,
        Some("Deny") => Effect::Deny,
        _ => return Err(refuse(&at.join("Effect"), "Effect is Allow or Deny")),
    };
    let actions = selector(value, "Action", "NotAction", at)?
        .ok_or_else(|| refuse(&at.join("Action"), "Action or NotAction is required"))?;
    let (Selector::Only(patterns) | Selector::AllBut(patterns)) = &actions;
    if let Some(bare) = patterns.iter().find(|pattern| !pattern.contains(':') && !super::action::is_everything(pattern))
    {
        let message = if bare.is_empty() { "an action is empty" } else { "an action is service:name, or *" };
        let element = if value.contains_key("Action") { "Action" } else { "NotAction" };
        return Err(refuse(&at.join(element), message));
    }
    if value.contains_key("Principal") && value.contains_key("NotPrincipal") {
        return Err(refuse(at, "a statement has an element or its Not form, not both"));
    }
    Ok(Statement {
        sid: string(value.get("Sid"), &at.join("Sid"))?.filter(|sid| !sid.is_empty()).map(str::to_owned),
        effect,
        actions,
        resources: selector(value, "Resource", "NotResource", at)?,
        principal: principal(value.get("Principal"), &at.join("Principal"))?,
        not_principal: principal(value.get("NotPrincipal"), &at.join("NotPrincipal"))?,
        condition: condition(value.get("Condition"), &at.join("Condition"))?,
    })
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

/// `*`, or lists of ARNs, accounts, services and providers; kept as written.
fn principal(value: Option<&Value>, at: &JsonPointer) -> Result<Option<Value>, PolicyError> {
    match value {
        None => Ok(None),
        Some(Value::String(everyone)) if everyone == "*" => Ok(value.cloned()),
        Some(Value::Object(kinds)) => {
            only(kinds, &PRINCIPALS, at)?;
            for (kind, names) in kinds {
                strings(names, &at.join(kind))?;
            }
            Ok(value.cloned())
        }
        Some(_) => Err(refuse(at, "a principal is * or an object of AWS, Service, Federated, CanonicalUser")),
    }
}

/// Operators over keys over values; kept as written. Values may be strings, numbers or booleans, alone or in a list.
fn condition(value: Option<&Value>, at: &JsonPointer) -> Result<Option<Value>, PolicyError> {
    let Some(value) = value else { return Ok(None) };
    let Value::Object(operators) = value else {
        return Err(refuse(at, "a condition is an object of operators"));
    };
    for (operator, keys) in operators {
        let at = at.join(operator);
        if Operator::parse(operator).is_none() {
            return Err(refuse(&at, "IAM has no such condition operator"));
        }
        let Value::Object(keys) = keys else {
            return Err(refuse(&at, "an operator has an object of condition keys"));
        };
        for (key, values) in keys {
            let scalar = |value: &Value| matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_));
            let fine = values.as_array().map_or_else(|| scalar(values), |list| list.iter().all(scalar));
            if !fine {
                return Err(refuse(&at.join(key), "a condition key has a value or a list of values"));
            }
        }
    }
    Ok((!operators.is_empty()).then(|| value.clone()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::PolicyKind;
    use crate::iam::{Effect, Policy};

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
            (json!({"Statement": {"Effect": "Allow", "Action": "lambda"}}), "/Statement/Action"),
            (json!({"Statement": {"Effect": "Allow", "NotAction": ["s3:*", ""]}}), "/Statement/NotAction"),
            (json!({"Statement": [], "Version": "2012-10-18"}), "/Version"),
            (json!({"Statement": [], "statement": []}), "/statement"),
            (json!({"Statement": {"Effect": "Allow", "Action": "*", "resource": "*"}}), "/Statement/resource"),
            (json!({"Statement": {"Effect": "Allow", "Action": "*", "Sid": 1}}), "/Statement/Sid"),
            (json!({"Statement": {"Effect": "Allow", "Action": "*", "Principal": "a"}}), "/Statement/Principal"),
            (
                json!({"Statement": {"Effect": "Allow", "Action": "*", "Principal": {"AWS": {}}}}),
                "/Statement/Principal/AWS",
            ),
            (
                json!({"Statement": {"Effect": "Allow", "Action": "*", "Condition": {"Same": {}}}}),
                "/Statement/Condition/Same",
            ),
            (
                json!({"Statement": {"Effect": "Allow", "Action": "*", "Condition": {"Bool": {"a/b": [null]}}}}),
                "/Statement/Condition/Bool/a~1b",
            ),
        ] {
            assert_eq!(Policy::parse(&document).unwrap_err().pointer.as_str(), pointer, "{document}");
        }
    }

    #[test]
    fn texts_tell_what_stands_twice() {
        for (text, pointer) in [
            (r#"{"Statement": [], "Statement": []}"#, "/Statement"),
            (r#"{"Statement": [{"Effect": "Deny", "Effect": "Allow"}]}"#, "/Statement/0/Effect"),
            (r#"{"Statement": []"#, ""),
            ("", ""),
        ] {
            assert_eq!(Policy::from_json(text).unwrap_err().pointer.as_str(), pointer, "{text}");
        }
        let deep = "[".repeat(100_000);
        assert!(Policy::from_json(&deep).is_err());
        let text =
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": ["*"]}}"#;
        let policy = Policy::from_json(text).unwrap();
        assert_eq!(Policy::parse(&policy.to_document()).unwrap(), policy);
    }

    #[test]
    fn kinds_need_what_they_need() {
        let check =
            |statement: serde_json::Value, kind| Policy::parse(&json!({ "Statement": statement })).unwrap().check(kind);
        let identity = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
        let trust =
            json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "states.amazonaws.com"}});
        assert!(
            check(identity.clone(), PolicyKind::Identity).is_ok() && check(trust.clone(), PolicyKind::Resource).is_ok()
        );
        assert!(check(identity, PolicyKind::Resource).is_err() && check(trust, PolicyKind::Identity).is_err());
        assert!(check(json!({"Effect": "Allow", "Action": "*"}), PolicyKind::Identity).is_err());
    }
}
