use crate::finding::{Change, Check, Confidence, Defect, Evaluations, Family, Severity, View, each_quota};
use crate::model::{PartName, Quota};

pub const CHECK: Check = Check {
    id: "activity-quota",
    family: Family::Quota,
    title: "The Region is near its limit of registered activities",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::Quotas, PartName::Activities],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateActivity.html",
    ],
    page: include_str!("activity-quota.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    each_quota(view, out, Quota::Activities, view.settings.thresholds(CHECK.id), |crowding| {
        let message = format!("{}. At the limit, no activity can be created.", crowding.sentence());
        let remediation = "Delete activities that no state machine names and no worker asks for, or ask for a higher limit: \
                           find the quota's code with the second command, then request-service-quota-increase with it.";
        let region = crowding.region.name();
        let commands = format!(
            "aws stepfunctions list-activities --region {region} \
             --query 'sort_by(activities,&creationDate)[].[creationDate,activityArn]'\n\
             aws service-quotas list-service-quotas --region {region} --service-code states \
             --query 'Quotas[].[QuotaCode,QuotaName,Value,Adjustable]' --output text"
        );
        Defect::new(message, remediation).change(Change::Command(commands))
    });
}
