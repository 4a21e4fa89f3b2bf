use crate::finding::{Change, Check, Confidence, Defect, Evaluations, Family, Severity, View, each_quota};
use crate::model::{PartName, Quota};

pub const CHECK: Check = Check {
    id: "open-execution-quota",
    family: Family::Quota,
    title: "The Region is near its limit of open executions",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Running, PartName::Quotas, PartName::QuotaHolders],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html",
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html",
    ],
    page: include_str!("open-execution-quota.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    each_quota(view, out, Quota::OpenExecutions, view.settings.thresholds(CHECK.id), |crowding| {
        let message = format!(
            "{}. At the limit, starting a Standard execution fails with ExecutionLimitExceeded.{}",
            crowding.sentence(),
            crowding.held_by()
        );
        let remediation = "Find the state machine whose executions do not end and stop them, or ask for a higher limit: find \
                           the quota's code with the second command, then request-service-quota-increase with it.";
        let (region, top) = (crowding.region.name(), crowding.top_holder());
        let commands = format!(
            "aws stepfunctions list-executions --region {region} --state-machine-arn {top} \
             --status-filter RUNNING --query 'executions[].[startDate,executionArn]' --output text\n\
             aws service-quotas list-service-quotas --region {region} --service-code states \
             --query 'Quotas[].[QuotaCode,QuotaName,Value,Adjustable]' --output text\n\
             aws stepfunctions stop-execution --region {region} --execution-arn '<EXECUTION_ARN>'"
        );
        Defect::new(message, remediation).change(Change::Command(commands))
    });
}
