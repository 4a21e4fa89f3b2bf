//! Whether a task changes something outside of its execution.

use super::{Integration, Task};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It only reads, or works something out.
    Reads,
    /// Somebody else's code decides.
    Unknown,
    Writes,
}

/// How the names of calls begin that change nothing.
const READING: [&str; 27] = [
    "analyze",
    "batchdetect",
    "batchget",
    "check",
    "classify",
    "compare",
    "converse",
    "count",
    "decode",
    "describe",
    "detect",
    "download",
    "estimate",
    "filter",
    "get",
    "head",
    "invokemodel",
    "list",
    "lookup",
    "predict",
    "query",
    "retrieve",
    "scan",
    "search",
    "select",
    "simulate",
    "validate",
];

impl Task {
    pub fn effect(&self) -> Effect {
        match &self.integration {
            Integration::LambdaFunction { .. } | Integration::Activity { .. } | Integration::Unknown => Effect::Unknown,
            Integration::Http => self.by_method(),
            Integration::Optimised { service, action } => match (service.as_str(), action.as_str()) {
                ("lambda", _) => Effect::Unknown,
                ("apigateway", _) | ("eks", "call") => self.by_method(),
                (_, action) => by_name(action),
            },
            Integration::AwsSdk { service, action } if service == "lambda" && action.eq_ignore_ascii_case("invoke") => {
                Effect::Unknown
            }
            // A token or a session that is handed out is none of the caller's data.
            Integration::AwsSdk { action, .. } => by_name(action),
        }
    }

    fn by_method(&self) -> Effect {
        let method = self.arguments.member("Method");
        match method.as_ref().and_then(super::Resolved::text) {
            Some(method) if ["GET", "HEAD", "OPTIONS"].iter().any(|reads| reads.eq_ignore_ascii_case(method)) => {
                Effect::Reads
            }
            _ => Effect::Unknown,
        }
    }
}

fn by_name(action: &str) -> Effect {
    let action = action.to_ascii_lowercase();
    if READING.iter().any(|head| action.starts_with(head)) { Effect::Reads } else { Effect::Writes }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Effect;
    use crate::asl::Definition;

    fn of(resource: &str, arguments: &Value) -> Effect {
        let task = json!({"Type": "Task", "Resource": resource, "Parameters": arguments, "End": true});
        Definition::parse(&json!({"StartAt": "A", "States": {"A": task}})).unwrap().tasks[0].effect()
    }

    #[test]
    fn effects() {
        for (resource, arguments, effect) in [
            ("arn:aws:states:::aws-sdk:s3:getObject", json!({}), Effect::Reads),
            ("arn:aws:states:::aws-sdk:s3:GetObject", json!({}), Effect::Reads),
            ("arn:aws:states:::aws-sdk:s3:putObject", json!({}), Effect::Writes),
            ("arn:aws:states:::aws-sdk:dynamodb:batchWriteItem", json!({}), Effect::Writes),
            ("arn:aws:states:::dynamodb:getItem", json!({}), Effect::Reads),
            ("arn:aws:states:::sqs:sendMessage", json!({}), Effect::Writes),
            ("arn:aws:states:::bedrock:invokeModel", json!({}), Effect::Reads),
            ("arn:aws:states:::lambda:invoke", json!({"FunctionName": "f"}), Effect::Unknown),
            ("arn:aws:states:::http:invoke", json!({"Method": "GET"}), Effect::Reads),
            ("arn:aws:states:::http:invoke", json!({"Method": "POST"}), Effect::Unknown),
            ("arn:aws:states:::http:invoke", json!({"Method.$": "$.m"}), Effect::Unknown),
            ("arn:aws:lambda:eu-west-1:123456789012:function:f", json!({}), Effect::Unknown),
        ] {
            assert_eq!(of(resource, &arguments), effect, "{resource}");
        }
    }
}
