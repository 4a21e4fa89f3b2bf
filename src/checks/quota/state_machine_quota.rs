use crate::finding::{Change, Check, Confidence, Defect, Evaluations, Family, Severity, View, each_quota};
use crate::model::{PartName, Quota};

pub const CHECK: Check = Check {
    id: "state-machine-quota",
    family: Family::Quota,
    title: "The Region is near its limit of registered state machines",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Quotas],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
        "https://docs.aws.amazon.com/servicequotas/latest/userguide/request-quota-increase.html",
    ],
    page: include_str!("state-machine-quota.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    each_quota(view, out, Quota::StateMachines, view.settings.thresholds(CHECK.id), |crowding| {
        let message = format!("{}. At the limit, no state machine can be created.", crowding.sentence());
        let remediation = "Delete state machines that nobody runs, or ask for a higher limit: find the quota's code with the \
                           second command, then request-service-quota-increase with it.";
        let region = crowding.region.name();
        let commands = format!(
            "aws stepfunctions list-state-machines --region {region} \
             --query 'sort_by(stateMachines,&creationDate)[].[creationDate,stateMachineArn]'\n\
             aws service-quotas list-service-quotas --region {region} --service-code states \
             --query 'Quotas[].[QuotaCode,QuotaName,Value,Adjustable]' --output text"
        );
        Defect::new(message, remediation).change(Change::Command(commands))
    });
}
