use serde::{Deserialize, Serialize};

use super::Integration;

/// How a task waits for what it calls.
/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    RequestResponse,
    Sync,
    Sync2,
    WaitForTaskToken,
    Activity,
}

/// What the ends of a `Resource` say.
const SUFFIXES: [(&str, Pattern); 3] =
    [(".sync:2", Pattern::Sync2), (".sync", Pattern::Sync), (".waitForTaskToken", Pattern::WaitForTaskToken)];

impl Pattern {
    /// By a task's `Resource`.
    pub fn of(resource: &str) -> Self {
        let parts = parts(resource);
        if parts.get(2) == Some(&"states") && parts.get(5) == Some(&"activity") {
            return Self::Activity;
        }
        let found = SUFFIXES.iter().find(|(suffix, _)| resource.ends_with(suffix));
        found.map_or(Self::RequestResponse, |(_, pattern)| *pattern)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::RequestResponse => "request_response",
            Self::Sync => "sync",
            Self::Sync2 => "sync2",
            Self::WaitForTaskToken => "wait_for_task_token",
            Self::Activity => "activity",
        }
    }

    /// Somebody outside must answer before the task goes on.
    pub fn waits_for_a_caller(self) -> bool {
        matches!(self, Self::WaitForTaskToken | Self::Activity)
    }
}

impl Integration {
    /// By a task's `Resource`.
    pub fn of(resource: &str) -> Self {
        let bare = SUFFIXES.iter().find_map(|(suffix, _)| resource.strip_suffix(suffix)).unwrap_or(resource);
        match parts(bare).as_slice() {
            ["arn", _, "states", "", "", "http", "invoke"] => Self::Http,
            ["arn", _, "states", "", "", "aws-sdk", service, action] if named(service, action) => {
                Self::AwsSdk { service: (*service).to_owned(), action: (*action).to_owned() }
            }
            ["arn", _, "states", "", "", service, action] if named(service, action) && *service != "aws-sdk" => {
                Self::Optimised { service: (*service).to_owned(), action: (*action).to_owned() }
            }
            ["arn", _, "states", _, _, "activity", _] => Self::Activity { arn: resource.to_owned() },
            ["arn", _, "lambda", _, _, "function", _] | ["arn", _, "lambda", _, _, "function", _, _] => {
                Self::LambdaFunction { arn: resource.to_owned() }
            }
            _ => Self::Unknown,
        }
    }

    /// `lambda:invoke`, `aws-sdk:s3:getObject`, `lambda-function`, `activity`, `http:invoke`, `unknown`.
    pub fn name(&self) -> String {
        match self {
            Self::Optimised { service, action } => format!("{service}:{action}"),
            Self::AwsSdk { service, action } => format!("aws-sdk:{service}:{action}"),
            Self::LambdaFunction { .. } => "lambda-function".to_owned(),
            Self::Activity { .. } => "activity".to_owned(),
            Self::Http => "http:invoke".to_owned(),
            Self::Unknown => "unknown".to_owned(),
        }
    }

    /// Whether it is `service` by the SDK, calling `action` in either case of its first letter.
    pub fn is_sdk_call(&self, wanted: &str, call: &str) -> bool {
        matches!(self, Self::AwsSdk { service, action }
            if service.eq_ignore_ascii_case(wanted) && action.eq_ignore_ascii_case(call))
    }

    pub(super) fn is_optimised(&self, wanted: &str, call: &str) -> bool {
        matches!(self, Self::Optimised { service, action } if service == wanted && action == call)
    }
}

fn named(service: &str, action: &str) -> bool {
    let word = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    word(service) && word(action)
}

/// An ARN at its colons; those in `${AWS::Partition}`, which deployment tools fill in, are not its own.
fn parts(arn: &str) -> Vec<&str> {
    let (mut parts, mut from, mut within) = (Vec::new(), 0, false);
    for (at, byte) in arn.bytes().enumerate() {
        match byte {
            b'$' if arn[at..].starts_with("${") => within = true,
            b'}' => within = false,
            b':' if !within => {
                parts.push(&arn[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&arn[from..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::{Integration, Pattern};

    #[test]
    fn patterns() {
        for (resource, pattern) in [
            ("arn:aws:states:::sqs:sendMessage.waitForTaskToken", Pattern::WaitForTaskToken),
            ("arn:aws:states:::states:startExecution.sync:2", Pattern::Sync2),
            ("arn:aws:states:::ecs:runTask.sync", Pattern::Sync),
            ("arn:${AWS::Partition}:states:::ecs:runTask.sync", Pattern::Sync),
            ("arn:aws:states:eu-west-1:123456789012:activity:approve.sync", Pattern::Activity),
            ("arn:aws:states:::lambda:invoke", Pattern::RequestResponse),
            ("arn:aws:lambda:eu-west-1:123456789012:function:f", Pattern::RequestResponse),
        ] {
            assert_eq!(Pattern::of(resource), pattern, "{resource}");
        }
    }

    #[test]
    fn integrations() {
        for (resource, name) in [
            ("arn:aws:states:::sqs:sendMessage.waitForTaskToken", "sqs:sendMessage"),
            ("arn:aws:states:::elasticmapreduce:addStep.sync", "elasticmapreduce:addStep"),
            ("arn:aws-cn:states:::states:startExecution.sync:2", "states:startExecution"),
            ("arn:${AWS::Partition}:states:::lambda:invoke", "lambda:invoke"),
            ("arn:aws:states:::aws-sdk:sfn:StartExecution.waitForTaskToken", "aws-sdk:sfn:StartExecution"),
            ("arn:aws:states:::http:invoke", "http:invoke"),
            ("arn:aws:states:eu-west-1:123456789012:activity:approve", "activity"),
            ("arn:aws:lambda:eu-west-1:123456789012:function:f:live", "lambda-function"),
            ("arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${Name}", "lambda-function"),
            ("${Function.Arn}", "unknown"),
            ("arn:aws:states:::aws-sdk:sfn", "unknown"),
            ("arn:aws:lambda:eu-west-1:123456789012:function:f:1:2", "unknown"),
            ("foo:bar", "unknown"),
            ("", "unknown"),
        ] {
            assert_eq!(Integration::of(resource).name(), name, "{resource}");
        }
    }
}
