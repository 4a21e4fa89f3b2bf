//! Tasks that fetch secrets, and whether what they fetch stays in the execution's data.

use serde_json::Value;

use super::machine::Node;
use super::path::{Path, Root, Step};
use super::{Integration, QueryLanguage, jsonata};

/// Calls that answer with a secret: service, call, and the members of the answer that hold it.
const CALLS: [(&str, &str, &[&str]); 26] = [
    ("secretsmanager", "getSecretValue", &["SecretString", "SecretBinary"]),
    ("secretsmanager", "batchGetSecretValue", &["SecretValues"]),
    ("secretsmanager", "getRandomPassword", &["RandomPassword"]),
    ("ssm", "getParameter", &["Parameter"]),
    ("ssm", "getParameters", &["Parameters"]),
    ("ssm", "getParametersByPath", &["Parameters"]),
    ("ssm", "getParameterHistory", &["Parameters"]),
    ("kms", "decrypt", &["Plaintext"]),
    ("kms", "generateDataKey", &["Plaintext"]),
    ("kms", "generateDataKeyPair", &["PrivateKeyPlaintext"]),
    ("kms", "generateRandom", &["Plaintext"]),
    ("sts", "assumeRole", &["Credentials"]),
    ("sts", "assumeRoleWithSAML", &["Credentials"]),
    ("sts", "assumeRoleWithWebIdentity", &["Credentials"]),
    ("sts", "getFederationToken", &["Credentials"]),
    ("sts", "getSessionToken", &["Credentials"]),
    ("cognitoidentity", "getCredentialsForIdentity", &["Credentials"]),
    ("cognitoidentity", "getOpenIdToken", &["Token"]),
    ("cognitoidentity", "getOpenIdTokenForDeveloperIdentity", &["Token"]),
    ("cognitoidentityprovider", "initiateAuth", &["AuthenticationResult", "Session"]),
    ("cognitoidentityprovider", "adminInitiateAuth", &["AuthenticationResult", "Session"]),
    ("ecr", "getAuthorizationToken", &["AuthorizationData"]),
    ("codeartifact", "getAuthorizationToken", &["AuthorizationToken"]),
    ("iam", "createAccessKey", &["AccessKey"]),
    ("redshift", "getClusterCredentials", &["DbPassword"]),
    ("apigateway", "getApiKey", &["Value"]),
];

/// The members of `integration`'s answer that hold a secret; `None` where it fetches none.
pub(super) fn fetched(integration: &Integration) -> Option<&'static [&'static str]> {
    let call = CALLS.iter().find(|(service, call, _)| integration.is_sdk_call(service, call));
    call.map(|(_, _, members)| *members)
}

/// Whether the state's output or variables may hold one of `members` of the answer.
pub(super) fn is_kept(node: &Node<'_>, members: &[&str]) -> bool {
    match node.language {
        QueryLanguage::Jsonata => {
            let output = node.json.get("Output").is_none_or(|output| mentions(output, members));
            output || node.json.get("Assign").is_some_and(|assign| mentions(assign, members))
        }
        QueryLanguage::JsonPath => {
            let assigned = node.json.get("Assign").is_some_and(|assign| selects(assign, members));
            let selected = node.json.get("ResultSelector").is_none_or(|selector| selects(selector, members));
            assigned || (selected && leaves(node))
        }
    }
}

/// The result reaches the output: it is placed, and `OutputPath` does not pass it by.
fn leaves(node: &Node<'_>) -> bool {
    let keys = |field: &str| match node.json.get(field) {
        None => Some(Vec::new()),
        Some(Value::Null) => None,
        Some(path) => match Path::parse(path.as_str().unwrap_or_default()) {
            Ok(Path { root: Root::Input, steps }) => Some(steps),
            // Another root, or no path: the result is not what is selected, or nobody knows.
            Ok(_) if field == "OutputPath" => None,
            _ => Some(Vec::new()),
        },
    };
    let (Some(placed), Some(selected)) = (keys("ResultPath"), keys("OutputPath")) else { return false };
    placed.iter().zip(&selected).all(|(a, b)| a == b || *a == Step::Many || *b == Step::Many)
}

/// Some path of a JSONPath template reaches one of `members` of `$`.
fn selects(template: &Value, members: &[&str]) -> bool {
    match template {
        Value::Object(map) => map.iter().any(|(key, value)| match (key.ends_with(".$"), value) {
            (true, Value::String(text)) => reaches(text, members),
            (_, value) => selects(value, members),
        }),
        Value::Array(items) => items.iter().any(|item| selects(item, members)),
        _ => false,
    }
}

/// A call may hold any path; a path is judged by its first step.
fn reaches(text: &str, members: &[&str]) -> bool {
    match Path::parse(text) {
        Ok(Path { root: Root::Input, steps }) => match steps.first() {
            Some(Step::Key(key)) => members.contains(&key.as_str()),
            _ => true,
        },
        Ok(_) => false,
        Err(_) => text.contains("$.") || text.contains("$[") || text.contains("$,") || text.contains("$)"),
    }
}

/// Some expression of a JSONata template reaches one of `members` of `$states.result`.
fn mentions(template: &Value, members: &[&str]) -> bool {
    match template {
        Value::String(text) => jsonata::expression(text).is_some_and(|expression| {
            let rest = expression.split("$states").skip(1);
            rest.map(str::trim_start).any(|rest| {
                let Some(rest) = rest.strip_prefix('.').map(str::trim_start) else { return true };
                let name =
                    |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
                if name(rest) != "result" {
                    return !matches!(name(rest).as_str(), "input" | "context" | "errorOutput");
                }
                let member = rest["result".len()..].trim_start().strip_prefix('.').map(|rest| name(rest.trim_start()));
                member.is_none_or(|member| member.is_empty() || members.contains(&member.as_str()))
            })
        }),
        Value::Array(items) => items.iter().any(|item| mentions(item, members)),
        Value::Object(map) => map.values().any(|value| mentions(value, members)),
        _ => false,
    }
}
