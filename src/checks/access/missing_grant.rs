use std::collections::BTreeMap;

use serde_json::json;

use crate::access::{Certainty, Grants, Lack, Missing, Need, Refusal, lacking, needs_own_grant};
use crate::asl::Definition;
use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, about_grant, listed,
};
use crate::iam::{Decision, Verdict};
use crate::model::{PartName, function_arn};
use crate::types::{Arn, Gap, GapReason, JsonPointer};

pub const CHECK: Check = Check {
    id: "missing-grant",
    family: Family::Access,
    title: "A task needs what its role is not granted",
    severity: Severity::High,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Iam, PartName::KmsKeys, PartName::FunctionPolicies],
    yields_to: &["missing-xray-grant"],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html",
    ],
    page: include_str!("missing-grant.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

fn judge(machine: &MachineView<'_>) -> Result<Vec<Outcome>, Gap> {
    let Some((role, grants)) = machine.grants()? else { return Ok(Vec::new()) };
    let needs = machine.needs()?;
    let mut found = Found { outcomes: Vec::new(), unclear: None };
    found.add(machine, &role.principal.arn, grants, &needs.own)?;
    for (assumed, needs) in &needs.others {
        // Of a role that is not of this account, or not known, nobody knows what it is granted.
        let own = |arn: &Arn| arn.account() == role.principal.arn.account() && !arn.as_str().contains(['*', '?']);
        if let Some(arn) = Arn::parse(assumed.as_str()).ok().filter(own)
            && let Some(grants) = machine.region.grants_of(&arn)?
        {
            found.add(machine, &arn, &grants, needs)?;
        }
    }
    if let Some(task) = needs.undecided.first() {
        let detail = format!("what state {} needs is not known: {}", task.state, task.why);
        found.unclear.get_or_insert_with(|| Gap::new(GapReason::Unsupported, detail));
    }
    let Found { mut outcomes, unclear } = found;
    outcomes.extend(unclear.map(|gap| Outcome::InsufficientData(gap.about(machine.machine.arn.as_str()))));
    Ok(if outcomes.is_empty() { vec![Outcome::Compliant] } else { outcomes })
}

struct Found {
    outcomes: Vec<Outcome>,
    /// Why the first of what the role lacks may be granted all the same.
    unclear: Option<Gap>,
}

impl Found {
    fn add(&mut self, machine: &MachineView<'_>, role: &Arn, grants: &Grants<'_>, needs: &[Need]) -> Result<(), Gap> {
        let required: Vec<_> = needs.iter().filter(|need| need.certainty == Certainty::Required).cloned().collect();
        let mut sure = Vec::new();
        for mut lack in lacking(&required, grants) {
            let mut missed = Vec::new();
            for resource in std::mem::take(&mut lack.need.resources) {
                match granted_elsewhere(machine, role, grants, &lack, &resource) {
                    Ok(true) => {}
                    Ok(false) => missed.push(resource),
                    Err(gap) => _ = self.unclear.get_or_insert(gap),
                }
            }
            if !missed.is_empty() {
                lack.need.resources = missed;
                sure.push(lack);
            }
        }
        let definition = machine.definition()?;
        self.outcomes.extend(Missing::of(sure).iter().map(|missing| defect(machine, role, definition, missing).into()));
        Ok(())
    }
}

/// Whether the resource's own policy grants what the role's do not, or may: then it is not missing.
fn granted_elsewhere(
    machine: &MachineView<'_>,
    role: &Arn,
    grants: &Grants<'_>,
    lack: &Lack,
    resource: &str,
) -> Result<bool, Gap> {
    let action = lack.need.action.as_str();
    if matches!(lack.refusal, Refusal::Denied(_)) || needs_own_grant(role.account(), action, resource) {
        return Ok(false);
    }
    let unread = || {
        let detail = format!("{} lacks {action}, unless the resource's own policy, not read, grants it", role.name());
        Gap::new(GapReason::Unsupported, detail).about(resource)
    };
    let service = action.split(':').next().unwrap_or_default();
    let policy = match service {
        "lambda" => {
            let function = function_arn(resource, &machine.machine.arn).ok_or_else(unread)?;
            let local = function.region() == machine.machine.arn.region();
            machine.region.function_policy(&function).ok().filter(|_| local).ok_or_else(unread)?
        }
        "kms" => {
            let Some(key) = machine.key(resource)? else { return Ok(false) };
            let operation = action.split(':').nth(1).unwrap_or_default();
            let given = key.grants.whole().map_err(Gap::clone)?.iter().any(|grant| {
                grant.grantee.as_deref() == Some(role.as_str()) && grant.operations.iter().any(|one| one == operation)
            });
            if given {
                return Ok(true);
            }
            Some(key.policy.whole().map_err(Gap::clone)?.get())
        }
        "sts" => {
            let arn = Arn::parse(resource).map_err(|_| unread())?;
            let assumed = machine.region.iam()?.roles.get(&arn).ok_or_else(unread)?;
            Some(assumed.trust.whole().map_err(Gap::clone)?.get())
        }
        _ => return Err(unread()),
    };
    let verdict = policy.map(|policy| grants.with_policy_of(policy, resource, action));
    Ok(!matches!(verdict, None | Some(Verdict::Decided(Decision::ImplicitlyDenied | Decision::ExplicitlyDenied))))
}

fn defect(machine: &MachineView<'_>, role: &Arn, definition: &Definition, missing: &Missing) -> Defect {
    let (name, role_name) = (machine.name(), role.name());
    let actions = listed(&missing.actions);
    let on = listed(&missing.resources);
    let who = match missing.states.as_slice() {
        [] => format!("State machine {name}"),
        [state] => format!("State {state} of {name}"),
        states => format!("States {} of {name}", listed(states)),
    };
    let needs = if missing.states.len() > 1 { "need" } else { "needs" };
    let (but, remediation) = match &missing.refusal {
        Refusal::NotGranted => (
            format!("no policy of role {role_name} allows it"),
            format!("Add the statement to a policy of {role_name}."),
        ),
        Refusal::OutOfBounds => (
            format!("the permissions boundary of role {role_name} does not allow it, though a policy of the role does"),
            format!("Allow it in the permissions boundary of {role_name}: the statement belongs there."),
        ),
        Refusal::Denied(by) => (
            format!("role {role_name} is denied it by {}", by.join(" and ")),
            format!("Take it out of the Deny; {role_name} then needs the statement, unless it has a like one."),
        ),
    };
    let message = format!("{who} {needs} {actions} on {on} ({}), but {but}.", missing.why);
    let statement = match &missing.statement {
        list @ serde_json::Value::Array(_) => list.clone(),
        one => json!([one]),
    };
    let apart = [missing.actions.join(","), missing.resources.join(","), role.to_string(), condition(&statement)];
    let mut defect = Defect::new(message, remediation)
        .evidence("role", role.as_str())
        .evidence("missing", missing.actions.join(", "))
        .evidence("resources", on)
        .evidence("source", missing.source)
        .told_apart_by(apart.join(" "))
        .about(missing.actions.iter().map(|action| about_grant(role, None, action)))
        .change(Change::Policy(json!({ "Version": "2012-10-17", "Statement": statement })));
    // Log delivery is set up once, by whoever configures it: what is lost later is noticed at the next change.
    if missing.states.is_empty() {
        defect = defect.severity(Severity::Medium).confidence(Confidence::Medium);
    }
    if let Some(state) = &missing.state
        && let Some(pointer) = pointers(definition).get(state.as_str())
    {
        defect = defect.at_state(state, pointer);
    }
    defect
}

fn condition(statements: &serde_json::Value) -> String {
    statements[0].get("Condition").map(ToString::to_string).unwrap_or_default()
}

/// Where states that need something stand.
fn pointers(definition: &Definition) -> BTreeMap<&str, &JsonPointer> {
    let tasks = definition.tasks.iter().map(|task| (task.state.as_str(), &task.pointer));
    tasks.chain(definition.distributed_maps.iter().map(|map| (map.state.as_str(), &map.pointer))).collect()
}
