//! What says in IAM how far an auditor may see into executions.

use serde_json::{Value, json};

use crate::collect::settings::Tier;

/// What gives the data of executions, or of the logs that hold it, to whoever may call it.
/// Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html> and
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html>.
const PAYLOADS: [&str; 10] = [
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:GetLogRecord",
    "logs:GetQueryResults",
    "logs:StartLiveTail",
    "logs:StartQuery",
    "logs:Unmask",
    "states:DescribeExecution",
    "states:GetActivityTask",
    "states:GetExecutionHistory",
];

/// What tells that executions were, and what they are called: a name can be a person's.
const EXECUTIONS: [&str; 4] =
    ["states:DescribeMapRun", "states:DescribeStateMachineForExecution", "states:ListExecutions", "states:ListMapRuns"];

/// What stays forbidden, whatever else is attached to the role: AWS's ReadOnlyAccess allows all of it.
pub(super) fn denials(tier: Tier) -> Vec<Value> {
    let deny = |sid, actions: &[&str]| json!({"Sid": sid, "Effect": "Deny", "Action": actions, "Resource": "*"});
    let payloads = || deny("StepwardenNoPayloads", &PAYLOADS);
    match tier {
        Tier::Inventory => vec![payloads(), deny("StepwardenNoExecutions", &EXECUTIONS)],
        Tier::Executions => vec![payloads()],
        Tier::Payloads => Vec::new(),
    }
}
