//! Whether a resource's own policy can grant an action to a role that has no grant of it.

use super::actions::LOG_DELIVERY;
use crate::iam::glob_matches;
use crate::types::AccountId;

/// Actions that only a role's own policies grant within an account: of services without resource-based policies, and what
/// those of the others do not reach. A service that is not here may have them.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html>.
const IDENTITY_ONLY: [&str; 20] = [
    "athena:*",
    "batch:*",
    "databrew:*",
    "ecs:*",
    "eks:*",
    "elasticmapreduce:*",
    "emr-containers:*",
    "emr-serverless:*",
    "glue:*Job*",
    "glue:*Crawler*",
    "iam:PassRole",
    "mediaconvert:*",
    "polly:*",
    "rds:*",
    "redshift-data:*",
    "states:*",
    "textract:*",
    "transcribe:*",
    "translate:*",
    "xray:Put*",
];

/// Whether a role of `account` needs a grant of its own for `action` on `resource`. Where the resource is another account's
/// it always does: both sides must agree.
pub fn needs_own_grant(account: &str, action: &str, resource: &str) -> bool {
    let owner = resource.split(':').nth(4).filter(|owner| AccountId::parse(*owner).is_ok());
    let only = |patterns: &[&str]| patterns.iter().any(|pattern| glob_matches(pattern, action, true));
    owner.is_some_and(|owner| owner != account)
        || only(&IDENTITY_ONLY)
        || only(&LOG_DELIVERY)
        || action.to_ascii_lowercase().starts_with("xray:getsampling")
}

#[cfg(test)]
mod tests {
    use super::needs_own_grant;

    #[test]
    fn what_no_resource_policy_grants() {
        let needs = |action, resource| needs_own_grant("111122223333", action, resource);
        for (action, resource) in [
            ("states:StartExecution", "arn:aws:states:eu-west-1:111122223333:stateMachine:child"),
            ("ecs:RunTask", "arn:aws:ecs:eu-west-1:111122223333:task-definition/t:1"),
            ("glue:StartJobRun", "arn:aws:glue:eu-west-1:111122223333:job/j"),
            ("logs:CreateLogDelivery", "*"),
            ("xray:GetSamplingRules", "*"),
            ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:444455556666:orders"),
        ] {
            assert!(needs(action, resource), "{action} {resource}");
        }
        for (action, resource) in [
            ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:orders"),
            ("s3:GetObject", "arn:aws:s3:::in/*"),
            ("glue:GetTable", "arn:aws:glue:eu-west-1:111122223333:catalog"),
            ("logs:PutLogEvents", "*"),
            ("somewhere:DoSomething", "*"),
        ] {
            assert!(!needs(action, resource), "{action} {resource}");
        }
    }
}
