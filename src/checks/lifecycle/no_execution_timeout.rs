use serde_json::json;

use crate::finding::{Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View};
use crate::model::PartName;
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "no-execution-timeout",
    family: Family::Lifecycle,
    title: "Executions of the state machine may run for a year",
    severity: Severity::Info,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
    ],
    page: include_str!("no-execution-timeout.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Option<Outcome>, Gap> {
    if !machine.is_standard()? || machine.definition()?.timeout.is_set() {
        return Ok(Some(Outcome::Compliant));
    }
    let message = format!(
        "{} has no TimeoutSeconds below a year: an execution that does not end by itself stays open for a year, and counts \
         against the Region's open executions.",
        machine.name(),
    );
    let remediation = "Set TimeoutSeconds at the top of the definition, above the longest run you expect; one day is an \
                       example.";
    let defect = Defect::new(message, remediation)
        .evidence("timeout", "none")
        .change(Change::Definition(json!({ "TimeoutSeconds": 86_400 })));
    Ok(Some(defect.into()))
}
