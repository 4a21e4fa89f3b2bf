use serde_json::{Value, json};

use crate::asl::{Integration, QueryLanguage, Resolved, State, Task};
use crate::detect::is_marker_in;
use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, about_text,
};
use crate::model::PartName;
use crate::types::{Gap, GapReason, JsonPointer};

pub const CHECK: Check = Check {
    id: "http-task-inline-credential",
    family: Family::Data,
    title: "A request carries its credential in the definition or in the execution's data",
    severity: Severity::High,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/connect-api-gateway.html",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-target-connection.html",
    ],
    page: include_str!("http-task-inline-credential.md"),
    run,
};

/// Headers that carry a credential and nothing else.
const HEADERS: [&str; 12] = [
    "authorization",
    "proxy-authorization",
    "x-api-key",
    "api-key",
    "apikey",
    "x-auth-token",
    "x-access-token",
    "x-functions-key",
    "x-vault-token",
    "private-token",
    "ocp-apim-subscription-key",
    "x-amz-security-token",
];

/// Names in queries and bodies, without case, dashes and underscores.
const NAMES: [&str; 16] = [
    "apikey",
    "accesskey",
    "accesstoken",
    "authtoken",
    "authkey",
    "bearertoken",
    "clientsecret",
    "password",
    "passwd",
    "pwd",
    "privatekey",
    "refreshtoken",
    "secret",
    "secretkey",
    "apisecret",
    "apitoken",
];

/// Levels of a body that are looked into.
const DEEPEST: usize = 8;

/// One credential in a request.
struct Found {
    /// From the request's arguments down to it.
    path: Vec<String>,
    known: Known,
    /// The name can mean nothing else.
    sure: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    /// It was recognised, and taken out before anything was kept.
    Recognised,
    Written,
    AtRunTime,
}

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Vec<Outcome>, Gap> {
    let definition = machine.definition()?;
    let (mut outcomes, mut requests, mut unseen) = (Vec::new(), 0, None);
    for task in definition.tasks.iter().filter(|task| is_request(task)) {
        requests += 1;
        let state = definition.states.iter().find(|state| state.pointer == task.pointer);
        let found = credentials(task);
        if found.is_empty() && is_open(task) {
            let detail = format!("what {} sends beside its body is put together at run time as a whole", task.state);
            unseen.get_or_insert_with(|| Gap::new(GapReason::Unsupported, detail).about(machine.machine.arn.as_str()));
        }
        outcomes.extend(found.iter().map(|found| Outcome::from(defect(machine, task, state, found))));
    }
    match unseen {
        Some(gap) => outcomes.push(Outcome::InsufficientData(gap)),
        None if requests > 0 && outcomes.is_empty() => outcomes.push(Outcome::Compliant),
        None => {}
    }
    Ok(outcomes)
}

fn is_gateway(task: &Task) -> bool {
    matches!(&task.integration, Integration::Optimised { service, action } if service == "apigateway" && action == "invoke")
}

fn is_request(task: &Task) -> bool {
    task.integration == Integration::Http || is_gateway(task)
}

/// One expression stands for all headers or parameters, whose names it alone knows.
fn is_open(task: &Task) -> bool {
    let at_run_time = |value: &Resolved| matches!(value, Resolved::Runtime { .. });
    let parts = ["Headers", "QueryParameters"];
    at_run_time(&task.arguments)
        || parts.iter().any(|part| task.arguments.member(part).is_some_and(|part| at_run_time(&part)))
}

