use crate::finding::{Check, Confidence, Evaluations, Family, MachineView, Outcome, Severity, View};
use crate::model::PartName;
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "untagged-state-machine",
    family: Family::Hygiene,
    title: "The state machine lacks tags",
    severity: Severity::Low,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Tags],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html",
        "https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html",
    ],
    page: include_str!("untagged-state-machine.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, |machine| judge(machine, view));
}

fn judge(machine: &MachineView<'_>, view: &View<'_>) -> Result<Option<Outcome>, Gap> {
    machine.details()?;
    let without = "policies that decide by tag do not reach it or its executions";
    machine.region.tagged(&machine.machine.arn, machine.name(), &view.settings.required_tags, without).map(Some)
}
