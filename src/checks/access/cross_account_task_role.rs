use serde_json::json;

use crate::access::Grant;
use crate::access::assume::{ASSUME_ROLE, Assumable, Choice, assumable};
use crate::asl::{Resolved, Task};
use crate::finding::{
    Change, Check, Confidence, Defect, Evaluations, Family, MachineView, Outcome, Severity, View, about_grant, listed,
};
use crate::model::PartName;
use crate::types::{AccountId, Arn, Gap};

pub const CHECK: Check = Check {
    id: "cross-account-task-role",
    family: Family::Access,
    title: "A task calls with a role of another account, or with one that is chosen at run time",
    severity: Severity::Medium,
    confidence: Confidence::High,
    reads: &[PartName::StateMachines, PartName::Iam],
    yields_to: &[],
    since: "0.1.0",
    references: &[
        "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html",
        "https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    ],
    page: include_str!("cross-account-task-role.md"),
    run,
};

fn run(view: &View<'_>, out: &mut Evaluations) {
    view.each_machine(out, judge);
}

/// The role that a task names.
enum Role<'a> {
    Fixed(Arn),
    Chosen {
        from: &'a str,
        /// What is known of its ARN.
        pattern: &'a str,
    },
}

fn judge(machine: &MachineView<'_>) -> Result<Vec<Outcome>, Gap> {
    let definition = machine.definition()?;
    let (mut outcomes, mut gap, mut own) = (Vec::new(), None, false);
    for task in &definition.tasks {
        match task.credentials.as_ref().and_then(|role| role_of(machine, role)) {
            None => {}
            Some(Role::Fixed(role)) if role.account() == machine.machine.arn.account() => own = true,
            Some(Role::Fixed(role)) => outcomes.push(elsewhere(machine, task, &role).into()),
            Some(Role::Chosen { from, pattern }) => match machine.grants() {
                Ok(Some((_, grants))) => {
                    outcomes.push(chosen(machine, task, from, &assumable(grants, pattern))?.into());
                }
                // Without its role the machine can assume none.
                Ok(None) => {}
                Err(found) => gap = Some(found),
            },
        }
    }
    outcomes.extend(gap.map(Outcome::InsufficientData));
    if own && outcomes.is_empty() {
        outcomes.push(Outcome::Compliant);
    }
    Ok(outcomes)
}

/// `None` for what is no role: a placeholder that nobody filled in.
fn role_of<'a>(machine: &MachineView<'_>, role: &'a Resolved) -> Option<Role<'a>> {
    match role {
        Resolved::Static(_) | Resolved::Constant { .. } => {
            let arn = Arn::parse(role.text()?).ok()?;
            let named = arn.service() == "iam" && arn.resource().starts_with("role/");
            (named && AccountId::parse(arn.account()).is_ok()).then_some(Role::Fixed(arn))
        }
        Resolved::Runtime { from, pattern } => {
            let pattern = pattern.as_deref().filter(|pattern| pattern.starts_with("arn:")).unwrap_or("*");
            Some(Role::Chosen { from, pattern })
        }
        // The context object has no other role than the machine's own.
        Resolved::Context { .. } => machine.role_arn().ok().cloned().map(Role::Fixed),
        Resolved::Object(_) | Resolved::Array(_) => None,
    }
}

/// A role of another account, written in the definition.
fn elsewhere(machine: &MachineView<'_>, task: &Task, role: &Arn) -> Defect {
    let (name, state, account) = (machine.name(), &task.state, role.account());
    let message = format!(
        "State {state} of {name} calls {} with the role {} of account {account}: what it sends leaves this account, and what \
         it gets comes from there. Whoever administers that account decides what the role may do.",
        task.integration.name(),
        role.name(),
    );
    let remediation = format!(
        "See that account {account} is meant. Let the role there trust the execution role of {name} alone, with the state \
         machine's ARN as sts:ExternalId, and allow the execution role sts:AssumeRole on that role and no other."
    );
    Defect::new(message, remediation)
        .severity(Severity::Low)
        .at_state(state, &task.pointer)
        .evidence("role", role.as_str())
        .evidence("account", account)
        .change(scoped(role.as_str()))
}

/// A role that `from` chooses.
fn chosen(machine: &MachineView<'_>, task: &Task, from: &str, found: &Assumable<'_>) -> Result<Defect, Gap> {
    let execution_role = machine.role_arn()?;
    let (name, state, role) = (machine.name(), &task.state, execution_role.name());
    let by = listed(&found.grants);
    let from = from.split_whitespace().collect::<Vec<_>>().join(" ");
    let reach = match found.choice {
        Choice::Everywhere => format!(
            "It may assume roles of any account by {by}, so the input decides whose role acts, \
                                       and to whose account the data go"
        ),
        Choice::Account => format!(
            "It may assume any role of an account by {by}, so the input decides with whose permissions \
                                    the task calls"
        ),
        Choice::Pattern => {
            format!("It may assume every role whose name fits a pattern by {by}, and the input decides which")
        }
        Choice::Named => format!(
            "It may assume only roles that are named, or that a denial or boundary leaves, by {by}; among \
                                  these the input decides"
        ),
        Choice::None => {
            "None of its policies lets it assume one, so the task can take only roles of its own account whose \
                         trust policies name it"
                .to_owned()
        }
    };
    let message = format!(
        "State {state} of {name} calls {} with the role that {from} names at run time. {reach}.",
        task.integration.name()
    );
    let wide = found.choice > Choice::Named;
    let remediation = if wide {
        format!(
            "Allow {role} sts:AssumeRole on the ARNs of the roles that the task may take, in place of the statement; let \
                 each of them trust {role} alone, with the state machine's ARN as sts:ExternalId."
        )
    } else {
        format!(
            "Where few roles are meant, choose among them in a Choice state, each with its role written in the task. Let \
                 each of them trust {role} alone, with the state machine's ARN as sts:ExternalId."
        )
    };
    let severity = match found.choice {
        Choice::Everywhere => Severity::High,
        Choice::Account | Choice::Pattern => Severity::Medium,
        Choice::Named | Choice::None => Severity::Low,
    };
    let mut defect = Defect::new(message, remediation)
        .severity(severity)
        .at_state(state, &task.pointer)
        .evidence("chosen_by", &from)
        .evidence("execution_role", execution_role.as_str());
    if wide {
        let about = |grant: &Grant<'_>| about_grant(execution_role, Some(grant), ASSUME_ROLE);
        let any = format!("arn:{}:iam::<ACCOUNT>:role/<ROLE>", execution_role.partition());
        defect = defect.evidence("granted_by", by).about(found.grants.iter().map(about)).change(scoped(&any));
        if !found.sure {
            defect = defect.confidence(Confidence::Medium);
        }
    }
    Ok(defect)
}

fn scoped(role: &str) -> Change {
    let statement = json!({ "Effect": "Allow", "Action": ASSUME_ROLE, "Resource": role });
    Change::Policy(json!({ "Version": "2012-10-17", "Statement": [statement] }))
}
