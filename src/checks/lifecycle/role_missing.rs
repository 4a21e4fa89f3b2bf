use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, shell_quote,
};
use crate::model::PartName;
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "role-missing",
    family: Family::Lifecycle,
    title: "The state machine's execution role does not exist",
    severity: Severity::High,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Iam],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html",
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html",
    ],
    page: include_str!("role-missing.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Option<Outcome>, Gap> {
    if machine.role()?.is_some() {
        return Ok(Some(Outcome::Compliant));
    }
    let role = machine.role_arn()?;
    let message = format!(
        "{} runs as {}, which does not exist in account {}: its executions may call nothing. Whoever may create a role of that name \
         decides what the state machine may do.",
        machine.name(),
        role.name(),
        role.account(),
    );
    let remediation = "Give the state machine a role that exists, or delete the state machine where nobody needs it.";
    let arn = shell_quote(machine.machine.arn.as_str());
    let region = machine.region.name();
    let command = format!(
        "aws stepfunctions update-state-machine --region {region} --state-machine-arn {arn} --role-arn '<ROLE_ARN>'"
    );
    let defect = Defect::new(message, remediation).evidence("role", role.as_str()).change(Change::Command(command));
    Ok(Some(defect.into()))
}
