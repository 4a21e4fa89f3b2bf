use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Runs, Severity, View, how_long,
    shell_quote,
};
use crate::model::{MachineStatus, PartName};
use crate::types::{Gap, GapReason};

pub const CHECK: Check = Check {
    id: "status-not-active",
    family: Family::Hygiene,
    title: "The state machine is being deleted and still there",
    severity: Severity::Low,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Running],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_DeleteStateMachine.html",
        "https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html",
    ],
    page: include_str!("status-not-active.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, |machine| judge(machine, view));
}

fn judge(machine: &MachineView<'_>, view: &View<'_>) -> Result<Option<Outcome>, Gap> {
    let unknown = |reason, detail| Gap::new(reason, detail).about(machine.machine.arn.as_str());
    match machine.details()?.status {
        Some(MachineStatus::Active) => Ok(Some(Outcome::Compliant)),
        Some(MachineStatus::Deleting) => Ok(Some(defect(machine, view).into())),
        Some(MachineStatus::Unknown) => {
            Err(unknown(GapReason::Unsupported, "the state machine's status is one that this version does not know"))
        }
        None => Err(unknown(GapReason::Error, "DescribeStateMachine answered without a status")),
    }
}

/// A deletion takes a moment where nothing runs. AWS does not say when it began: what runs tells that it waits.
fn defect(machine: &MachineView<'_>, view: &View<'_>) -> Defect {
    match machine.runs() {
        Ok(Some(runs)) if runs.seen.count > 0 => waiting(machine, view, &runs),
        _ => {
            let message = format!(
                "{} is being deleted, and nothing is known to run of it: a deletion of a moment ago looks like this, one \
                 that stays for days does not come to an end. It takes no new executions.",
                machine.name(),
            );
            Defect::new(message, "Look again with the next scan; if it is still there, ask AWS Support.")
                .severity(Severity::Info)
                .confidence(Confidence::Low)
                .evidence("status", "DELETING")
                .change(Change::Command(command(machine, "describe-state-machine", "")))
        }
    }
}

fn waiting(machine: &MachineView<'_>, view: &View<'_>, runs: &Runs<'_>) -> Defect {
    let at_least = if runs.unseen.is_some() { "at least " } else { "" };
    let count = runs.seen.count;
    let oldest = runs.seen.oldest.map(|oldest| how_long(view.as_of.duration_since(oldest)));
    let since = oldest.map(|age| format!(", the oldest for {age}")).unwrap_or_default();
    let message = format!(
        "{} is being deleted, but {at_least}{count} of its executions still run{since}: each ends at its next state \
         transition, and until the last has ended, whatever it waits for may still happen and the state machine counts \
         against its quota. It takes no new executions: what starts it fails.",
        machine.name(),
    );
    let remediation = "Stop the executions that are not to go on, and take away what still starts the state machine.";
    let defect = Defect::new(message, remediation)
        .evidence("status", "DELETING")
        .evidence("running", format!("{at_least}{count}"))
        .change(Change::Command(command(machine, "list-executions", " --status-filter RUNNING")));
    match runs.seen.oldest {
        Some(oldest) => defect.evidence("oldest_started_at", oldest.to_string()),
        None => defect,
    }
}

fn command(machine: &MachineView<'_>, call: &str, rest: &str) -> String {
    let arn = shell_quote(machine.machine.arn.as_str());
    format!("aws stepfunctions {call} --region {} --state-machine-arn {arn}{rest}", machine.region.name())
}
