use crate::finding::{Change, Check, Confidence, Defect, Evaluations, Family, Severity, View, each_quota, shell_quote};
use crate::model::{PartName, Quota};

pub const CHECK: Check = Check {
    id: "version-quota",
    family: Family::Quota,
    title: "A state machine is near its limit of versions",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Versions, PartName::Quotas],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html",
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_PublishStateMachineVersion.html",
    ],
    page: include_str!("version-quota.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    each_quota(view, out, Quota::Versions, view.settings.thresholds(CHECK.id), |crowding| {
        let message = format!(
            "{}. At the limit, no version of it can be published, and deployments that publish one fail.",
            crowding.sentence()
        );
        let remediation = "Delete the oldest versions that no alias leads to; have the deployment keep only as many as a rollback needs.";
        let region = crowding.region.name();
        let machine = crowding.status.machine.as_ref().map_or("<STATE_MACHINE_ARN>", |machine| machine.as_str());
        let machine = shell_quote(machine);
        let commands = format!(
            "aws stepfunctions list-state-machine-versions --region {region} --state-machine-arn {machine} \
             --query 'sort_by(stateMachineVersions,&creationDate)[].stateMachineVersionArn' --output text\n\
             aws stepfunctions delete-state-machine-version --region {region} \
             --state-machine-version-arn '<STATE_MACHINE_VERSION_ARN>'"
        );
        Defect::new(message, remediation).change(Change::Command(commands))
    });
}
