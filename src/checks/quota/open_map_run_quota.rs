use crate::finding::{Change, Check, Confidence, Defect, Evaluations, Family, Severity, View, each_quota};
use crate::model::{PartName, Quota};

pub const CHECK: Check = Check {
    id: "open-map-run-quota",
    family: Family::Quota,
    title: "The Region is near its limit of open Map Runs",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Running, PartName::Quotas, PartName::QuotaHolders],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html",
    ],
    page: include_str!("open-map-run-quota.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    each_quota(view, out, Quota::OpenMapRuns, view.settings.thresholds(CHECK.id), |crowding| {
        let message = format!(
            "{}. At the limit, further Map Runs do not fail: they wait, and their executions with them, until others end.{}",
            crowding.sentence(),
            crowding.held_by()
        );
        let remediation = "Spread the starts of executions with a Distributed Map, put more items in one Map Run, or stop those \
                           that hang. AWS does not raise this limit.";
        let (region, top) = (crowding.region.name(), crowding.top_holder());
        let commands = format!(
            "aws stepfunctions list-executions --region {region} --state-machine-arn {top} \
             --status-filter RUNNING --query 'executions[].executionArn' --output text\n\
             aws stepfunctions list-map-runs --region {region} --execution-arn '<EXECUTION_ARN>' \
             --query 'mapRuns[?!stopDate].mapRunArn' --output text"
        );
        Defect::new(message, remediation).change(Change::Command(commands))
    });
}
