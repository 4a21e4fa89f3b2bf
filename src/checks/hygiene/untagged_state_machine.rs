use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, listed, shell_quote,
};
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
    let keys = machine.region.own_tag_keys(&machine.machine.arn)?;
    let required = &view.settings.required_tags;
    if required.is_empty() {
        return Ok(Some(if keys.is_empty() { defect(machine, &[]).into() } else { Outcome::Compliant }));
    }
    let missing: Vec<_> = required.iter().map(String::as_str).filter(|key| !keys.contains(key)).collect();
    Ok(Some(if missing.is_empty() { Outcome::Compliant } else { defect(machine, &missing).into() }))
}

/// `missing`: of the keys that are required; where none are, it has no tag at all.
fn defect(machine: &MachineView<'_>, missing: &[&str]) -> Defect {
    let what = match missing {
        [] => "has no tags of its own".to_owned(),
        missing => format!("lacks the tag{} {}", if missing.len() == 1 { "" } else { "s" }, listed(missing)),
    };
    let message = format!(
        "{} {what}: nobody can tell from it whom to ask about a finding, whose costs they are, and policies that decide by \
         tag do not reach it or its executions.",
        machine.name(),
    );
    let keys = if missing.is_empty() { &["owner"] } else { missing };
    let tags: Vec<_> = keys.iter().map(|key| shell_quote(&format!("key={key},value=<VALUE>"))).collect();
    let command = format!(
        "aws stepfunctions tag-resource --region {} --resource-arn {} --tags {}",
        machine.region.name(),
        shell_quote(machine.machine.arn.as_str()),
        tags.join(" "),
    );
    let remediation = "Tag it where it is defined, in its template, so that the next deployment keeps the tags.";
    let missing = if missing.is_empty() { "any".to_owned() } else { listed(missing) };
    Defect::new(message, remediation).evidence("missing", missing).change(Change::Command(command))
}
