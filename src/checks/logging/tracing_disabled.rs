use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, shell_quote,
};
use crate::model::PartName;
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "tracing-disabled",
    family: Family::Logging,
    title: "The state machine does not trace",
    severity: Severity::Low,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html",
        "https://docs.aws.amazon.com/controltower/latest/controlreference/stepfunctions-rules.html",
    ],
    page: include_str!("tracing-disabled.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Option<Outcome>, Gap> {
    if machine.details()?.tracing_enabled {
        return Ok(Some(Outcome::Compliant));
    }
    let message = format!(
        "X-Ray tracing of {} is off: where time goes between it and the services that it calls is not recorded, unless a \
         caller passes on a trace of its own.",
        machine.name(),
    );
    let remediation = "Turn tracing on, and give the role xray:PutTraceSegments, xray:PutTelemetryRecords, \
                       xray:GetSamplingRules and xray:GetSamplingTargets on *.";
    let command = format!(
        "aws stepfunctions update-state-machine --region {} --state-machine-arn {} --tracing-configuration enabled=true",
        machine.region.name(),
        shell_quote(machine.machine.arn.as_str()),
    );
    let defect = Defect::new(message, remediation).evidence("tracing", "off").change(Change::Command(command));
    Ok(Some(defect.into()))
}
