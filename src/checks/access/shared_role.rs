use std::collections::BTreeSet;

use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, RoleView, RoutingSettings, Severity,
    View, listed, routing, shell_quote,
};
use crate::model::PartName;
use crate::types::Gap;

pub const CHECK: Check = Check {
    id: "shared-role",
    family: Family::Access,
    title: "Several state machines run as one role",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Tags],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    ],
    page: include_str!("shared-role.md"),
    run,
};

/// So many different state machines hardly need the same.
const MANY: usize = 5;

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_role(out, |role| Ok(judge(role, &view.settings.routing)));
}

fn judge(view: &RoleView<'_>, keys: &RoutingSettings) -> Vec<Outcome> {
    match (view.machines.len(), view.users_known) {
        (2.., _) => vec![defect(view, keys).into()],
        (_, true) => vec![Outcome::Compliant],
        // What was not read may run as the role; that is said about what was not read.
        (_, false) => Vec::new(),
    }
}

/// The definition's hash, or why it is not known.
fn text(machine: &MachineView<'_>) -> Result<String, Gap> {
    let definition = &machine.details()?.definition;
    definition.whole().map(|reference| reference.sha256.clone()).map_err(Gap::clone)
}

fn defect(view: &RoleView<'_>, keys: &RoutingSettings) -> Defect {
    let role = view.arn.name();
    let count = view.machines.len();
    let names = listed(view.machines.iter().map(|machine| format!("{} ({})", machine.name(), machine.region.name())));
    let definitions: Result<BTreeSet<_>, _> = view.machines.iter().map(text).collect();
    let same = definitions.is_ok_and(|definitions| definitions.len() == 1);
    let (owners, stacks): (BTreeSet<_>, BTreeSet<_>) =
        view.machines.iter().map(|machine| routing(machine.region, &machine.machine.arn, keys)).unzip();
    let owners: BTreeSet<_> = owners.into_iter().flatten().collect();
    let stacks: BTreeSet<_> = stacks.into_iter().flatten().collect();
    let apart = owners.len() > 1 || stacks.len() > 1;

    let mut message = vec![format!("{count} state machines run as {role}: {names}.")];
    message.push(match (apart, same) {
        (true, _) => "They belong to different owners or stacks, and each may do what the others need.".to_owned(),
        (false, true) => "They have one definition, so they need the same, each in its own place.".to_owned(),
        (false, false) => "Their definitions differ, and each may do what the others need.".to_owned(),
    });
    if !view.users_known {
        message.push("Some state machines could not be read and may run as it too.".to_owned());
    }
    let remediation = format!(
        "Make a role for each state machine, with what its own tasks need, and take what is left over out of {role}."
    );
    let commands: Vec<_> = view
        .machines
        .iter()
        .skip(1)
        .map(|machine| {
            format!(
                "aws stepfunctions update-state-machine --region {} --state-machine-arn {} --role-arn '<ROLE_ARN>'",
                machine.region.name(),
                shell_quote(machine.machine.arn.as_str())
            )
        })
        .collect();
    let severity = match (apart, same) {
        (true, _) => Severity::Medium,
        (false, false) if count >= MANY => Severity::Medium,
        (false, true) if count < MANY => Severity::Info,
        _ => Severity::Low,
    };
    let mut defect = Defect::new(message.join(" "), remediation)
        .severity(severity)
        .evidence("state_machines", names)
        .change(Change::Command(commands.join("\n")));
    for (name, values) in [("owners", owners), ("stacks", stacks)] {
        if !values.is_empty() {
            defect = defect.evidence(name, listed(values));
        }
    }
    defect
}