fn credentials(task: &Task) -> Vec<Found> {
    let mut found = Vec::new();
    for field in ["Headers", "QueryParameters", "RequestBody"] {
        if let Some(value) = task.arguments.member(field) {
            look(&value, &mut vec![field.to_owned()], &mut found);
        }
    }
    let endpoint = task.arguments.member("ApiEndpoint");
    let known = endpoint.as_ref().and_then(Resolved::text).unwrap_or_default();
    let host = known.split_once("://").map(|(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or_default());
    if host.and_then(|host| host.rsplit_once('@')).is_some_and(|(user, _)| user.contains(':') || is_marker_in(user)) {
        let known = if is_marker_in(known) { Known::Recognised } else { Known::Written };
        found.push(Found { path: vec!["ApiEndpoint".to_owned()], known, sure: true });
    }
    found
}

fn look(value: &Resolved, path: &mut Vec<String>, out: &mut Vec<Found>) {
    let members: Vec<(String, Resolved)> = match value {
        Resolved::Object(map) => map.iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
        Resolved::Static(Value::Object(map)) | Resolved::Constant { value: Value::Object(map), .. } => {
            map.keys().filter_map(|key| Some((key.clone(), value.member(key)?))).collect()
        }
        _ => return,
    };
    for (key, value) in members {
        let (sure, known) = (of_part(&path[0], &key), known(&value));
        let sure =
            sure.or_else(|| named(&key)).or_else(|| short(&path[0], &key).filter(|_| known != Some(Known::AtRunTime)));
        path.push(key.clone());
        match (sure, known) {
            (Some(sure), Some(known)) => out.push(Found { path: path.clone(), known, sure }),
            _ if path.len() < DEEPEST => look(&value, path, out),
            _ => {}
        }
        path.pop();
    }
}

fn of_part(part: &str, name: &str) -> Option<bool> {
    (part == "Headers" && HEADERS.iter().any(|known| known.eq_ignore_ascii_case(name))).then_some(true)
}

/// Names of a parameter that mean a credential where its value is always the same.
fn short(part: &str, name: &str) -> Option<bool> {
    let short = ["key", "token", "sig", "signature"].iter().any(|known| known.eq_ignore_ascii_case(name));
    (short && part != "RequestBody").then_some(false)
}

/// By the words that it ends in: `client_secret`, `X-Shop-Access-Token`. The task's own token is none of the callee's.
fn named(name: &str) -> Option<bool> {
    let bare: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let none = ["task", "page", "next", "continuation", "csrf", "idempotency", "device"];
    let ends = NAMES.iter().any(|known| bare.ends_with(known)) && !none.iter().any(|word| bare.contains(word));
    ends.then_some(NAMES.contains(&bare.as_str()))
}

/// How much is known of the value; `None` where it is none that opens anything.
fn known(value: &Resolved) -> Option<Known> {
    match value {
        Resolved::Static(value) | Resolved::Constant { value, .. } => written(value),
        // The token of the task is for the callee to answer with.
        Resolved::Runtime { from, .. } if from.contains("Task.Token") => None,
        Resolved::Runtime { .. } => Some(Known::AtRunTime),
        // API Gateway takes lists of values.
        Resolved::Array(items) => items.iter().find_map(known),
        Resolved::Object(_) | Resolved::Context { .. } => None,
    }
}

fn written(value: &Value) -> Option<Known> {
    match value {
        Value::Array(items) => items.iter().find_map(written),
        Value::String(text) if is_marker_in(text) => {
            // A long text that was left out is none that was recognised.
            Some(if text.contains("[stepwarden:TEXT:") { Known::Written } else { Known::Recognised })
        }
        Value::String(text) if is_reference(text) => None,
        Value::String(_) | Value::Number(_) => Some(Known::Written),
        _ => None,
    }
}

/// Empty, a name of where the secret is, or what a deployment was to fill in.
fn is_reference(text: &str) -> bool {
    let bare = text.trim();
    let scheme = ["Bearer", "Basic", "Token", "ApiKey"].iter().any(|scheme| scheme.eq_ignore_ascii_case(bare));
    let masked = !bare.is_empty() && bare.chars().all(|c| matches!(c, '*' | 'x' | 'X' | '.'));
    let named = ["arn:", "${", "{{", "<", "/aws/", "ssm:", "secretsmanager:"].iter().any(|head| bare.starts_with(head));
    bare.is_empty() || scheme || masked || named
}

fn defect(machine: &MachineView<'_>, task: &Task, state: Option<&State>, found: &Found) -> Defect {
    let (name, field) = (machine.name(), found.path.join("."));
    let whom = if is_gateway(task) { "API Gateway" } else { "the endpoint" };
    let (message, severity) = match found.known {
        Known::AtRunTime => (
            format!(
                "State {} of {name} sends {whom} a credential from the execution's data, in {field}: whoever reads the history \
                 or the log of an execution reads it there.",
                task.state,
            ),
            Severity::Medium,
        ),
        Known::Recognised | Known::Written => (
            format!(
                "State {} of {name} sends {whom} a credential that stands in the definition, in {field}: whoever may call \
                 states:DescribeStateMachine reads it, and each execution that gets there keeps a copy.",
                task.state,
            ),
            Severity::High,
        ),
    };
    let confidence = match (found.known, found.sure) {
        (Known::Recognised, _) | (Known::Written, true) => Confidence::High,
        (Known::Written, false) | (Known::AtRunTime, true) => Confidence::Medium,
        (Known::AtRunTime, false) => Confidence::Low,
    };
    let jsonata = state.is_some_and(|state| state.query_language == QueryLanguage::Jsonata);
    let arguments = if jsonata { "Arguments" } else { "Parameters" };
    let pointer = found.path.iter().fold(task.pointer.join(arguments), |at, token| at.join(token));
    let how = match found.known {
        Known::Recognised => "in the definition, recognised as a secret",
        Known::Written => "in the definition",
        Known::AtRunTime => "from the execution's data",
    };
    Defect::new(message, remedy(task, found))
        .severity(severity)
        .confidence(confidence)
        .at_state(&task.state, &pointer)
        .evidence("field", field)
        .evidence("where the value is", how)
        .change(Change::Definition(json!({ &task.state: { arguments: change(task) } })))
        .about(texts(machine, &pointer))
}

/// The text itself, as JSONPath may spell its field, too.
fn texts(machine: &MachineView<'_>, pointer: &JsonPointer) -> [String; 2] {
    let arn = &machine.machine.arn;
    [about_text(arn, pointer), about_text(arn, &JsonPointer::written(format!("{pointer}.$")))]
}

fn remedy(task: &Task, found: &Found) -> String {
    let revoke = match found.known {
        Known::AtRunTime => "",
        Known::Recognised | Known::Written => "Revoke it first, for copies stay where it has been. ",
    };
    let then = if is_gateway(task) {
        "Let the API authorise by IAM and the task sign with AuthType IAM_ROLE; an API that takes nothing but a key is better \
         called as an HTTP task with an EventBridge connection."
    } else {
        "Keep the credential in the EventBridge connection that the task names: Step Functions adds it to the request, and no \
         history shows it."
    };
    format!("{revoke}{then}")
}

fn change(task: &Task) -> Value {
    if is_gateway(task) {
        json!({ "AuthType": "IAM_ROLE" })
    } else {
        json!({ "Authentication": { "ConnectionArn": "<ARN of an EventBridge connection>" } })
    }
}
