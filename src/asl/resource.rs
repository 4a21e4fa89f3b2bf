use serde::{Deserialize, Serialize};

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

impl Pattern {
    /// By a task's `Resource`.
    pub fn of(resource: &str) -> Self {
        let activity = resource.split(':').nth(2) == Some("states") && resource.split(':').nth(5) == Some("activity");
        match resource.rsplit_once('.').map(|(_, suffix)| suffix) {
            _ if activity => Self::Activity,
            Some("sync") => Self::Sync,
            Some("sync:2") => Self::Sync2,
            Some("waitForTaskToken") => Self::WaitForTaskToken,
            _ => Self::RequestResponse,
        }
    }

    /// Somebody outside must answer before the task goes on.
    pub fn waits_for_a_caller(self) -> bool {
        matches!(self, Self::WaitForTaskToken | Self::Activity)
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn patterns() {
        for (resource, pattern) in [
            ("arn:aws:states:::sqs:sendMessage.waitForTaskToken", Pattern::WaitForTaskToken),
            ("arn:aws:states:::states:startExecution.sync:2", Pattern::Sync2),
            ("arn:aws:states:::ecs:runTask.sync", Pattern::Sync),
            ("arn:aws:states:eu-west-1:123456789012:activity:approve.sync", Pattern::Activity),
            ("arn:aws:states:::lambda:invoke", Pattern::RequestResponse),
            ("arn:aws:lambda:eu-west-1:123456789012:function:f", Pattern::RequestResponse),
        ] {
            assert_eq!(Pattern::of(resource), pattern, "{resource}");
        }
    }
}
