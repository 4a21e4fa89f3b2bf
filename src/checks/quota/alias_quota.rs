use crate::finding::{Change, Check, Confidence, Defect, Evaluations, Family, Severity, View, each_quota, shell_quote};
use crate::model::{PartName, Quota};

pub const CHECK: Check = Check {
    id: "alias-quota",
    family: Family::Quota,
    title: "A state machine is near its limit of aliases",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Versions, PartName::Quotas],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html",
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachineAlias.html",
    ],
    page: include_str!("alias-quota.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    each_quota(view, out, Quota::Aliases, view.settings.thresholds(CHECK.id), |crowding| {
        let message = format!("{}. At the limit, no alias of it can be created.", crowding.sentence());
        let remediation = "Delete the aliases by which nobody starts executions any more.";
        let region = crowding.region.name();
        let machine = crowding.status.machine.as_ref().map_or("<STATE_MACHINE_ARN>", |machine| machine.as_str());
        let machine = shell_quote(machine);
        let commands = format!(
            "aws stepfunctions list-state-machine-aliases --region {region} --state-machine-arn {machine} \
             --query 'stateMachineAliases[].[creationDate,stateMachineAliasArn]' --output text\n\
             aws stepfunctions delete-state-machine-alias --region {region} \
             --state-machine-alias-arn '<STATE_MACHINE_ALIAS_ARN>'"
        );
        Defect::new(message, remediation).change(Change::Command(commands))
    });
}
