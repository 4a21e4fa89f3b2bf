use serde_json::{Map, Value, json};

use super::super::call::{Call, Text};
use super::super::target::{Target, named};
use super::super::{Choice, Need};

const SOURCE: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html";

/// The endpoint on the machine itself, the connection, and the secret that EventBridge keeps for it.
pub(in super::super) fn needs(call: &Call<'_>) -> Vec<Need> {
    let (endpoint, method) = (call.text(&["ApiEndpoint"]), call.text(&["Method"]));
    let mut target = Target::fixed(call.place.machine_arn()).also("*".to_owned());
    if let Some(from) = [&endpoint, &method].into_iter().flatten().find_map(|text| text.from.clone()) {
        target.choice = Choice::Runtime { from };
    }
    let mut need = Need::of(call, "states:InvokeHTTPEndpoint", target, "the call itself", SOURCE);
    need.condition = condition(endpoint.as_ref(), method.as_ref());
    let mut needs = vec![need];
    let connection = [["Authentication", "ConnectionArn"], ["InvocationConfig", "ConnectionArn"]];
    let connection = connection.iter().find_map(|path| call.text(path));
    let target = named(call.place, "events", "connection/", connection.as_ref());
    let why = "the connection that authenticates the call";
    needs.push(Need::of(call, "events:RetrieveConnectionCredentials", target.clone(), why, SOURCE));
    let secret = Target { resources: target.resources.iter().map(|arn| secret_of(call, arn)).collect(), ..target };
    let any = call.place.arn("secretsmanager", "secret:events!connection/*");
    let secret =
        Target { also: vec![any, "arn:aws:secretsmanager:*:*:secret:events!connection/*".to_owned()], ..secret };
    for action in ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"] {
        needs.push(Need::of(call, action, secret.clone(), "EventBridge keeps the connection's secret", SOURCE));
    }
    needs
}

/// `…:connection/NAME/ID` to `…:secret:events!connection/NAME/*`.
fn secret_of(call: &Call<'_>, connection: &str) -> String {
    let parts: Vec<_> = connection.splitn(6, ':').collect();
    let name = |resource: &str| {
        let name = resource.trim_start_matches("connection/").split('/').next().unwrap_or("*").to_owned();
        if name == "*" { name } else { format!("{name}/*") }
    };
    match parts[..] {
        [_, partition, _, region, account, resource] => {
            format!("arn:{partition}:secretsmanager:{region}:{account}:secret:events!connection/{}", name(resource))
        }
        _ => call.place.arn("secretsmanager", "secret:events!connection/*"),
    }
}

fn condition(endpoint: Option<&Text>, method: Option<&Text>) -> Option<Value> {
    let mut condition = Map::<String, Value>::new();
    for (key, text) in [("states:HTTPEndpoint", endpoint), ("states:HTTPMethod", method)] {
        let Some(text) = text.filter(|text| text.pattern != "*") else { continue };
        let operator = if text.from.is_some() { "StringLike" } else { "StringEquals" };
        condition.entry(operator).or_insert_with(|| json!({}))[key] = json!(text.pattern);
    }
    (!condition.is_empty()).then_some(Value::Object(condition))
}
