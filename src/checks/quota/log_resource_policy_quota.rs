use crate::finding::{Change, Check, Confidence, Defect, Evaluations, Family, Severity, View, each_quota};
use crate::model::{PartName, Quota};

pub const CHECK: Check = Check {
    id: "log-resource-policy-quota",
    family: Family::Quota,
    title: "The Region is near its limit of CloudWatch Logs resource policies",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::Quotas],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html",
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeResourcePolicies.html",
    ],
    page: include_str!("log-resource-policy-quota.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    each_quota(view, out, Quota::LogResourcePolicies, view.settings.thresholds(CHECK.id), |crowding| {
        let message = format!(
            "{}. At the limit, logging cannot be enabled for a state machine that needs a policy of its own: creating or \
             updating it fails.",
            crowding.sentence()
        );
        let remediation = "Put the log groups of several services under one policy whose resource ends in a wildcard, such as \
                           log-group:/aws/vendedlogs/*, and delete those that it makes needless.";
        let region = crowding.region.name();
        let commands = format!(
            "aws logs describe-resource-policies --region {region} \
             --query 'resourcePolicies[].[policyName,lastUpdatedTime,policyDocument]' --output text\n\
             aws logs delete-resource-policy --region {region} --policy-name '<POLICY_NAME>'"
        );
        Defect::new(message, remediation).change(Change::Command(commands))
    });
}
