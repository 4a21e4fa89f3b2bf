//! Which arguments of a task name what it works on.

use serde_json::Value;

use super::{Integration, Resolved, Task};

/// An argument that names what a task works on.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The argument, by its path: `FunctionName`, `Entries[0].EventBusName`.
    pub field: String,
    pub value: Resolved,
}

/// Ends of the names of fields that name a target.
const ENDS: [&str; 37] = [
    "Arn",
    "ARN",
    "Arns",
    "ARNs",
    "Url",
    "Uri",
    "Name",
    "Names",
    "Id",
    "Ids",
    "Bucket",
    "Key",
    "Prefix",
    "Table",
    "Queue",
    "Topic",
    "Cluster",
    "JobDefinition",
    "JobQueue",
    "TaskDefinition",
    "Function",
    "Stream",
    "Role",
    "Roles",
    "Endpoint",
    "Path",
    "Resource",
    "Project",
    "WorkGroup",
    "Database",
    "Catalog",
    "Activity",
    "Location",
    "Pipeline",
    "Domain",
    "Source",
    "CopySource",
];

/// Fields that hold what is sent, not where: their content is the caller's own.
const CONTENT: [&str; 26] = [
    "Payload",
    "Input",
    "MessageBody",
    "Message",
    "MessageAttributes",
    "Item",
    "Body",
    "RequestBody",
    "Detail",
    "Environment",
    "Headers",
    "QueryParameters",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "Tags",
    "Arguments",
    "Data",
    "AttributeUpdates",
    "Expected",
    "Transform",
    "Labels",
    "Content",
    "Metadata",
    "Subject",
    "ClientContext",
    "TraceHeader",
];

/// Names that end like a target's and are none.
const NONE: [&str; 7] = [
    "MessageDeduplicationId",
    "MessageGroupId",
    "ExecutionName",
    "ProjectionExpression",
    "SignatureKey",
    "DetailKey",
    "PartitionKey",
];

/// Whether a field of this name names a target.
pub(super) fn is_target(field: &str) -> bool {
    let mut letters = field.chars();
    let upper = letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str());
    let upper = upper.unwrap_or_default();
    !NONE.contains(&upper.as_str()) && ENDS.iter().any(|end| upper.ends_with(end))
}

impl Task {
    /// What it works on, in the order of the arguments' names.
    pub fn targets(&self) -> Vec<Target> {
        let mut targets = Vec::new();
        match &self.integration {
            // The arguments are what the function, or the worker, is sent.
            Integration::LambdaFunction { arn } | Integration::Activity { arn } => {
                let value = Resolved::Static(arn.as_str().into());
                targets.push(Target { field: "Resource".to_owned(), value });
            }
            _ => self.collect("", "", &self.arguments, &mut targets),
        }
        if let Some(role) = &self.credentials {
            targets.push(Target { field: "Credentials.RoleArn".to_owned(), value: role.clone() });
        }
        targets
    }

    fn collect(&self, path: &str, name: &str, value: &Resolved, out: &mut Vec<Target>) {
        match value {
            Resolved::Object(map) => {
                for (key, value) in map {
                    self.member(path, key, value, out);
                }
            }
            Resolved::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.collect(&format!("{path}[{index}]"), name, item, out);
                }
            }
            Resolved::Static(inner) | Resolved::Constant { value: inner, .. } if inner.is_object() => {
                for key in inner.as_object().into_iter().flat_map(serde_json::Map::keys) {
                    if let Some(member) = value.member(key) {
                        self.member(path, key, &member, out);
                    }
                }
            }
            Resolved::Static(Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.collect(&format!("{path}[{index}]"), name, &Resolved::Static(item.clone()), out);
                }
            }
            Resolved::Constant { value: Value::Array(items), from } => {
                for (index, item) in items.iter().enumerate() {
                    let item = Resolved::Constant { value: item.clone(), from: format!("{from}[{index}]") };
                    self.collect(&format!("{path}[{index}]"), name, &item, out);
                }
            }
            Resolved::Static(inner) | Resolved::Constant { value: inner, .. } if !inner.is_string() => {}
            // Arguments that are chosen as a whole choose every target.
            _ if path.is_empty() => out.push(Target { field: "*".to_owned(), value: value.clone() }),
            _ if is_target(name) => out.push(Target { field: path.to_owned(), value: value.clone() }),
            _ => {}
        }
    }

    fn member(&self, path: &str, key: &str, value: &Resolved, out: &mut Vec<Target>) {
        let content = CONTENT.iter().any(|content| content.eq_ignore_ascii_case(key));
        let item = key == "Key" && is_object(value);
        let label = path.is_empty() && key.eq_ignore_ascii_case("Name") && self.starts_a_machine();
        if content || item || label {
            return;
        }
        let path = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        self.collect(&path, key, value, out);
    }

    /// It starts an execution of a state machine.
    pub fn starts_a_machine(&self) -> bool {
        self.integration.is_optimised("states", "startExecution")
            || self.integration.is_sdk_call("sfn", "startExecution")
            || self.integration.is_sdk_call("sfn", "startSyncExecution")
    }
}

/// DynamoDB's keys hold the caller's own names.
fn is_object(value: &Resolved) -> bool {
    matches!(value, Resolved::Object(_)) || value.value().is_some_and(Value::is_object)
}
