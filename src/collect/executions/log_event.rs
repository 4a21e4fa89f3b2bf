//! A log event of Step Functions: a JSON object whose scalars are strings, its payloads escaped within it.

use serde::Deserialize;
use serde_json::Value;

use super::fields::variables;
use crate::model::DataField;

/// Any of it may be lacking: AWS does not document the form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct LogEvent {
    id: Value,
    previous_event_id: Value,
    event_timestamp: Value,
    #[serde(rename = "type")]
    kind: Value,
    execution_arn: Value,
    details: Value,
}

/// Details that are no data: ids of things, numbers, and whether a payload was cut off.
const NO_DATA: [&str; 15] = [
    "name",
    "resource",
    "resourceType",
    "region",
    "roleArn",
    "stateMachineArn",
    "stateMachineAliasArn",
    "stateMachineVersionArn",
    "mapRunArn",
    "taskCredentials",
    "timeoutInSeconds",
    "heartbeatInSeconds",
    "length",
    "index",
    "redriveCount",
];

impl LogEvent {
    /// `None` where the message is no JSON object.
    pub(super) fn parse(message: &str) -> Option<Self> {
        // A list would be read as the fields in their order.
        message.trim_start().starts_with('{').then(|| serde_json::from_str(message).ok())?
    }

    pub(super) fn id(&self) -> i64 {
        number(&self.id)
    }

    pub(super) fn previous(&self) -> i64 {
        number(&self.previous_event_id)
    }

    /// Milliseconds of the epoch; 0 where it says none.
    pub(super) fn time(&self) -> i64 {
        number(&self.event_timestamp)
    }

    pub(super) fn kind(&self) -> &str {
        self.kind.as_str().unwrap_or_default()
    }

    pub(super) fn execution_arn(&self) -> Option<&str> {
        self.execution_arn.as_str().filter(|arn| arn.starts_with("arn:"))
    }

    /// The execution's name: `…:execution:machine:NAME` or `…:express:machine:NAME:uuid`.
    pub(super) fn execution_name(&self) -> Option<&str> {
        self.execution_arn()?.split(':').nth(7)
    }

    /// The state that it enters or leaves.
    pub(super) fn state(&self) -> Option<&str> {
        let names_it = self.kind().ends_with("StateEntered") || self.kind().ends_with("StateExited");
        self.details.get("name").and_then(Value::as_str).filter(|_| names_it)
    }

    /// What it carries.
    pub(super) fn fields(&self) -> Vec<(DataField, String)> {
        let details = self.details.as_object().into_iter().flatten();
        let data = details.filter(|(name, _)| !NO_DATA.contains(&name.as_str()) && !name.ends_with("Details"));
        data.map(|(name, value)| (field(name), text(name, value))).filter(|(_, text)| !text.is_empty()).collect()
    }
}

fn number(value: &Value) -> i64 {
    value.as_i64().or_else(|| value.as_str()?.parse().ok()).unwrap_or_default()
}

fn field(name: &str) -> DataField {
    match name {
        "input" => DataField::Input,
        "output" => DataField::Output,
        "assignedVariables" => DataField::Variables,
        "parameters" => DataField::Parameters,
        "error" => DataField::Error,
        "cause" => DataField::Cause,
        "location" => DataField::Location,
        "workerName" => DataField::WorkerName,
        _ => DataField::Other,
    }
}

fn text(name: &str, value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Object(members) if name == "assignedVariables" => {
            let written: Vec<_> = members.iter().map(|(name, value)| (name, text("", value))).collect();
            variables(written.iter().map(|(name, value)| (name.as_str(), value.as_str())))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::LogEvent;
    use crate::model::DataField;

    #[test]
    fn both_forms_of_truncated_are_read_and_no_data_is_left_out() {
        for truncated in [json!(true), json!("true"), json!("false")] {
            let event = json!({
                "id": "3", "previous_event_id": "2", "type": "TaskStateExited", "event_timestamp": "1767225600000",
                "execution_arn": "arn:aws:states:eu-west-1:123456789012:express:orders:jane:0-1",
                "details": {
                    "name": "Charge", "output": "{\"email\":\"ja", "outputDetails": { "truncated": truncated },
                    "assignedVariables": { "user": "{\"id\":1}", "text": "plain" }, "roleArn": "arn:x",
                },
            });
            let event = LogEvent::parse(&event.to_string()).unwrap();
            assert_eq!((event.id(), event.previous(), event.time()), (3, 2, 1_767_225_600_000));
            assert_eq!((event.state(), event.execution_name()), (Some("Charge"), Some("jane")));
            let mut fields = event.fields();
            fields.sort();
            let variables = r#"{"text":"plain","user":{"id":1}}"#.to_owned();
            assert_eq!(fields, [(DataField::Output, r#"{"email":"ja"#.to_owned()), (DataField::Variables, variables)]);
        }
    }

    #[test]
    fn what_is_no_object_is_text() {
        for message in ["", "{\"id\": *****", "[1]", "plain"] {
            assert!(LogEvent::parse(message).is_none(), "{message}");
        }
    }
}
